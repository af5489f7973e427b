import numpy as np
import pytest

from keras_speech.ops import counter_noise
from models.waveglow.tiny_waveglow import SPEC, tiny_inputs, tiny_waveglow

MEL = tiny_inputs(frames=40)["mel"]


@pytest.fixture(scope="module")
def model():
    return tiny_waveglow()


def test_without_noise_it_inverts_zeros(model):
    samples = model.generate(MEL, sigma=0.0)
    z, _ = model({"samples": samples, "mel": MEL})
    assert samples.shape == (2, 320) and samples.std() > 0.1
    np.testing.assert_allclose(z, np.zeros((2, 40, 8)), atol=1e-4)


def test_noise_is_that_of_the_seed_scaled_by_sigma(model):
    z, _ = model({"samples": model.generate(MEL, sigma=0.6, seed=3), "mel": MEL})
    expected = 0.6 * np.asarray(model.noise(3, 0, 40))
    np.testing.assert_allclose(z, np.broadcast_to(expected, (2, 40, 8)), atol=1e-4)
    assert np.abs(expected - 0.6 * np.asarray(model.noise(4, 0, 40))).max() > 1


def test_noise_is_normal_and_a_function_of_place(model):
    from scipy import stats

    noise = np.asarray(model.noise(0, 0, 5000))
    # Kolmogorov and Smirnov's test, with 40,000 numbers.
    assert stats.kstest(noise.ravel(), "norm").pvalue > 0.01
    assert np.abs(np.corrcoef(noise.T) - np.eye(8)).max() < 0.06
    np.testing.assert_array_equal(model.noise(0, 70, 30), noise[70:100])
    uniform = np.asarray(counter_noise.uniform(0, 0, (2, 8, 2)), "float64")
    u, v = uniform[..., 0], uniform[..., 1]
    np.testing.assert_allclose(
        noise[:2], np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v), atol=1e-5
    )


@pytest.mark.parametrize("denoise", [0.0, 0.3])
def test_a_row_sounds_the_same_alone_and_padded(model, denoise):
    samples = model.generate(MEL, lengths=[40, 23], denoise=denoise)
    alone = model.generate(MEL[1:, :23], denoise=denoise)
    np.testing.assert_allclose(samples[1:, : 23 * 8], alone, atol=1e-5)
    np.testing.assert_array_equal(samples[1, 23 * 8 :], 0)
    first = model.generate(MEL[:1], denoise=denoise)
    np.testing.assert_allclose(samples[:1], first, atol=1e-5)


@pytest.mark.parametrize("denoise", [0.0, 0.3])
def test_a_stream_is_the_whole(model, denoise):
    whole = model.generate(MEL, seed=1, denoise=denoise)
    chunks = [MEL[:, :5], MEL[:, 5:31], MEL[:, 31:]]
    pieces = list(model.stream(chunks, seed=1, chunk_frames=6, denoise=denoise))
    assert len(pieces) == 7
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, atol=1e-5)


@pytest.mark.parametrize("frame", [0, 20, 39])
def test_a_frame_reaches_no_further_than_the_context_says(model, frame):
    mel = MEL.copy()
    mel[:, frame] += 3
    changes = model.generate(mel, denoise=0.3) != model.generate(MEL, denoise=0.3)
    frames = np.flatnonzero(changes.reshape(2, 40, 8).any(axis=(0, 2)))
    assert abs(frames - frame).max() <= model.context_frames
    # One group a frame: 3 flows of 3 groups, 2 frames more of the upsampler, and 4 of 32 samples.
    assert model.context_frames == 3 * 3 + 2 + 4
    if frame == 20:
        # What comes through all taps of all flows may be too little for float32.
        assert frames[0] < frame - 5 and frames[-1] > frame + 5


def test_jit_gives_the_same(model):
    for options in ({"lengths": [40, 23]}, {"denoise": 0.3}):
        expected = model.generate(MEL, **options)
        np.testing.assert_allclose(model.generate(MEL, jit=True, **options), expected, atol=1e-4)


def test_the_denoiser_takes_away_what_the_model_says_to_nothing(model):
    """At a strength of 1 next to nothing is left of it, and little of a louder sound is lost."""
    spectrum = model.bias_spectrum()
    assert spectrum.shape == (SPEC.n_freqs,) and (spectrum > 0).all()
    nothing = np.zeros((1, 88, SPEC.n_mels), "float32")
    plain = model.generate(nothing, sigma=0.0)
    assert model.generate(nothing, sigma=0.0, denoise=1.0).std() < 0.5 * plain.std()
    loud = model.generate(MEL, sigma=3.0)
    little = model.generate(MEL, sigma=3.0, denoise=0.001)
    assert 0 < np.abs(loud - little).max() < 0.05 * loud.std()


def test_the_denoiser_knows_when_the_model_has_changed():
    model = tiny_waveglow()
    before = model.bias_spectrum()
    assert model.bias_spectrum() is before
    model.set_weights([1.1 * w for w in model.get_weights()])
    assert np.abs(model.bias_spectrum() - before).max() > 1e-3


@pytest.mark.parametrize("name", ["sigma", "denoise"])
def test_negative_numbers_are_refused(model, name):
    with pytest.raises(ValueError, match=f"`{name}` must not be negative. Received: {name}=-1"):
        model.generate(MEL, **{name: -1})
    with pytest.raises(ValueError, match=f"`{name}` must not be negative"):
        next(model.stream(MEL, **{name: -1}))


def test_no_channel_need_leave_early():
    model = tiny_waveglow(early_every=4)
    inputs = tiny_inputs()
    z, _ = model(inputs)
    assert z.shape == (2, 6, 8)
    samples = model.generate(inputs["mel"])
    assert samples.shape == (2, 48) and np.isfinite(samples).all()
