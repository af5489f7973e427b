"""Kinds of argument values, each with a message that says what is wrong; and checks of paths."""

import argparse
import math
import os
from pathlib import Path

from keras_speech.cli.errors import CommandError, UsageError


def whole_number(low):
    """Returns an argparse type: an integer, `low` or more."""

    def parse(text):
        try:
            value = int(text)
        except ValueError:
            value = None
        if value is None or value < low:
            raise argparse.ArgumentTypeError(f"must be a whole number from {low}, not {text!r}")
        return value

    return parse


def number(low, high, *, above=False):
    """Returns an argparse type: a number from `low` to `high` (`above`: more than `low`)."""

    def parse(text):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high or (above and value == low):
            limits = f"above {low:g}" if above else f"from {low:g}"
            limits += f" to {high:g}" if high < math.inf else ""
            raise argparse.ArgumentTypeError(f"must be a number {limits}, not {text!r}")
        return value

    return parse


def host_and_port(text):
    """An argparse type: `HOST:PORT`, of IPv6 `[HOST]:PORT`."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    is_host = bare and (":" not in bare or host == f"[{bare}]") and not set(bare) & set(" /@")
    if not (colon and is_host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise argparse.ArgumentTypeError(f"must be HOST:PORT, such as localhost:5050, not {text!r}")
    return text


def require_writable(path, *, what):
    """Raises `UsageError` if a file cannot come to be at `path`: better now than after the work."""
    path = Path(path).expanduser()
    if path.is_dir():
        raise UsageError(f"{what} `{path}` is a directory; name a file.")
    if not path.parent.is_dir():
        raise UsageError(
            f"{what} `{path}` cannot be written: the directory `{path.parent}` does not exist."
        )
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"{what} `{path}` cannot be written: permission denied.")
    return path


def require_directory(path, *, what):
    """Returns `path` as a `Path`; raises `UsageError` if it is no directory."""
    path = Path(path).expanduser()
    if not path.is_dir():
        state = "is not a directory" if path.exists() else "does not exist"
        raise UsageError(f"{what} `{path}` {state}.")
    return path


def require_file(path, *, what):
    """Returns `path` as a `Path`; raises `UsageError` if there is no file."""
    path = Path(path).expanduser()
    if not path.is_file():
        state = "is not a file" if path.exists() else "does not exist"
        raise UsageError(f"{what} `{path}` {state}.")
    return path


def phone_times(arguments):
    """Returns the path of --phone-times; raises `UsageError` where it cannot be what is meant."""
    path = Path(arguments.phone_times).expanduser()
    if path.is_dir():
        if arguments.tokenizer != "phones":
            raise UsageError(
                f"--phone-times `{path}` is a directory of phones, which need --tokenizer phones."
            )
    else:
        require_file(path, what="--phone-times")
        if path.suffix not in (".json", ".jsonl"):
            raise UsageError(
                f"--phone-times `{path}` must be a directory of TextGrids, or end in .json or "
                ".jsonl."
            )
    if getattr(arguments, "trim_db", None) is not None:
        raise UsageError(
            "--phone-times count from the beginning of the recordings, so --trim-db cannot cut it."
        )
    return path.resolve()


def require_recording(path, *, what):
    """Returns the path of a recording, a file or a place in a shard; raises `UsageError`."""
    from keras_speech.data.sharding.records import place_of

    path = Path(path).expanduser()
    place = place_of(str(path))
    require_file(path if place is None else place[0], what=what)
    return path


def decode(data, name):
    """Returns bytes as text; raises `CommandError` with the file's name where they are none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(
            f"`{name}` is not UTF-8 text: {error.reason} at byte {error.start}."
        ) from error
