"""`keras-speech export`: a voice or a model as files that other programs load."""

import argparse
import time
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import models, vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import bundled_cards

FORMATS = ("saved_model", "litert", "onnx")
# Those that are made for devices, one directory without versions.
DEVICE_FORMATS = {"litert": "LiteRT", "onnx": "ONNX"}

WEIGHTS = ("float32", "float16", "int8")

EPILOG = """\
saved_model is what TensorFlow Serving takes: OUT/1/, the next time OUT/2/, and so on, with the
signatures serving_default, speak, wav_bytes, speak_wav_bytes, mel and vocode. Nothing of this
package is needed to serve it.

litert is for phones: OUT/acoustic.tflite (tokens to mel), OUT/vocoder.tflite (mel to audio) and
OUT/model.json; OUT must not exist or be empty. onnx is the same for onnxruntime: OUT/acoustic.onnx,
OUT/vocoder.onnx and OUT/model.json. See docs/on_devices.md.

examples:
  keras-speech export kathleen served/kathleen
  keras-speech export my_voice/voice served/mine --format saved_model --version 7
  keras-speech export kathleen served/rough --vocoder griffin-lim
  keras-speech export my_vocoder served/vocoder
  keras-speech export kathleen phone --format litert --weights float16
  keras-speech export kathleen kathleen-onnx --format onnx
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
        "float32; for litert and onnx",
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
    for_device = arguments.format in DEVICE_FORMATS
    if for_device and arguments.version is not None:
        raise UsageError(f"--version is for --format saved_model, not {arguments.format}.")
    if not for_device and arguments.weights is not None:
        raise UsageError(f"--weights is not for --format {arguments.format}.")

    load_quietly(debug=arguments.debug)
    from keras_speech import export
    from keras_speech.export import directories, versions

    # Before anything is loaded: there may be something already.
    if for_device:
        directories.free_directory(arguments.out)
    else:
        versions.free_version(arguments.out, arguments.version)
    model = vocoders.load_voice(arguments) if is_voice else _load_model(arguments.voice)
    if for_device:
        write = getattr(export, arguments.format)
        path = write(model, arguments.out, weights=arguments.weights or WEIGHTS[0])
        kind = f"{DEVICE_FORMATS[arguments.format]} files"
    else:
        path = export.saved_model(model, arguments.out, version=arguments.version)
        kind = "SavedModel"
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    took = time.perf_counter() - started
    print(f"{path}: {kind} of {arguments.voice}, {size / 1e6:.1f} MB, made in {took:.1f} s")
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
