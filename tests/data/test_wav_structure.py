"""Damage in the chunks of a WAV file, with the numbers that the sentence must have."""

import io
import struct

import pytest

import damaged_audio
from keras_speech.data import wav_structure

WAV = damaged_audio.encoded("wav", samples=damaged_audio.tone(0.1))  # 2205 samples, 4410 bytes


def problem(content):
    return wav_structure.problem(io.BytesIO(content), len(content))


def test_missing_bytes_are_counted():
    assert problem(WAV) is None
    assert "promises 100 bytes more than the 4354 there" in problem(WAV[:-100])


@pytest.mark.parametrize("size, unexplained", [(4410, None), (4400, None), (3000, 1410)])
def test_samples_that_the_header_does_not_count(size, unexplained):
    """Up to 128 bytes nobody misses."""
    found = problem(WAV[:40] + struct.pack("<I", size) + WAV[44:])
    expected = f"counts {size} bytes of samples, and {unexplained} bytes follow"
    assert found is None if unexplained is None else expected in found


def test_fields_that_contradict_each_other():
    two_channels = WAV[:22] + struct.pack("<H", 2) + WAV[24:]
    assert "2 channels of 16 bits do not take 2 bytes" in problem(two_channels)
    other_rate = WAV[:24] + struct.pack("<I", 44100) + WAV[28:]
    assert "44100 Hz of 2 bytes do not take 44100 bytes a sec" in problem(other_rate)


def test_some_writers_leave_the_bytes_per_second_out():
    assert problem(WAV[:28] + bytes(4) + WAV[32:]) is None


@pytest.mark.parametrize("container", ["WAVEX", "RF64"])
def test_longer_headers_are_followed(container):
    content = damaged_audio.encoded(container, samples=damaged_audio.tone(0.1))
    assert problem(content) is None
    assert "promises 100 bytes more" in problem(content[:-100])


def test_other_files_are_none_of_its_business():
    assert problem(damaged_audio.encoded("flac")) is None
    assert problem(b"RIFF") is None
