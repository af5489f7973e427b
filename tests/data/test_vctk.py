"""The VCTK layout."""

import pytest

from keras_speech.data import vctk


def make(directory, write_tone, audio, names, suffix):
    for name in names:
        speaker = name.split("_")[0]
        write_tone(directory / audio / speaker / f"{name}.{suffix}", seconds=0.05)
        text = directory / "txt" / speaker / f"{name.split('_mic')[0]}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(f"Text of {name[:8]}.\n")
    return directory


@pytest.fixture
def directory(tmp_path, write_tone):
    names = ["p226_001_mic1", "p225_002_mic1", "p225_002_mic2", "p225_001_mic1", "p225_001_mic2"]
    return make(tmp_path, write_tone, "wav48_silence_trimmed", names, "flac")


def test_texts_and_speakers_are_found(directory):
    corpus = vctk(directory)
    assert [(r.id, r.text, r.speaker) for r in corpus] == [
        ("p225_001", "Text of p225_001.", "p225"),
        ("p225_002", "Text of p225_002.", "p225"),
        ("p226_001", "Text of p226_001.", "p226"),
    ]
    assert corpus.speakers == ("p225", "p226")
    assert corpus[0].path.endswith("p225_001_mic1.flac")


def test_the_other_microphone(directory):
    corpus = vctk(directory, microphone=2)
    assert corpus.ids == ["p225_001", "p225_002"]
    assert corpus[0].path.endswith("p225_001_mic2.flac")
    with pytest.raises(ValueError, match="`microphone` must be 1 or 2. Received: microphone=3"):
        vctk(directory, microphone=3)


def test_the_first_version_has_wav_and_one_microphone(tmp_path, write_tone):
    make(tmp_path, write_tone, "wav48", ["p225_001", "p225_002"], "wav")
    assert vctk(tmp_path).ids == ["p225_001", "p225_002"]


def test_speakers_can_be_chosen(directory):
    assert vctk(directory, speakers=["p226"]).ids == ["p226_001"]
    with pytest.raises(ValueError, match=r"`speakers` must be among .*\['p999'\]"):
        vctk(directory, speakers=["p226", "p999"])


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xff"])
def test_a_recording_without_text_is_an_error_or_skipped(directory, content):
    text = directory / "txt" / "p226" / "p226_001.txt"
    if content is None:
        text.unlink()
    else:
        text.write_bytes(content)
    with pytest.raises(ValueError, match="'p226_001' has no usable text .*p226_001.txt"):
        vctk(directory)
    skipped = []
    with pytest.warns(UserWarning, match="skipped.*p226_001"):
        assert len(vctk(directory, on_error="skip", skipped=skipped)) == 2
    assert [entry.recording.id for entry in skipped] == ["p226_001"]


def test_a_recording_that_is_there_twice_is_named(directory, write_tone):
    write_tone(directory / "wav48_silence_trimmed" / "p226" / "p226_001.wav", seconds=0.05)
    with pytest.raises(ValueError, match="p226_001_mic1.flac: .*'p226_001' is also .*001.wav"):
        vctk(directory)
    with pytest.warns(UserWarning, match="1 recordings"):
        assert vctk(directory, on_error="skip").ids == ["p225_001", "p225_002", "p226_001"]


def test_a_packed_copy_beside_the_folder_is_not_read(directory):
    (directory / "wav48_silence_trimmed.zip").write_bytes(b"PK")
    assert len(vctk(directory)) == 3


def test_another_layout_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"wav48\*/ and txt/"):
        vctk(tmp_path)
