"""A file of options in JSON or YAML, read so that nothing in it is overlooked and nothing runs."""

import json
from pathlib import Path

YAML_SUFFIXES = (".yaml", ".yml")


def read(path):
    """Returns the options in a file, as a dict from their names, with `_` for `-`, to values.

    Args:
        path: a `.json` file, or a `.yaml` or `.yml` file, which needs PyYAML.

    Raises:
        ValueError: the file cannot be read, is no object of names and values, or has a name twice;
            it is named.
    """
    path = Path(path).expanduser()
    suffix = path.suffix.lower()
    if suffix not in (".json", *YAML_SUFFIXES):
        raise ValueError(f"`{path}` must end in .json, .yaml or .yml.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"`{path}` cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"`{path}` is not UTF-8 text: byte {error.start}.") from error
    pairs = _json_pairs(text, path) if suffix == ".json" else _yaml_pairs(text, path)
    options = {}
    for name, value in pairs:
        if not isinstance(name, str):
            raise ValueError(f"`{path}`: names must be text, not {name!r}.")
        name = name.replace("-", "_")
        if name in options:
            raise ValueError(f"`{path}` has `{name}` twice.")
        options[name] = value
    return options


class _Object(list):
    """The pairs of a JSON object, of which a dict would keep the last of each name."""


def _json_pairs(text, path):
    try:
        value = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"`{path}` is no JSON: {error}.") from error
    if not isinstance(value, _Object):
        raise ValueError(f"`{path}` must be a JSON object of options and their values.")
    return value


def _yaml_pairs(text, path):
    try:
        import yaml
    except ModuleNotFoundError as error:
        raise ValueError(
            f'`{path}` is YAML, which needs PyYAML: pip install "keras-speech[yaml]". JSON '
            "needs nothing."
        ) from error
    # The safe loader makes numbers, text, lists and dicts, and of anything else an error.
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode) or node.tag != "tag:yaml.org,2002:map":
            raise ValueError(f"`{path}` must hold options and their values, as in `epochs: 100`.")
        return [
            (loader.construct_object(name, deep=True), loader.construct_object(value, deep=True))
            for name, value in node.value
        ]
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise ValueError(f"`{path}` is no YAML that can be read: {said}.") from error
    finally:
        loader.dispose()
