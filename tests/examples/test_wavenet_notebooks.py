"""The WaveNet notebooks run from top to bottom, and what is kept in them is what they say."""

import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from matplotlib import cbook
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
MUSIC = ROOT / "examples" / "wavenet_music.ipynb"
SERIES = ROOT / "examples" / "wavenet_time_series.ipynb"

MUSIC_PROBE = """
import json
json.dumps({
    "lengths": {name: len(sound) for name, sound in sounds.items()},
    "spread": {name: float(sound.std()) for name, sound in sounds.items()},
    "bits": [*bits, *held_out_bits, float(entropy)],
    "joined": len(joined),
    "prime_is_kept": bool((joined[: len(prime)] == recording[: len(prime)]).all()),
})
"""

SERIES_PROBE = """
import json
changed = series.copy()
changed[origins[0] :] += 3.0  # another future
again = np.array(one_day_ahead(model, changed[None]))[:, 0]
known = np.array(one_day_ahead(model, series[None]))[:, 0]
same = model.generate(
    HORIZON, prime=np.repeat(primes, PATHS, axis=0)[: 2 * PATHS], seed=1
) * scale + center
json.dumps({
    "mean": float(series[train].mean()), "deviation": float(series[train].std()),
    "until_then": float(np.abs(again - known)[:, : origins[0] + 1].max()),
    "after": float(np.abs(again - known)[:, origins[0] + 1 :].max()),
    "walk": [float(np.sqrt(np.mean(returns[held_out] ** 2))), float(returns[~held_out].std())],
    "last_origin": int(origins[-1]), "days": len(returns),
    "windows": float(windows(series[train], 128).max() - series[train].max()),
    "ends": np.abs(same.sum(axis=1).reshape(2, PATHS) - ends[:2]).max().item(),
    "stocks": np.asarray(stocks[:, before].mean(axis=1)).tolist(),
    "months": [str(months[before][-1]), str(months[after][0]), str(months[-1])],
    "names": names,
})
"""


def executed(path, directory, monkeypatch, probe, **settings):
    """The notebook after a run with other settings, and what the probe found."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # So that the pictures come into the notebook, as in a browser.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(path, as_version=4)
    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    place = tags.index(["parameters"])
    for name in settings:
        assert f"\n{name} = " in "\n" + notebook.cells[place].source
    lines = [f"{name} = {value!r}" for name, value in settings.items()]
    notebook.cells.insert(place + 1, new_code_cell("\n".join(lines)))
    probe = new_code_cell(probe)
    notebook.cells.append(probe)
    resources = {"metadata": {"path": str(directory)}}
    NotebookClient(notebook, timeout=900, resources=resources).execute()
    return notebook, json.loads(probe.outputs[-1]["data"]["text/plain"].strip("'"))


def outputs(notebook, kind):
    found = [out.get("data", {}).get(kind) for c in notebook.cells for out in c.get("outputs", [])]
    return [data for data in found if data is not None]


def text(notebook):
    return "".join(out.get("text", "") for c in notebook.cells for out in c.get("outputs", []))


def test_music_notebook_trains_plays_and_goes_on(tmp_path, monkeypatch):
    settings = dict(LAYERS=4, CHANNELS=8, EPOCHS=1, SECONDS=1.5)
    notebook, found = executed(MUSIC, tmp_path, monkeypatch, MUSIC_PROBE, **settings)
    assert set(found["lengths"].values()) == {6000} and found["joined"] == 6000  # 1.5 s
    assert found["prime_is_kept"]
    assert min(found["spread"].values()) > 0.001
    assert all(0 < bits < 8 for bits in found["bits"])
    assert len(outputs(notebook, "image/png")) == 4
    assert sum("<audio" in html for html in outputs(notebook, "text/html")) == 4


def test_series_notebook_forecasts_without_leakage(tmp_path, monkeypatch):
    settings = dict(EPOCHS=1, PATHS=20, EVERY=60, STOCK_EPOCHS=1)
    notebook, found = executed(SERIES, tmp_path, monkeypatch, SERIES_PROBE, **settings)
    # Standardized by the training part alone.
    assert found["mean"] == pytest.approx(0, abs=1e-5)
    assert found["deviation"] == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(found["stocks"], 0, atol=1e-5)
    assert found["windows"] == 0
    # Another future changes no forecast made before it, but those after it.
    assert found["until_then"] == 0 and found["after"] > 0
    # Paths begin at their origin, in the order of the primes, and end inside the series.
    assert found["ends"] == pytest.approx(0, abs=1e-3)
    assert found["last_origin"] + 20 <= found["days"]

    assert found["months"] == ["2006-12", "2012-01", "2022-06"]
    assert found["names"] == ["IBM", "AAPL", "MSFT", "XRX", "ADBE", "^GSPC", "^IXIC"]

    # The random walk of constant volatility, from the file alone.
    prices = cbook.get_sample_data("goog.npz")["price_data"]
    returns = 100 * np.diff(np.log(prices["adj_close"]))
    future = prices["date"][1:] >= np.datetime64("2008-01-01")
    rmse, deviation = np.sqrt(np.mean(returns[future] ** 2)), returns[~future].std()
    inside = 100 * np.mean(np.abs(returns[future]) <= 1.645 * deviation)
    nats = np.mean(0.5 * (returns[future] / deviation) ** 2)
    nats += np.log(deviation) + 0.5 * np.log(2 * np.pi)
    row = rf"walk, constant +{nats:.3f} +{rmse:.2f} +{inside:.0f} % +{3.29 * deviation:.2f}\n"
    assert re.search(row, text(notebook))
    assert len(outputs(notebook, "image/png")) == 4


@pytest.mark.parametrize("path", [MUSIC, SERIES], ids=lambda path: path.stem)
def test_notebook_is_kept_with_the_results_that_it_speaks_of(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert path.stat().st_size < 300_000
    assert not any(out.output_type == "error" for cell in code for out in cell.outputs)
    # A cell of findings may state no figure that the outputs do not show.
    (findings,) = [c for c in notebook.cells if "findings" in c.metadata.get("tags", ())]
    stated = re.findall(r"\d+\.\d+", findings.source)
    shown = set(re.findall(r"\d+\.\d+", text(notebook)))
    assert len(stated) >= 4 and set(stated) <= shown
