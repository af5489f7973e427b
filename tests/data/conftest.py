"""Small corpora made of harmonic tones, in the layouts of real ones."""

import os

import numpy as np
import pytest
import soundfile

from keras_speech.data import tfio_ops

TEXTS = {
    "clip1": "Hello there.",
    "clip2": "A much longer sentence than the first.",
    "clip3": "Mr. Bell counts: one, two, three!",
    "clip4": "Short.",
    "clip5": "And a fifth one, to leave a smaller batch.",
}


def harmonic_tone(seconds=0.3, sample_rate=22050, f0_hz=200.0, amplitude=0.2):
    """float32 `(samples,)`: five harmonics of falling strength."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    parts = [np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 6)]
    return (amplitude * np.sum(parts, axis=0) / 2).astype("float32")


@pytest.fixture
def tone():
    return harmonic_tone


def write_harmonic_tone(path, sample_rate=22050, subtype=None, **options):
    """Makes the folders, writes the file, returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = harmonic_tone(sample_rate=sample_rate, **options)
    soundfile.write(path, samples, sample_rate, subtype=subtype)
    return path


@pytest.fixture
def write_tone():
    return write_harmonic_tone


def write_lj_directory(directory):
    """Five clips of different lengths in LJ Speech's layout."""
    for number, name in enumerate(TEXTS):
        write_harmonic_tone(
            directory / "wavs" / f"{name}.wav",
            seconds=0.2 + 0.13 * number,
            f0_hz=120.0 + 40.0 * number,
        )
    rows = [f"{name}|{text}|{text}" for name, text in TEXTS.items()]
    (directory / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return directory


@pytest.fixture
def lj_directory(tmp_path):
    return write_lj_directory(tmp_path / "corpus")


class LetterTokenizer:
    """Letters and spaces to ids from 1; everything else is dropped."""

    def __call__(self, texts):
        rows = [[" abcdefghijklmnopqrstuvwxyz".find(c) + 1 for c in t.lower()] for t in texts]
        rows = [[i for i in row if i > 0] for row in rows]
        tokens = np.zeros((len(rows), max(map(len, rows))), "int32")
        for target, row in zip(tokens, rows, strict=True):
            target[: len(row)] = row
        return tokens, np.array([len(row) for row in rows], "int32")


@pytest.fixture
def letters():
    return LetterTokenizer()


@pytest.fixture
def tensorflow_io():
    """Skips a test where tensorflow-io does not load; `make test-io`, where it must, fails it."""
    if not tfio_ops.available():
        if os.environ.get("KERAS_SPEECH_TENSORFLOW_IO") == "required":
            pytest.fail(tfio_ops._loaded()[1])
        pytest.skip("tensorflow-io does not load here: `make test-io`")


@pytest.fixture(params=["soundfile", "tensorflow-io"])
def decoder(request):
    """Each of the two ways to decode, as far as it is there."""
    if request.param == "tensorflow-io":
        request.getfixturevalue("tensorflow_io")
    return request.param
