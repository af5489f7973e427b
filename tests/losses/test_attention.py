import numpy as np

from keras_speech import losses


def test_guided_attention_spares_the_diagonal():
    diagonal = np.eye(8, dtype="float32")[None]
    turned = diagonal[:, ::-1].copy()
    lengths = np.array([8])
    assert losses.guided_attention(diagonal, lengths, lengths) == 0.0
    assert losses.guided_attention(turned, lengths, lengths) > 0.3


def test_guided_attention_equals_the_formula():
    rng = np.random.default_rng(0)
    alignment = rng.dirichlet(np.ones(5), size=(1, 7)).astype("float32")
    expected = 0.0
    for t in range(6):  # 1 - exp(-(n/N - t/T)^2 / 2g^2), Tachibana et al. 2018, eq. in 4.1
        for n in range(5):
            w = 1 - np.exp(-((n / 4 - t / 6) ** 2) / (2 * 0.4**2))
            expected += alignment[0, t, n] * w / 6
    got = losses.guided_attention(alignment, np.array([4]), np.array([6]))
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_alignment_targets_count_the_frames_of_each_step():
    durations = np.array([[3, 0, 2, 1, 0]])
    owner = np.repeat(np.arange(5), durations[0])  # the token of each frame
    for r in (1, 2, 4):
        targets = np.asarray(losses.alignment_targets(durations, 8, r))[0]
        for step in range(8):
            frames = owner[step * r : (step + 1) * r]
            expected = np.bincount(frames, minlength=5) / max(len(frames), 1)
            np.testing.assert_allclose(targets[step], expected, atol=1e-6)


def test_supervision_is_least_for_the_alignment_asked_for():
    durations = np.array([[2, 3, 1]])
    targets = np.asarray(losses.alignment_targets(durations, 6))
    steps = np.array([6])
    right = losses.attention_supervision(targets, targets, steps)
    uniform = losses.attention_supervision(np.full((1, 6, 3), 1 / 3, "float32"), targets, steps)
    assert abs(float(right)) < 1e-4
    np.testing.assert_allclose(uniform, np.log(3), rtol=1e-4)


def test_padding_changes_nothing():
    rng = np.random.default_rng(0)
    alignment = rng.dirichlet(np.ones(4), size=(2, 6)).astype("float32")
    tokens, steps = np.array([4, 3]), np.array([6, 5])
    padded = np.pad(alignment, [(0, 0), (0, 3), (0, 2)])
    padded[:, 6:] = 0.7
    np.testing.assert_allclose(
        losses.guided_attention(alignment, tokens, steps),
        losses.guided_attention(padded, tokens, steps),
        rtol=1e-6,
    )


def test_masked_mean_is_the_mean_of_the_real_part():
    values = np.arange(24, dtype="float32").reshape(2, 3, 4)
    mask = np.array([[True, True, False], [True, False, False]])
    expected = np.concatenate([values[0, :2].ravel(), values[1, :1].ravel()]).mean()
    np.testing.assert_allclose(losses.masked_mean(values, mask), expected)
    assert losses.masked_mean(values, np.zeros((2, 3), bool)) == 0.0


def test_weights_beyond_a_sum_of_one_earn_nothing():
    """As those of narrow Gaussians: their cross-entropy would fall below zero."""
    targets = np.asarray(losses.alignment_targets(np.array([[2, 3, 1]]), 6))
    right = losses.attention_supervision(targets, targets, np.array([6]))
    louder = losses.attention_supervision(4.0 * targets, targets, np.array([6]))
    np.testing.assert_allclose(louder, right, atol=1e-6)
