"""`keras-speech serve`: a voice behind HTTP."""

import argparse
import math

from keras_speech.cli import arguments as kinds
from keras_speech.cli import vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import require_voice

EPILOG = """\
Clients of TensorFlow Serving find the model at /v1/models/NAME, those of OpenAI their
/v1/audio/speech; /healthz, /readyz, /metrics and /openapi.json are there as well. A browser shows a
page at / to try the voice with. Ctrl-C or SIGTERM stops it, after what is running.

examples:
  keras-speech serve kathleen
  keras-speech serve my_voice/voice --name mine --host 0.0.0.0 --port 8080
  curl -s http://127.0.0.1:8000/v1/audio/speech -d \\
      '{"model": "kathleen", "input": "Hello there.", "response_format": "wav"}' > hello.wav
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "serve",
        help="serve a voice by HTTP",
        description="Serve a voice by HTTP.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "voice",
        metavar="VOICE",
        help="name of a voice (`keras-speech voices` lists them) or the directory of one",
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
    parser.add_argument(
        "--name", help="what clients call the model; default: the name of the voice"
    )
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
    require_voice(arguments.voice, option="VOICE")
    vocoders.require_vocoder(arguments.vocoder)
    for option in ("timeout", "stop_timeout"):
        if math.isinf(getattr(arguments, option)):
            raise UsageError(f"--{option.replace('_', '-')} must be finite.")

    load_quietly(debug=arguments.debug)
    from keras_speech.serving import Limits, serve
    from keras_speech.serving.application import require_packages

    # Before anything is loaded.
    require_packages()
    names = ("max_text", "max_rows", "max_body", "max_requests", "timeout", "stop_timeout")
    limits = Limits(**{name: getattr(arguments, name) for name in names})
    voice = vocoders.load_voice(arguments)
    name = voice.name if arguments.name is None else arguments.name

    def started(url):
        print(f"{url}: {voice.name} as the model {name}; Ctrl-C stops it", flush=True)

    serve(
        voice, host=arguments.host, port=arguments.port, name=name, limits=limits, started=started
    )
    return 0


def _port(text):
    number = kinds.whole_number(0)(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"must be from 0 to 65535, not {text!r}")
    return number
