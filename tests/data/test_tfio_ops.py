"""Which decoder is chosen, and what is said where tensorflow-io is asked for in vain."""

import sys

import pytest

from keras_speech.data import tfio_ops


@pytest.fixture
def loads(monkeypatch):
    monkeypatch.setattr(tfio_ops, "_loaded", lambda: ("the module", ""))


@pytest.fixture
def does_not_load(monkeypatch):
    monkeypatch.setattr(tfio_ops, "_loaded", lambda: (None, "undefined symbol"))


def test_tensorflow_io_is_taken_where_it_loads(loads):
    assert tfio_ops.available()
    assert tfio_ops.chosen("auto") == tfio_ops.chosen("tensorflow-io") == "tensorflow-io"
    assert tfio_ops.chosen("soundfile") == "soundfile"
    assert tfio_ops.audio() == "the module"


def test_soundfile_is_taken_elsewhere(does_not_load):
    assert not tfio_ops.available()
    assert tfio_ops.chosen("auto") == tfio_ops.chosen("soundfile") == "soundfile"


def test_an_error_says_what_to_install(does_not_load):
    message = r"decoder='tensorflow-io'.*TensorFlow 2\.16.*keras-speech\[io\].*undefined symbol\.$"
    with pytest.raises(ImportError, match=message):
        tfio_ops.chosen("tensorflow-io")


def test_no_other_decoder_is_known():
    with pytest.raises(ValueError, match="`decoder` must be one of .*decoder='ffmpeg'"):
        tfio_ops.chosen("ffmpeg")


def test_a_missing_package_and_a_broken_one_do_not_load(monkeypatch):
    ask = tfio_ops._loaded.__wrapped__
    monkeypatch.setitem(sys.modules, "tensorflow_io", None)  # as if it were not installed
    module, reason = ask()
    assert module is None and "tensorflow_io" in reason

    class Broken:
        @property
        def audio(self):
            raise NotImplementedError("unable to open file: libtensorflow_io.so\nfrom paths: []")

    monkeypatch.setitem(sys.modules, "tensorflow_io", Broken())
    assert ask() == (None, "unable to open file: libtensorflow_io.so")


def test_it_is_tried_on_a_file_that_is_one(tensorflow_io):
    import numpy as np

    samples = tfio_ops.audio().decode_wav(tfio_ops._ONE_SAMPLE, dtype="int16").numpy()
    np.testing.assert_array_equal(samples, [[2**14]])  # bytes 0x00 0x40
