"""Small WaveGlows to test with, and what they read."""

import keras
import numpy as np

from keras_speech import AudioSpec, WaveGlow

SPEC = AudioSpec(sample_rate=8000, n_fft=32, hop_length=8, win_length=32, n_mels=5, fmax=4000.0)

# Two early outputs, the second of them between flows of different widths.
SIZES = dict(n_flows=3, n_groups=8, early_every=1, channels=4, n_layers=2, upsampler_frames=3)


def tiny_waveglow(deviation=0.2, **kwargs):
    """A WaveGlow none of whose layers is where it started. It is the same each time."""
    keras.utils.set_random_seed(0)
    model = WaveGlow(SPEC, **{**SIZES, **kwargs})
    random = np.random.default_rng(0)
    model.set_weights(
        [w + random.normal(0, deviation, w.shape).astype("float32") for w in model.get_weights()]
    )
    return model


def tiny_inputs(frames=6, batch=2, seed=0):
    """Samples and mel at random."""
    random = np.random.default_rng(seed)
    return {
        "samples": random.normal(0, 0.3, (batch, frames * SPEC.hop_length)).astype("float32"),
        "mel": random.normal(size=(batch, frames, SPEC.n_mels)).astype("float32"),
    }
