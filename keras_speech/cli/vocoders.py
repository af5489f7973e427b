"""The option `--vocoder` of the commands that speak with a voice."""

from pathlib import Path

from keras_speech.cli.errors import UsageError
from keras_speech.cli.models import bundled_names

GRIFFIN_LIM = "griffin-lim"


def add_option(parser):
    """Adds `--vocoder`."""
    parser.add_argument(
        "--vocoder",
        metavar="VOCODER",
        help=f"what turns the voice's spectrograms into sound: {GRIFFIN_LIM}, or the directory or "
        ".keras file of a model; default: the voice's own",
    )


def require_vocoder(vocoder):
    """Says at once that there is no such vocoder; what is wrong inside of one, loading it says."""
    if vocoder is None or vocoder == GRIFFIN_LIM or vocoder in bundled_names():
        return
    path = Path(vocoder).expanduser()
    if path.is_dir() or (path.is_file() and path.suffix == ".keras"):
        return
    raise UsageError(
        f"--vocoder `{vocoder}` must be {GRIFFIN_LIM}, the directory of a model or a .keras file."
    )


def load_voice(arguments):
    """Returns the voice that `--voice` (or VOICE) and `--vocoder` name."""
    from keras_speech.voices import Voice

    voice = Voice.from_preset(arguments.voice)
    return voice if arguments.vocoder is None else voice.with_vocoder(arguments.vocoder)
