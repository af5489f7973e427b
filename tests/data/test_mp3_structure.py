"""MP3 files without the header that tells their length: damage is found by their frames."""

import pytest
import soundfile

import damaged_audio
from keras_speech.data import AudioError, mp3_structure, read_audio


@pytest.fixture(scope="module", params=[(22050, 1), (44100, 2), (8000, 1)], ids=str)
def frames(request):
    """An MP3 file's frames after the first, which holds the header that tells the length."""
    rate, channels = request.param
    content = damaged_audio.encoded("mp3", rate=rate, channels=channels)
    first = mp3_structure._frame_length(content[:4])
    assert b"Xing" in content[:first] or b"Info" in content[:first]
    return content[first:]


def check(tmp_path, content):
    (tmp_path / "a.mp3").write_bytes(content)
    return mp3_structure.problem(content)


def test_whole_frames_are_fine(tmp_path, frames):
    assert check(tmp_path, frames) is None
    # As taggers write them: in front, 10 bytes and 2 * 128; behind, 128 bytes.
    tagged = b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256) + frames + b"TAG" + bytes(125)
    assert check(tmp_path, tagged) is None
    assert len(read_audio(tmp_path / "a.mp3")) > 0


def test_a_cut_one_is_refused_though_nothing_tells_its_length(tmp_path, frames):
    assert "is truncated: its last frame lacks 7 bytes" in check(tmp_path, frames[:-7])
    with pytest.raises(AudioError, match="a.mp3 is truncated"):
        read_audio(tmp_path / "a.mp3")


def test_bytes_between_frames_are_found_where_they_are(tmp_path, frames):
    first = mp3_structure._frame_length(frames[:4])
    content = frames[:first] + b"patched" + frames[first:]
    assert f"is damaged: byte {first} is none" in check(tmp_path, content)
    assert "does not begin with a frame: byte 0" in check(tmp_path, b"patched" + frames)


def test_a_tag_that_is_longer_than_the_file_leaves_no_frame(tmp_path, frames):
    content = b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + frames
    (tmp_path / "a.mp3").write_bytes(content)
    with pytest.raises(AudioError):
        read_audio(tmp_path / "a.mp3")


@pytest.mark.parametrize("rate", [11025, 22050])
def test_whole_files_whose_length_is_guessed_too_high_are_read(tmp_path, rate):
    """At a constant rate of bits, without a header that tells the length."""
    options = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.9}
    path = tmp_path / "a.mp3"
    soundfile.write(path, damaged_audio.tone(0.7, rate=rate), rate, **options)
    assert not mp3_structure.tells_length(path.read_bytes())
    assert soundfile.info(path).frames > len(read_audio(path)) > 0.7 * rate
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(AudioError, match="a.mp3 is truncated"):
        read_audio(path)


def test_frames_that_tell_the_length_are_known(frames):
    assert not mp3_structure.tells_length(frames)
    assert mp3_structure.tells_length(damaged_audio.encoded("mp3"))
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x04Info"
    assert mp3_structure.tells_length(tag + damaged_audio.encoded("mp3"))
    assert not mp3_structure.tells_length(tag + frames)
    assert not mp3_structure.tells_length(b"")
