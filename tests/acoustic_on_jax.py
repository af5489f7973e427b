"""What acoustic models do beside `call`, on either backend, for `test_acoustic_backends.py`."""

import functools
import traceback
from pathlib import Path

import keras
import numpy as np

from conformance import CASES
from conformance_tools import arrays

# Nothing is drawn in training: what is random there differs between backends.
STILL = {
    "FastSpeech2": dict(dropout=0.0, predictor_dropout=0.0),
    "NeuralHMMTTS": dict(encoder_dropout=0.0, data_dropout=0.0),
    "Tacotron": dict(encoder_dropout=0.0),
    "Tacotron2": dict(encoder_dropout=0.0, postnet_dropout=0.0, zoneout=0.0),
    "TransformerTTS": dict(dropout=0.0, convolution_dropout=0.0, postnet_dropout=0.0),
}
ASKED = {
    "FastSpeech2": dict(speed=0.8, pitch=2.0, energy=-3.0),
    "NeuralHMMTTS": dict(temperature=0.7, sample_durations=True, speed=1.5),
}
ASKED |= {name: dict(stop_threshold=1.0) for name in ("Tacotron", "Tacotron2", "TransformerTTS")}
ALIGNING = ("FastSpeech2", "NeuralHMMTTS")
ACTIONS = [(name, "generate") for name in STILL] + [(name, "align") for name in ALIGNING]
ACTIONS += [(name, "train") for name in STILL]


@functools.cache
def made(name, **changes):
    """The conformance table's model, its dropout in training off; made once."""
    model = CASES[name].make()
    return type(model).from_config({**model.get_config(), **STILL[name], **changes})


def shuffled_weights(name):
    """Random weights, of such a size that what is said depends on all of them."""
    rng, model = np.random.default_rng(0), made(name)
    model.set_weights([w + 0.1 * rng.normal(size=w.shape) for w in model.get_weights()])
    if name == "FastSpeech2":  # else a sentence lasts a frame
        model.variance_adaptor.duration_predictor.dense.bias.assign([1.4])
    return model.get_weights()


def loaded(name, weights, **changes):
    model = made(name, **changes)
    model.set_weights(weights)
    return model


def generate(name, weights):
    """What the model says with this backend, its prenet dropping half of its units."""
    drops = {} if name == "FastSpeech2" else {"prenet_dropout": 0.5}
    model, batch = loaded(name, weights, **drops), CASES[name].inputs()
    speaker = {"speaker": batch["speaker"]} if "speaker" in batch else {}
    result = model.generate(
        batch["tokens"], batch["token_lengths"], **speaker, max_frames=30, seed=5,
        **ASKED.get(name, {}),
    )  # fmt: skip
    return [result[key] for key in sorted(result)]


def align(name, weights):
    model, batch = loaded(name, weights), CASES[name].inputs()
    keys = ("tokens", "token_lengths", "mel", "mel_lengths", "speaker")
    return model.align(**{key: batch[key] for key in keys if key in batch})


def train(name, weights):
    """The loss of one step with its parts, and all weights after it."""
    model = loaded(name, weights)
    model.compile(keras.optimizers.SGD(0.1))
    losses = model.train_on_batch(CASES[name].inputs())
    return [*losses, *model.get_weights()]


def save(directory, name, action, weights):
    """Writes what an action gives to `<name>.<action>.<backend>.npz`, or its error beside it."""
    path = Path(directory) / f"{name}.{action}.{keras.backend.backend()}.npz"
    try:
        np.savez(path, *arrays(globals()[action](name, weights)))
    except Exception:
        path.with_suffix(".txt").write_text(traceback.format_exc())


def main(directory):
    """Runs every action on JAX, with the weights in `<name>.weights.npz`."""
    assert keras.backend.backend() == "jax"
    for name, action in ACTIONS:
        with np.load(Path(directory) / f"{name}.weights.npz") as saved:
            save(directory, name, action, [saved[f"arr_{i}"] for i in range(len(saved.files))])
