"""The vocoders' notebook runs from top to bottom: five vocoders sound, and its flow is undone."""

import json
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "vocoders.ipynb"

# Two sentences and tiny models: what is tested needs no more.
SETTINGS = dict(
    SENTENCES=("Nobody remembered.", "Could you tell me?"),
    SECONDS=0.8,
    SEGMENT_FRAMES=16,
    BATCH_SIZE=2,
    STEPS=4,
    HIFIGAN_EPOCHS=(3, 1),
    WAVEGLOW_EPOCHS=3,
    WAVENET_EPOCHS=3,
    HIFIGAN=dict(
        channels=16,
        rates=(16, 16),
        kernel_sizes=(32, 32),
        resblock_kernel_sizes=(3,),
        resblock_dilations=((1, 3),),
    ),
    DISCRIMINATOR=dict(periods=(2,), channels=(4, 8)),
    WAVEGLOW=dict(n_flows=4, early_every=2, channels=8, n_layers=2, weight_normalization=False),
    WAVENET=dict(n_cycles=1, layers_per_cycle=4, residual_channels=8, gate_channels=16),
)

PROBE = """
import json
json.dumps({
    "samples": len(recording),
    "lengths": {name: len(sound) for name, sound in sounds.items()},
    "finite": [bool(np.isfinite(sound).all()) for sound in sounds.values()],
    "different": [float(np.abs(sounds[a] - sounds[b]).max())
                  for a in sounds for b in sounds if a < b],
    "one_spec": [model.spec == voice.spec for model, _ in vocoders.values()],
    "speeds": list(speeds.values()),
    "losses": {name: histories[name][measure] for name, measure in measures.items()},
    "players": sorted(set(adversarial) & {"discriminator", "real_accuracy", "fake_accuracy"}),
    "round_trip": round_trip_error,
    "distances": [distance_from_normal(z_before), distance_from_normal(z_after)],
    "known": [distance_from_normal(np.random.default_rng(0).normal(0, s, 10**5)) for s in (1, 2)],
    "same_as_generate": same,
    "states": [len(steps), *{len(state) for state in steps}],
    "noise": float(steps[0].std()),
    "by_sigma": [float(np.abs(by_sigma[each] - by_sigma[0.0]).max()) for each in sigmas],
})
"""


def outputs(notebook, kind):
    found = [out.get("data", {}).get(kind) for c in notebook.cells for out in c.get("outputs", [])]
    return [data for data in found if data is not None]


def test_notebook_compares_five_vocoders_and_inverts_a_flow(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # So that the pictures come into the notebook, as in a browser.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    place = [cell.metadata.get("tags", []) for cell in notebook.cells].index(["parameters"])
    for name in SETTINGS:
        assert f"\n{name} = " in "\n" + notebook.cells[place].source
    lines = [f"{name} = {value!r}" for name, value in SETTINGS.items()]
    notebook.cells.insert(place + 1, new_code_cell("\n".join(lines)))
    probe = new_code_cell(PROBE)
    notebook.cells.append(probe)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=900, startup_timeout=300, resources=resources).execute()
    found = json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'"))

    # One mel, five sounds of it.
    names = ["Griffin-Lim", "Vocos", "HiFi-GAN", "WaveGlow", "WaveNet"]
    assert list(found["lengths"]) == names and all(found["one_spec"])
    assert 0 < found["samples"] <= 0.8 * 22050 and found["samples"] % 256 == 0
    assert set(found["lengths"].values()) == {found["samples"]}
    assert all(found["finite"]) and min(found["speeds"]) > 0
    assert len(found["different"]) == 10 and min(found["different"]) > 1e-3

    # The trained ones have learned, and HiFi-GAN has met its discriminators.
    for losses in found["losses"].values():
        assert len(losses) == 3 and losses[-1] < losses[0]
    assert found["players"] == ["discriminator", "fake_accuracy", "real_accuracy"]

    # The flow: there and back, step by step as at once, and noise nearer to normal than before.
    assert found["round_trip"] < 1e-4
    assert found["distances"][1] < found["distances"][0]
    # Of normal numbers it is 0; twice as large ones are moved by E|n| = sqrt(2 / pi).
    np.testing.assert_allclose(found["known"], [0, np.sqrt(2 / np.pi)], atol=0.02)
    assert found["same_as_generate"] < 1e-4
    assert found["states"] == [1 + 4, found["samples"]]
    assert abs(found["noise"] - 0.6) < 0.02
    # The same noise, louder: further from what is said without it.
    assert found["by_sigma"][0] == 0 and (np.diff(found["by_sigma"]) > 0).all()

    # Curves, comparison, histograms, z over time, flows, sigma.
    assert len(outputs(notebook, "image/png")) == 6
    html = outputs(notebook, "text/html")
    (table,) = [each for each in html if "PESQ-WB" in each]
    rows = table.split("<tr>")[2:]
    assert [row.split("</td>")[0].removeprefix("<td>") for row in rows] == ["recording", *names]
    assert all(row.count("<audio") == 1 for row in rows)
    # The recording before, the table's six, three states from noise to sound, four sigmas.
    assert sum(each.count("<audio") for each in html) == 1 + 6 + 3 + 4


def test_notebook_is_kept_without_results():
    """Results would change with every run, and bury what did change."""
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
