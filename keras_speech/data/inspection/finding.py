"""Findings of an inspection: something to know before training, with advice."""

import dataclasses

import numpy as np

from keras_speech.data.inspection import inspected_clips

# Each limit decides about one finding; see the findings for what is compared with it.
LIMITS = {
    "clipped_samples": 10,
    "full_scale": 4.0,
    "silence_s": 0.5,
    "pause_s": 1.0,
    "above_noise_db": 20.0,
    "noise_needs_s": 1.0,
    "level_spread_db": 10.0,
    "long_s": 20.0,
    "short_s": 0.3,
    "little_hours": 0.5,
    "little_of_a_speaker_s": 60.0,
    "low_rate": 16000,
    "deviations": inspected_clips.FAR,
}

SEVERITIES = ("error", "warning", "note")


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something to know before training.

    Args:
        kind: short name, such as `"clipping"`.
        severity: `"error"` (what it names cannot be trained on), `"warning"` or `"note"`.
        title: what was found, a sentence without its full stop.
        advice: what to do about it.
        names: tuple of `(name, detail)`: the recordings, rows, texts or characters meant, the
            worst first.
    """

    kind: str
    severity: str
    title: str
    advice: str
    names: tuple = ()


def counted(things, noun):
    """`1 file`, `2 files`, `2,000 rows or files`: how many there are of a list."""
    return number(len(things), noun)


def number(n, noun):
    """`1 file`, `2 files`, `2,000 rows or files`."""
    return f"{n:,} {noun if n == 1 else ' or '.join(f'{each}s' for each in noun.split(' or '))}"


def where(clips, mask, *, kind, severity, title, advice, order, detail, shown=None):
    """A finding about the recordings of a mask, or `None` where there are none.

    Args:
        clips: `InspectedClips`.
        mask: bool array `(recordings,)`.
        kind, severity, advice: as in `Finding`.
        title: with `{n}` where the number of recordings comes, and names of `LIMITS`.
        order: float array `(recordings,)`; the lowest is named first.
        detail: what is said of each, with a field for its number.
        shown: float array `(recordings,)` of these numbers. Defaults to `order`.
    """
    if not mask.any():
        return None
    names = named(clips, mask, order, detail, shown)
    return Finding(
        kind, severity, title.format(n=counted(names, "recording"), **LIMITS), advice, names
    )


def named(clips, mask, order, detail, shown=None):
    """`(id, detail)` of the recordings of a mask, the lowest of `order` first."""
    shown = order if shown is None else shown
    indices = np.flatnonzero(mask)
    indices = indices[np.argsort(order[indices], kind="stable")]
    return tuple((clips.recordings[i].id, detail.format(shown[i])) for i in indices)
