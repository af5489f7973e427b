"""The notebook of FastSpeech 2's controls runs from top to bottom, and what it says is so."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "fastspeech2_controls.ipynb"

PROBE = """
import json
json.dumps({
    "plain": plain.duration,
    "durations": {name: speech.duration for name, speech in spoken.items()},
    "stressed_tokens": [symbols[i] for i in range(len(symbols)) if stressed[0, i]],
    "before": [float(x) for x in decisions()[1]],
    "after": [float(x) for x in decisions(**controls)[1]],
    "stressed": stressed[0].tolist(),
    "asked": asked,
    "followed": [float(x) for x in followed],
})
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    probe = new_code_cell(PROBE)
    notebook.cells.append(probe)
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        # So that the pictures come into the notebook, as in a browser.
        patch.delenv("MPLBACKEND", raising=False)
        NotebookClient(notebook, timeout=600, startup_timeout=300, resources=resources).execute()
    pictures = [
        1
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    return {**json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'")), "n": len(pictures)}


def test_speed_changes_the_length_and_pitch_and_energy_do_not(said):
    durations = said["durations"]
    assert durations["slow"] == pytest.approx(said["plain"] / 0.75, rel=0.03)
    assert durations["fast"] == pytest.approx(said["plain"] / 1.5, rel=0.03)
    for name in ("low", "high", "soft", "strong"):
        assert durations[name] == said["plain"]


def test_one_word_is_stressed_and_no_other(said):
    assert "".join(said["stressed_tokens"]).strip().startswith("SHIY")
    for before, after, stressed in zip(
        said["before"], said["after"], said["stressed"], strict=True
    ):
        assert after == pytest.approx(before * 2 ** (4 * stressed / 12), rel=1e-4)


def test_the_sound_follows_the_pitch_that_was_asked_for(said):
    assert said["followed"] == sorted(said["followed"])
    within = [abs(a - f) for a, f in zip(said["asked"], said["followed"], strict=True)]
    assert within[said["asked"].index(2)] < 1 and within[said["asked"].index(-2)] < 1


def test_there_is_a_picture_of_each_step(said):
    assert said["n"] == 5  # speech, decisions, whole sentence, one word, pitch found


def test_notebook_is_kept_without_results():
    """Results would change with every run, and bury what did change."""
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
