r"""Train the bundled voice `kathleen-tacotron2` from its recordings.

    python examples/train_kathleen_tacotron2.py --data kathleen --out runs/kathleen --epochs 15 \
        --scheduled-sampling 0
    python examples/train_kathleen_tacotron2.py --data kathleen --out runs/kathleen

`--data` is a folder in LJ Speech's layout that also holds `metadata_extra_takes.csv` (further takes
of the same prompts), `train.txt` and `val.txt` (ids) and `phones.jsonl` (the phones of each clip
with their times, in frames of 10 ms). The recordings are CC0:
https://github.com/rhasspy/dataset-voice-kathleen

What makes an hour of speech enough: the model reads phones, not letters; the phone times
teach the attention where to look, from the first step on; each decoder step makes two frames; every
take counts. And a decoder that has only read a recording's frames makes clear speech of those and a
blur of its own: after 15 epochs it reads mostly its own. A run that was interrupted goes on, called
again, after its last complete epoch. Both together take about an hour on two cores.
"""

import argparse
import json
from pathlib import Path

import keras
import tensorflow as tf

import keras_speech as ks
from keras_speech.models.tacotron2 import tacotron2_configs

SPEC = ks.AudioSpec()
LEVEL = ks.data.Level(dbfs=-23.0, measure="rms")
# The clips end with the last sound. A little silence shows the model what an end is.
END_FRAMES = 6

CONFIG = dict(
    tacotron2_configs.SMALL,
    reduction=2,
    # Less dropout than published: the run is short, and held-out speech still improves at its end.
    encoder_dropout=0.2,
    postnet_dropout=0.1,
    end_patience=60,
    mel_mean=-5.5,
    mel_scale=2.0,
    mel_loss="l1+l2",
    guided_attention_weight=0.0,
)
METADATA = dict(
    description="US English, female; from 1.1 hours of CMU Arctic prompts",
    language="en-US",
    license="CC0-1.0",
    credits="Recordings: Kathleen, https://github.com/rhasspy/dataset-voice-kathleen (CC0). "
    "Pronunciations: CMU Pronouncing Dictionary, Carnegie Mellon University (BSD).",
)


def make_tokenizer(directory):
    """The tokenizer kept in `directory`, learned from CMUdict (most of a minute) the first time."""
    if directory.exists():
        tokenizer = ks.text.LexiconTokenizer()
        tokenizer.load_assets(directory)
    else:
        tokenizer = ks.text.LexiconTokenizer.from_cmudict()
        directory.mkdir(parents=True)
        tokenizer.save_assets(directory)
    return tokenizer


def read_corpus(directory, tokenizer):
    """Training and validation recordings with the frames of each token."""
    directory = Path(directory)
    phones = {}
    for line in (directory / "phones.jsonl").read_text().splitlines():
        row = json.loads(line)
        phones[row["id"]] = row["phones"]
    takes = ks.data.ljspeech(directory)
    extra = ks.data.ljspeech(directory, metadata="metadata_extra_takes.csv")
    held_out = ks.data.read_ids(directory / "val.txt")
    prompts_held_out = {_prompt(name) for name in held_out}
    train = takes.subset(ks.data.read_ids(directory / "train.txt")) + extra.filter(
        lambda recording: _prompt(recording.id) not in prompts_held_out
    )
    return tuple(
        corpus.with_durations(_durations(corpus, tokenizer, phones))
        for corpus in (train, takes.subset(held_out))
    )


def _prompt(name):
    return name.rsplit("_", 1)[0]


def _durations(corpus, tokenizer, phones):
    durations = {}
    tokens, lengths = tokenizer([recording.text for recording in corpus])
    for recording, row, length in zip(corpus, tokens.numpy(), lengths.numpy(), strict=True):
        samples = ks.data.read_audio(recording.path, SPEC.sample_rate)
        durations[recording.id] = ks.data.align_durations(
            [tokenizer.symbols[token] for token in row[:length]],
            phones[recording.id],
            SPEC.n_frames(len(samples)),
            frame_seconds=SPEC.hop_length / SPEC.sample_rate,
        )
    return durations


def with_silent_end(batch):
    """Every row `END_FRAMES` longer, spent on its last token; padding is silence already."""
    floor = tf.math.log(SPEC.log_floor)
    last = tf.one_hot(batch["token_lengths"] - 1, tf.shape(batch["tokens"])[1], dtype=tf.int32)
    return {
        **batch,
        "mel": tf.pad(batch["mel"], [[0, 0], [0, END_FRAMES], [0, 0]], constant_values=floor),
        "mel_lengths": batch["mel_lengths"] + END_FRAMES,
        "stop": tf.pad(batch["stop"], [[0, 0], [END_FRAMES, 0]]),
        "durations": batch["durations"] + END_FRAMES * last,
    }


def main():
    parser = argparse.ArgumentParser(description="Train the voice `kathleen-tacotron2`.")
    parser.add_argument("--data", required=True, help="folder of the recordings")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the voice")
    parser.add_argument("--epochs", type=int, default=46)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--scheduled-sampling", type=float, default=0.75)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    tokenizer = make_tokenizer(Path(arguments.out) / "tokenizer")
    train, validation = read_corpus(arguments.data, tokenizer)
    print(f"{len(train)} recordings to train on, {len(validation)} to validate with")
    options = dict(batch_size=arguments.batch_size, level=LEVEL)
    epochs = ks.data.acoustic_epochs(train, SPEC, tokenizer, seed=arguments.seed, **options)
    validation = ks.data.acoustic_batches(
        validation, SPEC, tokenizer, shuffle=False, **options
    ).map(with_silent_end)

    model = ks.Tacotron2(
        tokenizer.vocabulary_size, scheduled_sampling=arguments.scheduled_sampling, **CONFIG
    )
    ks.training.train(
        model,
        lambda epoch: epochs(epoch).map(with_silent_end),
        validation,
        epochs=arguments.epochs,
        steps_per_epoch=len(epochs),
        directory=arguments.out,
        learning_rate=arguments.learning_rate,
        schedule="cosine",
        verbose=2,
    )
    voice = ks.Voice(
        tokenizer, model, ks.GriffinLim(SPEC), SPEC, name="kathleen-tacotron2", metadata=METADATA
    )
    voice.save_to_preset(Path(arguments.out) / "voice", weights_dtype="float16", overwrite=True)


if __name__ == "__main__":
    main()
