"""Which layout a directory has."""

import pytest

from keras_speech.data import layouts


@pytest.mark.parametrize(
    "names, table, layout",
    [
        (["wavs/"], "a|Text.\nb|Text.", "ljspeech"),
        (["wavs/"], "a|Text.|Text.\nbad row\nb|Text.|Text.", "ljspeech"),
        (["wavs/"], "bad row", "ljspeech"),
        (["wavs/"], "", "ljspeech"),
        (["wavs/"], "0_theo_0|0|zero|theo", "fsdd"),
        (["wavs/"], "A0|A0|21|high|1.0|44100|7.0", "folder"),
        ([], "a|Text.", "folder"),
        (["recordings/"], None, "fsdd"),
        (["txt/", "wav48_silence_trimmed/"], None, "vctk"),
        (["txt/"], None, "folder"),
        (["a.wav"], None, "folder"),
    ],
)
def test_the_layout_is_seen(tmp_path, names, table, layout):
    for name in names:
        (tmp_path / name).mkdir() if name.endswith("/") else (tmp_path / name).touch()
    if table is not None:
        (tmp_path / "metadata.csv").write_text(table)
    assert layouts.guess_layout(tmp_path) == layout


def test_an_unknown_layout_is_an_error(tmp_path):
    with pytest.raises(
        ValueError, match="`layout` must be one of ljspeech, .* layout='librispeech'"
    ):
        layouts.read_corpus("librispeech", tmp_path)


def test_the_reader_gets_the_options(lj_directory):
    corpus = layouts.read_corpus("ljspeech", lj_directory, speaker="ann")
    assert corpus.speakers == ("ann",)
