r"""Train the bundled model `piano`, a small WaveNet that plays notes and triads.

    python examples/train_piano.py --data upright-piano --out runs/piano
    python examples/train_piano.py --data upright-piano --out runs/robust --start runs/piano/model

`--data` is a folder with single notes: `metadata.csv` with a line `id|note|midi|velocity layer` for
each, and `wavs/ID.flac`; the layer `high` is used. The bundled model's notes are those of the
FreePats project's upright piano, recorded by Gonzalo and Roberto (CC0):
https://github.com/freepats/upright-piano-KW

Every key from C3 to E5 takes the nearest recorded note, shifted to its pitch; triads are sums of
notes that begin at once. The network reads which keys are down, how long ago they were struck, and
for each a plain tone of its pitch, so that it need not learn to count periods. In the second call
it reads samples with noise: a net that only knows clean ones rings at pitches not asked for. A run
that was interrupted goes on, called again, after its last epoch.
"""

import argparse
from pathlib import Path

import keras
import tensorflow as tf

import keras_speech as ks

SAMPLE_RATE, HOP_LENGTH = 8000, 1
KEYS = dict(lowest=48, highest=76, tones=True)
SEGMENT_LENGTH, SECONDS = 1200, 2.5
# Of the mixture: what it is unsure of is noise.
TEMPERATURE = 0.02
CONFIG = dict(
    n_cycles=2,
    layers_per_cycle=8,
    residual_channels=64,
    gate_channels=128,
    skip_channels=128,
    sample_rate=SAMPLE_RATE,
    local_channels=ks.data.note_roll_channels(**KEYS),
    hop_length=HOP_LENGTH,
    upsampler_channels=48,
    context_size=0,
    # A floor under the scales: what is too sure of itself learns in leaps.
    head=ks.layers.LogisticMixtureHead(4, log_scale_min=-7.0),
)


def with_noise(batch, seed):
    """The batch with noise of -60 to -26 dB, another level in each row, on what the net reads."""
    samples = batch["samples"]
    level = tf.random.stateless_uniform([tf.shape(samples)[0], 1], seed, -3.0, -1.3)
    noise = tf.random.stateless_normal(tf.shape(samples), seed + 1)
    return {**batch, "past": samples + 10.0**level * noise}


def main():
    parser = argparse.ArgumentParser(description="Train the model `piano`.")
    parser.add_argument("--data", required=True, help="folder of the recorded notes")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the model")
    parser.add_argument("--epochs", type=int, default=90)
    parser.add_argument("--steps-per-epoch", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=7e-4)
    parser.add_argument("--start", help="folder of a model to go on from, with noise")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    notes = [note for note in ks.data.note_corpus(arguments.data) if note.layer == "high"]
    epochs = ks.data.chord_epochs(
        notes,
        SEGMENT_LENGTH,
        arguments.batch_size,
        sample_rate=SAMPLE_RATE,
        hop_length=HOP_LENGTH,
        chords=("note", "maj", "min"),
        seconds=SECONDS,
        seed=arguments.seed,
        steps_per_epoch=arguments.steps_per_epoch,
        **KEYS,
    )

    def batches(epoch):
        noisy = (
            epochs(epoch)
            .enumerate()
            .map(lambda step, batch: with_noise(batch, tf.stack([tf.cast(step, tf.int32), epoch])))
        )
        return noisy if arguments.start else epochs(epoch)

    model = ks.WaveNet.from_preset(arguments.start) if arguments.start else ks.WaveNet(**CONFIG)
    ks.training.train(
        model,
        batches,
        epochs=arguments.epochs,
        directory=arguments.out,
        learning_rate=arguments.learning_rate,
        schedule="cosine",
        ema_momentum=0.998,
        steps_per_epoch=arguments.steps_per_epoch,
        verbose=2,
    )
    ks.models.save_model_preset(
        model,
        Path(arguments.out) / "model",
        name="piano",
        description="Notes and triads of an upright piano, C3 to E5",
        license="CC0-1.0",
        temperature=TEMPERATURE,
        condition={"kind": "note_roll", "hop_length": HOP_LENGTH, **KEYS},
        metadata={
            "credits": "Recordings: FreePats upright piano KW, Gonzalo and Roberto, "
            "https://github.com/freepats/upright-piano-KW (CC0)."
        },
        overwrite=True,
    )


if __name__ == "__main__":
    main()
