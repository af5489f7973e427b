"""Recordings inside shards: to bytes, and back to samples."""

import io
import json

import numpy as np
import soundfile

from keras_speech.data.sharding import examples, records

BITS = (16, 24)


def flac_bytes(samples, sample_rate, bits):
    """A FLAC file as bytes.

    Args:
        samples: float32 `(samples,)`; what lies beyond -1 to 1 is clipped.
        sample_rate: Hz.
        bits: 16 or 24.
    """
    full_scale = 2 ** (bits - 1)
    levels = np.rint(samples * np.float32(full_scale))
    # Of an int32, soundfile takes the upper bits.
    levels = np.clip(levels, -full_scale, full_scale - 1).astype("int32") << (32 - bits)
    buffer = io.BytesIO()
    soundfile.write(buffer, levels, sample_rate, format="FLAC", subtype=f"PCM_{bits}")
    return buffer.getvalue()


def read_features(path):
    """Features of the record at `path`, a place such as `shard-00000-of-00004.tfrecord:8192`.

    Returns: dict as of `examples.decode`.

    Raises:
        OSError: the shard cannot be read.
        RecordError: the record is damaged or no recording.
    """
    file, offset = records.place_of(path)
    data = records.read_record(file, offset)
    try:
        features = examples.decode(data)
    except ValueError:
        features = {}
    audio = features.get("audio", ())
    if len(audio) != 1 or not isinstance(audio[0], bytes):
        raise records.RecordError(f"The record at byte {offset:,} of {file} holds no recording.")
    return features


def samples_of(audio):
    """float32 `(samples,)` of a FLAC file given as bytes."""
    return soundfile.read(io.BytesIO(audio), dtype="float32")[0]


def read_audio(path):
    """The FLAC file of the record at `path`, as bytes; as `read_features`."""
    return read_features(path)["audio"][0]


def f0_settings(options, spec):
    """All that a pitch track depends on beside the samples.

    Args:
        options: `F0Options`.
        spec: `AudioSpec`; only what places the frames counts.

    Returns: dict that JSON can hold.
    """
    frames = {name: getattr(spec, name) for name in ("sample_rate", "hop_length", "padding")}
    limits = {"fmin": float(options.fmin), "fmax": float(options.fmax)}
    return {"tracker": options.tracker, **limits, **frames}


def stored_f0(path, options, spec):
    """The pitch track that lies beside a recording in its shard.

    Args:
        path: of the recording.
        options: `F0Options`.
        spec: `AudioSpec`.

    Returns: float32 `(frames,)`, Hz; `None` where there is none with these settings.

    Raises: as `read_features`.
    """
    if records.place_of(path) is None:
        return None
    features = read_features(path)
    if features.get("f0_settings") != [json.dumps(f0_settings(options, spec)).encode()]:
        return None
    return np.asarray(features.get("f0_hz", ()), "float32")
