"""JSON files of presets: an object with a format, a version and fields of known types."""

import json
from pathlib import Path


def write(path, fields, *, format, version):
    """Writes `fields`, with the format's name and version before them.

    Args:
        path: file to write.
        fields: JSON-safe dict.
        format: str, which `read` asks for.
        version: int, 1 or more.
    """
    fields = {"format": format, "format_version": version, **fields}
    text = json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def read(path, types, *, what, format, version):
    """Reads what `write` wrote and checks it field by field.

    Args:
        path: the file.
        types: dict of field name to the type, or tuple of types, that it must have.
        what: what the file describes, for messages: `"voice"` or `"model"`.
        format: the format's name.
        version: the highest version that can be read.

    Returns: dict with every field of `types`.

    Raises:
        ValueError: it cannot be read, is of another format, of a newer version, or a field is
            missing or of another type.
    """
    try:
        fields = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"The {what}'s {str(path)!r} cannot be read: {error}.") from error
    if not isinstance(fields, dict) or fields.get("format") != format:
        raise ValueError(f"{str(path)!r} must be a {what}'s, with `format` {format!r}.")
    _check_version(fields.get("format_version"), path, what, version)
    for field, kinds in types.items():
        value = fields.get(field)
        # True is an int to Python, not to a reader of JSON.
        if field not in fields or not isinstance(value, kinds) or isinstance(value, bool):
            got = repr(value) if field in fields else "nothing"
            raise ValueError(
                f"`{field}` in {str(path)!r} must be {_names(kinds)}. Received: {got}."
            )
    return fields


def _check_version(found, path, what, version):
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ValueError(f"`format_version` in {str(path)!r} must be 1. Received: {found!r}.")
    if found > version:
        raise ValueError(
            f"{str(path)!r} was written by a newer keras_speech: this one reads {what}s up to "
            f"`format_version` {version}. Received: {found}."
        )


def _names(types):
    names = {str: "a string", int: "a whole number", float: "a number", dict: "an object"}
    names |= {list: "a list", type(None): "null"}
    types = types if isinstance(types, tuple) else (types,)
    return " or ".join(dict.fromkeys(names[each] for each in types))
