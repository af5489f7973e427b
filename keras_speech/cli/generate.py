"""`keras-speech generate`: sound from a model, without text."""

import argparse
import math
import time
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import conditions, vocoding
from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.models import bundled_names, require_model
from keras_speech.cli.progress import progress
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.speak import SUFFIXES

DEFAULT_SECONDS = 3.0
# Samples between two looks at the progress bar and at Ctrl-C.
CHUNK_SIZE = 4096

DESCRIPTION = """\
Make sound with a model that needs no text. MODEL is the name of one that comes with the package,
the directory that `keras-speech train` made of a WaveNet or a vocoder, or a .keras file.
"""

EPILOG = """\
examples:
  keras-speech generate piano --chord C4:maj --seconds 2 --out c.wav
  keras-speech generate my_piano --seconds 30 --seed 7 --out music.wav
  keras-speech generate my_piano --prime start.wav --temperature 0.9 --out going_on.wav
  keras-speech generate vocoder --mel-of recording.wav --out copy.wav

models that come with the package: """


def add_parser(commands, parents):
    parser = commands.add_parser(
        "generate",
        help="make sound with a model",
        description=DESCRIPTION,
        epilog=EPILOG + (", ".join(bundled_names()) or "none"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("model", metavar="MODEL", help="name, directory or .keras file of a model")
    parser.add_argument(
        "--seconds",
        "-s",
        type=kinds.number(0, math.inf, above=True),
        metavar="SECONDS",
        help="how much to make; default: 3, or the whole of --mel-of or --mel",
    )
    parser.add_argument(
        "--out",
        "-o",
        default="out.wav",
        metavar="FILE",
        help="sound file to write, .wav, .flac or .ogg; one that exists is replaced; "
        "default: %(default)s",
    )
    parser.add_argument(
        "--prime",
        metavar="FILE",
        help="sound file to go on from, of the model's sample rate; it is not repeated in --out",
    )
    parser.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="the same seed gives the same sound, another one a different take; default: 0",
    )
    parser.add_argument("--speaker", help="name or number of a speaker, for models with several")
    parser.add_argument(
        "--temperature",
        type=kinds.number(0, math.inf, above=True),
        metavar="T",
        help="below 1 for likelier, duller sound, above for wilder; default: the model's own",
    )
    parser.add_argument(
        "--top-p",
        type=kinds.number(0, 1, above=True),
        metavar="P",
        help="draw each sample from the likeliest values, of this probability together; default: 1",
    )
    parser.add_argument(
        "--chord",
        metavar="NAME",
        help="what to play, such as A3, C4:maj or F#3:min, for models of instruments",
    )
    parser.add_argument(
        "--mel-of",
        metavar="FILE",
        help="sound file whose mel spectrogram to turn back into sound, for vocoders",
    )
    parser.add_argument(
        "--mel",
        metavar="FILE",
        help="the same from a NumPy file (.npy) of a log-mel spectrogram (frames, bands), as "
        "`speech.mel` of a voice is one",
    )
    parser.add_argument(
        "--sigma",
        type=kinds.number(0, math.inf),
        metavar="S",
        help="deviation of WaveGlow's noise, less is calmer; default: 0.6",
    )
    parser.add_argument(
        "--denoise",
        type=kinds.number(0, math.inf),
        metavar="X",
        help="how much of WaveGlow's own steady sound to take away, such as 0.05; default: 0",
    )
    parser.set_defaults(run=run)


def run(arguments):
    started = time.perf_counter()
    out = kinds.require_writable(arguments.out, what="--out")
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--out `{out}` must end in {', '.join(SUFFIXES)}.")
    for option in ("prime", "mel_of", "mel"):
        if getattr(arguments, option) is not None:
            require = kinds.require_file if option == "mel" else kinds.require_recording
            require(getattr(arguments, option), what=f"--{option.replace('_', '-')}")
    require_model(arguments.model)

    load_quietly(debug=arguments.debug)
    from keras_speech.models import load_model_preset
    from keras_speech.voices.sound_files import SoundWriter

    model, card = load_model_preset(arguments.model)
    if not callable(getattr(model, "stream", None)):
        raise CommandError(f"`{card['name']}` is a {card['kind']}, which makes no sound by itself.")
    _require_finite(model, card)
    if vocoding.is_vocoder(model):
        chunks, n_samples = vocoding.chunks(arguments, model, card)
    else:
        options, n_samples = _options(arguments, model, card)
        chunks = model.stream(n_samples, chunk_size=CHUNK_SIZE, **options)
    rate, done = card["sample_rate"], 0
    with SoundWriter(out, rate) as writer, progress("Generating") as report:
        for chunk in chunks:
            writer.write(chunk[0])
            done += len(chunk[0])
            report(-(-done // CHUNK_SIZE), -(-n_samples // CHUNK_SIZE))
    took = time.perf_counter() - started
    print(f"{out.absolute()}: {done / rate:.1f} s of sound by {card['name']}, made in {took:.1f} s")
    return 0


def _options(arguments, model, card):
    """Returns the keywords of a WaveNet's `stream`, and how many samples to ask for."""
    from keras_speech.audio_spec import AudioSpec

    rate, condition = card["sample_rate"], card["condition"]
    if condition is None and getattr(model, "local_channels", 0):
        raise CommandError(
            f"`{arguments.model}` does not say what its model is conditioned on; name the "
            "directory that has its model.json."
        )
    conditions.require_fitting(card, arguments)
    reason = "it is for WaveGlow"
    vocoding.require_none(arguments, vocoding.OF_WAVEGLOW, model=card["name"], reason=reason)
    options = {
        "speaker": conditions.speaker_index(arguments.speaker, card),
        "temperature": arguments.temperature or card["temperature"],
        "top_p": arguments.top_p or 1.0,
        "seed": arguments.seed,
    }
    n_before = 0
    if arguments.prime is not None:
        options["prime"] = _prime(Path(arguments.prime).expanduser(), rate, card)
        n_before = len(options["prime"])
    seconds = DEFAULT_SECONDS if arguments.seconds is None else arguments.seconds
    n_samples = max(1, round(seconds * rate))
    if arguments.mel_of is not None or arguments.mel is not None:
        spec = AudioSpec.from_dict(condition["spec"])
        options["mel"] = conditions.given_mel(arguments, spec)
        left = options["mel"].shape[1] * spec.hop_length - n_before
        if left < 1:
            option = "--mel-of" if arguments.mel is None else "--mel"
            raise CommandError(f"{option} must be longer than --prime, which is its beginning.")
        n_samples = left if arguments.seconds is None else min(left, n_samples)
    elif arguments.chord is not None:
        options["mel"] = conditions.chord_roll(
            arguments.chord,
            condition,
            sample_rate=rate,
            n_samples=n_samples,
            n_before=n_before,
        )
    return options, n_samples


def _prime(path, rate, card):
    from keras_speech import data

    samples, found = data.decode_audio(path)
    if found != rate:
        raise CommandError(
            f"--prime `{path}` has a sample rate of {found} Hz and `{card['name']}` of {rate} Hz; "
            "resample the file first."
        )
    return samples.mean(axis=1, dtype="float32")


def _require_finite(model, card):
    import numpy as np

    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise CommandError(f"`{card['name']}` has weights that are not finite numbers.")
