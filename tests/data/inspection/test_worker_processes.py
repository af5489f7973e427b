"""Processes that measure files: every file is answered for, whatever happens to a process."""

import sys
import threading

import pytest

from keras_speech.data.inspection import clip_measures, worker_processes

# A worker that a file kills, as one that its decoder cannot bear would.
KILLED = """
import json, os, signal, sys
sys.path[:] = json.loads(sys.argv[1])
from keras_speech.data.inspection import clip_measures, worker_processes
measure_file = clip_measures.measure_file
def measure(path):
    if "deadly" in path:
        os.kill(os.getpid(), signal.SIGKILL)
    if "unforeseen" in path:
        raise KeyError("gone")
    return measure_file(path)
clip_measures.measure_file = measure
worker_processes.serve()
"""


@pytest.fixture
def paths(tmp_path, write_tone):
    return [
        write_tone(tmp_path / f"{name}.wav", f0_hz=100.0 + 10 * number)
        for number, name in enumerate("abcdef")
    ]


@pytest.mark.parametrize("workers", [1, 3])
def test_every_file_is_measured_once(paths, workers):
    found = dict((i, m) for i, m, _ in worker_processes.measured(paths, workers=workers))
    assert found == {i: clip_measures.measure_file(path) for i, path in enumerate(paths)}


def test_a_file_that_kills_its_process_is_named_and_the_others_are_measured(
    paths, write_tone, tmp_path, monkeypatch
):
    monkeypatch.setattr(worker_processes, "_COMMAND", KILLED)
    paths = [write_tone(tmp_path / "deadly.wav"), *paths, write_tone(tmp_path / "unforeseen.wav")]
    found = {i: (m, error) for i, m, error in worker_processes.measured(paths, workers=1)}
    assert found[0] == (None, "The process that read it ended with signal 9.")
    assert found[len(paths) - 1] == (None, "KeyError: 'gone'")
    assert all(found[i][0] is not None for i in range(1, len(paths) - 1))


def test_whoever_stops_early_leaves_no_process_behind(paths):
    before = threading.active_count()
    results = worker_processes.measured(paths, workers=2)
    next(results)
    results.close()
    assert threading.active_count() == before


def test_no_files_need_no_process(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert list(worker_processes.measured([], workers=4)) == []


def test_a_process_that_does_not_start_is_an_error_with_its_reason(paths, monkeypatch):
    monkeypatch.setattr(worker_processes, "_COMMAND", "import a_package_that_is_not_there")
    with pytest.raises(RuntimeError, match="did not start: .*a_package_that_is_not_there"):
        list(worker_processes.measured(paths, workers=2))
