"""Training that is killed (SIGKILL) at random moments, and gone on with each time."""

import itertools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from keras_speech.data.audio_files import write_wav
from keras_speech.training import read_checkpoint
from training import small_training

TESTS = Path(__file__).parent.parent
# What a whole directory of the program holds: nothing half-written, nothing left over.
FILES = {"checkpoint.npz", "best.npz", "log.csv"}


def start(command):
    paths = [str(TESTS.parent), str(TESTS), os.environ.get("PYTHONPATH", "")]
    # One thread: sums are added up in one order.
    environment = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )


def finish(command):
    process = start(command)
    _, error = process.communicate(timeout=600)
    assert process.returncode == 0, error.decode()


class Forked(multiprocessing.get_context("fork").Process):
    """A small training in a process that has TensorFlow from the one that starts it.

    That one must have imported TensorFlow, which takes longer than the training, but run nothing.
    """

    def __init__(self, directory):
        super().__init__(target=small_training.main, args=(directory,))
        self.start()

    def poll(self):
        return self.exitcode

    def communicate(self):
        self.join()

    returncode = property(poll)


def kill(start, directory, rng, seconds, *, early=False):
    """Kills a training within `seconds`, of its start or else of its first checkpoint."""
    checkpoint = directory / "checkpoint.npz"
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else None
    process = start()
    while not early and process.poll() is None:
        if checkpoint.exists() and checkpoint.stat().st_mtime_ns != before:
            break
        time.sleep(0.002)
    time.sleep(rng.uniform(0, seconds))
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it came to its end before the kill"


def batches_done(directory, n_batches):
    """Batches of `n_batches` epochs until the checkpoint, all of which is read: it is whole."""
    path = directory / "checkpoint.npz"
    if not path.exists():
        return 0
    state = read_checkpoint(path)
    return state["epoch"] * n_batches + state["batch"]


def assert_same_end(ours, theirs):
    for name in ("checkpoint.npz", "best.npz"):
        if not (theirs / name).exists():
            continue
        with np.load(ours / name) as a, np.load(theirs / name) as b:
            assert set(a.files) == set(b.files)
            for key in set(a.files) - {"state.json"}:
                np.testing.assert_array_equal(a[key], b[key], err_msg=f"{name} {key}")


def check_three_kills(directory):
    whole, parts = Path(directory) / "whole", Path(directory) / "parts"
    done, rng = [0], np.random.default_rng(5)
    for _ in range(3):
        kill(lambda: Forked(parts), parts, rng, seconds=0.3)
        done.append(batches_done(parts, small_training.N_BATCHES))
    assert all(after > before for before, after in itertools.pairwise(done)), done
    for place in (parts, whole):
        process = Forked(place)
        process.join()
        assert process.exitcode == 0
    assert_same_end(parts, whole)
    assert {path.name for path in parts.iterdir()} == FILES


def test_killed_and_gone_on_with_three_times(tmp_path):
    code = "import sys; from training import test_kills as t; t.check_three_kills(sys.argv[1])"
    finish([sys.executable, "-c", code, str(tmp_path)])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0])
def test_command_killed_twenty_times(tmp_path, seed):
    """A WaveNet from the command line, whose features are killed while they are made, too."""
    tones, whole, parts = tmp_path / "tones", tmp_path / "whole", tmp_path / "parts"
    tones.mkdir()
    for i in range(12):
        wave = 0.4 * np.sin(2 * np.pi * (200 + 30 * i) * np.arange(8000) / 8000)
        write_wav(tones / f"{i:02d}.wav", wave, 8000)
    command = [sys.executable, "-m", "keras_speech.cli", "train", "wavenet", "--data", str(tones)]
    command += "--epochs 8 --sample-rate 8000 --segment 0.1 --batch-size 2 --validation 2".split()
    command += "--sample-every 0 --steps-per-epoch 30 --checkpoint-every 2 --out".split()
    finish([*command, str(whole)])
    rng = np.random.default_rng(seed)
    for kills in range(20):
        if kills == 10:
            # A disk that lost the features: they are made again.
            shutil.rmtree(parts / "features", ignore_errors=True)
        # Every fourth before training begins: while it reads, compiles or restores.
        early = kills % 4 == 0
        before = batches_done(parts, n_batches=30)
        seconds = 8.0 if early else 0.7
        kill(lambda: start([*command, str(parts)]), parts, rng, seconds, early=early)
        assert batches_done(parts, n_batches=30) >= before
    finish([*command, str(parts)])
    assert_same_end(parts, whole)
    assert not list(parts.rglob(".*.tmp"))
