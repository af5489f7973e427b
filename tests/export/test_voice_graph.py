"""A voice in a SavedModel says what it says in Python: bundled ones, and one of each model."""

import contextlib
import random
import warnings

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from export.server import assert_speaks, assert_standard, call, meta_graph
from export.tiny_models import tiny_voice
from keras_speech.export.operations import require_harmless

TEXTS = [
    "A",
    "Dr. Smith paid $3.50 on May 5th... Did he? ?! Yes!",
    "☃ unknown 漢字 characters \x00\x01 and {HH AH0 L OW1}.",
    "One paragraph.\n\nAnother one, of more words; it goes on. “And on.”",
]
# Every acoustic model and every vocoder once; each alone is tested with its signatures.
PAIRS = [
    ("Tacotron2", "WaveGlow"),
    pytest.param("FastSpeech2", "Vocos", marks=pytest.mark.slow),
    pytest.param("Tacotron", "GriffinLim", marks=pytest.mark.slow),
    pytest.param("TransformerTTS", "HiFiGAN", marks=pytest.mark.slow),
    pytest.param("NeuralHMMTTS", "WaveNet", marks=pytest.mark.slow),
]


def spoken(voice, texts, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of unknown characters, of sentences that do not stop
        return [voice.speak(text, **options).samples for text in texts]


def two_thousand_characters():
    words = (
        "the quick brown fox saw Mr. Smith, who had 1,234 apples and pears; nobody cared".split()
    )
    rng, text = np.random.default_rng(0), ""
    while len(text) < 2000:
        text += " ".join(rng.choice(words, rng.integers(3, 50)))
        text += str(rng.choice([". ", "? ", "! ", ".\n\n", ", "]))
    return text[:2000]


def test_a_bundled_voice_says_the_same(kathleen, exported_kathleen):
    """Each text alone, and beside others in any batch."""
    signatures = tf.saved_model.load(str(exported_kathleen)).signatures
    alone = spoken(kathleen, TEXTS)
    for n_rows in (1, 3, 17):
        rows = [row % len(TEXTS) for row in range(n_rows)]
        answer = call(signatures, "serving_default", text=[TEXTS[row] for row in rows])
        assert_speaks(answer, [alone[row] for row in rows], 22050)
    assert min(np.abs(samples).max() for samples in alone) > 0.1


def test_a_bundled_voice_needs_nothing_and_does_no_harm(exported_kathleen):
    require_harmless(meta_graph(exported_kathleen))
    assert_standard(exported_kathleen)


def test_any_text_is_spoken_as_in_python(voice, served):
    """Ends of sentences, paragraphs, marks alone, white space and cuts, at random."""
    parts = [
        "a",
        "Dr. ",
        ". ",
        "?! ",
        "one ",
        ", ",
        "\n\n",
        "…",
        " ",
        "“",
        "” ",
        "b" * 90,
        "☃",
        "。",
    ]
    rng = random.Random(0)
    texts = ["".join(rng.choices(parts, k=k)) for k in [1, 2, 3, 5, 8, 13, 21] * 5]
    expected = [np.zeros(0, "float32")] * len(texts)
    for row, text in enumerate(texts):
        with contextlib.suppress(ValueError):  # of texts without anything to speak
            (expected[row],) = spoken(voice, [text])
    assert 3 < sum(len(samples) == 0 for samples in expected) < 20
    assert_speaks(call(served, "serving_default", text=texts), expected, 8000)


@pytest.mark.slow
@pytest.mark.parametrize("name", [card["name"] for card in ks.voices.bundled_voices()])
def test_a_bundled_voice_reads_long_texts_and_takes_options(name, tmp_path):
    voice = ks.Voice.from_preset(name)
    path = ks.export.saved_model(voice, tmp_path / name)
    signatures = tf.saved_model.load(str(path)).signatures
    texts = [*TEXTS, two_thousand_characters()]
    answer = call(signatures, "serving_default", text=texts)
    assert_speaks(answer, spoken(voice, texts), 22050)
    options = {"speed": 1.2, "seed": 2**40}
    if "energy" in signatures["speak"].structured_input_signature[1]:
        options |= {"pitch": -3.0, "energy": 4.0}
    rows = {name: [value] * len(TEXTS) for name, value in options.items()}
    answer = call(signatures, "speak", text=TEXTS, **rows)
    assert_speaks(answer, spoken(voice, TEXTS, **options), 22050)


@pytest.mark.parametrize("acoustic_model, vocoder", PAIRS)
def test_every_model_says_the_same(acoustic_model, vocoder, tmp_path):
    voice = tiny_voice(acoustic_model, vocoder)
    path = ks.export.saved_model(voice, tmp_path / "voice")
    signatures = tf.saved_model.load(str(path)).signatures
    texts = ["a", "Hello, ☃ you. And one more is here! Now this one, a little longer.\n\nSo?"]
    names = [name for name in signatures["speak"].structured_input_signature[1] if name != "text"]
    options = {"speaker": "bob", "speed": 1.25, "pitch": 2.0, "seed": 2**33 + 5}
    options = {name: options[name] for name in names}
    rows = {name: [value] * 17 for name, value in options.items()}
    answer = call(signatures, "speak", text=[texts[row % 2] for row in range(17)], **rows)
    expected = spoken(voice, texts, **options)
    assert_speaks(answer, [expected[row % 2] for row in range(17)], 8000)
    assert np.abs(expected[1]).max() > 0.01
