"""A model whose alignments are planted, so that it is known what is wrong with it."""

import numpy as np

# Thirty tokens of six frames each, twice as many where there is a pause.
N_TOKENS = 30
PATH = np.repeat(np.arange(N_TOKENS), np.where(np.arange(N_TOKENS) % 10 == 9, 12, 6))
SETTINGS = {
    "reduction": 1,
    "attention": "location_sensitive",
    "guided_attention_weight": 1.0,
    "guided_attention_sigma": 0.4,
    "attention_supervision_weight": 1.0,
    "scheduled_sampling": 0.0,
    "stop_positive_weight": 5.0,
    "end_patience": 0,
}


def weights_of(path, n_tokens=N_TOKENS, sharp=0.9):
    """Weights of an attention that follows `path`; the rest is spread over all tokens."""
    weights = np.full((len(path), n_tokens), (1 - sharp) / n_tokens, "float32")
    weights[np.arange(len(path)), path] += sharp
    return weights


class Planted:
    """Reads two texts: the first without fault, the second as planted.

    Args:
        forced: weights of the second text beside its recording, `(steps, tokens)`, of the length
            of `PATH`.
        spoken: the same on its own, of any length.
        stopped: whether the second text stops by itself.
        stops: stop logits of the second text beside its recording, `(steps,)`.
        outputs: further outputs of the call.
        settings: of its config, beside `SETTINGS`.
    """

    def __init__(
        self, forced=None, spoken=None, *, stopped=True, stops=None, outputs=None, settings=None
    ):
        well = weights_of(PATH)
        self.forced = np.stack([well, well if forced is None else forced])
        spoken = well if spoken is None else spoken
        self.lengths = np.array([len(well), len(spoken)])
        self.spoken = np.zeros((2, self.lengths.max(), N_TOKENS), "float32")
        self.spoken[0, : len(well)], self.spoken[1, : len(spoken)] = well, spoken
        self.stopped = np.array([True, stopped])
        calm = np.append(np.full(len(PATH) - 5, -6.0), np.full(5, 6.0))
        self.stop_logits = np.stack([calm, calm if stops is None else stops])
        self.outputs, self.settings = outputs or {}, {**SETTINGS, **(settings or {})}
        self.calls = []

    def __call__(self, inputs, training=None):
        assert training is False
        self.calls.append("forced")
        mel = np.zeros((2, len(PATH), 4), "float32")
        outputs = {"mel": mel, "alignment": self.forced, "stop_logits": self.stop_logits}
        return {**outputs, **self.outputs}

    def generate(self, tokens, token_lengths=None, speaker=None, max_frames=None, seed=0):
        self.calls.append(max_frames)
        mel = np.zeros((2, self.spoken.shape[1], 4), "float32")
        return {
            "mel": mel,
            "lengths": self.lengths,
            "alignment": self.spoken,
            "stopped": self.stopped,
        }

    def get_config(self):
        return self.settings


def batch():
    """The two texts of a `Planted` model and their recordings."""
    return {
        "tokens": np.tile(np.arange(1, N_TOKENS + 1), (2, 1)),
        "token_lengths": np.full(2, N_TOKENS),
        "mel": np.zeros((2, len(PATH), 4), "float32"),
        "mel_lengths": np.full(2, len(PATH)),
    }
