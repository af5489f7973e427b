"""Decoding in the graph: by both ways the same, and never something else than `read_audio`."""

import warnings

import numpy as np
import pytest
import soundfile
import tensorflow as tf

import damaged_audio
from keras_speech.data import decode_in_graph, read_audio, tfio_ops

ODD = damaged_audio.odd()
LSB = 2.0**-15

# All that is left to tensorflow-io of the damaged: some FLAC files it would never come back from.
DAMAGED = damaged_audio.damaged()


def decoding(decoder, sample_rate=None, whole=False):
    """`decode_in_graph` as a pipeline calls it, traced once for all recordings."""
    return tf.function(
        lambda content, name: decode_in_graph(
            content, sample_rate, name=name, decoder=decoder, whole=whole
        ),
        input_signature=[tf.TensorSpec([], tf.string)] * 2,
    )


def test_samples_are_those_of_the_file_within_a_step(tmp_path, decoder):
    decode = decoding(decoder, whole=True)
    for name, content in ODD.items():
        (tmp_path / name).write_bytes(content)
        expected = read_audio(tmp_path / name)
        found = decode(content, name).numpy()
        assert found.dtype == np.float32 and found.shape == expected.shape, name
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=LSB, err_msg=name)


@pytest.mark.parametrize("rate", [16000, 22050])
def test_other_rates_are_resampled(tmp_path, decoder, rate):
    """The noise in these goes up to half the rate, where the filters differ most."""
    decode = decoding(decoder, rate, whole=True)
    for name, content in ODD.items():
        if "one_sample" in name or "silent" in name:
            continue
        (tmp_path / name).write_bytes(content)
        expected = read_audio(tmp_path / name, rate).astype("float64")
        found = decode(content, name).numpy()
        assert found.shape == expected.shape, name
        noise = np.sum((expected - found) ** 2)
        assert noise <= 1e-4 * np.sum(expected**2), name  # 40 dB


def test_mp3_is_as_long_by_either_way(tensorflow_io):
    """With what encoders say of their delay, and where that is lost, of every rate and mode."""
    one, other = decoding("soundfile"), decoding("tensorflow-io")
    for rate in (8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000):
        for mode in ("CONSTANT", "VARIABLE"):
            for level in (0.2, 0.9):
                content = mp3(rate, mode, level)
                expected, found = one(content, "a").numpy(), other(content, "a").numpy()
                assert found.shape == expected.shape, (rate, mode, level)
                np.testing.assert_allclose(found, expected, atol=0.1 * LSB)


def mp3(rate, mode, level):
    import io

    buffer = io.BytesIO()
    options = {"bitrate_mode": mode, "compression_level": level}
    soundfile.write(buffer, damaged_audio.tone(0.7, rate=rate), rate, format="MP3", **options)
    return buffer.getvalue()


def test_damage_is_named(decoder):
    decode = decoding(decoder)
    for name, content in DAMAGED.items():
        with pytest.raises(tf.errors.InvalidArgumentError, match=name):
            decode(content, name)


def test_what_is_too_short_for_a_rate_is_named(decoder):
    content = damaged_audio.encoded("wav", rate=48000, samples=np.ones(1))
    with pytest.raises(tf.errors.InvalidArgumentError, match="a.wav"):
        decoding(decoder, 8000)(content, "a.wav")


def test_it_runs_without_a_graph_too(decoder):
    content = damaged_audio.encoded("wav", channels=2)
    found = decode_in_graph(content, 16000, decoder=decoder)
    assert found.shape == (8000,)  # half a second


def test_tensorflow_io_decodes_what_it_can(monkeypatch):
    """And nothing else, such as this FLAC, not known as whole; with a module in its place."""

    class Audio:
        @staticmethod
        def decode_wav(content, dtype):
            samples = tf.audio.decode_wav(content)[0]
            return tf.cast(-(2.0**15) * samples, dtype)  # upside down, to be told from ours

        @staticmethod
        def decode_flac(content, dtype):
            return tf.zeros([1, 1], dtype)

        @staticmethod
        def decode_mp3(content):
            return tf.zeros([1, 1])

    monkeypatch.setattr(tfio_ops, "_loaded", lambda: (Audio, ""))
    wav, flac = damaged_audio.encoded("wav"), damaged_audio.encoded("flac")
    expected = damaged_audio.tone()[:, 0]
    for decode in (decoding("auto"), decoding("tensorflow-io")):
        np.testing.assert_allclose(decode(wav, "a"), -expected, atol=2 * LSB)
        np.testing.assert_allclose(decode(flac, "a"), expected, atol=2 * LSB)
    np.testing.assert_allclose(decoding("soundfile")(wav, "a"), expected, atol=2 * LSB)


@pytest.mark.parametrize("rate", [0, 999, 10**6, 22050.0, True])
def test_rates_that_are_none_are_refused(rate):
    with pytest.raises(ValueError, match="`sample_rate` must be .*Received: sample_rate="):
        decode_in_graph(b"", rate)


def test_building_the_graph_warns_of_nothing(tensorflow_io, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decoding("tensorflow-io", 16000).get_concrete_function()
    assert not caplog.records
