"""`keras-speech export`: a voice or a model as files that other programs load."""

import argparse
import time
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import models, vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import bundled_cards

FORMATS = ("saved_model",)

EPILOG = """\
saved_model is what TensorFlow Serving takes: OUT/1/, the next time OUT/2/, and so on, with the
signatures serving_default, speak, wav_bytes, speak_wav_bytes, mel and vocode. Nothing of this
package is needed to serve it.

examples:
  keras-speech export kathleen served/kathleen
  keras-speech export my_voice/voice served/mine --format saved_model --version 7
  keras-speech export kathleen served/rough --vocoder griffin-lim
  keras-speech export my_vocoder served/vocoder
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
        "out", metavar="OUT", help="directory to hold the versions; it is made as needed"
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

    load_quietly(debug=arguments.debug)
    from keras_speech.export import saved_model, versions

    # Before anything is loaded: there may be this version already.
    versions.free_version(arguments.out, arguments.version)
    model = vocoders.load_voice(arguments) if is_voice else _load_model(arguments.voice)
    path = saved_model(model, arguments.out, version=arguments.version)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    took = time.perf_counter() - started
    print(f"{path}: SavedModel of {arguments.voice}, {size / 1e6:.1f} MB, made in {took:.1f} s")
    return 0


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


def _load_model(name):
    import keras

    from keras_speech.models import presets

    return presets.load_model_of(keras.Model, name)
