import numpy as np

from keras_speech.models.transformer_tts import alignment


def heads(steps, tokens, n_steps, n_tokens, place, seed=0):
    """Four heads of random weights, the one at `place` diagonal in its real part."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(n_tokens), (4, n_steps))
    diagonal = np.eye(n_tokens)[np.minimum(np.arange(n_steps) * tokens // steps, n_tokens - 1)]
    weights[place] = np.where(np.arange(n_steps)[:, None] < steps, diagonal, weights[place])
    return weights


def test_each_row_takes_its_own_diagonal_head():
    lengths = [(12, 6), (8, 3)]
    rows = [heads(s, t, 12, 6, place=2 - i) for i, (s, t) in enumerate(lengths)]
    steps, tokens = np.array(lengths).T
    found = alignment.most_diagonal_head(np.stack(rows), steps, tokens)
    np.testing.assert_allclose(found, np.stack([rows[0][2], rows[1][1]]), atol=1e-6)
