"""A small corpus, a small model and a small voice that the tests of the command line share."""

import functools
import os
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_speech import AudioSpec

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

VOICE_SPEC = AudioSpec(
    sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000
)

TINY_WAVENET = {
    "n_cycles": 1,
    "layers_per_cycle": 3,
    "residual_channels": 4,
    "gate_channels": 8,
    "skip_channels": 4,
}


# Of the sentences, and some more.
WORDS = {
    "a": "AH", "abba": "AE B AH", "add": "AE D", "bad": "B AE D", "bed": "B EH D", "bee": "B IY",
    "cab": "K AE B", "dead": "D EH D", "deed": "D IY D", "read": "R EH D", "i": "AY",
}  # fmt: skip

TINY_ACOUSTIC = {
    "fastspeech2": dict(
        channels=8, encoder_layers=1, decoder_layers=1, n_heads=0, filters=8, kernel_sizes=(3, 1),
        predictor_filters=8, predictor_layers=1,
    ),
    "tacotron": dict(
        reduction=4, embedding_channels=8, encoder_units=4, encoder_prenet_units=(8, 8),
        encoder_bank_size=2, prenet_units=(8, 8), attention_rnn_units=8, attention_units=8,
        decoder_units=8, decoder_layers=1, highway_layers=1,
    ),
    "transformer_tts": dict(
        reduction=4, channels=8, n_heads=2, encoder_blocks=1, decoder_blocks=2,
        feed_forward_units=8, encoder_convolutions=1, prenet_units=(8, 8), postnet_filters=8,
        postnet_layers=2,
    ),
    "neural_hmm": dict(
        reduction=2, states_per_token=1, encoder_channels=8, encoder_convolutions=1,
        prenet_units=(8, 8), lstm_units=8, hidden_units=8, std_floor=0.1,
    ),
}  # fmt: skip


@pytest.fixture
def environment():
    """Environment variables for commands in processes of their own: they find the package."""
    root = str(Path(__file__).parents[2])
    paths = filter(None, [root, os.environ.get("PYTHONPATH")])
    # What the tests keep quiet with, a user does not have.
    others = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    return {**others, "PYTHONPATH": os.pathsep.join(paths)}


@pytest.fixture
def tiny_config(monkeypatch):
    """Makes `--config small` a model that trains in no time."""
    from keras_speech.models import tacotron2_configs

    monkeypatch.setattr(tacotron2_configs, "SMALL", TINY)


@pytest.fixture
def tiny_wavenet(monkeypatch):
    """Makes `train wavenet --config small` a model of three layers."""
    from keras_speech.models import wavenet_configs

    monkeypatch.setattr(wavenet_configs, "SMALL", TINY_WAVENET)


@pytest.fixture
def tones_directory(tmp_path):
    """Four tones of a quarter of a second at 8 kHz, two in a folder of their own."""
    from keras_speech.data import write_wav

    directory = tmp_path / "tones"
    (directory / "high").mkdir(parents=True)
    time = np.arange(2000) / 8000
    for name, hz in (("a", 200), ("b", 250), ("high/c", 400), ("high/d", 500)):
        tone = 0.4 * np.sin(2 * np.pi * hz * time)
        write_wav(directory / f"{name}.wav", tone, 8000)
    return directory


@keras.saving.register_keras_serializable("keras_speech_tests")
class StandIn(keras.Model):
    """Takes Tacotron 2's place where a test is not about it: one mel for a whole sentence.

    It has what a training must bring back after an interrupt: weights, dropout and its seed.
    """

    def __init__(
        self, vocabulary_size, n_mels=80, reduction=1, n_speakers=0, mel_mean=0.0, mel_scale=1.0,
        scheduled_sampling=0.0, **kwargs,
    ):  # fmt: skip
        kwargs = {name: value for name, value in kwargs.items() if name in ("name", "dtype")}
        super().__init__(**kwargs)
        self.vocabulary_size, self.n_mels, self.reduction = vocabulary_size, n_mels, reduction
        self.n_speakers, self.mel_mean, self.mel_scale = n_speakers, mel_mean, mel_scale
        self.scheduled_sampling = scheduled_sampling
        self.embedding = keras.layers.Embedding(vocabulary_size, 4)
        self.dropout = keras.layers.Dropout(0.5)
        self.dense = keras.layers.Dense(n_mels)
        self.embedding.build((None, None))
        self.dense.build((None, 4))
        self.built = True

    def call(self, inputs, training=None):
        embedded = keras.ops.mean(self.embedding(inputs["tokens"]), axis=1)
        mel = self.dense(self.dropout(embedded, training=training))
        mel = mel[:, None] * self.mel_scale + self.mel_mean + 0.0 * inputs["mel"]
        weights = keras.ops.ones_like(inputs["tokens"][:, None], dtype="float32")
        alignment = weights * keras.ops.ones_like(inputs["mel"][:, :: self.reduction, :1])
        return {"mel": mel, "alignment": alignment}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.mean(keras.ops.square(x["mel"] - y_pred["mel"]))

    def generate(self, tokens, token_lengths=None, speaker=None, max_frames=20, seed=0):
        tokens = np.asarray(tokens)
        mel = np.zeros((len(tokens), 20, self.n_mels), "float32")
        output = self({"tokens": tokens, "mel": mel})
        return {**output, "lengths": np.full(len(tokens), 20)}

    def get_config(self):
        names = ("vocabulary_size", "n_mels", "reduction", "n_speakers", "mel_mean", "mel_scale")
        names += ("scheduled_sampling",)
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@pytest.fixture
def stand_in(monkeypatch):
    """Lets `train tacotron2` train the stand-in."""
    import keras_speech.models

    monkeypatch.setattr(keras_speech.models, "Tacotron2", StandIn)


def write_corpus(directory):
    """Writes eight recordings in LJ Speech's layout; every letter is a tone of its own."""
    from keras_speech.data import write_wav

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


@pytest.fixture
def corpus_directory(tmp_path):
    """What `write_corpus` writes."""
    return write_corpus(tmp_path / "corpus")


def acoustic_trainer(corpus, directory, monkeypatch):
    """Returns what runs `train MODEL` on the corpus with a tiny model, into `directory`."""
    from keras_speech import models
    from keras_speech.cli.main import main

    for module, config in TINY_ACOUSTIC.items():
        monkeypatch.setattr(getattr(models, f"{module}_configs"), "SMALL", config)

    def run(model, *argv, epochs=1, out="run"):
        options = ["--data", str(corpus), "--out", str(directory / out)]
        options += ["--batch-size", "6", "--sample-rate", "16000", "--validation", "2"]
        # Looking takes longer than training; who wants to see it says so.
        options += ["--sample-every", "0", "--check-every", "0"]
        return main(["train", model, *options, "--epochs", str(epochs), *argv])

    return run


@pytest.fixture
def train_acoustic(corpus_directory, tmp_path, monkeypatch):
    """Runs `train MODEL` on the small corpus with a tiny model."""
    return acoustic_trainer(corpus_directory, tmp_path, monkeypatch)


@pytest.fixture
def cmudict(monkeypatch):
    """A dictionary of some words, from which rules are learned in no time."""
    from keras_speech.text import letter_to_sound_training

    monkeypatch.setattr(letter_to_sound_training, "read_cmudict", lambda stress: WORDS)


@pytest.fixture(scope="session")
def voice_directory(tmp_path_factory):
    """A saved voice with untrained weights and two speakers; it says 0.32 s per sentence."""
    import keras_speech as ks

    keras.utils.set_random_seed(0)
    tokenizer = ks.text.CharacterTokenizer()
    # One step of 40 frames per sentence, for its stop token comes at once.
    config = {**TINY, "reduction": 40, "n_mels": 20, "n_speakers": 2}
    model = ks.models.Tacotron2(vocabulary_size=tokenizer.vocabulary_size, **config)
    model.decoder.stop_dense.bias.assign([20.0])
    vocoder = ks.models.GriffinLim(VOICE_SPEC, n_iter=2)
    voice = ks.Voice(tokenizer, model, vocoder, VOICE_SPEC, name="tiny", speakers=["ann", "7"])
    return voice.save_to_preset(tmp_path_factory.mktemp("voices") / "tiny")


@functools.cache
def _loaded(from_preset, preset):
    return from_preset(preset)


@pytest.fixture
def loaded_once(monkeypatch):
    """Keeps loaded voices between tests: what they compile takes longer than they speak."""
    from keras_speech.voices import Voice

    from_preset = Voice.from_preset
    monkeypatch.setattr(Voice, "from_preset", lambda preset: _loaded(from_preset, preset))
