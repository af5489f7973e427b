"""The directory of a training: made, found again, or refused."""

import json
import os
from pathlib import Path

from keras_speech.cli.errors import UsageError
from keras_speech.whole_files import write_whole

SETTINGS_FILE = "training.json"
MODEL_FILE = "model_config.json"

# What a run continues with may differ from what it began with in these.
FREE = frozenset(
    {
        "check_every", "checkpoint_every", "epochs", "keep", "on_error", "plot_every",
        "sample_every", "sample_seconds", "strategy",
    }
)  # fmt: skip


def check(directory, settings, defaults=()):
    """Says whether a training may begin or go on in `directory`, without touching it.

    Args:
        directory: where to.
        settings: JSON-safe dict of what the training depends on.
        defaults: dict of what settings are where nothing is said of them, as in a directory from
            before there was an option. Defaults to `None` for each.

    Raises:
        UsageError: it holds something else, or a training with other settings, or cannot be
            written.
    """
    directory = Path(directory).expanduser()
    if not directory.exists():
        parent = next(parent for parent in directory.absolute().parents if parent.exists())
        if not parent.is_dir() or not os.access(parent, os.W_OK):
            raise UsageError(
                f"--out `{directory}` cannot be made: `{parent}` is no directory that can be "
                "written."
            )
        return
    if not directory.is_dir():
        raise UsageError(f"--out `{directory}` is a file; name a directory.")
    if not os.access(directory, os.W_OK):
        raise UsageError(f"--out `{directory}` cannot be written: permission denied.")
    if not any(directory.iterdir()):
        return
    if not (directory / SETTINGS_FILE).is_file():
        raise UsageError(
            f"--out `{directory}` holds something that is no training of ours; name a new "
            "directory."
        )
    before = _read(directory / SETTINGS_FILE)
    _require_same(directory, {**dict(defaults), **before}, settings)


def begin(directory, settings):
    """Makes the directory and writes the settings, which mark it as a training's."""
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / SETTINGS_FILE, settings)


def model_config(directory, make):
    """Returns the model's configuration: the one in the directory, else a new one, kept there.

    What is measured on the recordings, such as their mean level, may change with them; the model
    of a begun training may not.

    Args:
        directory: of the training.
        make: function without arguments that returns a JSON-safe dict.
    """
    path = directory / MODEL_FILE
    if not path.exists():
        _write(path, make())
    return _read(path)


def _write(path, fields):
    write_whole(path, (json.dumps(fields, indent=2) + "\n").encode("utf-8"))


def _read(path):
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(settings, dict):
            raise ValueError("it is no JSON object")
    except ValueError as error:
        raise UsageError(f"`{path}` is damaged: {error}. Name a new --out directory.") from error
    return settings


def _require_same(directory, before, now):
    different = [
        f"--{name.replace('_', '-')} was {_shown(before.get(name))} and is {_shown(now.get(name))}"
        for name in sorted({*before, *now} - FREE)
        if _shown(before.get(name)) != _shown(now.get(name))
    ]
    if different:
        raise UsageError(
            f"--out `{directory}` holds a training with other settings: {'; '.join(different)}. "
            "Repeat those settings to go on with it, or name a new directory."
        )


def _shown(value):
    if value is None or value is False:
        return "not given"
    return "given" if value is True else value
