"""Several workers, in processes of their own: the training of one with the whole batch."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_speech.data.audio_files import write_wav
from keras_speech.training import read_checkpoint
from training import worker_training

TESTS = Path(__file__).parent.parent
PROGRAM = worker_training.__file__
EPOCHS = 10  # of 5 batches


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Forty clips of different lengths, so that parts of a batch have different shares of it."""
    directory, rng = tmp_path_factory.mktemp("recordings"), np.random.default_rng(0)
    (directory / "wavs").mkdir()
    rows = []
    for i in range(40):
        n = int(rng.integers(3000, 9000))
        tone = 0.3 * np.sin(2 * np.pi * (150 + 9 * i) * np.arange(n) / 8000)
        write_wav(directory / "wavs" / f"c{i:02d}.wav", tone + 0.02 * rng.normal(size=n), 8000)
        rows.append(f"c{i:02d}|{'a bee sea dee eff'[: int(rng.integers(3, 14))]}\n")
    (directory / "metadata.csv").write_text("".join(rows))
    return directory


def start(*arguments, **environment):
    paths = [str(TESTS.parent), str(TESTS)]
    environment = {"PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        env={**os.environ, **environment},
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
    )


def end(process, code=0):
    output, _ = process.communicate(timeout=600)
    assert process.returncode == code, output.decode()
    return output.decode()


def clusters(n_workers):
    """The `TF_CONFIG` of each worker, on ports that are free."""
    sockets = [socket.socket() for _ in range(n_workers)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    hosts = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return [
        json.dumps({"cluster": {"worker": hosts}, "task": {"type": "worker", "index": i}})
        for i in range(n_workers)
    ]


def curve(out, worker=0):
    return json.loads((out / f"curve-{worker}.json").read_text())


def assert_equal(ours, theirs, epochs=EPOCHS):
    assert len(ours["losses"]) == 5 * epochs
    np.testing.assert_allclose(ours["losses"], theirs["losses"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(ours["val_loss"], theirs["val_loss"], rtol=0, atol=1e-4)
    assert ours["losses"][-1] < ours["losses"][0]


@pytest.mark.parametrize(
    "kind, epochs",
    [
        ("fastspeech2", 2),
        pytest.param("fastspeech2", EPOCHS, marks=pytest.mark.slow),
        pytest.param("wavenet", EPOCHS, marks=pytest.mark.slow),
    ],
)
def test_two_workers_learn_as_one_with_the_whole_batch(recordings, tmp_path, kind, epochs):
    workers = [
        start(PROGRAM, "multi_worker", kind, recordings, tmp_path / "two", epochs, TF_CONFIG=config)
        for config in clusters(2)
    ]
    # Here meanwhile, where TensorFlow has been imported.
    worker_training.main("none", kind, recordings, tmp_path / "one", epochs)
    for worker in workers:
        end(worker)
    for worker in range(2):
        assert_equal(curve(tmp_path / "two", worker), curve(tmp_path / "one"), epochs)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fastspeech2", "wavenet"])
def test_two_devices_of_one_machine(recordings, tmp_path, kind):
    end(start(PROGRAM, "none", kind, recordings, tmp_path / "one", EPOCHS))
    end(start(PROGRAM, "mirrored", kind, recordings, tmp_path / "two", EPOCHS))
    assert_equal(curve(tmp_path / "two"), curve(tmp_path / "one"))


@pytest.mark.slow
def test_two_devices_on_jax(recordings, tmp_path):
    jax = {"KERAS_BACKEND": "jax"}
    end(start(PROGRAM, "none", "wavenet", recordings, tmp_path / "one", EPOCHS, **jax))
    jax["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
    end(start(PROGRAM, "data_parallel", "wavenet", recordings, tmp_path / "two", EPOCHS, **jax))
    assert_equal(curve(tmp_path / "two"), curve(tmp_path / "one"))


@pytest.mark.slow
def test_a_worker_is_killed_and_both_are_started_again(recordings, tmp_path):
    end(start(PROGRAM, "none", "wavenet", recordings, tmp_path / "one", EPOCHS))
    out, configs = tmp_path / "two", clusters(2)
    command = [PROGRAM, "multi_worker", "wavenet", recordings, out, EPOCHS]
    left = start(*command, TF_CONFIG=configs[0])
    end(start(*command, TF_CONFIG=configs[1], DIES_AT="19"), code=-signal.SIGKILL)
    # Who is left does not wait for ever, but ends, to be started again like the other.
    assert "Collective ops is aborted" in end(left, code=1)
    state = read_checkpoint(out / "checkpoint.npz")
    assert (state["epoch"], state["batch"]) == (3, 3)
    workers = [start(*command, TF_CONFIG=config) for config in configs]
    for worker in workers:
        end(worker)
    ours, theirs = curve(out)["losses"], curve(tmp_path / "one")["losses"]
    # They went on from the checkpoint, and ended where one worker did.
    assert len(ours) == 5 * EPOCHS - 18 and ours[0] is None
    np.testing.assert_allclose(ours[1:], theirs[19:], rtol=0, atol=1e-4)


@pytest.mark.slow
def test_the_command_line_with_two_workers(recordings, tmp_path):
    command = ["-m", "keras_speech.cli", "train", "wavenet", "--data", recordings / "wavs"]
    command += "--epochs 2 --sample-rate 8000 --segment 0.05 --batch-size 4 --validation 4".split()
    command += "--steps-per-epoch 4 --sample-every 1 --sample-seconds 0.02 --average 0.9".split()
    command += ["--layout", "folder", "--keep", "best", "--out"]
    end(start(*command, tmp_path / "one"))
    workers = [
        start(*command, tmp_path / "two", "--strategy", "multi_worker", TF_CONFIG=config)
        for config in clusters(2)
    ]
    chief, other = (end(worker) for worker in workers)
    assert "Hear it" in chief and "Hear it" not in other
    files = [{p.name for p in (tmp_path / out).rglob("*.wav")} for out in ("one", "two")]
    assert files[0] == files[1] != set()
    ours, theirs = (read_checkpoint(tmp_path / out / "checkpoint.npz") for out in ("two", "one"))
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(
            ours["history"][name], theirs["history"][name], rtol=0, atol=1e-4
        )
