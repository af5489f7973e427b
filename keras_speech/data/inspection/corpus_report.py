"""`CorpusReport`: what `inspect` found, as text, JSON and a page."""

import json
import math

import numpy as np

from keras_speech import whole_files
from keras_speech.data.inspection import finding, page
from keras_speech.data.inspection.text_report import text_report

QUANTILES = {"least": 0, "5 %": 5, "median": 50, "95 %": 95, "most": 100}


class CorpusReport:
    """A corpus in numbers, and what to do before training on it.

    Made by `ks.data.inspect`.

    Args:
        name: the corpus's name.
        directory: its directory, or `None`.
        layout: how the directory was read, or `None`.
        tokenizer: name of the tokenizer's class, or `None` where nothing is written.
        clips: `InspectedClips`.
        findings: list of `Finding`; kept by severity.

    Attributes: the arguments, and `totals`, a dict of sums. `str(report)` is the text.

    Example:

    >>> report = ks.data.inspect("LJSpeech-1.1")  # doctest: +SKIP
    >>> print(report)  # doctest: +SKIP
    >>> report.save_html("report.html")  # doctest: +SKIP
    >>> clipped = report.named("clipping")  # doctest: +SKIP
    """

    def __init__(self, name, directory, layout, tokenizer, clips, findings):
        self.name, self.directory, self.layout = name, directory, layout
        self.tokenizer, self.clips = tokenizer, clips
        order = finding.SEVERITIES.index
        self.findings = tuple(sorted(findings, key=lambda finding: order(finding.severity)))

    def __str__(self):
        return text_report(self)

    limits = finding.LIMITS

    def named(self, kind):
        """Dict from name to detail of what findings of a kind name, the worst first."""
        return {n: detail for f in self.findings if f.kind == kind for n, detail in f.names}

    @property
    def totals(self):
        """Dict: clips, those that can be used, hours, speakers, characters, rates, channels."""
        clips = self.clips
        return {
            "clips": len(clips.recordings),
            "usable": int(clips.readable.sum()),
            "hours": float(np.nansum(clips["seconds"])) / 3600.0,
            "speakers": sum(name is not None for name in clips.speaker_names),
            "characters": None if clips.characters is None else int(clips.characters.sum()),
            "sample_rates": _counts(clips["sample_rate"]),
            "channels": _counts(clips["channels"]),
        }

    @property
    def speakers(self):
        """Dict from speaker to clips and hours, the one with most first."""
        clips, found = self.clips, {}
        seconds = np.nan_to_num(clips["seconds"])
        hours = np.bincount(clips.speakers, seconds, len(clips.speaker_names)) / 3600.0
        counts = np.bincount(clips.speakers, minlength=len(clips.speaker_names))
        for i in np.argsort(-hours, kind="stable"):
            if clips.speaker_names[i] is not None:
                found[clips.speaker_names[i]] = {"clips": int(counts[i]), "hours": float(hours[i])}
        return found

    @property
    def distributions(self):
        """Dict from each quantity, with its unit, to its least, quantiles and most."""
        clips = self.clips
        heard = clips.sounding
        with np.errstate(divide="ignore", invalid="ignore"):
            quantities = {
                "length (s)": clips["seconds"],
                "seconds per character": clips.seconds_per_character,
                "peak (dBFS)": np.where(heard, 20 * np.log10(clips["peak"]), np.nan),
                "loudness (dBFS)": np.where(heard, clips["level_dbfs"], np.nan),
                "noise floor (dBFS)": np.where(heard, clips["noise_floor_dbfs"], np.nan),
                "above noise floor (dB)": np.where(heard, clips.above_noise_db, np.nan),
                "silence before (s)": clips["silence_before_s"],
                "silence after (s)": clips["silence_after_s"],
                "longest pause inside (s)": clips["longest_pause_s"],
                "clipped (ms)": 1000 * clips["clipped"] / clips["sample_rate"],
            }
        found = {}
        for name, values in quantities.items():
            if values is not None and np.isfinite(values).any():
                numbers = np.nanpercentile(values, list(QUANTILES.values()))
                found[name] = dict(zip(QUANTILES, map(float, numbers), strict=True))
        return found

    def to_dict(self):
        """Everything in the report, and the numbers of every recording, as JSON can hold it."""
        return {
            "corpus": self.name,
            "directory": self.directory,
            "layout": self.layout,
            "tokenizer": self.tokenizer,
            "totals": self.totals,
            "speakers": self.speakers,
            "distributions": self.distributions,
            "limits": self.limits,
            "findings": [
                {
                    "kind": finding.kind,
                    "severity": finding.severity,
                    "title": finding.title,
                    "advice": finding.advice,
                    "names": [{"name": name, "detail": detail} for name, detail in finding.names],
                }
                for finding in self.findings
            ],
            "recordings": [self._recording(i) for i in range(len(self.clips.recordings))],
        }

    def save_json(self, path):
        """Writes `to_dict()`, whole or not at all."""
        content = json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        with whole_files.written_whole(path) as file:
            # A name that is no text becomes an escape, which JSON has as well.
            file.write((content + "\n").encode("utf-8", "backslashreplace"))

    def save_html(self, path):
        """Writes a page with plots, whole or not at all; it needs nothing else to be shown."""
        content = page.render(self)
        with whole_files.written_whole(path) as file:
            file.write(content.encode("utf-8"))

    def _recording(self, index):
        recording, clips = self.clips.recordings[index], self.clips
        numbers = {name: _json_number(column[index]) for name, column in clips.columns.items()}
        if clips.characters is not None:
            numbers["characters"] = int(clips.characters[index])
            numbers["seconds_per_character"] = _json_number(clips.seconds_per_character[index])
        entry = {"id": recording.id, "speaker": recording.speaker, **numbers}
        return {**entry, "error": clips.errors[index]} if index in clips.errors else entry


def _counts(column):
    values, counts = np.unique(column[np.isfinite(column)], return_counts=True)
    return {int(value): int(count) for value, count in zip(values, counts, strict=True)}


def _json_number(value):
    value = float(value)
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else round(value, 6)
