"""`keras-speech speak`: text in, a sound file out."""

import argparse
import os
import sys
import time
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import tokenizers, vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.progress import progress
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.voices import require_voice, speaker_of

DEFAULT_VOICE = "kathleen"
TEXT_VARIABLE = "KERAS_SPEECH_TEXT"
SUFFIXES = (".wav", ".flac", ".ogg")

EPILOG = f"""\
Where no TEXT and no --file is given, the environment variable {TEXT_VARIABLE} is spoken.

examples:
  keras-speech speak "The quick brown fox jumps over the lazy dog."
  keras-speech speak --file chapter.txt -o chapter.ogg
  fortune | keras-speech speak - -o fortune.wav
  keras-speech speak "A little slower." --speed 0.8 --plot alignment.png
  keras-speech speak "Higher and softer." --pitch 3 --energy -6
  keras-speech speak "Hello." --voice my_voice/voice --vocoder my_vocoder
  keras-speech speak "Ask Nguyen." --lexicon names.txt
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "speak",
        help="speak text into a sound file",
        description="Speak text into a sound file.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help="what to say; - reads it from stdin"
    )
    parser.add_argument("--file", "-f", metavar="FILE", help="UTF-8 text file to speak")
    parser.add_argument(
        "--voice",
        "-v",
        default=DEFAULT_VOICE,
        metavar="VOICE",
        help="name of a voice (`keras-speech voices` lists them) or the directory of one; "
        "default: %(default)s",
    )
    parser.add_argument(
        "--output",
        "-o",
        default="out.wav",
        metavar="FILE",
        help="sound file to write, .wav, .flac or .ogg; one that exists is replaced; "
        "default: %(default)s",
    )
    vocoders.add_option(parser)
    parser.add_argument(
        "--lexicon",
        metavar="FILE",
        help="words and their phones, a word on each line as in `NGUYEN  W IH1 N`, that go before "
        "the voice's own this time; for voices that read phones from a lexicon",
    )
    parser.add_argument("--speaker", help="name or number of a speaker, for voices with several")
    parser.add_argument(
        "--speed",
        type=kinds.number(0.25, 4),
        default=1.0,
        metavar="FACTOR",
        help="2 is twice as fast at the same pitch, from 0.25 to 4; default: 1",
    )
    parser.add_argument(
        "--pitch",
        type=kinds.number(-12, 12),
        default=0.0,
        metavar="SEMITONES",
        help="higher (or, negative, lower) than the voice's own, from -12 to 12, for voices whose "
        "model controls it; default: 0",
    )
    parser.add_argument(
        "--energy",
        type=kinds.number(-20, 20),
        default=0.0,
        metavar="DB",
        help="louder (or, negative, softer), from -20 to 20 dB, for the same voices; default: 0",
    )
    parser.add_argument(
        "--seed",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="the same seed gives the same sound, another one a different take; default: 0",
    )
    parser.add_argument(
        "--plot",
        metavar="PNG",
        help="also draw waveform, mel spectrogram and alignment into this picture",
    )
    parser.set_defaults(run=run)


def run(arguments):
    started = time.perf_counter()
    text = read_text(arguments)
    output = kinds.require_writable(arguments.output, what="--output")
    if output.suffix.lower() not in SUFFIXES:
        raise UsageError(f"--output `{output}` must end in {', '.join(SUFFIXES)}.")
    plot = arguments.plot and kinds.require_writable(arguments.plot, what="--plot")
    if plot and plot.suffix.lower() != ".png":
        raise UsageError(f"--plot `{plot}` must end in .png.")
    require_voice(arguments.voice, option="--voice")
    vocoders.require_vocoder(arguments.vocoder)
    lexicon = arguments.lexicon and kinds.require_file(arguments.lexicon, what="--lexicon")

    load_quietly(debug=arguments.debug)
    voice = vocoders.load_voice(arguments)
    if lexicon:
        voice = tokenizers.with_lexicon(voice, lexicon)
    options = {
        "speaker": speaker_of(voice, arguments.speaker),
        "speed": arguments.speed,
        "pitch": arguments.pitch,
        "energy": arguments.energy,
        "seed": arguments.seed,
    }
    if plot:
        speech = voice.speak(text, **options)
        speech.save(output)
        seconds = speech.duration
        _save_plot(speech, plot)
    else:
        with progress("Speaking") as report:
            seconds = voice.speak_to_file(text, output, progress=report, **options)
    took = time.perf_counter() - started
    print(f"{output.absolute()}: {seconds:.1f} s of speech by {voice.name}, made in {took:.1f} s")
    if plot:
        print(f"{plot.absolute()}: waveform, mel spectrogram and alignment")
    return 0


def read_text(arguments):
    """Returns the text to speak from the one place that was named."""
    if arguments.text is not None and arguments.file is not None:
        raise UsageError("give TEXT or --file, not both.")
    if arguments.file is not None:
        source, text = (
            f"`{arguments.file}`",
            kinds.decode(_read_file(arguments.file), arguments.file),
        )
    elif arguments.text == "-":
        source, text = "stdin", _read_stdin()
    elif arguments.text is not None:
        source, text = "TEXT", arguments.text
    elif TEXT_VARIABLE in os.environ:
        source, text = TEXT_VARIABLE, os.environ[TEXT_VARIABLE]
    else:
        raise UsageError('there is no text to speak; try: keras-speech speak "Hello there."')
    if not text.strip():
        raise UsageError(f"there is no text to speak: {source} is empty.")
    return text


def _read_file(path):
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"--file `{path}` cannot be read: {error.strerror}.") from error


def _read_stdin():
    # Tests and notebooks replace stdin by a stream of text alone.
    if not hasattr(sys.stdin, "buffer"):
        return sys.stdin.read()
    return kinds.decode(sys.stdin.buffer.read(), "stdin")


def _save_plot(speech, path):
    import matplotlib

    matplotlib.use("Agg")
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.png")
    try:
        speech.plot().savefig(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
