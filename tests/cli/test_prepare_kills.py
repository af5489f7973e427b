"""`keras-speech prepare`, killed at any moment and called again, writes what it would have."""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from keras_speech.data import prepare, shards, wav_folder


@pytest.fixture
def recordings(tmp_path):
    """Forty recordings that take some milliseconds each: two seconds of noise to resample."""
    (tmp_path / "noise").mkdir()
    generator = np.random.default_rng(0)
    for number in range(40):
        noise = generator.normal(0.0, 0.1, 96_000)
        soundfile.write(tmp_path / "noise" / f"{number:02d}.wav", noise, 48_000)
    return tmp_path / "noise"


def contents(out, pattern="*"):
    return {p.name: p.read_bytes() for p in out.glob(pattern) if p.name != "plan.jsonl"}


def run_and_kill(command, environment, seconds, *, group):
    """Kills the command after so many seconds, alone or with all of its processes."""
    process = subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        # Alone: those that it started go on for a moment, beside the next call.
        (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        return True


@pytest.mark.parametrize("n_kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_and_called_again_it_goes_on(recordings, tmp_path, environment, n_kills):
    prepare(wav_folder(recordings), tmp_path / "expected", 22050, per_shard=3, processes=1)
    expected = contents(tmp_path / "expected")
    out = tmp_path / "shards"
    command = [sys.executable, "-m", "keras_speech.cli", "prepare", str(recordings), str(out)]
    command += ["--layout", "folder", "--sample-rate", "22050", "--per-shard", "3"]
    command += ["--processes", "2"]
    generator = np.random.default_rng(n_kills)
    # As long as a whole call takes on this machine now.
    begin = time.monotonic()
    assert not run_and_kill(command, environment, 300, group=False)
    longest = time.monotonic() - begin
    shutil.rmtree(out)

    for number in range(n_kills):
        seconds = generator.uniform(0.1, 1.0) * longest
        run_and_kill(command, environment, seconds, group=number % 2 == 0)
        # Half-written files may go while they are read: those who write them may live on.
        found = contents(out, "[!.]*") if out.exists() else {}
        whole = {name for name in found if name.endswith(".jsonl")}
        for name in whole | {name.replace(".jsonl", ".tfrecord") for name in whole}:
            assert found[name] == expected[name]
        if "manifest.json" not in found and found:
            with pytest.raises(ValueError, match="not whole|No such file"):
                shards(out)
        # So that there is something left to do for each of them.
        for name in sorted(whole)[::2]:
            (out / name).unlink()

    assert not run_and_kill(command, environment, 300, group=False)
    assert contents(out) == expected
    shards(out, verify=True)
