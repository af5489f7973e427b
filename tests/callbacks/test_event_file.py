"""TensorFlow's own readers find in the files what was written."""

import io
import time

import numpy as np
import pytest
import soundfile
import tensorflow as tf

from callbacks.events import read_events, read_scalars
from keras_speech.callbacks.event_file import EventFile, crc32c, wav_bytes


def test_checksum_is_that_of_the_standard():
    """RFC 3720, appendix B.4: 32 bytes of zeros; and the check value of the CRC catalogue."""
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"123456789") == 0xE3069283


def test_scalars_come_back(tmp_path):
    events = EventFile(tmp_path / "logs" / "train")
    before = time.time()
    events.scalars({"loss": 0.5, "bits_per_sample": -1e-8}, step=1)
    events.scalars({"loss": float("inf")}, step=2**40)
    assert read_scalars(tmp_path / "logs" / "train") == {
        "loss": [(1, 0.5), (2**40, float("inf"))],
        "bits_per_sample": [(1, pytest.approx(-1e-8))],
    }
    for event in read_events(tmp_path / "logs" / "train"):
        assert before <= event.wall_time <= time.time()


def test_runs_one_after_another_share_a_directory(tmp_path):
    for step in range(3):
        EventFile(tmp_path).scalars({"loss": step}, step=step)
    assert read_scalars(tmp_path) == {"loss": [(0, 0), (1, 1), (2, 2)]}


def test_nothing_written_makes_no_file(tmp_path):
    EventFile(tmp_path / "logs")
    assert list(tmp_path.iterdir()) == []


def test_sound_is_one_for_the_audio_tab(tmp_path):
    samples = np.sin(np.arange(1000) * 0.1)
    EventFile(tmp_path).audio("sample", samples, 8000, step=7)
    (event,) = read_events(tmp_path)
    (value,) = event.summary.value
    assert (event.step, value.tag) == (7, "sample")
    plugin = value.metadata.plugin_data
    # The audio plugin's own message: field 2, a number (2 << 3 | 0), is its encoding, 11 for WAV.
    assert (plugin.plugin_name, plugin.content) == ("audio", bytes([2 << 3, 11]))
    # TensorBoard drops the label only from sounds that do not name their class: 0 is unknown.
    assert value.metadata.data_class == 0
    (sound, label), = tf.make_ndarray(value.tensor).tolist()  # fmt: skip
    assert (sound, label) == (wav_bytes(samples, 8000), b"")


def test_wav_has_the_samples_clipped_to_full_scale():
    samples = np.array([0.0, 0.5, -0.25, 1.0, -1.0, 3.0])
    read, rate = soundfile.read(io.BytesIO(wav_bytes(samples, 16000)))
    assert rate == 16000
    # 16 bits: half a step of 1 / 32767, and libsndfile's 1 / 32768 for a step when it reads.
    np.testing.assert_allclose(read, np.clip(samples, -1, 1), atol=1.5 / 32768 + 1 / 32768)
