r"""Train a small Vocos: the vocoder of the bundled voice `kathleen`.

    python examples/train_kathleen_vocoder.py --data kathleen --out runs/vocoder

`--data` is a folder in LJ Speech's layout; with a `train.txt` of ids in it, only those are used.
The recordings are brought to the level that the voice was trained at. The generator learns from
spectra alone, into `OUT/warm`: that is the bundled vocoder. With `--epochs` it goes on against a
small discriminator, into `OUT/adversarial`; what a few thousand steps of that made was measured no
better. A run that was interrupted goes on, called again.
"""

import argparse
from pathlib import Path

import keras

import keras_speech as ks

LEVEL = ks.data.Level(dbfs=-23.0, measure="rms")
LOSSES = dict(mel_weight=45.0, stft_weight=15.0, magnitude_weight=15.0, phase_weight=15.0)


def make_model():
    """The generator, and a discriminator that two cores can afford."""
    discriminator = ks.layers.MultiPeriodDiscriminator(
        channels=(8, 32, 64, 128), weight_normalization=False
    )
    return ks.Vocos(
        **ks.vocos_configs.SMALL,
        **LOSSES,
        discriminators=[discriminator],
        mel_mean=-5.5,
        mel_scale=2.0,
    )


def optimizer(learning_rate, steps, **options):
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 100, steps, warmup_target=learning_rate, warmup_steps=200
    )
    return keras.optimizers.AdamW(
        schedule, beta_1=0.8, beta_2=0.99, weight_decay=1e-3, global_clipnorm=100.0, **options
    )


def main():
    parser = argparse.ArgumentParser(description="Train a small Vocos.")
    parser.add_argument("--data", required=True, help="folder of the recordings")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the model")
    parser.add_argument(
        "--warm-epochs", type=int, default=28, help="of 250 steps, on spectra alone"
    )
    parser.add_argument("--epochs", type=int, default=0, help="of 250 steps, with discriminators")
    parser.add_argument("--steps-per-epoch", type=int, default=250)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--segment-frames", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    corpus = ks.data.ljspeech(arguments.data)
    listed = Path(arguments.data) / "train.txt"
    model = make_model()
    batches = ks.data.waveform_epochs(
        corpus.subset(ks.data.read_ids(listed)) if listed.exists() else corpus,
        arguments.segment_frames * model.hop_length,
        arguments.batch_size,
        spec=model.spec,
        level=LEVEL,
        balance="seconds",
        steps_per_epoch=arguments.steps_per_epoch,
        seed=arguments.seed,
    )
    out, steps = Path(arguments.out), arguments.steps_per_epoch
    model.adversarial = False
    ks.training.train(
        model,
        batches,
        epochs=arguments.warm_epochs,
        directory=out / "warm",
        optimizer=optimizer(1e-3, arguments.warm_epochs * steps),
        jit_compile=True,
        verbose=2,
    )
    if arguments.epochs:
        model.adversarial = True
        ks.training.train(
            model,
            batches,
            epochs=arguments.epochs,
            directory=out / "adversarial",
            optimizer=optimizer(3e-4, arguments.epochs * steps, use_ema=True, ema_momentum=0.999),
            jit_compile=True,
            verbose=2,
        )
    # More rounds than training could afford: on held-out recordings they raise PESQ by 0.1.
    model.mel_rounds, model.phase_rounds = 10, 32
    ks.models.save_model_preset(
        model, out / "model", name="vocoder", weights_dtype="float16", overwrite=True
    )


if __name__ == "__main__":
    main()
