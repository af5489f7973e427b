r"""Train a neural HMM on the recordings of `kathleen`, from texts alone, and measure where it finds
the phones.

    python examples/train_neural_hmm.py --data kathleen --out runs/neural_hmm

`--data` is the folder that `train_kathleen.py` describes. Nothing is learned from its phone times:
they are compared, for the validation prompts, with the boundaries that the model finds.

The frame before explains much of a frame. So at first the model hears no frames, and must learn
which states sound like what; then it hears most, and learns to speak smoothly. A run that was
interrupted goes on, called again, after its last complete epoch.
"""

import argparse
import json
from pathlib import Path

import keras
import tensorflow as tf
from phone_boundaries import boundaries, described, phones_of
from train_kathleen import END_FRAMES, LEVEL, SPEC, read_corpus
from train_kathleen_tacotron2 import make_tokenizer

import keras_speech as ks
from keras_speech.models import NeuralHMMTTS, neural_hmm_configs


class Boundaries(keras.callbacks.Callback):
    """Prints the boundary errors after every few epochs."""

    def __init__(self, batches, is_phone, every):
        super().__init__()
        self.batches, self.is_phone, self.every = batches, is_phone, every

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            errors = boundaries(self.model, self.batches, self.is_phone, SPEC)
            print(f"epoch {epoch + 1}: {json.dumps(described(errors))}", flush=True)


def with_silent_end(batch):
    """Every row `END_FRAMES` longer; padding is silence already."""
    batch = dict(batch)
    floor = tf.math.log(SPEC.log_floor)
    padding = [[0, 0], [0, END_FRAMES], [0, 0]]
    batch["mel"] = tf.pad(batch["mel"], padding, constant_values=floor)
    batch["mel_lengths"] += END_FRAMES
    if "durations" in batch:
        last = tf.one_hot(batch["token_lengths"] - 1, tf.shape(batch["tokens"])[1], dtype=tf.int32)
        batch["durations"] += END_FRAMES * last
    return batch


def main():
    parser = argparse.ArgumentParser(description="Train a neural HMM on `kathleen`.")
    parser.add_argument("--data", required=True, help="folder of the recordings")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the voice")
    parser.add_argument("--warm-epochs", type=int, default=3, help="epochs without past frames")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--reduction", type=int, default=2, help="frames per step")
    parser.add_argument("--states-per-token", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="epochs between two measurements")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    out = Path(arguments.out)
    tokenizer = make_tokenizer(out / "tokenizer")
    train, validation = read_corpus(arguments.data)
    validation = ks.data.with_phone_times(
        validation, tokenizer, SPEC, Path(arguments.data) / "phones.jsonl"
    )
    options = dict(batch_size=arguments.batch_size, level=LEVEL, cache=out / "features")
    epochs = ks.data.acoustic_epochs(train, SPEC, tokenizer, seed=arguments.seed, **options)
    validation = ks.data.acoustic_batches(
        validation, SPEC, tokenizer, shuffle=False, **options
    ).map(with_silent_end)

    config = dict(
        neural_hmm_configs.SMALL,
        reduction=arguments.reduction,
        states_per_token=arguments.states_per_token,
        # A word space has no sound of its own. Pauses are the punctuation's.
        stateless_tokens=(tokenizer.symbols.index(" "),),
        mel_mean=-5.5,
        mel_scale=2.0,
    )
    model = NeuralHMMTTS(tokenizer.vocabulary_size, **config)
    is_phone = phones_of(tokenizer)
    for directory, n_epochs, data_dropout in (
        (out / "warm", arguments.warm_epochs, 1.0),
        (out, arguments.epochs, model.data_dropout),
    ):
        model.data_dropout = data_dropout
        ks.training.train(
            model,
            lambda epoch: epochs(epoch).map(with_silent_end),
            validation,
            epochs=n_epochs,
            steps_per_epoch=len(epochs),
            directory=directory,
            learning_rate=arguments.learning_rate,
            schedule="cosine",
            callbacks=[Boundaries(validation, is_phone, arguments.every)],
            verbose=2,
        )
    figures = described(boundaries(model, validation, is_phone, SPEC))
    (out / "boundaries.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))
    voice = ks.Voice(tokenizer, model, ks.GriffinLim(SPEC), SPEC, name="neural_hmm")
    voice.save_to_preset(out / "voice", overwrite=True)


if __name__ == "__main__":
    main()
