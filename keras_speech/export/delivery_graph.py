"""What `voices.delivery` does to sentences, in a graph: pauses, tempo, level, and WAV files."""

import math

import tensorflow as tf

from keras_speech.voices import delivery

_LEVEL_FRAME = 512  # samples, as `delivery.level_gain` has it


def pauses_of(last, ends_paragraph, rows, pauses):
    """Seconds of silence after each piece, as `delivery.split_with_pauses` has them.

    Args:
        last: int32 `(pieces,)`, the code point that ends each.
        ends_paragraph: bool `(pieces,)`.
        rows: int32 `(pieces,)`, the text that each belongs to.
        pauses: dict like `delivery.PAUSES`, whose entries it replaces.

    Returns: float64 `(pieces,)`.
    """
    seconds = {**delivery.PAUSES, **pauses}
    last = tf.where(ends_paragraph, ord("\n"), last)
    result = tf.fill(tf.shape(last), tf.constant(seconds[""], tf.float64))
    for end, pause in seconds.items():
        if end:
            result = tf.where(tf.equal(last, ord(end)), tf.constant(pause, tf.float64), result)
    ends_text = tf.not_equal(rows, tf.concat([rows[1:], [-1]], 0))
    return tf.where(ends_text, tf.constant(0.0, tf.float64), result)


def stretch(mel, speed):
    """`delivery.stretch` of a mel `(frames, n_mels)`; `speed` is a float64 scalar."""
    frames = tf.shape(mel)[0]

    def stretched():
        n = tf.cast(frames, tf.float64)
        steps = tf.maximum(1, tf.cast(tf.round(n / speed), tf.int32))
        positions = tf.range(steps)
        step = (n - 1) / tf.cast(tf.maximum(steps - 1, 1), tf.float64)
        positions = tf.cast(positions, tf.float64) * step
        # As `numpy.linspace` has it: the last place is the end itself.
        is_end = tf.equal(tf.range(steps), steps - 1) & (steps > 1)
        positions = tf.where(is_end, n - 1, positions)
        low = tf.minimum(tf.cast(positions, tf.int32), frames - 2)
        weight = (positions - tf.cast(low, tf.float64))[:, None]
        left = tf.cast(tf.gather(mel, low), tf.float64)
        right = tf.cast(tf.gather(mel, low + 1), tf.float64)
        return tf.cast((1 - weight) * left + weight * right, tf.float32)

    changes = tf.not_equal(speed, 1.0) & (frames >= 2)
    return tf.cond(changes, stretched, lambda: mel)


def leveled(samples, *, level_db, peak, energy=0.0):
    """Samples `(n,)` at a level, as `delivery.level_gain` finds it.

    Args:
        samples: float32 `(n,)`.
        level_db: target in dB, or `None`.
        peak: highest magnitude allowed.
        energy: dB by which the level is moved, float32 scalar. Defaults to 0.
    """
    highest = tf.cast(tf.reduce_max(tf.abs(samples)), tf.float64)
    gain = tf.constant(1.0, tf.float64)
    if level_db is not None:
        size = tf.shape(samples)[0]
        frames = tf.reshape(tf.pad(samples, [[0, -size % _LEVEL_FRAME]]), [-1, _LEVEL_FRAME])
        power = tf.reduce_mean(tf.square(tf.cast(frames, tf.float64)), axis=1)
        loud = tf.boolean_mask(power, power >= tf.reduce_max(power) / 100)
        target = tf.exp(
            (level_db + tf.cast(energy, tf.float64)) * tf.constant(math.log(10) / 20, tf.float64)
        )
        gain = target / tf.sqrt(tf.reduce_mean(loud))
    gain = tf.minimum(gain, peak / highest)
    gain = tf.where(highest < delivery.SILENCE, tf.constant(1.0, tf.float64), gain)
    return samples * tf.cast(gain, tf.float32)


def wav_file(samples, sample_rate):
    """The bytes of a 16-bit mono WAV file of float32 `samples` `(n,)`, a string scalar."""
    # As libsndfile, which `Speech.save` writes with: rounded to 32 bits, of which the upper 16 are
    # kept. `encode_wav` alone would round to the nearest.
    levels = tf.floor(tf.round(samples * 2.0**31) / 2.0**16)
    levels = tf.clip_by_value(levels, -32768.0, 32767.0)
    return tf.audio.encode_wav((levels / 32768.0)[:, None], sample_rate)
