"""The signatures of a voice take what its methods take, and give what they give."""

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from export import server
from export.server import SPEC, assert_speaks, call
from export.tiny_models import tiny_model
from keras_speech.voices import sound_files

TEXT = "One is here. And the other, that is a longer one, is there!"
NEUTRAL = {"speaker": [""], "speed": [1.0], "pitch": [0.0], "seed": [0]}


def test_signatures_and_their_inputs(served):
    names = {name: set(served[name].structured_input_signature[1]) for name in served}
    options = {"text", "speaker", "speed", "pitch", "seed"}
    assert names == {
        "serving_default": {"text"}, "speak": options,
        "wav_bytes": {"text"}, "speak_wav_bytes": options,
        "mel": options - {"seed"}, "vocode": {"mel", "lengths"},
    }  # fmt: skip


def test_options_are_those_of_speak(voice, served):
    rows = {"speaker": ["cid", ""], "speed": [1.2, 1.0], "pitch": [-3.0, 0.0], "seed": [2**40, 0]}
    answer = call(served, "speak", text=[TEXT, TEXT], **rows)
    options = {"speaker": "cid", "speed": 1.2, "pitch": -3.0, "seed": 2**40}
    expected = voice.speak(TEXT, **options).samples, voice.speak(TEXT, speaker="ann").samples
    assert len(expected[0]) != len(expected[1])
    assert_speaks(answer, expected, 8000)


def test_wav_bytes_are_the_files_that_a_speech_saves(voice, served):
    files = call(served, "wav_bytes", text=[TEXT, ""])["wav_bytes"].tolist()
    samples = voice.speak(TEXT).samples
    assert files[0] == sound_files.wav_bytes(samples, 8000)
    assert files[1] == sound_files.wav_bytes(samples[:0], 8000)
    samples = voice.speak(TEXT, speaker="bob", speed=2.0, seed=5).samples
    options = {**NEUTRAL, "speaker": ["bob"], "speed": [2.0], "seed": [5]}
    answer = call(served, "speak_wav_bytes", text=[TEXT], **options)
    assert answer["wav_bytes"].tolist() == [sound_files.wav_bytes(samples, 8000)]


def test_texts_without_anything_to_speak_are_silent(voice, served):
    answer = call(served, "serving_default", text=["", "?!", "A. ?! B", " \n\n ", "☃"])
    assert (answer["audio_lengths"] > 0).tolist() == [False, False, True, False, False]
    np.testing.assert_allclose(answer["audio"][2], voice.speak("A. ?! B").samples, atol=1e-5)
    assert call(served, "serving_default", text=["", ""])["audio"].shape == (2, 0)
    assert call(served, "serving_default", text=[])["audio"].shape == (0, 0)
    options = {name: NEUTRAL[name] for name in ("speaker", "speed", "pitch")}
    assert call(served, "mel", text=[""], **options)["lengths"].tolist() == [0]


def test_mel_and_vocode_are_the_parts(voice, served):
    texts = ["A short one.", "And one that is longer, two parts. Not split here."]
    options = {"speed": [1.0, 0.8], "pitch": [0.0, 2.0]}
    answer = call(served, "mel", text=texts, speaker=["bob", "ann"], **options)
    options = {name: np.array(value) for name, value in options.items()}
    tokens, lengths = voice.tokenizer(texts)
    expected = voice.acoustic_model.generate(tokens, lengths, np.array([1, 0]), **options)
    assert set(answer) == {"mel", "lengths", "alignment", "durations", "stopped"}
    for name, value in answer.items():
        np.testing.assert_allclose(value, expected[name], atol=1e-5)
    sound = call(served, "vocode", mel=answer["mel"], lengths=answer["lengths"])
    rows = zip(answer["mel"], answer["lengths"], strict=True)
    for actual, (mel, length) in zip(sound["audio"], rows, strict=True):
        alone = voice.vocoder.generate(mel[None, :length])[0]
        np.testing.assert_allclose(actual[: len(alone)], alone, atol=1e-5)
        assert not actual[len(alone) :].any()
    assert sound["audio_lengths"].tolist() == (answer["lengths"] * SPEC.hop_length).tolist()


def test_every_input_and_output_has_a_value_for_each_row(exported, served):
    """So that a server can join requests, and part answers."""
    for name, signature in server.meta_graph(exported).signature_def.items():
        if not name.startswith("__"):
            for info in [*signature.inputs.values(), *signature.outputs.values()]:
                assert info.tensor_shape.dim or info.tensor_shape.unknown_rank, name
    answer = call(served, "serving_default", text=["a", "b", "c"])
    assert {len(value) for value in answer.values()} == {3}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"speaker": ["dan"]}, "speaker must be one of ann, bob, cid"),
        ({"speed": [5.0]}, "speed must be from 0.25 to 4"),
        ({"pitch": [float("nan")]}, "pitch must be from -12 to 12"),
        ({"seed": [-1]}, "seed must not be negative"),
        ({"pitch": [0.0, 0.0]}, "pitch must have a value for each text"),
    ],
)
def test_what_speak_refuses_is_refused(served, change, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        call(served, "speak", text=["A"], **NEUTRAL | change)


def test_requests_of_the_serving_api_match(exported, served):
    request = server.predict_request("", {"text": np.array(["A.", "B?"], object)})
    response = server.serve(exported, served, request)
    audio = tf.make_ndarray(response.outputs["audio"])
    lengths = tf.make_ndarray(response.outputs["audio_lengths"])
    assert audio.shape == (2, max(lengths)) and audio.dtype == "float32"


def test_a_tokenizer_that_runs_in_python_is_refused(tmp_path):
    tokenizer = ks.text.PhonemizerTokenizer("de")
    sizes = dict(channels=8, encoder_layers=1, decoder_layers=1, filters=6, predictor_filters=6)
    model = ks.FastSpeech2(tokenizer.vocabulary_size, n_mels=20, **sizes)
    voice = ks.Voice(tokenizer, model, tiny_model("GriffinLim"), SPEC)
    with pytest.raises(ValueError, match="`voice` must have a tokenizer of TensorFlow.*eSpeak"):
        ks.export.saved_model(voice, tmp_path / "voice")
    assert list(tmp_path.iterdir()) == []
