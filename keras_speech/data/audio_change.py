"""`AudioChange`: another tempo and pitch of a recording, made as it is read."""

import dataclasses
import functools
import math

import numpy as np

from keras_speech.ops import change_speed, pitch_shift, time_stretch


@dataclasses.dataclass(frozen=True)
class AudioChange:
    """What is done to a recording's samples before anything else is.

    Args:
        tempo: how much faster, 0.5 to 2. Defaults to 1.
        semitones: how much higher, -12 to 12. Defaults to 0.

    Raises:
        ValueError: one is out of range, or both together: what is moved up by an octave cannot be
            half as fast as well.
    """

    tempo: float = 1.0
    semitones: float = 0.0

    def __post_init__(self):
        slowest, fastest = time_stretch.SLOWEST, time_stretch.FASTEST
        if not slowest <= self.tempo <= fastest:
            raise ValueError(
                f"`tempo` must lie between {slowest} and {fastest}. Received: tempo={self.tempo}."
            )
        if not abs(self.semitones) <= pitch_shift.LARGEST:
            raise ValueError(
                f"`semitones` must lie between {-pitch_shift.LARGEST} and {pitch_shift.LARGEST}. "
                f"Received: semitones={self.semitones}."
            )
        if not slowest <= self.tempo / self._speed <= fastest:
            raise ValueError(
                "`tempo` and `semitones` must not be so far apart: `tempo / 2**(semitones / 12)` "
                f"must lie between {slowest} and {fastest}. "
                f"Received: tempo={self.tempo}, semitones={self.semitones}."
            )

    @property
    def _speed(self):
        return 2.0 ** (self.semitones / 12.0)

    def __call__(self, samples, sample_rate):
        """float32 `(samples,)` in, `round(samples / tempo)` out."""
        length = max(1, round(len(samples) / self.tempo))
        if self.semitones:
            # Played faster, then as slow as the tempo asks for: one search for windows, not two.
            played = math.ceil(len(samples) / self._speed)
            samples = _change_speed()(samples, np.float32(self._speed), np.int32(played))
        stretch = _time_stretch(sample_rate)
        return stretch(samples, np.float32(self.tempo / self._speed), np.int32(length)).numpy()


def _compiled(function):
    """`function(samples, factor, length)` as a graph, traced once: threads would each trace one."""
    import tensorflow as tf

    signature = [
        tf.TensorSpec([None], "float32"),
        *map(tf.TensorSpec, ([], []), ("float32", "int32")),
    ]
    with tf.device("cpu"):
        graph = tf.function(function).get_concrete_function(*signature)

    def call(*arguments):
        with tf.device("cpu"):
            return graph(*map(tf.convert_to_tensor, arguments))

    return call


@functools.cache
def _change_speed():
    return _compiled(lambda x, speed, length: change_speed.change_speed(x, speed, length=length))


@functools.cache
def _time_stretch(sample_rate):
    return _compiled(
        lambda x, tempo, length: time_stretch.time_stretch(
            x, tempo, sample_rate=sample_rate, length=length
        )
    )
