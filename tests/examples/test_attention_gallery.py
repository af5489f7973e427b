"""The gallery of attentions runs from top to bottom: models train and are pictured side by side."""

import json
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from keras_speech.layers import attention

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "attention_gallery.ipynb"

# One attention, beside the HMM, and little training: what is tested needs no more.
SETTINGS = dict(
    ATTENTIONS={
        "dynamic convolution": {"class_name": "DynamicConvolutionAttention", "config": {}},
    },
    EPOCHS=(1, 3),
    TEXTS=48,
    LONGER=3,
)

PROBE = """
import json
json.dumps({
    "losses": losses,
    "shapes": {name: list(alignment.shape) for name, alignment in history[-1].items()},
    "sums": {name: float(alignment.sum(axis=-1).min()) for name, alignment in history[-1].items()},
    "rounds": len(history),
    "one_text": [len(texts[longest]), len(sounds[longest])],
    "tokens": [alignment.shape[1] for alignment in long_alignments.values()],
    "rates": rates,
    "ears": [errors(heard(spoken(text)), text) for text in texts],
    "distances": [errors([1, 2, 3], [1, 3]), errors([1, 2], [2, 1, 2]), errors([4], [5])],
})
"""


def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_every_model_trains_and_is_pictured(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # So that the pictures come into the notebook, as in a browser.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    gallery = notebook()
    place = [cell.metadata.get("tags", []) for cell in gallery.cells].index(["parameters"])
    for name in SETTINGS:
        assert f"\n{name} = " in "\n" + gallery.cells[place].source
    lines = [f"{name} = {value!r}" for name, value in SETTINGS.items()]
    gallery.cells.insert(place + 1, new_code_cell("\n".join(lines)))
    probe = new_code_cell(PROBE)
    gallery.cells.append(probe)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(gallery, timeout=900, startup_timeout=300, resources=resources).execute()
    found = json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'"))

    names = [*SETTINGS["ATTENTIONS"], "neural HMM"]
    assert list(found["losses"]) == list(found["rates"]) == list(found["shapes"]) == names
    for losses in found["losses"].values():
        assert len(losses) == 4 and losses[-1] < losses[0]
    assert found["rounds"] == 2
    n_tokens, n_frames = found["one_text"]
    for name in names:
        assert found["shapes"][name] == [n_frames, n_tokens]
        np.testing.assert_allclose(found["sums"][name], 1.0, atol=1e-3)
    assert found["tokens"] == [24, 24]
    # What counts errors hears recordings without one, and knows the edit distance.
    assert not any(found["ears"]) and found["distances"] == [1, 1, 1]

    images = [kind for cell in gallery.cells for out in cell.get("outputs", [])
              for kind in out.get("data", {}) if kind == "image/png"]  # fmt: skip
    assert len(images) == 1 + 2 + 1 + 1  # a text, the rounds, the losses, the long text


def test_every_attention_is_in_the_gallery():
    (parameters,) = [c for c in notebook().cells if c.metadata.get("tags") == ["parameters"]]
    settings = {}
    exec(parameters.source, settings)
    shown = {type(attention.get(a)).__name__ for a in settings["ATTENTIONS"].values()}
    assert shown == set(attention.registry.CLASSES)


def test_notebook_is_kept_without_results():
    """Results would change with every run, and bury what did change."""
    for cell in notebook().cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
