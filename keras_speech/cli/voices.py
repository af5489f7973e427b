"""`keras-speech voices`: the voices that come with the package."""

import argparse
import json
from pathlib import Path

from keras_speech.cli.errors import UsageError

EPILOG = """\
examples:
  keras-speech voices
  keras-speech voices --json
  keras-speech speak "Hello." --voice kathleen
"""


def add_parser(commands, parents):
    parser = commands.add_parser(
        "voices",
        help="list the voices that come with the package",
        description="List the voices that come with the package: language, licence, size on disk.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    parser.set_defaults(run=run)


def run(arguments):
    cards = bundled_cards()
    if arguments.json:
        print(json.dumps(cards, indent=2, ensure_ascii=False))
        return 0
    if not cards:
        print("No voice comes with this installation; `keras-speech train --help` makes one.")
        return 0
    rows = [("NAME", "LANGUAGE", "LICENCE", "SIZE", "SPEAKERS", "DESCRIPTION")]
    for card in cards:
        rows.append(
            (
                card["name"],
                card["language"],
                card["license"],
                f"{card['n_bytes'] / 1e6:.1f} MB",
                str(len(card["speakers"] or [None])),
                card["description"],
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def bundled_cards():
    """Lists the bundled voices without loading Keras, which `keras_speech.voices` does.

    Returns: list of dicts, sorted by name; `tests/cli` holds it equal to `bundled_voices()`.
    """
    import keras_speech

    cards = []
    presets = Path(keras_speech.__file__).parent / "voices" / "presets"
    for path in sorted(presets.glob("*/voice.json")):
        fields = json.loads(path.read_text(encoding="utf-8"))
        metadata = fields.get("metadata", {})
        files = (file for file in path.parent.rglob("*") if file.is_file())
        cards.append(
            {
                "name": fields["name"],
                "language": str(metadata.get("language", "?")),
                "license": str(metadata.get("license", "?")),
                "description": str(metadata.get("description", "")),
                "speakers": fields.get("speakers"),
                "n_bytes": sum(file.stat().st_size for file in files),
                "directory": str(path.parent),
            }
        )
    return cards


def require_voice(voice, *, option):
    """Says at once that there is no such voice; what is wrong inside of one, loading it says."""
    bundled = [card["name"] for card in bundled_cards()]
    if voice not in bundled and not Path(voice).expanduser().is_dir():
        raise UsageError(
            f"{option} `{voice}` is neither a directory nor a voice that comes with the package "
            f"({', '.join(bundled) or 'this installation has none'})."
        )


def speaker_of(voice, speaker):
    """Returns what `voice` takes as `speaker`, given as a name or number in a string."""
    # A name wins: there are corpora whose speakers have numbers for names.
    is_number = (
        speaker is not None and speaker.isdecimal() and speaker not in (voice.speakers or ())
    )
    return int(speaker) if is_number else speaker
