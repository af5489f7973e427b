"""A small corpus, a small model and a small voice that the tests of the command line share."""

import numpy as np
import pytest

SENTENCES = ["a cab", "bad bee", "a bed", "dead cab", "add a bee", "cab bed", "abba", "a deed"]

TINY = {
    "reduction": 4,
    "encoder_channels": 8,
    "encoder_convolutions": 1,
    "prenet_units": (8, 8),
    "attention_lstm_units": 8,
    "decoder_lstm_units": 8,
    "attention_units": 8,
    "attention_filters": 4,
    "attention_kernel_size": 7,
    "postnet_filters": 8,
    "postnet_layers": 1,
}


@pytest.fixture
def tiny_config(monkeypatch):
    """Makes `--config small` a model that trains in no time."""
    from keras_speech.models import tacotron2_configs

    monkeypatch.setattr(tacotron2_configs, "SMALL", TINY)


@pytest.fixture
def corpus_directory(tmp_path):
    """Eight recordings in LJ Speech's layout; every letter is a tone of its own."""
    from keras_speech.data import write_wav

    directory = tmp_path / "corpus"
    (directory / "wavs").mkdir(parents=True)
    time = np.arange(1600) / 16000
    rows = []
    for number, sentence in enumerate(SENTENCES):
        tones = [
            0.3 * np.sin(2 * np.pi * (150 + 60 * (ord(letter) - 96)) * time) * (letter != " ")
            for letter in sentence
        ]
        write_wav(directory / "wavs" / f"clip{number}.wav", np.concatenate(tones), 16000)
        rows.append(f"clip{number}|{sentence}\n")
    (directory / "metadata.csv").write_text("".join(rows))
    return directory


@pytest.fixture(scope="session")
def voice_directory(tmp_path_factory):
    """A saved voice with untrained weights and two speakers."""
    import keras

    import keras_speech as ks

    keras.utils.set_random_seed(0)
    spec = ks.AudioSpec(
        sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000
    )
    tokenizer = ks.text.CharacterTokenizer()
    model = ks.models.Tacotron2(
        vocabulary_size=tokenizer.vocabulary_size, n_mels=20, n_speakers=2, **TINY
    )
    vocoder = ks.models.GriffinLim(spec, n_iter=2)
    voice = ks.Voice(tokenizer, model, vocoder, spec, name="tiny", speakers=["ann", "7"])
    return voice.save_to_preset(tmp_path_factory.mktemp("voices") / "tiny")
