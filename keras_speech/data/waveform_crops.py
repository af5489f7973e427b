"""From waveforms to the arrays of one batch."""

import numpy as np

from keras_speech.data import waveform_cache

# Places tried before the loudest one of the file is taken.
_SILENCE_TRIES = 10


class Cut:
    """Cuts the crops of a batch out of waveforms.

    Args:
        waveforms: list of `Waveform`, each at least a segment long.
        segment_length: samples a crop.
        step: samples between the places where a crop can begin: the hop where there are mels.
        speakers: names in the order of their ids.
        silence_db: crops below this level, relative to the loudest of the file, are not taken.
            `None` takes any.
        loudest: `loudest_place` of each waveform, where `silence_db` is given.
    """

    def __init__(self, waveforms, segment_length, *, step, speakers, silence_db=None, loudest=None):
        self.waveforms, self.segment_length, self.step = waveforms, segment_length, step
        self.has_mel = waveforms[0].mel is not None
        self.n_mels = waveforms[0].mel.shape[1] if self.has_mel else None
        self.speaker_ids = _speaker_ids([w.recording for w in waveforms], speakers)
        self.silence_db = silence_db
        self.n_tries = 1 if silence_db is None else _SILENCE_TRIES
        if silence_db is not None:
            self._loudest = [place for place, _ in loudest]
            self._least_power = [power * 10.0 ** (silence_db / 10.0) for _, power in loudest]

    def signature(self):
        """`{key: (dtype, shape without the batch axis)}` of what a call returns."""
        keys = {"samples": ("float32", (self.segment_length,))}
        if self.has_mel:
            keys["mel"] = ("float32", (self.segment_length // self.step, self.n_mels))
        if self.speaker_ids is not None:
            keys["speaker"] = ("int32", ())
        return keys

    def __call__(self, plan):
        """Arrays of the crops in `plan`, int64 `(b, 1 + tries)`, in the signature's order."""
        batch = {
            key: np.empty((len(plan), *shape), dtype)
            for key, (dtype, shape) in self.signature().items()
        }
        n_frames = self.segment_length // self.step
        for row, (file, *places) in enumerate(plan.tolist()):
            place, levels = self._first_loud(file, places)
            np.multiply(
                levels, np.float32(1 / waveform_cache.FULL_SCALE), out=batch["samples"][row]
            )
            if self.has_mel:
                batch["mel"][row] = self.waveforms[file].mel[place : place + n_frames]
            if self.speaker_ids is not None:
                batch["speaker"][row] = self.speaker_ids[file]
        return list(batch.values())

    def _first_loud(self, file, places):
        waveform = self.waveforms[file]
        for place in places:
            levels = _levels(waveform, place, self.segment_length, self.step)
            if self.silence_db is None or power(levels) >= self._least_power[file]:
                return place, levels
        place = self._loudest[file]
        return place, _levels(waveform, place, self.segment_length, self.step)


def loudest_place(waveform, segment_length, step):
    """Place and power of the loudest of crops that overlap by half."""
    stride = max(1, segment_length // 2 // step)
    places = range(0, waveform.n_starts(segment_length, step), stride)
    powers = [power(_levels(waveform, place, segment_length, step)) for place in places]
    best = int(np.argmax(powers))
    return places[best], powers[best]


def power(levels):
    """Mean square of 16-bit levels."""
    levels = levels.astype("float32")
    return float(np.dot(levels, levels)) / len(levels)


def _levels(waveform, place, segment_length, step):
    return waveform.samples[place * step : place * step + segment_length]


def _speaker_ids(recordings, speakers):
    """The id of each recording's speaker, or `None` where there are no speakers."""
    n_with = sum(r.speaker is not None for r in recordings)
    if n_with not in (0, len(recordings)):
        without = next(r for r in recordings if r.speaker is None)
        raise ValueError(
            "All recordings of a corpus must have a speaker, or none. Received: "
            f"{n_with} of {len(recordings)} with a speaker; {without.where} has none."
        )
    ids = {name: i for i, name in enumerate(speakers)}
    return [ids[r.speaker] for r in recordings] if n_with else None
