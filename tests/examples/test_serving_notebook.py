"""The notebook of serving runs from top to bottom: each way out of the package speaks the same."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "serving.ipynb"

PROBE = """
fast, _ = soundfile.read(io.BytesIO(wav))
json.dumps({
    "signatures": sorted(served.signatures),
    "difference": difference,
    "mel": float(np.abs(half_way["mel"][0] - spoken.mel[: half_way["mel"].shape[1]]).max()),
    "lengths": [len(samples) for samples in rows],
    "predicted": float(np.abs(predicted - spoken.samples).max()),
    "fast": len(fast) / len(predicted),
    "stopped": server.returncode,
    "phone": [len(on_phone) / len(in_python), phone_difference],
    "sizes": [sizes["wide"], sizes["small"]],
    "int8": [len(again.samples) / len(spoken.samples), float(np.abs(again.samples).max())],
    "left": here.exists(),
})
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    probe = new_code_cell(PROBE)
    notebook.cells.append(probe)
    resources = {"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        # So that the pictures come into the notebook, as in a browser.
        patch.delenv("MPLBACKEND", raising=False)
        NotebookClient(notebook, timeout=600, startup_timeout=300, resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output["data"] for output in outputs if "data" in output]
    return {
        **json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'")),
        "pictures": sum("image/png" in data for data in shown),
        "players": sum("<audio" in data.get("text/html", "") for data in shown),
    }


def test_the_export_says_what_python_says(found):
    assert {"serving_default", "speak", "wav_bytes", "mel", "vocode"} <= set(found["signatures"])
    assert found["difference"] < 1e-5 and found["mel"] < 1e-4
    # At 0.8 of the speed, the second row takes longer.
    assert found["lengths"][1] == pytest.approx(found["lengths"][0] / 0.8, rel=0.05)


def test_the_server_says_it_too_and_stops(found):
    assert found["predicted"] < 1e-4  # 16 bits
    assert found["fast"] == pytest.approx(1 / 1.2, rel=0.05)
    assert found["stopped"] == 0


def test_a_phone_makes_nearly_the_same_sound(found):
    # Of other kernels' rounding, phases make more.
    length, difference = found["phone"]
    assert length == 1 and difference < 0.05


def test_int8_is_a_quarter_as_large_and_nearly_as_long(found):
    wide, small = found["sizes"]
    assert small < wide / 4
    length, peak = found["int8"]
    assert length == pytest.approx(1, rel=0.05) and 0.1 < peak < 1


def test_everything_is_seen_and_heard_and_nothing_left(found):
    assert found["pictures"] == 2  # what was served, float32 beside int8
    assert found["players"] == 6  # two rows, two requests, a phone, int8
    assert not found["left"]


def test_notebook_is_kept_without_results():
    """Results would change with every run, and bury what did change."""
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
