"""What becomes of recordings that are damaged, odd or none, and of bad arguments."""

import os
import pathlib
import warnings

import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import AudioError, Corpus, Recording, acoustic_batches, ljspeech
from keras_speech.text import LexiconTokenizer

SPEC = AudioSpec(n_mels=20)


@pytest.fixture
def corpus(lj_directory):
    return ljspeech(lj_directory)


def _cut(path):
    path.write_bytes(path.read_bytes()[:1000])


def _not_audio(path):
    path.write_text("no audio")


@pytest.mark.parametrize("damage", [_cut, _not_audio, lambda p: p.write_bytes(b""), os.remove])
def test_a_bad_recording_raises_or_is_skipped_and_listed(corpus, letters, damage):
    damage(pathlib.Path(corpus["clip3"].path))
    with pytest.raises(AudioError, match=r"'clip3' \(line 3 of metadata.csv\): .*clip3.wav"):
        acoustic_batches(corpus, SPEC, letters)
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of corpus were skipped.*clip3"):
        batches = acoustic_batches(corpus, SPEC, letters, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["clip3"]
    assert "clip3.wav" in skipped[0].reason
    assert next(iter(batches))["mel"].shape[0] == 4


def test_a_text_without_a_token_raises_or_is_skipped(corpus, letters):
    corpus = Corpus([*corpus[:4], corpus["clip5"].replace(text="12?")])
    with pytest.raises(ValueError, match=r"'clip5' \(line 5 .* no text .* text='12\?'"):
        acoustic_batches(corpus, SPEC, letters)
    skipped = []
    with warnings.catch_warnings(action="ignore"):
        acoustic_batches(corpus, SPEC, letters, on_error="skip", skipped=skipped)
    assert [entry.recording.id for entry in skipped] == ["clip5"]


def test_a_text_that_the_tokenizer_refuses_raises_or_is_skipped(corpus):
    phones = LexiconTokenizer({"fox": "F AA K S"}, {"(a)": "1 AH"})
    bad = {"clip2": "a {F AA XX} fox", "clip5": "{OX}"}
    corpus = Corpus(r.replace(text=bad.get(r.id, "a {F AA1 K S}")) for r in corpus)
    with pytest.raises(ValueError, match=r"'clip2' \(line 2 of .* refuses: Braces must .*'XX' in"):
        acoustic_batches(corpus, SPEC, phones)
    skipped = []
    with pytest.warns(UserWarning, match="2 recordings of .* were skipped.*clip2.*'XX'.*clip5"):
        batches = acoustic_batches(
            corpus, SPEC, phones, shuffle=False, on_error="skip", skipped=skipped
        )
    assert [entry.recording.id for entry in skipped] == ["clip2", "clip5"]
    assert skipped[0].where == "'clip2' (line 2 of metadata.csv)"
    (batch,) = batches
    assert phones.detokenize(batch["tokens"].numpy()) == ["AH | F AA K S"] * 3


def test_nothing_usable_is_an_error(corpus, letters):
    with pytest.raises(ValueError, match="`corpus` must hold recordings"):
        acoustic_batches(corpus.filter([]), SPEC, letters)
    mute = Corpus(r.replace(text="?") for r in corpus)
    with warnings.catch_warnings(action="ignore"), pytest.raises(ValueError, match="All 5 were"):
        acoustic_batches(mute, SPEC, letters, on_error="skip")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch_size": 0}, "`batch_size` must be a positive integer. Received: batch_size=0"),
        ({"reduction": 1.5}, "`reduction` must be a positive integer"),
        ({"seed": -1}, "`seed` must be a non-negative integer or None. Received: seed=-1"),
        ({"on_error": "warn"}, "`on_error` must be"),
        ({"trim": 40.0}, "`threshold_db` must be negative"),
        ({"batch_size": 6, "drop_remainder": True}, "`drop_remainder` needs .* 5 recordings"),
    ],
)
def test_a_bad_argument_is_an_error(corpus, letters, options, message):
    with pytest.raises(ValueError, match=message):
        acoustic_batches(corpus, SPEC, letters, **options)


@pytest.mark.parametrize("n_samples", [1, 100, 511])
def test_a_recording_shorter_than_a_window_has_a_frame(tmp_path, letters, tone, n_samples):
    soundfile.write(tmp_path / "a.wav", tone(seconds=1.0)[-n_samples:], 22050)
    corpus = [Recording("a", str(tmp_path / "a.wav"), "hi")]
    (batch,) = acoustic_batches(corpus, SPEC, letters).as_numpy_iterator()
    assert batch["mel_lengths"].tolist() == [SPEC.n_frames(n_samples)]
    assert np.isfinite(batch["mel"]).all()


def test_stereo_at_8_khz_and_24_bits_is_read(tmp_path, letters, tone):
    samples = tone(seconds=0.5, sample_rate=8000)
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([samples, samples], 1), 8000, subtype="PCM_24")
    corpus = [Recording("a", str(path), "hi")]
    (batch,) = acoustic_batches(corpus, SPEC, letters).as_numpy_iterator()
    assert batch["mel_lengths"].tolist() == [SPEC.n_frames(11025)]
