r"""Train a WaveNet as the vocoder of a voice: from log-mel spectrograms to audio.

    python examples/train_wavenet_vocoder.py --data kathleen --out runs/vocoder

`--data` is a folder in LJ Speech's layout; with a `train.txt` of ids in it, only those are used.
The recordings are brought to the level that the bundled voice `kathleen` was trained at, so that
the result also reads that voice's spectrograms. A run that was interrupted goes on, called again.
"""

import argparse
from pathlib import Path

import keras

import keras_speech as ks

SPEC = ks.AudioSpec()
LEVEL = ks.data.Level(dbfs=-23.0, measure="rms")
# The mel says what to say: 46 ms of memory are enough for how to go on.
CONFIG = dict(
    n_cycles=2,
    layers_per_cycle=9,
    residual_channels=64,
    gate_channels=128,
    skip_channels=128,
    spec=SPEC,
    upsampler_channels=64,
    mel_mean=-5.5,
    mel_scale=2.0,
)


def main():
    parser = argparse.ArgumentParser(description="Train a WaveNet vocoder.")
    parser.add_argument("--data", required=True, help="folder of the recordings")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the model")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--steps-per-epoch", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--segment-frames", type=int, default=9)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    corpus = ks.data.ljspeech(arguments.data)
    listed = Path(arguments.data) / "train.txt"
    epochs = ks.data.waveform_epochs(
        corpus.subset(ks.data.read_ids(listed)) if listed.exists() else corpus,
        arguments.segment_frames * SPEC.hop_length,
        arguments.batch_size,
        spec=SPEC,
        level=LEVEL,
        balance="seconds",
        steps_per_epoch=arguments.steps_per_epoch,
        seed=arguments.seed,
    )
    model = ks.WaveNet(**CONFIG)
    ks.training.train(
        model,
        epochs,
        epochs=arguments.epochs,
        directory=arguments.out,
        learning_rate=arguments.learning_rate,
        schedule="cosine",
        ema_momentum=0.998,
        steps_per_epoch=arguments.steps_per_epoch,
        verbose=2,
    )
    ks.models.save_model_preset(
        model, Path(arguments.out) / "model", name="vocoder", license="", overwrite=True
    )


if __name__ == "__main__":
    main()
