"""Every acoustic model can be examined: untrained ones, tiny; and the bundled Tacotron 2."""

import keras
import numpy as np
import pytest

import keras_speech as ks
from cli.conftest import TINY, TINY_ACOUSTIC
from keras_speech.callbacks import AlignmentDoctor

MODELS = {
    "attention": [
        (ks.Tacotron2, TINY),
        (ks.Tacotron, {**TINY_ACOUSTIC["tacotron"], "n_freqs": 0}),
        (ks.TransformerTTS, TINY_ACOUSTIC["transformer_tts"]),
    ],
    "durations": [(ks.FastSpeech2, TINY_ACOUSTIC["fastspeech2"])],
    "hmm": [(ks.NeuralHMMTTS, TINY_ACOUSTIC["neural_hmm"])],
}


@pytest.mark.parametrize(
    "kind, make, config",
    [(kind, *pair) for kind, pairs in MODELS.items() for pair in pairs],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_untrained_models_are_not_healthy(kind, make, config):
    rng = np.random.default_rng(0)
    tokens = rng.integers(1, 20, (2, 12), dtype="int32")
    tokens[1, 8:] = 0
    batch = {
        "tokens": tokens,
        "token_lengths": np.array([12, 8], "int32"),
        "mel": rng.normal(size=(2, 64, 8)).astype("float32"),
        "mel_lengths": np.array([64, 44], "int32"),
        "f0_hz": np.full((2, 64), 150.0, "float32"),
        "speaker": np.array([0, 1], "int32"),
    }
    keras.utils.set_random_seed(1)
    model = make(vocabulary_size=20, n_mels=8, n_speakers=2, speaker_channels=4, **config)
    doctor = AlignmentDoctor(batch)
    doctor.set_model(model)
    report = doctor.examine()
    assert report.kind == kind and not report.healthy
    assert all(np.isfinite(value) for value in report.measures.values())
    assert ("are judged" in report.words()) == (kind != "attention")
    # The same again: nothing was changed by looking.
    assert doctor.examine().measures == report.measures


def test_the_bundled_voice_is_healthy_and_with_scrambled_attention_is_not():
    """What it says itself takes the place of recordings."""
    voice = ks.Voice.from_preset("kathleen-tacotron2")
    model = voice.acoustic_model
    tokens, lengths = voice.tokenizer(["Good morning to all of you.", "The door was open."])
    texts = {"tokens": np.asarray(tokens), "token_lengths": np.asarray(lengths)}
    said = model.generate(**texts, seed=7)
    frames = np.asarray(said["lengths"])
    batch = {**texts, "mel": np.asarray(said["mel"]), "mel_lengths": frames}
    doctor = AlignmentDoctor(batch, spec=voice.spec, symbols=voice.tokenizer.symbols)
    doctor.set_model(model)
    report = doctor.examine()
    assert report.words() == "Alignment: healthy."
    assert report.measures["alignment_diagonality"] > 0.95

    scrambled, rng = 0, np.random.default_rng(0)
    for weight in model.weights:
        if "location" in weight.path:
            values = np.asarray(weight)
            weight.assign(rng.permutation(values.ravel()).reshape(values.shape))
            scrambled += 1
    assert scrambled
    report = doctor.examine()
    assert report.findings[0].name in ("diffuse", "astray")
    assert "It has not learned to read" in report.words()
