"""`keras-speech inspect`: what a training on a corpus would suffer from."""

import argparse

from keras_speech.cli import arguments as kinds
from keras_speech.cli import tokenizers
from keras_speech.cli.errors import UsageError
from keras_speech.cli.layouts import ALL_LAYOUTS, FOLDER
from keras_speech.cli.quiet import load_quietly

DESCRIPTION = """\
Read every recording and text of a corpus before training on it, and say what is wrong or unusual
and what to do about it: files and rows that cannot be used, clipping, silence, noise, loudness,
sample rates, texts that do not fit their recordings, characters that the tokenizer drops, texts and
recordings that are there twice, outliers by name.

The exit code is 0 whatever is found.
"""

EPILOG = """\
examples:
  keras-speech inspect LJSpeech-1.1
  keras-speech inspect recordings --html report.html --json report.json
  keras-speech inspect VCTK-Corpus --layout vctk --tokenizer phones
  keras-speech inspect german --alphabet " abcdefghijklmnopqrstuvwxyzäöüß,.?!-"
  keras-speech inspect folder_of_music --layout folder
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "inspect",
        help="look at a corpus before training on it",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("data", metavar="DATA", help="directory of the recordings")
    parser.add_argument(
        "--layout",
        choices=ALL_LAYOUTS,
        help=f"how DATA is laid out; {FOLDER} is sound files without texts; default: what it "
        "looks like",
    )
    parser.add_argument(
        "--html", metavar="FILE", help="write a page with plots that can be sent by itself"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write all findings, and the numbers of each recording"
    )
    parser.add_argument(
        "--workers",
        type=kinds.whole_number(1),
        metavar="N",
        help="processes that read files; default: as many as there are processors, at most 16",
    )
    tokenizers.add_options(
        parser.add_argument_group("tokenizer", "What the texts are meant to be read by.")
    )
    parser.set_defaults(run=run)


def run(arguments):
    directory = kinds.require_directory(arguments.data, what="DATA")
    outputs = {
        option: kinds.require_writable(path, what=f"--{option}")
        for option in ("html", "json")
        if (path := getattr(arguments, option)) is not None
    }
    tokenizers.check(arguments)

    from keras_speech.data import inspect, layouts

    layout, tokenizer = arguments.layout or layouts.guess_layout(directory), None
    if layout != FOLDER:
        # Recordings alone need no TensorFlow, which takes its time to load.
        load_quietly(debug=arguments.debug)
        tokenizer = tokenizers.make(arguments)
    try:
        report = inspect(directory, layout, tokenizer=tokenizer, workers=arguments.workers)
    except ValueError as error:
        # There is no corpus at all; what is wrong inside one is in the report.
        raise UsageError(str(error)) from error
    print(report)
    if outputs:
        print()
    if "html" in outputs:
        report.save_html(outputs["html"])
        print(f"{outputs['html'].absolute()}: open it in a browser")
    if "json" in outputs:
        report.save_json(outputs["json"])
        print(f"{outputs['json'].absolute()}: every finding and every recording's numbers")
    return 0
