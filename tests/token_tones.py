"""A generated corpus: each token is a tone of its own, which fades and has its own length.

Whether a model reads it is seen from its frames alone: `read` gives the tokens back.
"""

import numpy as np

N_TOKENS, N_MELS, SILENCE = 7, 6, -4.0  # tokens 1 to 6, padding is 0

# Token k sounds in band k - 1 and a little in the next; it lasts 2, 3 or 4 frames.
PATTERNS = np.eye(N_MELS) + 0.4 * np.roll(np.eye(N_MELS), 1, axis=1)
DURATIONS = np.array([2, 4, 3, 2, 3, 4])


def text(rng, n_tokens):
    """Random tokens, no two alike beside each other."""
    steps = rng.integers(1, N_MELS, n_tokens)
    return np.cumsum(steps) % N_MELS + 1


def sound(tokens):
    """Log-mel frames `(frames, N_MELS)` of a text."""
    frames = []
    for token in tokens:
        fading = 1.0 - 0.4 * np.arange(DURATIONS[token - 1]) / DURATIONS[token - 1]
        frames.append(SILENCE + 3.0 * fading[:, None] * PATTERNS[token - 1])
    return np.concatenate(frames)


def batch(rng, n_rows, shortest, longest):
    """A batch of texts of `shortest` to `longest` tokens, as models are fitted on."""
    texts = [text(rng, rng.integers(shortest, longest + 1)) for _ in range(n_rows)]
    sounds = [sound(tokens) for tokens in texts]
    n_tokens, n_frames = max(map(len, texts)), max(map(len, sounds))
    rows = {
        "tokens": np.zeros((n_rows, n_tokens), "int32"),
        "token_lengths": np.array([len(t) for t in texts], "int32"),
        "mel": np.full((n_rows, n_frames, N_MELS), SILENCE, "float32"),
        "mel_lengths": np.array([len(s) for s in sounds], "int32"),
        "durations": np.zeros((n_rows, n_tokens), "int32"),
    }
    for i, (tokens, frames) in enumerate(zip(texts, sounds, strict=True)):
        rows["tokens"][i, : len(tokens)] = tokens
        rows["mel"][i, : len(frames)] = frames
        rows["durations"][i, : len(tokens)] = DURATIONS[tokens - 1]
    return rows


def read(mel):
    """The tokens that frames `(frames, N_MELS)` sound like, each once for its whole length."""
    heard = np.argmax((mel - SILENCE) @ PATTERNS.T, axis=-1) + 1
    return heard[np.r_[True, heard[1:] != heard[:-1]]]


def errors(found, expected):
    """Tokens to insert, remove or exchange (the edit distance)."""
    row = np.arange(len(expected) + 1)
    for i, token in enumerate(found, 1):
        before, row[0] = row.copy(), i
        for j, other in enumerate(expected, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (token != other))
    return int(row[-1])
