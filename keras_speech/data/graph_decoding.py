"""Recordings decoded in the graph of a pipeline, by tensorflow-io where it loads."""

import numpy as np
import tensorflow as tf

from keras_speech.data import audio_files, audio_headers, graph_resampling, tfio_ops
from keras_speech.data.named_functions import NamedFunction


@tf.autograph.experimental.do_not_convert
def decode_in_graph(content, sample_rate=None, *, name="the content", decoder="auto", whole=False):
    """Samples of a recording given as a tensor, mono and resampled, for `Dataset.map`.

    Where the native operations of tensorflow-io load (extra `[io]`), they decode WAV, FLAC and MP3
    and resample. Elsewhere soundfile and soxr do, called from the graph, and so they do everywhere
    for what tensorflow-io reads otherwise or not at all, such as Ogg and 32-bit PCM. What a file is
    says its content, not its name. Both ways give samples that differ by less than a step of 16
    bits, and resampled ones that agree by 40 dB.

    Args:
        content: string tensor `()`, the bytes of a file.
        sample_rate: Hz wanted. Defaults to `None`, the recording's own.
        name: what errors call the recording, str or string tensor. Defaults to `"the content"`.
        decoder: `"auto"` (default), `"tensorflow-io"` or `"soundfile"`; the last takes less of the
            processor's time, the second little of Python's lock.
        whole: whether contents are known to be undamaged, as those of shards by their checksums.
            Defaults to `False`: soundfile then decodes FLAC, since tensorflow-io never comes back
            from some FLAC files that are damaged.

    Returns: float32 tensor `(samples,)`, channels averaged. As the pipeline runs, a
        `tf.errors.InvalidArgumentError` says what is wrong with a recording that cannot be used.

    Raises:
        ImportError: `decoder="tensorflow-io"`, and it does not load.
        ValueError: an argument is out of range.

    Example:

    >>> files = tf.data.Dataset.list_files("recordings/*.flac")  # doctest: +SKIP
    >>> dataset = files.map(  # doctest: +SKIP
    ...     lambda path: decode_in_graph(tf.io.read_file(path), 22050, name=path)
    ... )
    """
    if sample_rate is not None:
        if isinstance(sample_rate, bool) or not isinstance(sample_rate, (int, np.integer)):
            raise ValueError(
                "`sample_rate` must be a positive integer or None. "
                f"Received: sample_rate={sample_rate!r}."
            )
        lowest, highest = audio_files.SAMPLE_RATES
        if not lowest <= sample_rate <= highest:
            raise ValueError(
                f"`sample_rate` must be from {lowest} to {highest} Hz. "
                f"Received: sample_rate={sample_rate}."
            )
    decoder = tfio_ops.chosen(decoder)
    name = tf.convert_to_tensor(name)
    wanted = np.int32(0 if sample_rate is None else sample_rate)
    with tf.device("cpu"):
        if decoder == "soundfile":
            return _by_soundfile(content, wanted, name)
        return _by_tensorflow_io(content, wanted, name, whole)


def _by_soundfile(content, sample_rate, name):
    samples = _DECODE(content, sample_rate, name)[0]
    samples.set_shape([None])
    return samples


def _by_tensorflow_io(content, sample_rate, name, whole):
    kind, rate, n_samples = _HEADER(content, whole)
    for value in (kind, rate, n_samples):
        value.set_shape([])
    branches = {0: lambda: _by_soundfile(content, sample_rate, name)}
    for number, coding in enumerate(audio_headers.KINDS[1:], start=1):
        branches[number] = lambda coding=coding: _checked(
            _decoders()[coding](content), n_samples, name
        )
    samples = tf.switch_case(kind, branches)
    samples.set_shape([None])
    if sample_rate == 0:
        return samples
    return tf.cond(
        (kind == audio_headers.SOUNDFILE) | (rate == sample_rate),
        lambda: samples,
        lambda: _resampled(samples, rate, sample_rate, name),
    )


def _resampled(samples, rate, sample_rate, name):
    samples = graph_resampling.resample_in_graph(samples, rate, sample_rate)
    long_enough = tf.debugging.Assert(
        tf.size(samples) > 0, [name, "is too short to be resampled; Hz:", rate, sample_rate]
    )
    with tf.control_dependencies([long_enough]):
        return tf.identity(samples)


def _decoders():
    """Functions of a file's bytes to float32 `(samples, channels)` in -1 to 1."""
    audio = tfio_ops.audio()

    def scaled(decode, dtype, zero, full_scale):
        def decoded(content):
            values = tf.cast(decode(content, dtype=dtype), tf.float32)
            return (values - zero) / full_scale

        return decoded

    return {
        ("WAV", "PCM_U8"): scaled(audio.decode_wav, tf.uint8, 128.0, 2.0**7),
        ("WAV", "PCM_16"): scaled(audio.decode_wav, tf.int16, 0.0, 2.0**15),
        # 24 bits are the upper ones of 32.
        ("WAV", "PCM_24"): scaled(audio.decode_wav, tf.int32, 0.0, 2.0**31),
        ("WAV", "FLOAT"): scaled(audio.decode_wav, tf.float32, 0.0, 1.0),
        ("FLAC", "PCM_16"): scaled(audio.decode_flac, tf.int16, 0.0, 2.0**15),
        ("FLAC", "PCM_24"): scaled(audio.decode_flac, tf.int32, 0.0, 2.0**31),
        ("MP3", "MPEG_LAYER_III"): audio.decode_mp3,
    }


def _checked(samples, n_samples, name):
    """Mono, and what soundfile's samples are checked for."""
    samples = tf.reduce_mean(tf.ensure_shape(samples, [None, None]), axis=1)
    n_found = tf.size(samples, tf.int64)
    checks = [
        tf.debugging.Assert(
            (n_samples == audio_headers.UNKNOWN) | (n_found == n_samples),
            [name, "is damaged: samples decoded and promised:", n_found, n_samples],
        ),
        tf.debugging.Assert(
            tf.reduce_all(tf.math.is_finite(samples)),
            [name, "holds samples that are not finite (NaN or infinite)."],
        ),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(samples)


def _decode(content, sample_rate, name):
    """What `read_audio` returns, of bytes; `sample_rate` 0 is the file's own."""
    name = bytes(name).decode(errors="replace")
    samples, rate = audio_files.decode_bytes(bytes(content), name)
    return audio_files.resampled(samples, rate, int(sample_rate) or None, name)


_DECODE = NamedFunction("keras_speech.decode", _decode, [tf.float32])
_HEADER = NamedFunction("keras_speech.header", audio_headers.header, [tf.int32, tf.int32, tf.int64])
