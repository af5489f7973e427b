"""Small WaveNets to test with, and what they read."""

import keras
import numpy as np

from keras_speech import WaveNet
from keras_speech.layers import GaussianHead, LogisticMixtureHead, MuLawHead

HEADS = {
    "mu-law": lambda: MuLawHead(levels=32),
    "one-hot": lambda: MuLawHead(levels=16, one_hot=True),
    "mixture": lambda: LogisticMixtureHead(n_mixtures=3),
    "gaussian": lambda: GaussianHead(),
}
CONDITIONS = {
    "none": {},
    "speaker": {"n_speakers": 3, "speaker_channels": 4},
    "mel": {"local_channels": 5, "hop_length": 6, "upsampler_channels": 4, "context_size": 1},
}
CONDITIONS["both"] = CONDITIONS["speaker"] | CONDITIONS["mel"]


def tiny_wavenet(head="mu-law", condition="none", chunk=48, **kwargs):
    """A WaveNet whose outputs vary with its inputs, that generates in chunks of `chunk` samples.

    Fresh weights make outputs that hardly differ from one time to the next; these are larger.
    They are the same each time.
    """
    keras.utils.set_random_seed(0)
    sizes = dict(
        n_cycles=1, layers_per_cycle=4, residual_channels=6, gate_channels=8, skip_channels=10
    )
    model = WaveNet(**{**sizes, "head": HEADS[head](), **CONDITIONS[condition], **kwargs})
    random = np.random.default_rng(0)
    model.set_weights(
        [1.5 * w + random.normal(0, 0.1, w.shape).astype("float32") for w in model.get_weights()]
    )
    model.generator.chunk = chunk
    return model


def tiny_inputs(model, n_samples, batch=2, seed=0):
    """What `model` is called with, at random."""
    random = np.random.default_rng(seed)
    inputs = {"samples": random.uniform(-1, 1, (batch, n_samples)).astype("float32")}
    if model.n_speakers:
        inputs["speaker"] = np.arange(batch, dtype="int32") % model.n_speakers
    if model.local_channels:
        frames = n_samples // model.hop_length
        mel = random.normal(size=(batch, frames, model.local_channels))
        inputs["mel"] = mel.astype("float32")
    return inputs
