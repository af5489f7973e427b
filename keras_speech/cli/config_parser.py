"""A parser whose options may also come from a file."""

import argparse
import difflib

from keras_speech.cli import config_file
from keras_speech.cli.parser import Parser

# Of one call, and nothing that a file could settle.
_NEVER_IN_A_FILE = ("help", "debug", "config_file", "dry_run")

_NOT_GIVEN = object()


class ConfigParser(Parser):
    """Takes the options of `--config-file` for those that are not given; flags win.

    Args:
        gives_way: function of the options in the file and those given as flags, both dicts, that
            returns the names in the file that a flag puts out of force.

    The namespace has `defaults`, a dict of what each option is where neither says anything.
    """

    def __init__(self, *args, gives_way=lambda filed, given: (), **kwargs):
        super().__init__(*args, **kwargs)
        self.gives_way = gives_way

    def parse_known_args(self, args=None, namespace=None):
        given = self._given(args)
        self.set_defaults(defaults={dest: action.default for dest, action in self._options()})
        if "config_file" in given:
            filed = self._filed(given["config_file"])
            for name in self.gives_way(filed, given):
                filed.pop(name, None)
            for dest, action in self._options():
                if filed.get(dest) is not None:
                    action.default, action.required = filed[dest], False
        return super().parse_known_args(args, namespace)

    def _options(self):
        return [
            (action.dest, action)
            for action in self._actions
            if action.option_strings and action.default is not argparse.SUPPRESS
        ]

    def _given(self, args):
        """Returns the options that `args` hold, as a dict."""
        required = [action for action in self._actions if action.required]
        for action in required:
            action.required = False
        try:
            before = {dest: _NOT_GIVEN for dest, _ in self._options()}
            namespace, _ = super().parse_known_args(args, argparse.Namespace(**before))
        finally:
            for action in required:
                action.required = True
        named = {dest for dest, _ in self._options()}
        return {
            name: value
            for name, value in vars(namespace).items()
            if name in named and value is not _NOT_GIVEN
        }

    def _filed(self, path):
        """Returns the options in the file, each as its flag would give it."""
        command = self._defaults["command"]
        try:
            filed = config_file.read(path)
            model = filed.pop("model", None)
            if model is not None and f"train {model}" != command:
                raise ValueError(f"`{path}` is for `train {model}`, not `{command}`.")
            options = {d: a for d, a in self._options() if d not in _NEVER_IN_A_FILE}
            for name in filed:
                if name not in options:
                    raise ValueError(_unknown(path, name, options, command))
            return {name: _value(path, options[name], value) for name, value in filed.items()}
        except ValueError as error:
            self.error(f"--config-file {error}")


def _unknown(path, name, options, command):
    if name in _NEVER_IN_A_FILE:
        return f"`{path}`: `{name}` can only be given as a flag."
    near = difflib.get_close_matches(name, options, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else "."
    return f"`{path}`: `{name}` is no option of `{command}`{hint}"


def _value(path, action, value):
    """Returns what the option's flag would have given; `None` for what is as good as not there."""
    where = f"`{path}`: `{action.dest}`"
    if value is None:
        return None
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise ValueError(f"{where} must be true or false.")
        return value
    if isinstance(value, bool):
        raise ValueError(f"{where} cannot be {str(value).lower()}; put text such as no in quotes.")
    if not isinstance(value, str | int | float):
        raise ValueError(f"{where} must be text in quotes, a number, true or false.")
    if action.type is not None:
        try:
            # YAML takes 1e-3 for text; so does the command line.
            value = action.type(str(value))
        except argparse.ArgumentTypeError as error:
            raise ValueError(f"{where} {error}.") from error
    else:
        value = str(value)
    if action.choices is not None and value not in action.choices:
        raise ValueError(f"{where} must be one of {', '.join(action.choices)}, not {value!r}.")
    return value
