"""Each finding names what it is about, the worst first, and says nothing of usual recordings."""

import numpy as np
import pytest

from inspected import clips_of
from keras_speech.data.inspection import (
    findings_of_amounts,
    findings_of_sound,
    findings_of_texts,
)
from keras_speech.data.inspection.finding import SEVERITIES
from keras_speech.data.inspection.text_measures import TextMeasures, UnknownSymbol
from keras_speech.data.tables import Skipped

SPOKEN = np.full(1000, 28)


def found(clips, texts=None):
    every = [
        *findings_of_texts.of_texts(clips, texts),
        *findings_of_sound.of_sound(clips),
        *findings_of_amounts.of_amounts(clips),
    ]
    assert len({finding.kind for finding in every}) == len(every)
    for finding in every:
        assert finding.severity in SEVERITIES
        assert finding.advice.endswith(".") and not finding.title.endswith(".")
    return {finding.kind: finding for finding in every}


def test_usual_recordings_have_no_findings():
    assert found(clips_of(characters=SPOKEN)) == {}


@pytest.mark.parametrize(
    "kind, severity, numbers, details",
    [
        ("inaudible", "error", {"level_dbfs": [-75, -80]}, ["-80", "-75"]),
        ("clipping", "warning", {"clipped": [2205, 4410, 9]}, ["200.0 ms", "100.0 ms"]),
        ("scale", "warning", {"peak": [5, 32000, 1.2]}, ["32000 times", "5 times"]),
        ("edges", "warning", {"silence_before_s": [0.6, 0.9]}, ["0.90 s", "0.60 s"]),
        ("edges", "warning", {"silence_after_s": [0.5, 0.8]}, ["0.80 s"]),
        ("pauses", "warning", {"longest_pause_s": [1.1, 2.5, 1.0]}, ["2.50 s", "1.10 s"]),
        ("noise", "warning", {"noise_floor_dbfs": [-35, -30]}, ["10 dB", "15 dB"]),
        ("loudness", "note", {"level_dbfs": [-30, -35]}, ["-35", "-30"]),
        ("channels", "note", {"channels": [2, 6]}, ["6 channels", "2 channels"]),
        ("rates", "warning", {"sample_rate": [16000, 8000]}, ["8,000 Hz", "16,000 Hz"]),
        ("long", "warning", {"seconds": [21, 30, 20]}, ["30.0 s", "21.0 s"]),
        ("short", "note", {"seconds": [0.25, 0.24]}, ["0.24 s", "0.25 s"]),
        ("lengths", "note", {"seconds": [6.0, 9.0]}, ["9.00 s", "6.00 s"]),
        ("seconds_per_character", "warning", {"seconds": [8.0, 9.0]}, ["0.314 s", "0.279 s"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_worst_first(kind, severity, numbers, details):
    changed = {name: dict(enumerate(values)) for name, values in numbers.items()}
    texts = TextMeasures(SPOKEN, [], [])
    finding = found(clips_of(characters=SPOKEN, **changed), texts)[kind]
    assert finding.severity == severity
    assert len(finding.names) == len(details)
    for (name, shown), detail in zip(finding.names, details, strict=True):
        assert name.startswith("clip") and detail in shown


def test_loudness_that_spreads_is_a_warning():
    levels = dict(enumerate(np.linspace(-40, -15, 1000)))
    finding = found(clips_of(level_dbfs=levels))["loudness"]
    # From the 5th to the 95th percentile: 0.9 * 25 dB.
    assert finding.severity == "warning" and "22 dB" in finding.title


def test_silence_in_sounds_without_texts_is_no_fault():
    clips = clips_of(silence_after_s={0: 2.0}, noise_floor_dbfs={1: -30})
    assert {found(clips)[kind].severity for kind in ("edges", "noise")} == {"note"}


def test_one_low_rate_is_told_once():
    every = found(clips_of(sample_rate=dict.fromkeys(range(1000), 8000)))
    assert "rates" not in every and "4,000 Hz can be heard" in every["low_rate"].title


def test_little_sound_and_little_of_a_speaker():
    speakers = ["often"] * 590 + ["seldom"] * 10
    every = found(clips_of(600, speakers=speakers))
    assert every["speakers"].names == (("seldom", "30 s"),)
    assert "little" not in every  # 600 * 3 s is half an hour
    assert "29.9 minutes" in found(clips_of(599))["little"].title


def test_unreadable_files_and_skipped_rows_are_errors():
    clips = clips_of(2)
    clips = type(clips)(clips.recordings)
    clips.put(0, None, "File clip0.wav is broken.")
    finding = found(clips)["unreadable"]
    assert finding.severity == "error" and finding.title.startswith("1 file ")
    assert finding.names == (("'clip0'", "File clip0.wav is broken."),)
    (rows,) = findings_of_texts.of_rows([Skipped("line 2 of t.csv", "bad"), Skipped("'a'", "gone")])
    assert rows.title.startswith("2 rows or files ")
    assert rows.names == (("line 2 of t.csv", "bad"), ("'a'", "gone"))
    assert findings_of_texts.of_rows([]) == []


def test_equal_sounds_are_one_warning_those_with_different_texts_first():
    texts = ["A.", "a. ", "B.", "C.", "D.", "D."]
    clips = clips_of(6, texts=texts, digest={1: 0, 3: 2}, characters=np.full(6, 28))
    finding = found(clips, TextMeasures(np.ones(6), [], []))["duplicate_audio"]
    assert finding.names == (
        ("clip2, clip3", "the same sound with different texts"),
        ("clip0, clip1", "the same sound"),
    )


def test_texts_of_one_speaker_are_compared_without_case_and_spaces():
    texts = ["Once  more.", "once more.", "Once more.", "Other."]
    speakers = ["ann", "ann", "bob", "ann"]
    clips = clips_of(4, texts=texts, speakers=speakers, characters=np.full(4, 28))
    finding = found(clips, TextMeasures(np.ones(4), [], []))["duplicate_texts"]
    assert finding.names == (("Once  more.", "clip0, clip1"),)


def test_characters_and_empty_texts():
    unknown = UnknownSymbol("☕", 5, ("a", "b", "c"))
    texts = TextMeasures(SPOKEN, [Skipped("'x'", "nothing to speak")], [unknown])
    every = found(clips_of(characters=SPOKEN), texts)
    assert every["empty_texts"].names == (("'x'", "nothing to speak"),)
    assert every["characters"].names == (("☕ (U+2615, HOT BEVERAGE)", "in 5 texts: a, b, c, …"),)
