"""Imports inside the package run one way only, and heavy ones stay where they belong."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "keras_speech"
MAX_LINES = 300

# The public names and the command line may import every part.
FREE = {"__init__", "cli"}

# What CONTRIBUTING's table leaves out of its rows, for every part may import it.
FOR_ALL = {"audio_spec", "whole_files"}

# part of the package -> the other parts it may import
MAY_IMPORT = {
    "audio_spec": set(),
    "whole_files": set(),
    "ops": {"audio_spec"},
    "text": set(),
    "layers": {"audio_spec", "ops"},
    "losses": {"audio_spec", "ops"},
    "metrics": {"audio_spec", "ops", "losses"},
    "data": {"audio_spec", "whole_files", "ops", "text"},
    "optimizers": set(),
    "models": {"audio_spec", "ops", "layers", "losses", "metrics"},
    "converters": {"audio_spec", "models"},
    "plots": {"audio_spec", "ops", "metrics"},
    "callbacks": {"audio_spec", "whole_files", "ops", "metrics"},
    "training": {"audio_spec", "whole_files", "ops", "metrics", "callbacks", "optimizers"},
    "voices": {"audio_spec", "ops", "text", "layers", "models", "plots"},
    "evaluation": {
        "audio_spec",
        "whole_files",
        "ops",
        "metrics",
        "data",
        "models",
        "voices",
        "plots",
    },  # fmt: skip
    "export": {"audio_spec", "ops", "text", "voices", "models"},
    "serving": {"models", "voices"},
}

# These run in the TensorFlow graph by nature; everything else runs on any Keras backend.
USE_TENSORFLOW = {"data", "text", "export"}

# These do for the active backend what Keras's public functions cannot: compile, and share work
# among replicas. TensorFlow is imported late, where it is the backend.
COMPILE = {
    "models/compiled.py",
    "ops/replicas.py",
    "training/clipping.py",
    "training/strategies.py",
}

# All else loads inside the function that needs it: it is slow to import, or an optional extra.
AT_MODULE_LEVEL = {"keras", "numpy"}
AT_MODULE_LEVEL_OF = {
    "data": {"soundfile", "soxr", "tensorflow"},
    "text": {"tensorflow"},
    "export": {"tensorflow"},
}


def imports(source):
    """Yields `(module, names, line, at_module_level)` of each import statement."""
    tree = ast.parse(source)
    inside_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        outside = id(node) not in inside_functions
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, [], node.lineno, outside
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module, [alias.name for alias in node.names], node.lineno, outside
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value, [], node.lineno, outside


def ours(module, names):
    """Returns the parts of the package that an import of `keras_speech...` reaches."""
    parts = module.split(".")[1:]
    return parts[:1] if parts else names or [""]


def violations(part, source, compiles=False):
    """Returns a sentence for each import in `source`, a file of `part`, that breaks a rule."""
    found = []
    for module, names, line, at_module_level in imports(source):
        root = module.split(".")[0]
        if not root:
            found.append(f"line {line}: relative import of `{module}`")
        elif root == "keras_speech":
            for other in ours(module, names):
                if part in FREE or other == part:
                    continue
                if other not in MAY_IMPORT.keys() | FREE:
                    found.append(f"line {line}: `{other}` comes from the top of the package")
                elif other not in MAY_IMPORT[part]:
                    found.append(f"line {line}: `{part}` may not import `{other}`")
        elif root == "tensorflow" and not (
            part in USE_TENSORFLOW or (compiles and not at_module_level)
        ):
            found.append(f"line {line}: `{part}` may not import `tensorflow`")
        elif at_module_level and not (
            root in sys.stdlib_module_names
            or root in AT_MODULE_LEVEL
            or root in AT_MODULE_LEVEL_OF.get(part, ())
        ):
            found.append(f"line {line}: `{root}` is imported at module level in `{part}`")
    return found


def sources():
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_house(path):
    source = path.read_text(encoding="utf-8")
    compiles = path.relative_to(PACKAGE).as_posix() in COMPILE
    part = Path(path.relative_to(PACKAGE).parts[0]).stem
    assert violations(part, source, compiles) == []


def all_sources():
    folders = ("keras_speech", "tests", "examples", "benchmarks")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", all_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_every_part_has_a_rule():
    parts = {path.stem for path in PACKAGE.iterdir() if path.stem != "__pycache__"}
    assert parts <= MAY_IMPORT.keys() | FREE


def test_contributing_shows_the_same_table():
    """Without what every part may import, and parts that are not there yet."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = {}
    for parts, may in re.findall(r"^\| (`[^|]*`) \| ([^|]*) \|", text, flags=re.MULTILINE):
        for part in re.findall(r"`(\w+)`", parts):
            shown[part] = set(re.findall(r"`(\w+)`", may))
    parts = {path.stem for path in PACKAGE.iterdir()} & MAY_IMPORT.keys()
    assert shown == {part: MAY_IMPORT[part] - FOR_ALL for part in parts} | {"cli": set()}


def test_rules_have_no_circle():
    """Taking away, again and again, the parts that import nothing left must use up all parts."""
    left = dict(MAY_IMPORT)
    while done := [part for part, may in left.items() if not may & left.keys()]:
        for part in done:
            del left[part]
    assert not left


@pytest.mark.parametrize(
    "part, source",
    [
        ("ops", "from keras_speech.layers import prenet"),
        ("ops", "import keras_speech.models"),
        ("ops", "from keras_speech import losses"),
        ("text", "def f():\n    from keras_speech.voices import Voice"),
        ("layers", "from keras_speech import AudioSpec"),
        ("layers", "import keras_speech"),
        ("layers", "from .prenet import Prenet"),
        ("layers", "from . import prenet"),
        ("models", "import tensorflow as tf"),
        ("models", "def f():\n    import tensorflow as tf"),
        ("models", "from tensorflow.python import ops"),
        ("ops", "def f():\n    importlib.import_module('tensorflow')"),
        ("voices", "import soundfile"),
        ("plots", "import matplotlib.pyplot as plt"),
        ("data", "import matplotlib"),
        ("data", "if True:\n    import tensorflow_io"),
        ("evaluation", "from librosa import sequence"),
        ("cli", "class A:\n    import matplotlib"),
    ],
)
def test_a_violation_is_caught(part, source):
    assert len(violations(part, source)) == 1


@pytest.mark.parametrize(
    "part, source",
    [
        (
            "layers",
            "import math\n\nimport keras\nimport numpy as np\n\nfrom keras_speech.ops import mel",
        ),
        ("layers", "from keras_speech.layers.prenet import Prenet"),
        ("models", "from keras_speech import layers, ops"),
        ("data", "import soundfile\nimport tensorflow as tf"),
        ("plots", "def draw():\n    import matplotlib.pyplot as plt"),
        ("cli", "import keras_speech"),
    ],
)
def test_what_is_allowed_passes(part, source):
    assert violations(part, source) == []
