"""Formats of sound, in pieces of any size."""

import io

import numpy as np
import pytest
import soundfile

from keras_speech.serving.encoders import encoder, formats
from keras_speech.serving.errors import RequestError

SOUNDS = [name for name in formats() if name != "jsonl"]

TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(12000) / 16000)


def encoded(name, pieces, rate=16000):
    made = encoder(name, rate)
    return b"".join([made.add(piece) for piece in pieces] + [made.end()])


@pytest.mark.parametrize("name", SOUNDS)
def test_pieces_do_not_matter(name):
    whole = encoded(name, [TONE])
    assert encoded(name, np.split(TONE, [1, 1, 5000])) == whole
    if name != "pcm":
        samples, rate = soundfile.read(io.BytesIO(whole))
        assert rate == 16000 and len(samples) >= len(TONE)


@pytest.mark.parametrize("name", sorted({*SOUNDS} - {"pcm"}))
def test_what_is_too_loud_is_clipped(name):
    assert encoded(name, [np.full(4000, 7.0)]) == encoded(name, [np.ones(4000)])


def test_what_is_too_loud_is_clipped_after_it_is_resampled():
    samples = np.frombuffer(encoded("pcm", [np.full(4000, 7.0)]), "<i2")
    assert samples.max() == 32767 and samples.min() > -32767


def test_nothing_is_a_wav_file_too():
    assert len(encoded("wav", [])) == 44


def test_a_rate_that_a_format_lacks_is_an_error():
    with pytest.raises(RequestError, match="`response_format` mp3 has no 96000 Hz"):
        encoder("mp3", 96000)
