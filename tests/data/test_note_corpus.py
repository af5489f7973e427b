"""Recordings of single notes."""

import pytest

import note_tones
from keras_speech.data import note_corpus


@pytest.fixture
def directory(tmp_path):
    return note_tones.write_notes(tmp_path / "notes", (60, 57), seconds=0.1)


def rewrite(directory, old, new):
    table = directory / "metadata.csv"
    text = table.read_text()
    assert old in text
    table.write_text(text.replace(old, new))


def test_notes_have_key_layer_and_file(directory):
    notes = note_corpus(directory)
    assert [(n.id, n.midi, n.layer, n.velocity, n.name, n.line) for n in notes] == [
        ("k57high", 57, "high", 1.0, "A3", 5),
        ("k57low", 57, "low", 0.5, "A3", 4),
        ("k60high", 60, "high", 1.0, "C4", 3),
        ("k60low", 60, "low", 0.5, "C4", 2),
    ]
    assert notes[0].path == str(directory / "wavs" / "k57high.flac")


def test_heading_layer_and_further_columns_may_be_absent(directory):
    rows = ["k57high|A3|57", "k60low|C4|60||"]
    (directory / "metadata.csv").write_text("\n".join(rows))
    assert [(n.id, n.layer, n.velocity) for n in note_corpus(directory)] == [
        ("k57high", "", 1.0),
        ("k60low", "", 1.0),
    ]


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ("|C4|60|low", "|C4|61|low", "line 2: note 'k60low' is C4, MIDI 60, but .* says '61'"),
        ("|C4|60|low", "|C4||low", "says ''"),
        ("|C4|60|low", "|X4|60|low", "line 2: A note must be a letter.*Received: 'X4'"),
        ("|C4|60|low", "|C4|60|loud", "line 2: the velocity layer must be one of low, high"),
        ("k60low|C4", "k60lost|C4", "'k60lost' has no audio file .*k60lost.wav"),
        ("k60low|C4", "k60high|C4", "line 3: the id 'k60high' is already on line 2"),
        ("|C4|60|low|1.5", "|C4", "line 2: expected 3 or 4 .* columns"),
    ],
)
def test_a_bad_row_is_named(directory, old, new, problem):
    rewrite(directory, old, new)
    with pytest.raises(ValueError, match=problem):
        note_corpus(directory)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of .* were skipped"):
        assert len(note_corpus(directory, on_error="skip", skipped=skipped)) == 3
    assert len(skipped) == 1


def test_a_directory_without_notes_is_refused(tmp_path):
    with pytest.raises(ValueError, match="note_corpus.. needs a directory"):
        note_corpus(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="A corpus of notes needs a directory.*wavs"):
        note_corpus(tmp_path)
    (tmp_path / "wavs").mkdir()
    with pytest.raises(ValueError, match="Cannot read the table"):
        note_corpus(tmp_path)
    (tmp_path / "metadata.csv").write_text("id|note|midi|velocity layer\n")
    with pytest.raises(ValueError, match="No recordings in .* Looked for: rows of metadata.csv"):
        note_corpus(tmp_path)
