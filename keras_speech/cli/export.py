"""`keras-speech export`: a voice or a model as files that other programs load."""

import argparse
import shutil
import time
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import models, vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import bundled_cards

FORMATS = ("saved_model", "preset")
WEIGHTS = ("float32", "float16", "int8")

# What a card says and `save_model_preset` sees for itself.
OF_THE_MODEL = ("kind", "sample_rate")

EPILOG = """\
saved_model is what TensorFlow Serving takes: OUT/1/, the next time OUT/2/, and so on, with the
signatures serving_default, speak, wav_bytes, speak_wav_bytes, mel and vocode. Nothing of this
package is needed to serve it.

preset is a directory like the one of the voice or model itself, to be spoken with, served or
evaluated in its place: smaller with --weights float16, and smallest with int8.

examples:
  keras-speech export kathleen served/kathleen
  keras-speech export my_voice/voice served/mine --format saved_model --version 7
  keras-speech export kathleen served/rough --vocoder griffin-lim
  keras-speech export my_vocoder served/vocoder
  keras-speech export my_voice/voice small --format preset --weights int8
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "export",
        help="write a voice or a model as files that other programs load",
        description="Write a voice or a model as files that other programs load.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "voice",
        metavar="VOICE",
        help="name of a voice (`keras-speech voices` lists them) or the directory of one; or the "
        "directory or .keras file of a vocoder or a WaveNet",
    )
    parser.add_argument(
        "out",
        metavar="OUT",
        help="directory to hold the versions, or the preset itself; it is made as needed",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="default: %(default)s"
    )
    parser.add_argument(
        "--version",
        type=kinds.whole_number(1),
        metavar="N",
        help="number of the version, which must not be there yet; default: one above the highest",
    )
    parser.add_argument(
        "--weights",
        choices=WEIGHTS,
        help="how a preset stores its weights: 4, 2 or about 1 byte each; default: float32",
    )
    vocoders.add_option(parser)
    parser.set_defaults(run=run)


def run(arguments):
    started = time.perf_counter()
    is_voice = _is_voice(arguments.voice)
    if not is_voice:
        _require_model(arguments.voice)
        if arguments.vocoder is not None:
            raise UsageError(f"--vocoder is for voices, which `{arguments.voice}` is not.")
    vocoders.require_vocoder(arguments.vocoder)
    if Path(arguments.out).expanduser().is_file():
        raise UsageError(f"OUT `{arguments.out}` is a file; name a directory.")

    if arguments.format == "preset" and arguments.version is not None:
        raise UsageError("--version is for --format saved_model: a preset has none.")
    if arguments.format != "preset" and arguments.weights is not None:
        raise UsageError("--weights is for --format preset.")

    load_quietly(debug=arguments.debug)
    if arguments.format == "preset":
        path, what = _write_preset(arguments, is_voice), "preset"
    else:
        path, what = _write_saved_model(arguments, is_voice), "SavedModel"
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    took = time.perf_counter() - started
    print(f"{path}: {what} of {arguments.voice}, {size / 1e6:.1f} MB, made in {took:.1f} s")
    return 0


def _write_saved_model(arguments, is_voice):
    import keras

    from keras_speech.export import saved_model, versions
    from keras_speech.models import presets

    # Before anything is loaded: there may be this version already.
    versions.free_version(arguments.out, arguments.version)
    if is_voice:
        model = vocoders.load_voice(arguments)
    else:
        model = presets.load_model_of(keras.Model, arguments.voice)
    return saved_model(model, arguments.out, version=arguments.version)


def _write_preset(arguments, is_voice):
    weights = arguments.weights or WEIGHTS[0]
    if is_voice:
        voice = vocoders.load_voice(arguments)
        path = voice.save_to_preset(Path(arguments.out).expanduser(), weights_dtype=weights)
    else:
        from keras_speech.models import presets

        model, card = presets.load_model_preset(arguments.voice)
        card = {name: value for name, value in card.items() if name not in OF_THE_MODEL}
        path = presets.save_model_preset(model, arguments.out, **card | {"weights_dtype": weights})
    for notice in _directory(arguments.voice).glob("LICENSE*"):
        # What others ask to go with their work, such as a lexicon, goes with it.
        shutil.copy(notice, path)
    return path


def _is_voice(name):
    is_bundled = name in [card["name"] for card in bundled_cards()]
    return is_bundled or (Path(name).expanduser() / "voice.json").is_file()


def _require_model(name):
    path = Path(name).expanduser()
    if not (name in models.bundled_names() or path.is_dir() or path.is_file()):
        raise UsageError(
            f"VOICE `{name}` is neither a directory, nor a .keras file, nor a voice or model that "
            "comes with the package."
        )


def _directory(name):
    """Of a voice or model, wherever it is; of a file, nothing that is there."""
    for card in bundled_cards():
        if card["name"] == name:
            return Path(card["directory"])
    return Path(name).expanduser()
