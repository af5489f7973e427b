import numpy as np
import pytest
import soundfile

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import Corpus, Recording, waveform_epochs
from keras_speech.models import Tacotron2
from keras_speech.text import CharacterTokenizer
from keras_speech.training import teacher_forced

SPEC = AudioSpec(
    sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000.0, padding="hop"
)


@pytest.fixture
def corpus(tmp_path):
    samples = np.random.default_rng(0).normal(0, 0.1, 501)
    soundfile.write(tmp_path / "a.wav", samples, 8000)
    return Corpus([Recording("a", tmp_path / "a.wav", text="ab")], "one", tmp_path)


def epochs_of(corpus):
    return waveform_epochs(corpus, 64, 4, spec=SPEC, seed=0, steps_per_epoch=2, progress=False)


def test_crops_of_predicted_mels_lie_beside_the_same_samples(corpus):
    real = epochs_of(corpus)
    other = real.with_mels(lambda recording, mel: mel + ord(recording.id))
    for was, now in zip(real(3), other(3), strict=True):
        np.testing.assert_array_equal(now["samples"], was["samples"])
        np.testing.assert_allclose(now["mel"], was["mel"] + ord("a"), rtol=1e-6)


def test_teacher_forced_mels_are_those_of_the_call(corpus):
    """Which predicts two frames at a time, one more than there are."""
    tokenizer = CharacterTokenizer()
    model = Tacotron2(
        tokenizer.vocabulary_size, n_mels=8, reduction=2, encoder_channels=8,
        encoder_convolutions=1, prenet_units=(4,), prenet_dropout=0.0, attention_lstm_units=4,
        decoder_lstm_units=4, attention_units=4, attention_filters=2, attention_kernel_size=3,
        postnet_filters=4, postnet_layers=1,
    )  # fmt: skip
    mel = np.random.default_rng(1).normal(size=(31, 8)).astype("float32")
    predicted = teacher_forced(model, tokenizer)(corpus[0], mel)
    tokens, lengths = tokenizer(["ab"])
    batch = {
        "tokens": tokens,
        "token_lengths": lengths,
        "mel": mel[None],
        "mel_lengths": np.array([31]),
    }
    assert predicted.shape == (31, 8)
    np.testing.assert_allclose(predicted, model(batch)["mel"][0, :31], atol=1e-4)


def test_what_does_not_fit_is_refused(corpus):
    with pytest.raises(ValueError, match=r"recording 'a' .*\(31, 8\).*shape=\(30, 8\)"):
        epochs_of(corpus).with_mels(lambda recording, mel: mel[:30])
    with pytest.raises(ValueError, match="made with a `spec`"):
        waveform_epochs(corpus, 64, progress=False).with_mels(lambda recording, mel: mel)
    with pytest.raises(ValueError, match="text=''"):
        teacher_forced(None, CharacterTokenizer())(Recording("b", "b.wav", text=""), None)
