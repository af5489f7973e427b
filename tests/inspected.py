"""Clips with chosen numbers, for tests of what is said about them."""

import dataclasses

from keras_speech.data import Recording
from keras_speech.data.inspection.clip_measures import ClipMeasures
from keras_speech.data.inspection.inspected_clips import InspectedClips

USUAL = ClipMeasures(
    sample_rate=22050,
    channels=1,
    seconds=3.0,
    peak=0.5,
    level_dbfs=-20.0,
    noise_floor_dbfs=-60.0,
    clipped=0,
    silence_before_s=0.1,
    silence_after_s=0.1,
    longest_pause_s=0.2,
    digest=0,
)


def clips_of(n=1000, *, speakers=None, texts=None, characters=None, **numbers):
    """`n` usual clips; `numbers` names measures: `{index: value}` for those that differ."""
    recordings = [
        Recording(
            f"clip{i}",
            f"clip{i}.wav",
            texts[i] if texts else "",
            speaker=speakers[i] if speakers else None,
        )
        for i in range(n)
    ]
    clips = InspectedClips(recordings)
    for i in range(n):
        changes = {name: values[i] for name, values in numbers.items() if i in values}
        clips.put(i, dataclasses.replace(USUAL, **{"digest": i, **changes}), "")
    clips.characters = characters
    return clips
