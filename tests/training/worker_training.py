"""A program that is one worker of a training, or the only one.

`worker_training.py STRATEGY MODEL RECORDINGS OUT EPOCHS` writes `OUT/curve-WORKER.json`.
"""

import dataclasses
import json
import os
import sys

import keras
import numpy as np
import tensorflow as tf

import keras_speech as ks

SPEC = ks.AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=8, fmax=4000)
BATCH_SIZE = 8


def setting(kind, recordings):
    """Returns the model's maker and its epochs."""
    if kind == "wavenet":
        epochs = ks.data.waveform_epochs(
            recordings, 400, BATCH_SIZE, sample_rate=8000, seed=0, steps_per_epoch=5, progress=False
        )
        settings = dict(residual_channels=8, skip_channels=8, n_cycles=1, layers_per_cycle=4)
        return lambda: ks.WaveNet(sample_rate=8000, **settings), epochs
    tokenizer = ks.text.CharacterTokenizer()
    corpus = with_durations(ks.data.ljspeech(recordings), tokenizer)
    epochs = ks.data.acoustic_epochs(corpus, SPEC, tokenizer, BATCH_SIZE, seed=0, progress=False)
    settings = dict(
        vocabulary_size=tokenizer.vocabulary_size, n_mels=SPEC.n_mels, channels=16, filters=16,
        encoder_layers=1, decoder_layers=1, predictor_filters=16, pitch=False, dropout=0.0,
        predictor_dropout=0.0, aligner=False,
    )  # fmt: skip
    return lambda: ks.FastSpeech2(**settings), epochs


def with_durations(corpus, tokenizer):
    """Tokens of equal lengths: an aligner's would jump by a frame at a rounding error."""
    _, lengths = tokenizer([recording.text for recording in corpus])
    recordings = []
    for recording, n_tokens in zip(corpus, lengths, strict=True):
        n_frames = SPEC.n_frames(len(ks.data.read_audio(recording.path)))
        ends = np.arange(n_tokens + 1) * n_frames // n_tokens
        recordings.append(dataclasses.replace(recording, durations=np.diff(ends)))
    return recordings


class Curve(keras.callbacks.Callback):
    """Notes the loss of every batch, and on request how to die."""

    def __init__(self):
        super().__init__()
        self.losses, self._before = [], (0, 0.0)
        self.dies_at = int(os.environ.get("DIES_AT", -1))

    def on_epoch_begin(self, epoch, logs=None):
        self._before = 0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        # What Keras shows is the mean since the epoch's beginning.
        n, total = self._before
        self._before = batch + 1, logs["loss"] * (batch + 1)
        # Of the first batch after a restart only the mean with those before it is known.
        self.losses.append(self._before[1] - total if n == batch else None)
        if len(self.losses) == self.dies_at:
            os.kill(os.getpid(), 9)


def main(name, kind, recordings, out, epochs):
    if name == "mirrored":
        devices = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            devices[0], [tf.config.LogicalDeviceConfiguration()] * 2
        )
        strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    else:
        strategy = ks.training.strategy(name)
    make, data = setting(kind, recordings)
    keras.utils.set_random_seed(0)
    with (strategy or tf.distribute.get_strategy()).scope():
        model = make()
    curve = Curve()
    history = ks.training.train(
        model, data, data, epochs=int(epochs), directory=out, strategy=strategy, verbose=0,
        callbacks=[curve], schedule="constant", checkpoint_every=3,
    )  # fmt: skip
    worker = json.loads(os.environ.get("TF_CONFIG", '{"task": {"index": 0}}'))["task"]["index"]
    result = {"losses": curve.losses, "val_loss": history["val_loss"]}
    result["weight"] = float(np.abs(keras.ops.convert_to_numpy(model.weights[0])).sum())
    with open(os.path.join(out, f"curve-{worker}.json"), "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    main(*sys.argv[1:])
