"""What a recording measures: a handful of numbers, whatever its length."""

import dataclasses
import hashlib

import numpy as np

from keras_speech.data import audio_files

# In dB relative to full scale: what is digital silence, or cannot be told from it.
FLOOR_DBFS = -120.0
# There is nothing to hear in what stays below this.
INAUDIBLE_DBFS = -70.0

_FRAME_SECONDS = 0.01
_FRAMES_AT_ONCE = 2**16

# Frames this near to the loudest are what is said.
_SPEECH_DB = 30.0
# Silence is what stays this far below the loudest frame, or this little above the noise floor as
# long as that is well below it.
_SILENCE_DB = 40.0
_ABOVE_NOISE_DB = 6.0
_BELOW_SPEECH_DB = 20.0
# A click is no speech.
_CLICK_FRAMES = 3

# Of full scale: the highest value that 8 bits and A-law have lies just above.
_FULL_SCALE = 0.98
# Converters that clip stay there for a while; a wave that just reaches the top does not.
_CLIPPED_SAMPLES = 3
# Below full scale: so many tops of so many equal samples, where the recording is not faint.
_FLAT_TOPS, _FLAT_SAMPLES, _FLAT_LEVEL = 5, 4, 0.1


@dataclasses.dataclass(frozen=True)
class ClipMeasures:
    """A recording in numbers.

    Args:
        sample_rate: in Hz.
        channels: number of channels.
        seconds: length.
        peak: largest absolute sample, 1 at full scale.
        level_dbfs: root mean square of what is said, in dB relative to full scale.
        noise_floor_dbfs: level that 5 % of the 10 ms frames do not reach, digital silence left out.
        clipped: number of samples at which the wave is cut off, in the channel with most.
        silence_before_s: seconds before the first sound.
        silence_after_s: seconds after the last.
        longest_pause_s: seconds of the longest silence between.
        digest: number that equal samples at one rate share, whatever file they are in.
    """

    sample_rate: int
    channels: int
    seconds: float
    peak: float
    level_dbfs: float
    noise_floor_dbfs: float
    clipped: int
    silence_before_s: float
    silence_after_s: float
    longest_pause_s: float
    digest: int


def measure_file(path):
    """Reads a recording and measures it.

    Args:
        path: WAV, FLAC, OGG or MP3 file.

    Returns: `ClipMeasures`.

    Raises:
        AudioError: as in `decode_audio`.
    """
    return measure(*audio_files.decode_audio(path))


def measure(samples, sample_rate):
    """Measures samples.

    Args:
        samples: float32 array `(samples, channels)`, finite and not empty.
        sample_rate: in Hz.

    Returns: `ClipMeasures`.

    Example:

    >>> tone = 0.1 * np.sin(np.arange(8000) / 3).astype("float32")
    >>> tone[:4000] = 0
    >>> measured = measure(tone[:, None], 8000)
    >>> measured.silence_before_s, round(measured.level_dbfs)
    (0.5, -23)
    """
    samples = np.ascontiguousarray(samples)
    digest = hashlib.blake2b(digest_size=8, person=str(sample_rate).encode())
    digest.update(samples.data)
    levels = _frame_levels(samples, sample_rate)
    loudest = float(levels.max())
    speech = levels > loudest - _SPEECH_DB
    before, after, pause = _silences(levels)
    return ClipMeasures(
        sample_rate=int(sample_rate),
        channels=samples.shape[1],
        seconds=len(samples) / sample_rate,
        peak=float(max(samples.max(), -samples.min())),
        level_dbfs=_decibels(np.mean(10.0 ** (levels[speech] / 10.0))),
        noise_floor_dbfs=noise_floor(levels),
        clipped=max(map(clipped_samples, samples.T)),
        silence_before_s=before * _FRAME_SECONDS,
        silence_after_s=after * _FRAME_SECONDS,
        longest_pause_s=pause * _FRAME_SECONDS,
        digest=int.from_bytes(digest.digest(), "big"),
    )


def clipped_samples(samples):
    """Number of samples at which a wave is cut off.

    Counted are runs of samples at full scale, and, where there are several, longer runs of equal
    samples at the extreme of a recording that was made fainter after it clipped.

    Args:
        samples: float array `(samples,)` of one channel.
    """
    total = 0
    for wave in (samples, -samples):
        top = float(wave.max())
        if top < _FLAT_LEVEL:
            continue
        if top >= _FULL_SCALE:
            lengths = _run_lengths(wave >= min(top, 0.999))
            total += int(lengths[lengths >= _CLIPPED_SAMPLES].sum())
        else:
            lengths = _run_lengths(wave == top)
            lengths = lengths[lengths >= _FLAT_SAMPLES]
            total += int(lengths.sum()) if len(lengths) >= _FLAT_TOPS else 0
    return total


def noise_floor(levels):
    """Level that 5 % of the frames do not reach, in dB; frames of digital silence do not count."""
    audible = levels[levels > FLOOR_DBFS]
    return float(np.percentile(audible, 5)) if len(audible) else FLOOR_DBFS


def _frame_levels(samples, sample_rate):
    """Level of every 10 ms of all channels' mean, in dB: float array `(frames,)`, one at least."""
    length = max(1, round(_FRAME_SECONDS * sample_rate))
    parts = []
    # In parts, so that an hour of sound does not need its memory several times.
    for start in range(0, len(samples), _FRAMES_AT_ONCE * length):
        part = samples[start : start + _FRAMES_AT_ONCE * length].mean(axis=1, dtype="float64")
        whole = len(part) // length * length
        power = np.mean(np.square(part[:whole].reshape(-1, length)), axis=1)
        if whole < len(part):
            power = np.append(power, np.mean(np.square(part[whole:])))
        parts.append(_decibels(power))
    return np.concatenate(parts)


def _silences(levels):
    """Frames of silence before the first sound, after the last, and the most between."""
    loudest, floor = float(levels.max()), noise_floor(levels)
    threshold = max(loudest - _SILENCE_DB, min(floor + _ABOVE_NOISE_DB, loudest - _BELOW_SPEECH_DB))
    if loudest <= FLOOR_DBFS:
        return len(levels), 0, 0
    starts, ends = _runs(levels > threshold)
    long = ends - starts >= min(_CLICK_FRAMES, (ends - starts).max())
    starts, ends = starts[long], ends[long]
    between = starts[1:] - ends[:-1]
    return int(starts[0]), int(len(levels) - ends[-1]), int(between.max(initial=0))


def _runs(mask):
    """Where each run of `True` begins and ends: two int arrays."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype("int8")))
    return edges[::2], edges[1::2]


def _run_lengths(mask):
    starts, ends = _runs(mask)
    return ends - starts


def _decibels(power):
    return np.maximum(10.0 * np.log10(np.maximum(power, 1e-30)), FLOOR_DBFS)
