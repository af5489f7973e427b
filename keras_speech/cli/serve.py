"""`keras-speech serve`: voices and SavedModels behind HTTP."""

import argparse
import math
import os
import re

from keras_speech.cli import arguments as kinds
from keras_speech.cli import vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import require_voice

EPILOG = """\
Clients of TensorFlow Serving find each model at /v1/models/NAME, those of OpenAI their
/v1/audio/speech; /healthz, /readyz, /metrics and /openapi.json are there as well. A browser shows a
page at / to try the voices with. Ctrl-C or SIGTERM stops it, after what is running.

Of a SavedModel's versions the highest is served. Its graphs are looked through before it is loaded:
one that could run code, or read and write files, is refused.

examples:
  keras-speech serve kathleen
  keras-speech serve kathleen mine=my_voice/voice served/other
  keras-speech serve my_voice/voice --name mine --host 0.0.0.0 --port 8080
  curl -s http://127.0.0.1:8000/v1/audio/speech -d \\
      '{"model": "kathleen", "input": "Hello there.", "response_format": "wav"}' > hello.wav
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "serve",
        help="serve voices by HTTP",
        description="Serve voices and SavedModels by HTTP.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "voices",
        metavar="[NAME=]VOICE",
        nargs="+",
        help="name of a voice (`keras-speech voices` lists them), the directory of one, or that of "
        "a SavedModel that `keras-speech export` wrote (of all versions, or of one); NAME is what "
        "clients call it, by default the name of the voice or of the directory",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to listen on; 0.0.0.0 is all of them, for whoever reaches this machine: "
        "nobody is asked for a password; default: %(default)s, for this machine alone",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8000,
        metavar="N",
        help="0 takes a free one; default: %(default)s",
    )
    parser.add_argument("--name", help="the same as NAME=, where one is served")
    vocoders.add_option(parser)
    whole, seconds = kinds.whole_number(1), kinds.number(0, math.inf, above=True)
    # Defaults are those of `keras_speech.serving.Limits`, which would load Keras.
    for option, kind, default, text in (
        ("--max-text", whole, 4096, "characters of text in a request"),
        ("--max-rows", whole, 64, "rows in a request"),
        ("--max-body", whole, 4 * 2**20, "bytes of a request"),
        ("--max-requests", whole, 8, "requests at once; further ones are told to try again"),
        ("--timeout", seconds, 120.0, "seconds that a request may take"),
        ("--stop-timeout", seconds, 30.0, "seconds for what is running when the server stops"),
    ):
        text = f"{text}; default: %(default)s"
        parser.add_argument(option, type=kind, default=default, metavar="N", help=text)
    parser.set_defaults(run=run)


def run(arguments):
    pairs = [_named(argument) for argument in arguments.voices]
    if arguments.name is not None:
        if len(pairs) > 1 or pairs[0][0] is not None:
            raise UsageError("--name is for one VOICE without NAME=; of several, NAME=VOICE each.")
        pairs = [(arguments.name, pairs[0][1])]
    for _, voice in pairs:
        require_voice(voice, option="VOICE")
    vocoders.require_vocoder(arguments.vocoder)
    for option in ("timeout", "stop_timeout"):
        if math.isinf(getattr(arguments, option)):
            raise UsageError(f"--{option.replace('_', '-')} must be finite.")

    # TensorFlow reads it when it is imported. oneDNN keeps what it prepares for each length of a
    # sentence, so that a server grows by a MiB with every new text; voices are as fast without it.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    load_quietly(debug=arguments.debug)
    from keras_speech.serving import Limits, serve
    from keras_speech.serving.application import require_packages
    from keras_speech.serving.finding import named_models

    # Before anything is loaded.
    require_packages()
    names = ("max_text", "max_rows", "max_body", "max_requests", "timeout", "stop_timeout")
    limits = Limits(**{name: getattr(arguments, name) for name in names})
    models = named_models([(name, _found(voice, arguments.vocoder)) for name, voice in pairs])

    def started(url):
        served = [f"{model.source} as the model {model.name}" for model in models.values()]
        print(f"{url}: {', '.join(served)}; Ctrl-C stops it", flush=True)

    serve(models, host=arguments.host, port=arguments.port, limits=limits, started=started)
    return 0


def _named(argument):
    """`(name, voice)` of `NAME=VOICE`; no name where there is none."""
    name, equals, voice = argument.partition("=")
    # "./a=b" is a directory.
    if equals and voice and re.fullmatch(r"[\w.-]+", name, re.ASCII):
        return name, voice
    return None, argument


def _found(voice, vocoder):
    """What is to be served: loaded here where it gets another vocoder."""
    if vocoder is None:
        return voice
    from keras_speech.serving.finding import is_saved_model
    from keras_speech.voices import Voice

    if is_saved_model(voice):
        raise UsageError(f"--vocoder is for voices; the SavedModel `{voice}` has its own.")
    return Voice.from_preset(voice).with_vocoder(vocoder)


def _port(text):
    number = kinds.whole_number(0)(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"must be from 0 to 65535, not {text!r}")
    return number
