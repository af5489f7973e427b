r"""Train the bundled voice `kathleen`, a FastSpeech 2, from its recordings.

    python examples/train_kathleen.py --data kathleen --out runs/kathleen

`--data` is a folder in LJ Speech's layout that also holds `metadata_extra_takes.csv` (further takes
of the same prompts), `train.txt` and `val.txt` (ids). The recordings are CC0:
https://github.com/rhasspy/dataset-voice-kathleen

No phone times are needed: the model's own aligner finds them from the first epochs on, and the
model learns from what it finds. Where the folder has `phones.jsonl` all the same, the boundaries of
the held-out prompts are compared with those in the end; `boundaries.json` keeps the figures.

Pitch is tracked once and kept in `OUT/features`. A run that was interrupted goes on, called again,
after its last complete epoch.
"""

import argparse
import json
import math
from pathlib import Path

import keras
import tensorflow as tf
from phone_boundaries import boundaries, described, phones_of

import keras_speech as ks
from keras_speech.models import FastSpeech2, fastspeech2_configs
from keras_speech.training import calibrate_durations, mel_statistics, prosody_statistics

SPEC = ks.AudioSpec()
LEVEL = ks.data.Level(dbfs=-23.0, measure="rms")
# The clips end with the last sound. A little silence shows the model what an end is.
END_FRAMES = 6

# What can be predicted of the pitch varies less than speech does.
CONFIG = dict(fastspeech2_configs.SMALL, pitch_range=1.5)
METADATA = dict(
    description="US English, female; from 1.1 hours of CMU Arctic prompts",
    language="en-US",
    license="CC0-1.0",
    credits="Recordings: Kathleen, https://github.com/rhasspy/dataset-voice-kathleen (CC0). "
    "Pronunciations: CMU Pronouncing Dictionary, Carnegie Mellon University (BSD).",
)


def make_tokenizer(directory):
    """The tokenizer kept in `directory`, learned from CMUdict (about a minute) the first time."""
    if directory.exists():
        tokenizer = ks.text.LexiconTokenizer(stress=True)
        tokenizer.load_assets(directory)
    else:
        tokenizer = ks.text.LexiconTokenizer.from_cmudict(stress=True)
        directory.mkdir(parents=True)
        tokenizer.save_assets(directory)
    return tokenizer


def read_corpus(directory):
    """Training and validation recordings. No prompt that is held out is in the training's takes."""
    directory = Path(directory)
    takes = ks.data.ljspeech(directory)
    extra = ks.data.ljspeech(directory, metadata="metadata_extra_takes.csv")
    held_out = ks.data.read_ids(directory / "val.txt")
    prompts_held_out = {_prompt(name) for name in held_out}
    train = takes.subset(ks.data.read_ids(directory / "train.txt")) + extra.filter(
        lambda recording: _prompt(recording.id) not in prompts_held_out
    )
    return train, takes.subset(held_out)


def _prompt(name):
    return name.rsplit("_", 1)[0]


def with_silent_end(batch):
    """Every row `END_FRAMES` longer; padding is silence already."""
    floor = math.log(SPEC.log_floor)
    later = [[0, 0], [0, END_FRAMES]]
    batch = {
        **batch,
        "mel": tf.pad(batch["mel"], [*later, [0, 0]], constant_values=floor),
        "mel_lengths": batch["mel_lengths"] + END_FRAMES,
        "stop": tf.pad(batch["stop"], [[0, 0], [END_FRAMES, 0]]),
        "f0_hz": tf.pad(batch["f0_hz"], later),
    }
    if "durations" in batch:
        last = tf.one_hot(batch["token_lengths"] - 1, tf.shape(batch["tokens"])[1], dtype=tf.int32)
        batch["durations"] += END_FRAMES * last
    return batch


def measured_boundaries(model, validation, tokenizer, phone_times, options):
    """The aligner's boundaries of the held-out prompts against `phone_times`, as figures."""
    timed = ks.data.with_phone_times(validation, tokenizer, SPEC, phone_times)
    batches = ks.data.acoustic_batches(timed, SPEC, tokenizer, shuffle=False, **options)
    found = boundaries(model, batches.map(with_silent_end), phones_of(tokenizer), SPEC)
    return described(found)


def main():
    parser = argparse.ArgumentParser(description="Train the voice `kathleen`.")
    parser.add_argument("--data", required=True, help="folder of the recordings")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the voice")
    parser.add_argument("--vocoder", help="a `.keras` file or preset; default: Griffin-Lim")
    parser.add_argument("--epochs", type=int, default=26)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    keras.utils.set_random_seed(arguments.seed)
    out = Path(arguments.out)
    tokenizer = make_tokenizer(out / "tokenizer")
    train, validation = read_corpus(arguments.data)
    print(f"{len(train)} recordings to train on, {len(validation)} to validate with")
    options = dict(batch_size=arguments.batch_size, level=LEVEL, f0=True, cache=out / "features")
    epochs = ks.data.acoustic_epochs(train, SPEC, tokenizer, seed=arguments.seed, **options)
    held_out = ks.data.acoustic_batches(validation, SPEC, tokenizer, shuffle=False, **options).map(
        with_silent_end
    )

    mel_mean, mel_scale = mel_statistics(epochs(0))
    config = dict(CONFIG, mel_mean=mel_mean, mel_scale=mel_scale, **prosody_statistics(epochs(0)))
    print(config)
    model = FastSpeech2(tokenizer.vocabulary_size, **config)
    ks.training.train(
        model,
        lambda epoch: epochs(epoch).map(with_silent_end),
        held_out,
        epochs=arguments.epochs,
        steps_per_epoch=len(epochs),
        directory=out,
        learning_rate=arguments.learning_rate,
        schedule="cosine",
        verbose=2,
    )
    factor = calibrate_durations(model, epochs(0).map(with_silent_end))
    print(f"Durations calibrated: what was predicted was {factor:.3f} times too fast")
    phone_times = Path(arguments.data) / "phones.jsonl"
    if phone_times.exists():
        figures = measured_boundaries(model, validation, tokenizer, phone_times, options)
        (out / "boundaries.json").write_text(json.dumps(figures, indent=2) + "\n")
        print(f"Phone boundaries against {phone_times.name}: {json.dumps(figures)}")
    voice = ks.Voice(
        tokenizer,
        model.without_aligner(),
        ks.GriffinLim(SPEC),
        SPEC,
        name="kathleen",
        metadata=METADATA,
    )
    if arguments.vocoder:
        voice = voice.with_vocoder(arguments.vocoder)
    voice.save_to_preset(out / "voice", weights_dtype="float16", overwrite=True)


if __name__ == "__main__":
    main()
