"""A corpus packed into TFRecord shards, once, for all trainings to come."""

import concurrent.futures
import contextlib
import dataclasses
import os
import warnings

import numpy as np

from keras_speech.data import audio_files, f0_tracking, tables
from keras_speech.data.progress import Progress
from keras_speech.data.sharding import (
    index,
    making,
    manifest,
    packed,
    pipeline,
    plan,
    workers,
    workplace,
)
from keras_speech.data.shards import shards

# Of FLAC.
_HIGHEST_RATE = 655_350


def prepare(
    corpus,
    directory,
    sample_rate=None,
    *,
    f0=None,
    spec=None,
    bits=16,
    per_shard=256,
    processes=None,
    beam=None,
    on_error="raise",
    skipped=None,
    progress=True,
):
    """Packs a corpus into TFRecord shards, which `shards` reads.

    A record holds the recording as FLAC at the rate wanted, one channel, and its text, speaker
    and, where they are known, durations and pitch. Equal recordings and settings give equal bytes,
    whatever the number of processes.

    A call that was interrupted in any way, or stopped by an error, may be repeated: it keeps the
    shards that are whole, after comparing them with their checksums, and makes the others.

    Args:
        corpus: `Corpus`.
        directory: where to; new, empty, or begun by the same call.
        sample_rate: Hz; recordings are resampled to it and mixed to mono. Defaults to the spec's,
            else that of the files, if all have the same.
        f0: whether the pitch of every frame is tracked and kept: `True`, or `F0Options`. It is
            taken by `acoustic_batches` with the same options, and without `trim`. Defaults to
            `None`. Needs `pip install "keras-speech[pitch]"`.
        spec: `AudioSpec` whose frames `f0` is for. Defaults to `None`, which `f0` does not allow.
        bits: of the samples, 16 or 24. Defaults to 16. What lies beyond full scale is clipped.
        per_shard: recordings a shard. Defaults to 256, some 40 MB of sentences; fewer suit long
            recordings, for a shard is begun anew after an interruption.
        processes: how many work at once. Defaults to one for each core.
        beam: list of options of an Apache Beam pipeline that does the work instead, such as
            `["--runner=FlinkRunner", "--flink_master=host:8081"]`. All its machines must see the
            recordings and `directory` under the same paths. Defaults to `None`. Needs
            `pip install "keras-speech[beam]"`.
        on_error: what happens with a recording that cannot be read: `"raise"` (default), or
            `"skip"`, which lists it in `skipped` and warns once of all.
        skipped: list that `Skipped` entries are appended to.
        progress: whether a bar is written to standard error where this takes long.

    Returns: the `Corpus` of the shards.

    Raises:
        ImportError: a package that was asked for is not installed.
        AudioError: a recording cannot be read (with `on_error="raise"`).
        OSError: a shard cannot be written, such as where the disk is full.
        ValueError: an argument is out of range, a recording has a change of tempo or pitch,
            `directory` holds something else or shards with other settings or of other recordings,
            or another process is writing them.

    Example:

    >>> corpus = prepare(ljspeech("LJSpeech-1.1"), "lj_shards", 22050)  # doctest: +SKIP
    >>> train = acoustic_batches(corpus.train, spec, tokenizer)  # doctest: +SKIP
    """
    handle = tables.OnError(on_error, skipped)
    directory = os.fspath(directory)
    _require_unchanged(corpus)
    settings = _settings(corpus, sample_rate, f0, spec, bits, per_shard)
    processes = _cores() if processes is None else processes
    _require_whole_number("processes", processes)

    entries = plan.entries(corpus)
    parts = plan.shards_of(entries, settings["per_shard"])
    with workplace.begun(directory, settings, parts):
        done = _whole_shards(directory, len(parts), processes)
        tasks = [
            {
                "directory": os.path.abspath(directory),
                "number": number,
                "count": len(parts),
                "settings": settings,
                "on_error": on_error,
                "entries": part,
            }
            for number, part in enumerate(parts)
            if number not in done
        ]
        if tasks:
            # What it says of all shards no longer holds.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(directory, manifest.MANIFEST_FILE))
            n_left = sum(len(task["entries"]) for task in tasks)
            with Progress(n_left, "Recordings", show=progress) as bar:
                _make(directory, tasks, processes, beam, bar.step)
        indexes = [
            done.get(number) or index.read_index(directory, number, len(parts))
            for number in range(len(parts))
        ]
        _list_skipped(entries, corpus, indexes, handle)
        _write_manifest(directory, settings, indexes)
    handle.warn(corpus.name, stacklevel=2)
    return shards(directory)


def _settings(corpus, sample_rate, f0, spec, bits, per_shard):
    """All that the shards depend on beside the recordings, as a dict that JSON can hold."""
    if len(corpus) == 0:
        raise ValueError("`corpus` must hold recordings. Received: an empty one.")
    options = f0_tracking.f0_options(f0)
    if options is not None and spec is None:
        raise ValueError("`f0` needs the `spec` whose frames it is for. Received: spec=None.")
    if spec is not None and sample_rate not in (None, spec.sample_rate):
        raise ValueError(
            "`sample_rate` must be that of `spec` where both are given. "
            f"Received: sample_rate={sample_rate}, spec.sample_rate={spec.sample_rate}."
        )
    if spec is not None:
        sample_rate = spec.sample_rate
    elif sample_rate is None:
        sample_rate = audio_files.common_sample_rate(corpus)
        if sample_rate is None:
            raise ValueError(
                f"`corpus` must hold usable recordings. None of {len(corpus)} can be read."
            )
    _require_whole_number("sample_rate", sample_rate)
    _require_whole_number("per_shard", per_shard)
    if sample_rate > _HIGHEST_RATE:
        raise ValueError(
            f"`sample_rate` must be at most {_HIGHEST_RATE}. Received: sample_rate={sample_rate}."
        )
    if bits not in packed.BITS:
        raise ValueError(f"`bits` must be one of {packed.BITS}. Received: bits={bits!r}.")
    if options is not None:
        f0_tracking.load_tracker(options.tracker)  # before any work, an error where it is missing
    return {
        "version": manifest.VERSION,
        "name": corpus.name,
        "speakers": list(corpus.speakers),
        "sample_rate": int(sample_rate),
        "bits": bits,
        "f0": None if options is None else packed.f0_settings(options, spec),
        "per_shard": int(per_shard),
    }


def _whole_shards(directory, count, processes):
    """`{number: Index}` of the shards that are whole, which are read to know that."""

    def read(number):
        name = manifest.shard_name(number, count)
        if not os.path.exists(os.path.join(directory, manifest.index_name(name))):
            return None, ""
        try:
            found = index.read_index(directory, number, count)
        except ValueError as error:
            return None, str(error)
        problem = manifest.damage(directory, found.shard)
        return None if problem else found, problem

    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        results = list(pool.map(read, range(count)))
    for _, problem in results:
        if problem:
            warnings.warn(f"{problem} It is made again.", stacklevel=3)
    return {number: found for number, (found, _) in enumerate(results) if found is not None}


def _make(directory, tasks, processes, beam, report):
    try:
        if beam is None:
            workers.make_shards(tasks, processes, report)
        else:
            pipeline.make_shards(tasks, beam)
    except OSError as error:
        count = tasks[0]["count"]
        names = [manifest.index_name(manifest.shard_name(n, count)) for n in range(count)]
        done = sum(os.path.exists(os.path.join(directory, name)) for name in names)
        raise OSError(
            error.errno,
            f"{error.strerror} {done} of {count} shards are whole; the same call goes on from "
            "there.",
        ) from error


def _list_skipped(entries, corpus, indexes, handle):
    """Hands what the shards leave out to the caller's choice."""
    reasons = {name: reason for found in indexes for name, reason in found.skipped}
    for entry in entries:
        if (reason := reasons.get(making.printable(entry["id"]))) is not None:
            message = f"Recording {entry['where']}: {reason}"
            handle(audio_files.AudioError(message), entry["where"], corpus[entry["id"]])
    if not any(found.rows for found in indexes):
        raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were skipped.")


def _write_manifest(directory, settings, indexes):
    totals = {
        "recordings": sum(len(found.rows) for found in indexes),
        "n_samples": sum(found.n_samples for found in indexes),
        "n_clipped": sum(found.n_clipped for found in indexes),
    }
    fields = {name: value for name, value in settings.items() if name != "version"}
    shards = [dataclasses.replace(found.shard, index_sha256=found.sha256) for found in indexes]
    manifest.write_manifest(directory, {**fields, **totals}, shards)


def _require_whole_number(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")


def _cores():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _require_unchanged(corpus):
    for recording in corpus:
        if recording.change is not None:
            raise ValueError(
                "`corpus` must hold recordings as they are: take its shards first, and give those "
                f"takes at other tempos and pitches. Received: {recording.where} with "
                f"{recording.change}."
            )
