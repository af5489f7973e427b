"""Resampling in the graph by tensorflow-io, without the delay that its filter brings."""

import contextlib
import logging

import tensorflow as tf

from keras_speech.data import tfio_ops

# The filter that tensorflow-io 0.37.1 chooses is 64 samples long, and longer where it lowers the
# rate, in multiples of 8 samples (`update_filter` in `resample.c` of Speex).
_FILTER_LENGTH, _MULTIPLE = 64, 8


@tf.autograph.experimental.do_not_convert
def resample_in_graph(samples, rate_in, rate_out):
    """Samples at another rate, as soxr makes them within 40 dB and more.

    The sound keeps its place in time and has as many samples as soxr makes of it. The last tenth
    below half the lower rate is where the two filters differ.

    Args:
        samples: float32 tensor `(samples,)`.
        rate_in: their Hz, an integer or a scalar tensor.
        rate_out: Hz wanted, the same.

    Returns: float32 tensor `(samples,)`.

    Raises:
        ImportError: tensorflow-io does not load.

    Reference: [Speex](https://gitlab.xiph.org/xiph/speexdsp), whose resampler tensorflow-io calls
    from its first output sample on.
    """
    audio = tfio_ops.audio()
    rate_in, rate_out = tf.cast(rate_in, tf.int64), tf.cast(rate_out, tf.int64)
    n_samples = tf.size(samples, tf.int64)
    # As soxr rounds, whose ratio of the rates is a float64. TensorFlow would turn a plain division
    # into a multiplication where rates are constants, which rounds otherwise.
    ratio = tf.cast(rate_in, tf.float64) / tf.cast(rate_out, tf.float64)
    n_wanted = tf.math.divide_no_nan(tf.cast(n_samples, tf.float64), ratio)
    n_wanted = tf.cast(tf.floor(n_wanted + 0.5), tf.int64)

    divisor = _greatest_common_divisor(rate_in, rate_out)
    step_in, step_out = rate_in // divisor, rate_out // divisor
    longer = (_FILTER_LENGTH * step_in // step_out + _MULTIPLE - 1) // _MULTIPLE * _MULTIPLE
    length = tf.where(step_in > step_out, longer, _FILTER_LENGTH)
    # Half a filter late. Zeros in front make that a whole number of samples at the new rate too.
    in_front = (-(length // 2)) % step_in
    delay = (length // 2 + in_front) // step_in * step_out
    padded = tf.pad(samples, [[in_front, length + 8 * (step_in // step_out + 1)]])
    with _quiet():
        late = audio.resample(padded[None, :, None], rate_in, rate_out)
    late = tf.ensure_shape(late, [1, None, 1])[0, :, 0]
    return late[delay : delay + n_wanted]


def _greatest_common_divisor(a, b):
    """Euclid's, of scalar tensors."""
    return tf.while_loop(lambda _, b: b > 0, lambda a, b: (b, a % b), (a, b))[0]


@contextlib.contextmanager
def _quiet():
    """Without a warning of how `vectorized_map`, which tensorflow-io calls, goes about it."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
