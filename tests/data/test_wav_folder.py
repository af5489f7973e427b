"""A plain folder of recordings."""

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
    with pytest.raises(ValueError, match="ids must be unique.*a.flac and .*a.wav"):
        wav_folder(tmp_path)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(ValueError, match="No recordings in .* Looked for: .*wav"):
        wav_folder(tmp_path)
    with pytest.raises(ValueError, match="needs a directory"):
        wav_folder(tmp_path / "nowhere")
