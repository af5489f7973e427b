"""A vocoder in a SavedModel makes the sound that it makes in Python, each row alone."""

import numpy as np
import pytest
import tensorflow as tf

import keras_speech as ks
from export.server import SPEC, call
from export.tiny_models import VOCODERS, tiny_model

MODELS = {
    **{name: lambda name=name: tiny_model(name) for name in VOCODERS},
    "LinearGriffinLim": lambda: ks.LinearGriffinLim(SPEC, n_iter=3),
}

# Voices of these are tested with their own signatures.
NAMES = [
    pytest.param(name, marks=pytest.mark.slow) if name in ("Vocos", "WaveGlow") else name
    for name in MODELS
]


@pytest.mark.parametrize("name", NAMES)
def test_sound_is_that_of_generate(name, tmp_path):
    model = MODELS[name]()
    path = ks.export.saved_model(model, tmp_path / name)
    signatures = tf.saved_model.load(str(path)).signatures
    bands = signatures["vocode"].structured_input_signature[1]["mel"].shape[2]
    mel = np.random.default_rng(0).normal(-2, 1, (3, 70, bands)).astype("float32")
    seeds = [7, 2**33 + 5, 0]
    lengths = [70, 9, 0]
    answer = call(signatures, "generate", mel=mel, lengths=lengths, seed=seeds)
    assert answer["audio"].shape == (3, 70 * 64)
    assert answer["audio_lengths"].tolist() == [n * 64 for n in lengths]
    assert answer["sample_rate"].tolist() == [8000] * 3
    for row, (n, seed) in enumerate(zip(lengths[:2], seeds[:2], strict=True)):
        expected = np.asarray(model.generate(mel=mel[row : row + 1, :n], seed=seed))[0]
        np.testing.assert_allclose(answer["audio"][row, : n * 64], expected, atol=1e-5)
        assert np.abs(expected).max() > 1e-3
        assert not answer["audio"][row, n * 64 :].any()
    assert not answer["audio"][2].any()
    alone = np.asarray(model.generate(mel=mel[:1]))
    least = call(signatures, "serving_default", mel=mel[:1])
    np.testing.assert_allclose(least["audio"], alone, atol=1e-5)
    same = call(signatures, "vocode", mel=mel, lengths=[70, 9, 0])["audio"]
    np.testing.assert_allclose(same[:1], alone, atol=1e-5)


def test_a_wavenet_without_a_mel_takes_what_saved_wavenet_says(tmp_path):
    sizes = dict(n_cycles=1, layers_per_cycle=4, residual_channels=6, gate_channels=8)
    model = ks.WaveNet(**sizes, skip_channels=4, n_speakers=2)
    path = ks.export.saved_model(model, tmp_path / "wavenet")
    signatures = tf.saved_model.load(str(path)).signatures
    assert set(signatures) == {"serving_default"}
    inputs = dict(n_samples=50, prime=np.zeros((1, 0)), temperature=0.9, seed=3, speaker=[1])
    actual = call(signatures, "serving_default", **inputs)["samples"]
    expected = model.generate(50, temperature=0.9, seed=3, speaker=1)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"lengths": [5, 10]}, "lengths must fit the mel"),
        ({"lengths": [5, -1]}, "lengths must not be negative"),
        ({"lengths": [5]}, "a value for each mel"),
        ({"mel": np.full((2, 9, 20), np.nan)}, "finite"),
    ],
)
def test_what_generate_refuses_is_refused(served, change, message):
    good = {"mel": np.zeros((2, 9, 20)), "lengths": [9, 9]}
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        call(served, "vocode", **good | change)
