"""`make speak` hands its text over as typed, and sets nothing up twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Stands for the command line: prints what it was asked to speak and its arguments.
SPEAKER = """#!{python}
import os, sys
print(os.environ["KERAS_SPEECH_TEXT"], sys.argv[1:], sep="|")
"""

# Stands for the environment's Python: notes each call of pip and of pytest.
PYTHON = """#!/bin/sh
echo "$@" $KERAS_SPEECH_TENSORFLOW_IO >> "$(dirname "$0")/calls"
"""


@pytest.fixture
def project(tmp_path):
    """A copy of the project whose environment is there but not yet installed into."""
    for name in ("Makefile", "setup.py"):
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, source in (("keras-speech", SPEAKER), ("python", PYTHON)):
        (programs / name).write_text(source.format(python=sys.executable))
        (programs / name).chmod(0o755)
    return tmp_path


def make(project, *arguments, **environment):
    """Runs make and returns what it prints; an error in it fails the test."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    finished = subprocess.run(
        ["make", f"PYTHON={sys.executable}", *arguments],
        cwd=project,
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


@pytest.mark.parametrize(
    "text",
    [
        """It's "quoted", for $5.00 or $$5.""",
        "$(shell touch touched) $HOME ${PATH} `touch touched`; touch touched",
        "# not a comment % * ? \\ & |",
        "-n",
        "two\nlines",
        "naïve “quotes”",
        "",
    ],
)
def test_text_arrives_as_typed(project, text):
    assert make(project, "speak", f"TEXT={text}") == f"{text}|['speak', '--output', 'out.wav']\n"
    assert make(project, "speak", TEXT=text) == f"{text}|['speak', '--output', 'out.wav']\n"
    assert not (project / "touched").exists()


def test_output_is_named_as_typed(project):
    assert "'my $file.wav'" in make(project, "speak", "OUT=my $file.wav")


def test_second_call_installs_nothing(project):
    calls = project / ".venv" / "bin" / "calls"
    make(project, "speak")
    first = calls.read_text()
    assert "pip install" in first
    make(project, "speak")
    assert calls.read_text() == first


def test_change_of_setup_installs_again(project):
    make(project, "speak")
    calls = project / ".venv" / "bin" / "calls"
    calls.unlink()
    stamp = (project / ".venv" / ".installed").stat().st_mtime
    os.utime(project / "setup.py", (stamp + 5, stamp + 5))
    make(project, "speak")
    assert "pip install" in calls.read_text()


def test_tensorflow_io_has_an_environment_of_its_own(project):
    programs = project / ".venv-io" / "bin"
    shutil.copytree(project / ".venv" / "bin", programs)
    make(project, "test-io", "PYTEST_ARGS=-x")
    *_, install, tests = (programs / "calls").read_text().splitlines()
    assert "pip install" in install and install.endswith("-e .[io,test]")
    # Where it does not load, tests that need it must fail and not be skipped.
    assert tests.startswith("-m pytest ") and tests.endswith(" -x tests/data required")
    assert not (project / ".venv" / "bin" / "calls").exists()
    make(project, "test-io")
    assert "pip" not in (programs / "calls").read_text().splitlines()[-1]
    for folder in ("keras_speech", "tests"):
        (project / folder).mkdir()
    make(project, "clean")
    assert not (project / ".venv-io").exists()


def test_tensorflow_io_is_not_tried_with_a_python_that_it_has_no_wheels_for(project):
    """Its last has none for 3.13, TensorFlow's have."""
    printed = make(project, "--print-data-base", "--dry-run", "help")
    for name, expected in (("SUPPORTED", 0), ("IO_SUPPORTED", 1)):
        (check,) = (x for x in printed.splitlines() if x.startswith(f"{name} := "))
        check = check.partition(" := ")[2]
        in_313 = f"import sys; sys.version_info = (3, 13); {check}"
        assert subprocess.run([sys.executable, "-c", in_313]).returncode == expected
