"""The package as a whole: its metadata, what importing it loads, and the names it offers."""

import operator
import re
import runpy
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import setuptools

import keras_speech as ks
from jax_process import run_on_jax

ROOT = Path(__file__).parent.parent

# The pages whose text and examples name parts of the package.
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
PAGES += sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))

# None of them may load before it is used: TensorFlow may be missing, the others take their time.
SLOW = ["tensorflow", "matplotlib", "soundfile", "scipy", "librosa", "soxr"]


def test_import_on_jax_needs_no_tensorflow_and_loads_nothing_slow():
    """Of the slow packages, only those that Keras itself loads may be loaded."""
    report = f"import sys; print(*(name for name in {SLOW} if name in sys.modules))"
    with_keras = set(run_on_jax(f"import keras; {report}").split())
    assert "tensorflow" not in with_keras
    assert set(run_on_jax(f"import keras, keras_speech; {report}").split()) <= with_keras
    use = "import keras_speech as ks; ks.ops.mel, ks.layers, ks.losses, ks.metrics, ks.Tacotron2"
    assert set(run_on_jax(f"{use}; {report}").split()) <= with_keras


def test_import_alone_leaves_keras_alone():
    """The command line's help need not wait for it."""
    assert run_on_jax("import keras_speech, sys; print('keras' in sys.modules)").split() == [
        "False"
    ]


def test_import_lets_keras_load_saved_models():
    code = "import keras, keras_speech; print(keras.saving.get_registered_object('{}').__name__)"
    for name in ("Tacotron2", "Prenet"):
        assert run_on_jax(code.format(f"keras_speech>{name}")).split() == [name]


def test_tensorflow_is_really_hidden():
    """The check above would pass for nothing if the hook did not work."""
    with pytest.raises(AssertionError, match="No module named 'tensorflow'"):
        run_on_jax("import tensorflow")


@pytest.mark.parametrize("name", sorted(ks.__all__))
def test_every_public_name_exists(name):
    assert getattr(ks, name) is not None
    assert name in dir(ks)


@pytest.mark.parametrize("page", PAGES)
def test_names_in_the_pages_exist(page):
    """Each `ks.…` in the text and the examples is a name of the package."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for dotted in set(re.findall(r"\bks\.([A-Za-z_0-9.]*[A-Za-z_0-9])", text)):
        operator.attrgetter(dotted)(ks)


def test_ops_in_the_pages_are_reached_by_the_package_alone():
    """Nothing else may have to be imported before: the process is fresh."""
    named = {"ops." + module for module in ks.ops.__all__}
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        named |= set(re.findall(r"(?<!keras\.)\bops\.[a-z_0-9]+\b(?:\.[a-z_0-9]+)?", text))
    code = "import keras_speech as ks, operator, sys; operator.attrgetter(*sys.argv[1:])(ks)"
    run_on_jax(code, *sorted(named))


@pytest.mark.parametrize("page", [*PAGES, "benchmarks/README.md"])
def test_files_in_the_pages_exist(page):
    """Each path into the repository that a page names is there, and the heading that it links."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"\b((?:examples|benchmarks|tests|keras_speech)/[\w/.]*\w\.\w+)", text)
    assert not [path for path in named if not (ROOT / path).exists()]
    for link in re.findall(r"\]\(([^)=]+)\)", text):
        if "://" not in link:
            path, _, anchor = link.partition("#")
            path = (ROOT / page).parent / path if path else ROOT / page
            assert path.exists(), link
            assert not anchor or anchor in headings(path), link


def headings(path):
    """The anchors of a page's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found]


def test_no_file_of_data_hides_the_function_that_it_holds():
    """Its import makes the file an attribute of the package, in place of what is loaded late."""
    late = ks.data._ON_FIRST_USE
    assert not [name for name, file in late.items() if file == name]


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'keras_speech' has no attribute 'tacotron3'"):
        ks.tacotron3  # noqa: B018


def test_version_is_the_one_in_setup(monkeypatch):
    assert metadata(monkeypatch)["version"] == ks.__version__


def test_backend_and_packages_are_declared(monkeypatch):
    """Every folder with Python files is installed."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        assert tomllib.load(file)["build-system"]["build-backend"] == "setuptools.build_meta"
    folders = {path.parent for path in (ROOT / "keras_speech").rglob("*.py")}
    names = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert names == set(metadata(monkeypatch)["packages"])


def test_every_data_file_is_installed(monkeypatch):
    patterns = metadata(monkeypatch)["package_data"]["keras_speech"]
    files = subprocess.run(
        ["git", "ls-files", "keras_speech"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\n")
    for file in filter(None, files):
        inside = file.removeprefix("keras_speech/")
        assert file.endswith(".py") or any(fnmatch(inside, pattern) for pattern in patterns), file


def metadata(monkeypatch):
    """Returns the keywords that setup.py gives to `setuptools.setup`."""
    given = {}
    monkeypatch.setattr(setuptools, "setup", lambda **keywords: given.update(keywords))
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(ROOT / "setup.py"))
    return given
