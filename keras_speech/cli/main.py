"""`keras-speech`: parses the command line, runs a command and turns its errors into sentences."""

import argparse
import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings

from keras_speech.cli import (
    align,
    data_service,
    evaluate,
    export,
    generate,
    inspect,
    prepare,
    serve,
    speak,
    train,
    voices,
)
from keras_speech.cli.errors import UsageError, sentence
from keras_speech.cli.parser import WRONG_USAGE, Parser

DESCRIPTION = "Make speech and sound with trained models, or train them on recordings of your own."

EXAMPLES = """\
examples:
  keras-speech speak "The quick brown fox." -o fox.wav
  keras-speech voices
  keras-speech inspect LJSpeech-1.1 --html report.html
  keras-speech train tacotron2 --data LJSpeech-1.1 --epochs 100 --out my_voice
  keras-speech speak "Hello." --voice my_voice/voice
  keras-speech generate piano --chord C4:maj --seconds 2 --out c.wav
  keras-speech train wavenet --data my_music --epochs 20 --out my_model
  keras-speech train vocos --data LJSpeech-1.1 --epochs 100 --out my_vocoder
  keras-speech speak "Hello." --vocoder my_vocoder
  keras-speech prepare LJSpeech-1.1 lj_shards --sample-rate 22050
  keras-speech export kathleen served/kathleen
  keras-speech serve kathleen
  keras-speech align --model my_voice --data recordings --out phones.jsonl

keras-speech COMMAND --help explains a command.
"""

COMMANDS = (
    speak, voices, generate, inspect, prepare, train, evaluate, align, export, serve, data_service,
)  # fmt: skip

OK, FAILED, INTERRUPTED, TERMINATED = 0, 1, 130, 143


def main(argv=None):
    """Runs the command line.

    Args:
        argv: list of arguments without the program's name. Defaults to those of the process.

    Returns: exit code: 0 done, 1 the work failed, 2 wrong arguments, 130 interrupted. (SIGTERM
        ends the process with 143.)

    Example:

    >>> main(["speak", "Hello.", "--output", "hello.wav"])  # doctest: +SKIP
    hello.wav: ...
    0
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    try:
        arguments = _parser().parse_args(argv)
    except SystemExit as stop:  # --help gives 0, a wrong argument 2
        return stop.code
    if "run" not in arguments:
        _parser().print_help()
        return OK
    debug = arguments.debug = getattr(arguments, "debug", False)
    try:
        with _ended_tidily(), warnings.catch_warnings():
            warnings.showwarning = _warn
            code = arguments.run(arguments)
            sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("keras-speech: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain once more at its exit.
        sys.stdout = open(os.devnull, "w")
        return OK
    except UsageError as error:
        _complain(error, debug)
        print(f"keras-speech {arguments.command} --help explains the arguments.", file=sys.stderr)
        return WRONG_USAGE
    except Exception as error:
        _complain(error, debug)
        return FAILED


@contextlib.contextmanager
def _ended_tidily():
    """Lets SIGTERM unwind as Ctrl-C does, so that nothing half-written stays behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _parser():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--debug",
        action="store_true",
        default=argparse.SUPPRESS,
        help="show tracebacks and TensorFlow's messages",
    )
    parser = Parser(
        prog="keras-speech",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in COMMANDS:
        command.add_parser(commands, parents=[common])
    return parser


def _version():
    import keras_speech

    return f"keras-speech {keras_speech.__version__}"


def _complain(error, debug):
    if debug:
        traceback.print_exception(error)
    print(f"keras-speech: error: {sentence(error)}", file=sys.stderr)


def _warn(message, category, filename, lineno, file=None, line=None):
    print(f"keras-speech: warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
