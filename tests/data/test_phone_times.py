import json

import numpy as np
import pytest

from keras_speech import audio_spec
from keras_speech.data import (
    Corpus,
    Recording,
    align_durations,
    phone_time_files,
    with_phone_times,
    write_wav,
)

SPEC = audio_spec.AudioSpec(sample_rate=8000, n_fft=256, win_length=256, hop_length=80, fmax=4000)
# One second: 101 frames of 10 ms, the first and last centered on the edges.
N_FRAMES = 101
SYMBOLS = ["<pad>", " ", ".", "HH", "AY", "DH", "EH", "R"]
TEXTS = {"hi": ["HH", "AY", "."], "there": ["DH", "EH", "R"]}
PHONES = [["SIL", 0, 20], ["HH", 20, 6], ["AY1", 26, 30], ["sp", 56, 44]]


class Tokenizer:
    symbols = SYMBOLS

    def __call__(self, texts):
        rows = [[self.symbols.index(s) for s in TEXTS[text]] for text in texts]
        return np.array(rows, "int32"), np.array([len(row) for row in rows], "int32")


@pytest.fixture
def corpus(tmp_path):
    write_wav(tmp_path / "a.wav", np.zeros(8000), 8000)
    write_wav(tmp_path / "b.wav", np.zeros(16000), 16000)
    recordings = [
        Recording("a", str(tmp_path / "a.wav"), "hi"),
        Recording("b", str(tmp_path / "b.wav"), "there", line=7, source="metadata.csv"),
    ]
    return Corpus(recordings, name="two")


def lines(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def row_b(**changes):
    return {"id": "b", "phones": [["DH", 0, 30], ["EH", 30, 30], ["R", 60, 40]]} | changes


def frames(name, symbols, durations, **more):
    return {"id": name, "symbols": symbols, "durations": durations} | more


def textgrid(phones):
    head = 'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 1\n'
    head += f'"IntervalTier" "phones" 0 1 {len(phones)}\n'
    return head + "".join(f'{s / 100} {(s + n) / 100} "{name}"\n' for name, s, n in phones)


def test_phones_of_lines_are_aligned_with_the_tokens(corpus, tmp_path):
    source = lines(
        tmp_path / "p.jsonl", {"id": "a", "phones": PHONES}, row_b(), {**row_b(), "id": "c"}
    )
    timed = with_phone_times(corpus, Tokenizer(), SPEC, source)
    # The pause at the beginning goes to the first phone, the one at the end to the period; the
    # last frame is centered on the end of the recording.
    assert timed["a"].durations.tolist() == [26, 30, 45]
    assert timed["b"].durations.tolist() == [30, 30, 41]
    expected = align_durations(TEXTS["hi"], PHONES, N_FRAMES, frame_seconds=0.01)
    np.testing.assert_array_equal(timed["a"].durations, expected)
    assert timed.ids == corpus.ids and timed["a"].durations.dtype == np.int32


def test_unit_and_padding_move_the_times(corpus, tmp_path):
    phones = [[name, 160 * start, 160 * length] for name, start, length in PHONES]
    source = lines(tmp_path / "p.jsonl", {"id": "a", "phones": phones})
    timed = with_phone_times(corpus[:1], Tokenizer(), SPEC, source, phone_seconds=1 / 16000)
    assert timed["a"].durations.tolist() == [26, 30, 45]
    # Frame i is centered at (i + 1/2) hops: a phone that ends at 0.26 s has frames 0 to 25.
    hop = SPEC.replace(padding="hop")
    timed = with_phone_times(corpus[:1], Tokenizer(), hop, source, phone_seconds=1 / 16000)
    assert timed["a"].durations.tolist() == [26, 30, hop.n_frames(8000) - 56]


def test_one_object_is_read_as_lines_are(corpus, tmp_path):
    path = tmp_path / "p.json"
    for rows in (
        {"a": PHONES, "b": row_b()["phones"]},
        [{"id": "a", "phones": PHONES}, row_b()],
    ):
        path.write_text(json.dumps(rows, indent=1))
        timed = with_phone_times(corpus, Tokenizer(), SPEC, path)
        assert timed["a"].durations.tolist() == [26, 30, 45]


def test_textgrids_are_found_by_name_in_folders(corpus, tmp_path):
    folder = tmp_path / "aligned" / "anna"
    folder.mkdir(parents=True)
    (folder / "a.TextGrid").write_text(textgrid(PHONES))
    (folder / "b.textgrid").write_text(textgrid(row_b()["phones"]), encoding="utf-16")
    timed = with_phone_times(corpus, Tokenizer(), SPEC, tmp_path / "aligned")
    assert timed["a"].durations.tolist() == [26, 30, 45]
    assert timed["b"].durations.tolist() == [30, 30, 41]
    times = phone_time_files.read_phone_times(tmp_path / "aligned")
    assert times.of("anna/a").names == times.of("a").names
    (tmp_path / "aligned" / "ben").mkdir()
    (tmp_path / "aligned" / "ben" / "a.TextGrid").write_text(textgrid(PHONES))
    with pytest.raises(ValueError, match="Recording 'a': several files .*anna/a.TextGrid.*ben"):
        with_phone_times(corpus, Tokenizer(), SPEC, tmp_path / "aligned")


def test_frames_of_tokens_are_taken_as_they_are(corpus, tmp_path):
    source = lines(
        tmp_path / "p.jsonl",
        frames("a", TEXTS["hi"], [50, 51, 0], hop_seconds=0.01),
        frames("b", TEXTS["there"], [1, 99, 1]),
    )
    timed = with_phone_times(corpus, Tokenizer(), SPEC, source)
    assert timed["a"].durations.tolist() == [50, 51, 0]
    assert timed["b"].durations.tolist() == [1, 99, 1]


def test_frames_of_another_hop_are_converted(corpus, tmp_path):
    source = lines(tmp_path / "p.jsonl", frames("a", TEXTS["hi"], [20, 21, 10], hop_seconds=0.02))
    timed = with_phone_times(corpus[:1], Tokenizer(), SPEC, source)
    # cumsum 20, 41, 51 times 101 / 51
    assert timed["a"].durations.tolist() == [40, 41, 20]


@pytest.mark.parametrize(
    "row, message",
    [
        (frames("b", TEXTS["there"], [1, 1, 1]), "sum to .* Received: 3 in all for 101 frames"),
        (frames("b", TEXTS["there"], [9, 9, 9], hop_seconds=0.1), "2.700 s in all for 1.010 s"),
        (frames("b", ["DH", "AY", "R"], [1, 1, 99]), r"differs at 1: \['AY'\] for \['EH'\]"),
        (frames("b", ["DH", "EH"], [1, 100]), r"2 for 3 tokens.* at 2: \[\] for \['R'\]"),
        (row_b(phones=[["DH", 0, 200], ["EH", 200, 1]]), "beyond the recording.*2.010 s"),
        (row_b(phones=[["DH", 0, 2], ["\u0259", 2, 9]]), "'\u0259' is neither an ARPAbet phone"),
        (row_b(phones=[["R", i, 1] for i in range(9)]), "9 phones with times, 3 in the text"),
    ],
)
def test_times_that_do_not_fit_are_named_with_their_line(corpus, tmp_path, row, message):
    source = lines(tmp_path / "p.jsonl", {"id": "a", "phones": PHONES}, row)
    with pytest.raises(ValueError, match=message) as error:
        with_phone_times(corpus, Tokenizer(), SPEC, source)
    assert f"'b' (line 7 of metadata.csv): {source}, line 2, id 'b': " in str(error.value)


def test_missing_times_raise_or_are_skipped(corpus, tmp_path):
    source = lines(tmp_path / "p.jsonl", {"id": "a", "phones": PHONES})
    with pytest.raises(ValueError, match="'b' .line 7.*no times of it in .*p.jsonl"):
        with_phone_times(corpus, Tokenizer(), SPEC, source)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of two were skipped"):
        timed = with_phone_times(
            corpus, Tokenizer(), SPEC, source, on_error="skip", skipped=skipped
        )
    assert timed.ids == ["a"] and skipped[0].recording.id == "b"


def test_a_tokenizer_without_phones_is_refused(corpus, tmp_path):
    class Letters(Tokenizer):
        symbols = ["<pad>", " ", ".", "h", "i", "t", "e", "r"]

        def __call__(self, texts):
            return np.array([[3, 4, 2]] * len(texts)), np.array([3] * len(texts))

    source = lines(tmp_path / "p.jsonl", {"id": "a", "phones": PHONES})
    with pytest.raises(ValueError, match="`tokenizer` must have ARPAbet phones"):
        with_phone_times(corpus[:1], Letters(), SPEC, source)


@pytest.mark.parametrize(
    "line, message",
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: must be an object"),
        ('{"id": 5}', "line 2: must be an object with a str"),
        ('{"id": "b"}', "line 2, id 'b': must have \"phones\""),
        ('{"id": "a", "phones": [["HH", 0, 1]]}', "'a' is in .*line 1"),
        ('{"id": "b", "phones": []}', "list that is not empty"),
        ('{"id": "b", "phones": [["HH", 0]]}', "name, start and length. Received: .'HH', 0."),
        ('{"id": "b", "phones": [["HH", 0, NaN]]}', "name, start and length"),
        ('{"id": "b", "phones": [["HH", 0, 5], ["AY", 4, 2]]}', "where the one before ends at 5"),
        ('{"id": "b", "phones": [["HH", 0, 0]]}', "positive length"),
        ('{"id": "b", "symbols": ["HH"], "durations": [1.5]}', "whole number of frames"),
        ('{"id": "b", "symbols": ["HH"], "durations": [1, 2]}', "whole number of frames"),
        ('{"id": "b", "symbols": ["HH"], "durations": [-1]}', "0 or more"),
        ('{"id": "b", "symbols": ["HH"], "durations": [1], "hop_seconds": 0}', "positive"),
    ],
)
def test_malformed_lines_are_named(tmp_path, line, message):
    path = tmp_path / "p.jsonl"
    path.write_text(json.dumps({"id": "a", "phones": PHONES}) + "\n" + line + "\n")
    with pytest.raises(ValueError, match=message) as error:
        phone_time_files.read_phone_times(path)
    assert f"{path}, line 2" in str(error.value)


def test_other_sources_are_refused(tmp_path):
    for name, message in (("a.csv", "must be a directory"), ("no.jsonl", "Cannot read")):
        with pytest.raises(ValueError, match=message):
            phone_time_files.read_phone_times(tmp_path / name)
    with pytest.raises(ValueError, match="must hold TextGrid files"):
        phone_time_files.read_phone_times(tmp_path)
    (tmp_path / "p.json").write_text('{\n"a": [\n}')
    with pytest.raises(ValueError, match="p.json, line 3: not JSON"):
        phone_time_files.read_phone_times(tmp_path / "p.json")
