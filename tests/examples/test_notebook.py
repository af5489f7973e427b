"""The notebook runs from top to bottom, and its toy voice learns to read."""

import json
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "train_your_own_voice.ipynb"

PROBE = """
import json
read = speech.alignment.argmax(axis=-1)[speech.alignment.max(axis=-1) > 0]
json.dumps({"losses": history.history["loss"], "read": read.tolist(), "text": speech.text})
"""


def test_notebook_trains_a_voice_that_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # So that the pictures come into the notebook, as in a browser.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    probe = new_code_cell(PROBE)
    notebook.cells.append(probe)
    NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(tmp_path)}}).execute()

    found = json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'"))
    assert found["losses"][-1] < 0.3 * found["losses"][0]
    # A word that it never heard: letter by letter, to the last one, never back.
    read = np.array(found["read"])
    assert (np.diff(read) >= 0).all()
    assert set(read) == set(range(len(found["text"])))

    shown = [kind for cell in notebook.cells for out in cell.get("outputs", [])
             for kind in out.get("data", {})]  # fmt: skip
    assert shown.count("image/png") == 3  # a mel, the alignment of the training, the speech
    assert any("<audio" in out.get("data", {}).get("text/html", "")
               for cell in notebook.cells for out in cell.get("outputs", []))  # fmt: skip


def test_notebook_is_kept_without_results():
    """Results would change with every run, and bury what did change."""
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
