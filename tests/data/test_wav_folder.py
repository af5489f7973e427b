"""A plain folder of recordings."""

import os

import pytest

from keras_speech.data import wav_folder


def test_recordings_are_found_at_every_depth(tmp_path, write_tone):
    for name in ("b.wav", "a.flac", "deep/er/c.ogg", ".hidden.wav", ".trash/d.wav"):
        write_tone(tmp_path / name, seconds=0.05)
    (tmp_path / "notes.txt").touch()
    corpus = wav_folder(tmp_path)
    assert corpus.ids == ["a", "b", "deep/er/c"]
    assert corpus[2].path == str(tmp_path / "deep" / "er" / "c.ogg")
    assert {r.text for r in corpus} == {""}


def test_two_files_with_one_name_are_refused(tmp_path, write_tone):
    write_tone(tmp_path / "a.wav")
    write_tone(tmp_path / "a.flac")
    with pytest.raises(ValueError, match="a.wav: 'a' is also .*a.flac"):
        wav_folder(tmp_path)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of .* were skipped"):
        corpus = wav_folder(tmp_path, on_error="skip", skipped=skipped)
    assert [r.path for r in corpus] == [str(tmp_path / "a.flac")]
    assert [entry.recording.path for entry in skipped] == [str(tmp_path / "a.wav")]


def test_a_name_that_is_no_text_is_refused(tmp_path, write_tone):
    write_tone(tmp_path / "a.wav")
    os.rename(tmp_path / "a.wav", os.fsencode(tmp_path) + b"/\xff.wav")
    with pytest.raises(ValueError, match="is not UTF-8"):
        wav_folder(tmp_path)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(ValueError, match="No recordings in .* Looked for: .*wav"):
        wav_folder(tmp_path)
    with pytest.raises(ValueError, match="needs a directory"):
        wav_folder(tmp_path / "nowhere")
