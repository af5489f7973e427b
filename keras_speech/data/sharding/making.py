"""One shard: its recordings read, packed and written."""

import hashlib
import json
import os

import numpy as np
import soundfile

from keras_speech.data import audio_files, f0_tracking
from keras_speech.data.sharding import examples, index, manifest, packed, records
from keras_speech.whole_files import written_whole


def make_shard(task, report=None):
    """Writes a shard and then its index, each whole or not at all.

    Args:
        task: dict that JSON can hold: `directory`, `number` and `count` of the shard, `settings`
            (see `prepare`), `on_error` and `entries` (see `plan.entries`).
        report: function without arguments, called after each recording.

    Raises:
        AudioError: a recording cannot be used (with `on_error="raise"`).
        OSError: the shard cannot be written.
    """
    directory, name = task["directory"], manifest.shard_name(task["number"], task["count"])
    path = os.path.join(directory, name)
    rows, skipped, n_samples, n_clipped, n_bytes = [], [], 0, 0, 0
    digest = hashlib.sha256()
    try:
        with written_whole(path) as file:
            for entry in task["entries"]:
                record, row, clipped = _record(entry, task["settings"], n_bytes)
                if row is None:
                    problem = record
                    if task["on_error"] == "raise":
                        raise audio_files.AudioError(f"Recording {entry['where']}: {problem}")
                    skipped.append(_without_directory(entry, problem))
                else:
                    file.write(record)
                    digest.update(record)
                    n_bytes += len(record)
                    n_samples += row["n_samples"]
                    n_clipped += clipped
                    rows.append(row)
                if report is not None:
                    report()
            manifest.flush(file)
        shard = manifest.Shard(name, n_bytes, digest.hexdigest())
        index.write_index(
            directory, shard, rows, n_samples=n_samples, n_clipped=n_clipped, skipped=skipped
        )
    except OSError as error:
        raise OSError(error.errno, f"Cannot write {path}: {error.strerror}.") from error


def _record(entry, settings, offset):
    """`(record, row, whether it was clipped)` of a recording; `(what is wrong, None, False)`."""
    try:
        samples = audio_files.read_audio(entry["path"], settings["sample_rate"])
        if audio_files.fingerprint(entry["path"]) != entry["fingerprint"]:
            raise audio_files.AudioError(f"Audio file {entry['path']} was changed meanwhile.")
        features = _features(entry, samples, settings)
        record = records.framed(examples.encode(features))
    except UnicodeEncodeError:
        return "Its name or text holds characters that UTF-8 does not have.", None, False
    except (audio_files.AudioError, soundfile.SoundFileError, OSError) as error:
        return str(error), None, False
    clipped = bool(np.abs(samples).max() > 1)
    return record, index.row_of(entry, offset, len(samples)), clipped


def _features(entry, samples, settings):
    sample_rate = settings["sample_rate"]
    audio = packed.flac_bytes(samples, sample_rate, settings["bits"])
    features = {"id": entry["id"], "text": entry["text"]}
    if entry["speaker"] is not None:
        features["speaker"] = entry["speaker"]
    features |= {"audio": audio, "sample_rate": sample_rate, "n_samples": len(samples)}
    if entry["durations"] is not None:
        features["durations"] = np.array(entry["durations"], "int64")
    if settings["f0"] is not None:
        f0 = settings["f0"]
        features["f0_hz"] = f0_tracking.track_f0(
            packed.samples_of(audio),
            sample_rate,
            hop_length=f0["hop_length"],
            padding=f0["padding"],
            options=f0_tracking.F0Options(f0["tracker"], f0["fmin"], f0["fmax"]),
        )
        features["f0_settings"] = json.dumps(f0)
    return features


def printable(text):
    """A name as an index keeps it: what UTF-8 does not have is written as `\\udcff`."""
    return text.encode("utf-8", "backslashreplace").decode()


def _without_directory(entry, problem):
    """`(id, reason)` of what is left out: equal wherever equal recordings lie."""
    reason = problem.replace(entry["path"], os.path.basename(entry["path"]))
    return printable(entry["id"]), printable(reason)
