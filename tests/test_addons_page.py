"""What `docs/addons.md` names as a replacement exists, and its code runs."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_speech as ks
from golden import addons_problem as problem
from golden.golden_files import assert_equal, load

PAGE = (Path(__file__).parents[1] / "docs" / "addons.md").read_text(encoding="utf-8")


def expressions():
    """The code in the second columns of the tables that starts at `keras` or `ks`."""
    for line in PAGE.splitlines():
        cells = line.split(" | ")
        if line.startswith("| ") and len(cells) > 1:
            yield from re.findall(r"`(k(?:era)?s\.[^`]+)`", cells[1])


@pytest.fixture(scope="module")
def names():
    """What the page's blocks of code define, run one after another."""
    found = {"keras": keras, "ks": ks}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(block, found)
    return found


@pytest.mark.parametrize("code", expressions())
def test_replacements_exist(code):
    assert eval(code, {"keras": keras, "ks": ks}) is not None


def test_every_name_says_what_became_of_it():
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(rows) > 50
    assert all(len(row) == 2 or row[1] == "—" or "`" in row[1] for row in rows)


def test_the_decoder_decodes(names):
    tokens, lengths = names["found"]["tokens"], np.asarray(names["found"]["lengths"])
    assert tokens.shape == (4, 20) and (lengths >= 1).all() and (lengths <= 20).all()


def test_sparsemax_is_that_of_addons(names):
    saved = load("functions")
    assert_equal(names["sparsemax"](keras.ops.convert_to_tensor(saved["x"])), saved["sparsemax"])


def test_triangles_are_those_of_addons(names):
    rate = names["Triangles"](1e-3, 1e-2, 4)
    assert_equal([float(rate(step)) for step in range(20)], load("optimizers")["cyclical"])


def test_rise_and_fall_is_the_warm_up_of_rectified_adam(names):
    rate = names["RiseAndFall"](0.05, total_steps=20, warmup_proportion=0.25, final=1e-3)
    variables = [keras.Variable(weight) for weight in problem.start()]
    optimizer = ks.optimizers.RectifiedAdam(rate, sma_threshold=4.5)
    saved = load("optimizers")
    for step in range(problem.N_STEPS):
        optimizer.apply(problem.gradients([v.numpy() for v in variables], step), variables)
        for i, variable in enumerate(variables):
            assert_equal(variable, saved[f"rectified_adam_warmup/{i}"][step])


def test_snapshot_mean_is_swa(names):
    """The weights after each step of addons, averaged by the callback, give its averages."""
    saved, mean = load("optimizers"), names["SnapshotMean"](start=4, period=3)
    mean.set_model(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))
    for step in range(problem.N_STEPS):
        mean.model.set_weights([saved["swa/0"][step], saved["swa/1"][step]])
        mean.on_train_batch_end(step)
    mean.on_train_end()
    for i, weight in enumerate(mean.model.get_weights()):
        assert_equal(weight, saved[f"swa/average_{i}"][-1])


def test_time_stopping_stops(names):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    callbacks = [names["TimeStopping"](seconds=0.0)]
    history = model.fit(np.ones((2, 1)), np.ones((2, 1)), epochs=5, verbose=0, callbacks=callbacks)
    assert len(history.history["loss"]) == 1


@pytest.mark.parametrize("axis", [1, 2])
def test_bands_are_hidden_whole(names, axis):
    seed = keras.random.SeedGenerator(0)
    hidden = np.asarray(names["hide_band"](np.ones((200, 12, 10), "float32"), axis, 4, seed)) == 0
    across = hidden.all(3 - axis)
    np.testing.assert_array_equal(across, hidden.any(3 - axis))
    widths = across.sum(1)
    assert sorted(set(widths.tolist())) == [0, 1, 2, 3, 4]
    assert (np.abs(np.diff(across.astype(int), axis=1)).sum(1) <= 2).all()
    assert across[:, 0].any() and across[:, -1].any()
