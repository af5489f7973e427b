"""What a command raises when it cannot do what was asked; neither is ever shown as a traceback."""

import re


class CommandError(Exception):
    """The work failed (exit code 1)."""


class UsageError(Exception):
    """The command was called in a wrong way (exit code 2)."""


def sentence(error):
    """Returns what a person should read of any exception."""
    if isinstance(error, OSError) and error.strerror:
        name = f"`{error.filename}`: " if error.filename is not None else ""
        return f"{name}{error.strerror}"
    text = str(error).strip()
    if isinstance(error, MemoryError):
        return "out of memory" + (f": {text}" if text else "")
    if isinstance(error, ModuleNotFoundError | ValueError | OSError | CommandError | UsageError):
        return text or type(error).__name__
    if isinstance(error, FloatingPointError | ImportError):
        return text
    if inner := _inside(error, text):
        return inner
    # Nothing that a user is expected to cause: the kind helps whoever reads the report.
    first = text.splitlines()[0] if text else ""
    return f"{type(error).__name__}: {first} (--debug shows where)"


def _inside(error, text):
    """What Python code raised that TensorFlow ran, which gives the whole traceback as text."""
    if not type(error).__module__.startswith("tensorflow"):
        return None
    found = re.findall(r"^[\w.]*(?:Error|Exception): (.+)$", text, flags=re.MULTILINE)
    return found[-1] if found else None
