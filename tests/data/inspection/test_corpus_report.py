"""The report as text, JSON and a page: complete, escaped, self-contained and written whole."""

import html.parser
import json
import math
import re

import numpy as np
import pytest

from inspected import clips_of
from keras_speech.data.inspection import findings_of_amounts, findings_of_sound, findings_of_texts
from keras_speech.data.inspection.corpus_report import CorpusReport
from keras_speech.data.inspection.text_measures import TextMeasures

EVIL = '<script src="https://example.org/x.js">$\\frac{\x1b[2J\udcff'


def report_of(clips, skipped=(), texts=None, name="corpus"):
    findings = [
        *findings_of_texts.of_rows(skipped),
        *findings_of_texts.of_texts(clips, texts),
        *findings_of_sound.of_sound(clips),
        *findings_of_amounts.of_amounts(clips),
    ]
    tokenizer = None if texts is None else "CharacterTokenizer"
    return CorpusReport(name, f"/data/{name}", "ljspeech", tokenizer, clips, findings)


@pytest.fixture(scope="module")
def evil():
    """Every name, text and speaker tries to be something else."""
    n = 60
    clips = clips_of(
        n,
        texts=[f"{EVIL} {i // 2}" for i in range(n)],
        speakers=[EVIL + "ann" * (i % 2) for i in range(n)],
        characters=np.full(n, 28),
        seconds={3: 30.0},
        clipped={4: 5000},
        sample_rate={5: 8000},
        silence_before_s={6: 2.0},
    )
    for i, recording in enumerate(clips.recordings):
        object.__setattr__(recording, "id", f"{EVIL}{i}")
    return report_of(clips, texts=TextMeasures(clips.characters, [], []), name=EVIL)


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href", "action", "data")]


def page_of(report, tmp_path):
    report.save_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    return page, links


def test_the_page_escapes_everything_and_loads_nothing(evil, tmp_path):
    page, links = page_of(evil, tmp_path)
    assert not {"script", "iframe", "link", "object"} & set(links.tags)
    assert links.links and all(link.startswith("data:image/png;base64,") for link in links.links)
    assert "url(" not in page and "@import" not in page
    assert "&lt;script src=&quot;" in page and "\\x1b[2J\\udcff" in page


def test_the_page_has_a_picture_of_each_quantity(evil, tmp_path):
    page, links = page_of(evil, tmp_path)
    assert re.findall(r'alt="([^"]*)"', page) == [
        "Lengths", "Length by text", "Seconds per character", "Loudness", "Above the noise floor",
        "Peaks and clipping", "Silence", "Speakers",
    ]  # fmt: skip
    sounds = report_of(clips_of(20))
    page, links = page_of(sounds, tmp_path)
    assert len(links.links) == 5 and "Length by text" not in page


def test_many_names_are_shown_in_part_and_counted(tmp_path):
    report = report_of(clips_of(3000, channels=dict.fromkeys(range(2500), 2)))
    page, _ = page_of(report, tmp_path)
    assert "990 more" in page and "and 1,500 that only the JSON file names" in page
    assert "… and 2,495 more" in str(report)
    assert len(report.to_dict()["findings"][0]["names"]) == 2500


def test_the_text_moves_no_cursor_and_fits_a_terminal(evil):
    text = str(evil)
    assert "\x1b" not in text and text.encode("utf-8")
    # Names may be long; sentences are wrapped.
    assert all(len(line) <= 100 for line in text.splitlines() if "script" not in line)


def test_the_file_holds_all_numbers(evil, tmp_path):
    evil.save_json(tmp_path / "report.json")
    saved = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    recordings = saved["recordings"]
    assert len(recordings) == 60 and recordings[3]["seconds"] == 30
    assert recordings[0]["id"] == f"{EVIL}0"
    # (3 - 0.1 - 0.1) / 28
    assert recordings[0]["seconds_per_character"] == pytest.approx(0.1)
    assert saved["totals"]["sample_rates"] == {"8000": 1, "22050": 59}
    assert {f["kind"] for f in saved["findings"]} == {f.kind for f in evil.findings}
    assert saved["limits"]["long_s"] == 20


def test_a_file_that_cannot_be_used_has_no_numbers_but_a_reason(tmp_path):
    clips = clips_of(12)
    clips.put(3, None, "File clip3.wav is broken.")
    for column in clips.columns.values():
        column[3] = math.nan
    report = report_of(clips)
    report.save_json(tmp_path / "report.json")
    entry = json.loads((tmp_path / "report.json").read_text())["recordings"][3]
    assert entry["seconds"] is None and entry["error"] == "File clip3.wav is broken."
    assert report.totals["usable"] == 11 and "File clip3.wav is broken." in str(report)
    page_of(report, tmp_path)


def test_speakers_are_listed_by_their_hours():
    report = report_of(clips_of(3, speakers=["ann", "bob", "bob"]))
    assert list(report.speakers.items()) == [
        ("bob", {"clips": 2, "hours": 6 / 3600}),
        ("ann", {"clips": 1, "hours": 3 / 3600}),
    ]
    assert "Speakers: bob 6.0 seconds in 2; ann 3.0 seconds in 1." in str(report)


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    report = report_of(clips_of(3))
    (tmp_path / "report.json").write_text("old")
    monkeypatch.setattr(CorpusReport, "to_dict", lambda self: {"a": math.nan})
    with pytest.raises(ValueError):
        report.save_json(tmp_path / "report.json")
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "old"


def test_one_clip_and_equal_clips_can_be_drawn(tmp_path):
    for n in (1, 15):
        _, links = page_of(report_of(clips_of(n, characters=np.full(n, 28))), tmp_path)
        assert len(links.links) == 7
    _, links = page_of(report_of(clips_of(2, characters=np.zeros(2))), tmp_path)
    assert len(links.links) == 5
