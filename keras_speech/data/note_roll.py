"""Which keys sound when, as features at a frame rate."""

import operator

import numpy as np

from keras_speech.data.chords import midi_to_hz

# Seconds. The fastest resolves where in a frame the onset is, the slowest outlasts a note's decay.
DECAYS_S = (0.02, 0.1, 0.5, 2.0)


def note_roll_channels(lowest=36, highest=96, tones=False):
    """How many channels `note_roll` has: a key each, an onset flag, four decays, the velocity.

    Args:
        lowest: MIDI number of the first key. Defaults to 36.
        highest: MIDI number of the last key. Defaults to 96.
        tones: whether each key has a sine and a cosine too. Defaults to `False`.

    Returns: int.

    Example:

    >>> note_roll_channels(36, 96)
    67
    """
    if not 0 <= lowest <= highest <= 127:
        raise ValueError(
            "`lowest` and `highest` must be MIDI numbers, 0 <= lowest <= highest <= 127. "
            f"Received: lowest={lowest}, highest={highest}."
        )
    n_keys = highest - lowest + 1
    return n_keys * (3 if tones else 1) + 2 + len(DECAYS_S)


def note_roll(
    notes,
    n_frames,
    *,
    frame_rate,
    lowest=36,
    highest=96,
    onset_s=0.0,
    release_s=None,
    velocity=1.0,
    tones=False,
):
    """Describes notes struck at one time, frame by frame, for a network to be conditioned on.

    Frame `i` is the time from `i / frame_rate` to `(i + 1) / frame_rate`. Before the onset and
    after the release every channel is 0, which stands for silence (after the release: for the
    damper's quick decay to it). Between them, with `t` the seconds from the onset to the end of
    the frame:

    - one channel a key, `lowest` first: 1 where it is one of `notes`
    - onset: 1 in the frame in which the onset is
    - `exp(-t / 0.02)`, `exp(-t / 0.1)`, `exp(-t / 0.5)`, `exp(-t / 2)`: how long ago it was
    - `velocity`
    - with `tones`, for each key that is one of `notes` a sine of its pitch, then for each a cosine:
      they begin with the onset. Told the phase, a network need not learn to count periods.

    Args:
        notes: MIDI numbers, such as `parse_chord("C4:maj")`; empty for silence.
        n_frames: number of frames.
        frame_rate: frames a second: sample rate / hop length.
        lowest: MIDI number of the first key's channel. Defaults to 36.
        highest: MIDI number of the last key's channel. Defaults to 96.
        onset_s: when the keys are struck, in seconds from the first frame's start; negative where
            they already sound. Defaults to 0.
        release_s: when the keys are let go, on the same clock. Defaults to `None`, they are held.
        velocity: how hard the keys are struck, 0 to 1. Defaults to 1.
        tones: see above; the frame rate must be more than twice the pitch of the highest key, so
            the hop length is 1, or little more. Defaults to `False`.

    Returns: float32 `(n_frames, note_roll_channels(lowest, highest, tones))`, all in 0 to 1, tones
        in -1 to 1.

    Raises:
        ValueError: a note is outside the range, or another argument is.

    Example:

    >>> roll = note_roll((60, 64, 67), 100, frame_rate=100.0)
    >>> roll.shape, roll[0].nonzero()[0].tolist()
    ((100, 67), [24, 28, 31, 61, 62, 63, 64, 65, 66])
    """
    n_channels = note_roll_channels(lowest, highest, tones)
    notes = [operator.index(note) for note in notes]
    if outside := [note for note in notes if not lowest <= note <= highest]:
        raise ValueError(
            f"`notes` must be from `lowest` to `highest`. Received: {outside} in notes={notes}, "
            f"lowest={lowest}, highest={highest}."
        )
    if n_frames < 0:
        raise ValueError(f"`n_frames` must not be negative. Received: n_frames={n_frames}.")
    if not frame_rate > 0:
        raise ValueError(f"`frame_rate` must be positive. Received: frame_rate={frame_rate}.")
    if not 0.0 <= velocity <= 1.0:
        raise ValueError(f"`velocity` must be from 0 to 1. Received: velocity={velocity}.")
    if release_s is not None and release_s < onset_s:
        raise ValueError(
            "`release_s` must not be before `onset_s`. "
            f"Received: release_s={release_s}, onset_s={onset_s}."
        )
    if tones and frame_rate <= 2 * midi_to_hz(highest):
        raise ValueError(
            "`frame_rate` must be more than twice the pitch of `highest` for `tones`. Received: "
            f"frame_rate={frame_rate}, highest={highest} ({midi_to_hz(highest):.0f} Hz)."
        )
    roll = np.zeros((n_frames, n_channels), "float32")
    if not notes:
        return roll
    frames = np.arange(n_frames)
    since_onset = (frames + 1) / frame_rate - onset_s
    # A hair's breadth, so that an onset on a frame's border falls into the frame that begins there.
    sounding = since_onset > 1e-9
    if release_s is not None:
        sounding &= frames / frame_rate < release_s - 1e-9
    since_onset = since_onset[sounding]
    n_keys = highest - lowest + 1
    features = np.zeros((len(since_onset), n_channels), "float32")
    keys = [note - lowest for note in notes]
    features[:, keys] = 1.0
    features[:, n_keys] = since_onset <= 1.0 / frame_rate + 1e-9
    n_described = n_keys + 2 + len(DECAYS_S)
    features[:, n_keys + 1 : n_described - 1] = np.exp(-since_onset[:, None] / np.array(DECAYS_S))
    features[:, n_described - 1] = velocity
    if tones:
        pitches = np.array([midi_to_hz(note) for note in notes])
        phases = 2 * np.pi * pitches * (since_onset[:, None] - 1 / frame_rate)
        features[:, [n_described + key for key in keys]] = np.sin(phases)
        features[:, [n_described + n_keys + key for key in keys]] = np.cos(phases)
    roll[sounding] = features
    return roll
