"""The numbers of all recordings of a corpus, a column each."""

import dataclasses

import numpy as np

from keras_speech.data.inspection import clip_measures

_COLUMNS = [f.name for f in dataclasses.fields(clip_measures.ClipMeasures) if f.name != "digest"]

# Deviations from what is usual from which on a value is an outlier.
FAR = 5.0


class InspectedClips:
    """Some numbers per recording, and why there are none where there are none.

    Args:
        recordings: sequence of `Recording`.

    Attributes: `columns`, a dict from the names of `ClipMeasures` to float arrays `(recordings,)`,
        NaN where a file cannot be used; `digests`, uint64 `(recordings,)`; `errors`, a dict from
        index to reason; `characters`, int `(recordings,)`, or `None` where nothing is written;
        `speakers`, int `(recordings,)`.
    """

    def __init__(self, recordings):
        self.recordings = tuple(recordings)
        n = len(self.recordings)
        self.columns = {name: np.full(n, np.nan) for name in _COLUMNS}
        self.digests = np.zeros(n, "uint64")
        self.errors = {}
        self.characters = None
        names = {r.speaker: None for r in self.recordings}
        numbers = {name: number for number, name in enumerate(names)}
        self.speaker_names = list(names)
        self.speakers = np.array([numbers[r.speaker] for r in self.recordings], "int64")

    def put(self, index, measures, error):
        """Keeps what a recording measured, or why it could not be."""
        if measures is None:
            self.errors[index] = error
            return
        for name, column in self.columns.items():
            column[index] = getattr(measures, name)
        self.digests[index] = measures.digest

    def __getitem__(self, name):
        return self.columns[name]

    @property
    def readable(self):
        """bool `(recordings,)`: whether the file can be used."""
        return ~np.isnan(self.columns["seconds"])

    @property
    def sounding(self):
        """bool `(recordings,)`: whether there is anything to hear in it."""
        with np.errstate(invalid="ignore"):
            return self.columns["level_dbfs"] > clip_measures.INAUDIBLE_DBFS

    @property
    def above_noise_db(self):
        """float `(recordings,)`: how far what is said lies above the noise floor."""
        return self.columns["level_dbfs"] - self.columns["noise_floor_dbfs"]

    @property
    def seconds_per_character(self):
        """float `(recordings,)`: seconds from the first sound to the last by the text's length.

        NaN where there is no text; all `None` where the corpus has none.
        """
        if self.characters is None:
            return None
        silent = self.columns["silence_before_s"] + self.columns["silence_after_s"]
        spoken = np.where(self.sounding, self.columns["seconds"] - silent, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.characters > 0, spoken / self.characters, np.nan)

    def outliers(self, values, *, least):
        """Which values are far from those of the same speaker.

        Distance is counted in deviations, estimated from the median so that outliers do not hide
        themselves.

        Args:
            values: float array `(recordings,)`; NaN never is an outlier.
            least: the least that counts as one deviation.

        Returns: float array `(recordings,)`: deviations, with sign, 0 where not far.
        """
        residuals = np.full(len(values), np.nan)
        for speaker in range(len(self.speaker_names)):
            of_speaker = (self.speakers == speaker) & np.isfinite(values)
            if of_speaker.any():
                residuals[of_speaker] = values[of_speaker] - np.median(values[of_speaker])
        known = residuals[np.isfinite(residuals)]
        # Of a handful nobody can say what is usual.
        if len(known) < 10:
            return np.zeros(len(values))
        # A normal distribution's standard deviation by its median absolute deviation.
        scale = max(1.4826 * float(np.median(np.abs(known))), least)
        deviations = np.nan_to_num(residuals / scale)
        return np.where(np.abs(deviations) >= FAR, deviations, 0.0)
