"""Small WaveGlows to test with, and what they read."""

import numpy as np

from keras_speech import AudioSpec, WaveGlow

SPEC = AudioSpec(sample_rate=8000, n_fft=32, hop_length=8, win_length=32, n_mels=5, fmax=4000.0)

# Two early outputs, the second of them between flows of different widths.
SIZES = dict(n_flows=3, n_groups=8, early_every=1, channels=4, n_layers=2, upsampler_frames=3)


def tiny_waveglow(**kwargs):
    """A WaveGlow none of whose layers is at its start. It is the same each time, on any backend."""
    model = WaveGlow(SPEC, **{**SIZES, **kwargs})
    random = np.random.default_rng(0)

    def weight(shape):
        # Matrices with larger factors are hard to invert.
        deviation = 0.2 if len(shape) == 2 and shape[0] == shape[1] else 0.4
        return random.normal(0, deviation, shape).astype("float32")

    model.set_weights([weight(w.shape) for w in model.weights])
    return model


def tiny_inputs(frames=6, batch=2, seed=0):
    """Samples and mel at random."""
    random = np.random.default_rng(seed)
    return {
        "samples": random.normal(0, 0.3, (batch, frames * SPEC.hop_length)).astype("float32"),
        "mel": random.normal(size=(batch, frames, SPEC.n_mels)).astype("float32"),
    }
