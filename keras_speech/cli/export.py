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

# The first has versions, the others are one directory.
FORMATS = ("saved_model", "litert", "onnx", "preset")

WEIGHTS = ("float32", "float16", "int8")

EPILOG = """\
saved_model is what TensorFlow Serving takes: OUT/1/, the next time OUT/2/, and so on, with the
signatures serving_default, speak, wav_bytes, speak_wav_bytes, mel and vocode. Nothing of this
package is needed to serve it.

litert is for phones: OUT/acoustic.tflite (tokens to mel), OUT/vocoder.tflite (mel to audio) and
OUT/model.json; OUT must not exist or be empty. onnx is the same for onnxruntime: OUT/acoustic.onnx,
OUT/vocoder.onnx and OUT/model.json. See docs/on_devices.md.

preset is the voice or model once more, for this package: smaller with --weights float16, and
smallest with int8. OUT must not exist or be empty. See docs/sizes.md.

examples:
  keras-speech export kathleen served/kathleen
  keras-speech export my_voice/voice served/mine --format saved_model --version 7
  keras-speech export kathleen served/rough --vocoder griffin-lim
  keras-speech export my_vocoder served/vocoder
  keras-speech export kathleen phone --format litert --weights float16
  keras-speech export kathleen kathleen-onnx --format onnx
  keras-speech export my_voice/voice small --format preset --weights int8
"""

# What a card says and `save_model_preset` sees for itself.
OF_THE_MODEL = ("kind", "sample_rate")


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
        "out", metavar="OUT", help="directory to hold the versions or files; it is made as needed"
    )
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="default: %(default)s"
    )
    parser.add_argument(
        "--version",
        type=kinds.whole_number(1),
        metavar="N",
        help="number of the version, which must not be there yet; default: one above the highest; "
        "for saved_model",
    )
    parser.add_argument(
        "--weights",
        choices=WEIGHTS,
        help="what the weights become: float16 is half, int8 a quarter of the size; default: "
        "float32; for all but saved_model",
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
    has_versions = arguments.format == FORMATS[0]
    if not has_versions and arguments.version is not None:
        raise UsageError(f"--version is for --format {FORMATS[0]}, not {arguments.format}.")
    if has_versions and arguments.weights is not None:
        raise UsageError(f"--weights is not for --format {arguments.format}.")

    load_quietly(debug=arguments.debug)
    from keras_speech.export import directories, versions

    # Before anything is loaded: there may be something already.
    if has_versions:
        versions.free_version(arguments.out, arguments.version)
    else:
        directories.free_directory(arguments.out)
    write, kind = {
        "saved_model": (_write_saved_model, "SavedModel"),
        "litert": (_write_for_devices, "LiteRT files"),
        "onnx": (_write_for_devices, "ONNX files"),
        "preset": (_write_preset, "preset"),
    }[arguments.format]
    path = write(arguments, is_voice)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    took = time.perf_counter() - started
    print(f"{path}: {kind} of {arguments.voice}, {size / 1e6:.1f} MB, made in {took:.1f} s")
    return 0


def _write_saved_model(arguments, is_voice):
    from keras_speech.export import saved_model

    return saved_model(_load(arguments, is_voice), arguments.out, version=arguments.version)


def _write_for_devices(arguments, is_voice):
    from keras_speech import export

    write = getattr(export, arguments.format)
    model = _load(arguments, is_voice)
    return write(model, arguments.out, weights=arguments.weights or WEIGHTS[0])


def _write_preset(arguments, is_voice):
    from keras_speech.models import presets

    weights, out = arguments.weights or WEIGHTS[0], Path(arguments.out).expanduser()
    if is_voice:
        voice = vocoders.load_voice(arguments)
        voice.save_to_preset(out, weights_dtype=weights)
    else:
        model, card = presets.load_model_preset(arguments.voice)
        card = {name: value for name, value in card.items() if name not in OF_THE_MODEL}
        presets.save_model_preset(model, out, **{**card, "weights_dtype": weights})
    for notice in _directory(arguments.voice).glob("LICENSE*"):
        # What others ask to go with their work, such as a lexicon, goes with it.
        shutil.copy(notice, out)
    return out


def _load(arguments, is_voice):
    if is_voice:
        return vocoders.load_voice(arguments)
    import keras

    from keras_speech.models import presets

    return presets.load_model_of(keras.Model, arguments.voice)


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
    """Of a voice, wherever it is."""
    for card in bundled_cards():
        if card["name"] == name:
            return Path(card["directory"])
    return Path(name).expanduser()
