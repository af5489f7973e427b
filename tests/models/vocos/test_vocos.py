"""Vocos: its size, its edges, its rounds, and what `fit` teaches it."""

import keras
import numpy as np
import pytest

import keras_speech as ks
from tests.conformance import TINY_SPEC, normal

TINY = dict(
    spec=TINY_SPEC, channels=12, hidden_channels=16, n_blocks=2, kernel_size=3,
    mel_start=True, mel_rounds=1, phase_rounds=2, mel_mean=-4.0, mel_scale=2.0,
)  # fmt: skip


def seeded(**changes):
    keras.utils.set_random_seed(3)
    return ks.Vocos(**{**TINY, **changes})


def mels(*shape):
    return normal(*shape, TINY_SPEC.n_mels) - 4


def harmonics(n_rows, n_frames, seed=0):
    """Harmonic tones of random pitch, and their mels."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_frames * TINY_SPEC.hop_length) / TINY_SPEC.sample_rate
    f0_hz = rng.uniform(150, 400, (n_rows, 1))
    samples = sum(np.sin(2 * np.pi * k * f0_hz * time + k) / k for k in (1, 2, 3)) * 0.2
    samples = samples.astype("float32")
    mel = np.asarray(ks.ops.mel.log_mel_spectrogram(samples, TINY_SPEC))[:, :n_frames]
    return {"samples": samples, "mel": mel}


def test_the_published_settings_have_the_published_size():
    # 7 taps of 100 bands; per block 7 taps, two dense layers, norm and scale; 1,026 outputs.
    block = 512 * 7 + 512 + 2 * 512 + (512 * 1536 + 1536) + (1536 * 512 + 512) + 512
    expected = (7 * 100 * 512 + 512) + 2 * 512 + 8 * block + 2 * 512 + (512 * 1026 + 1026)
    assert round(expected / 1e6, 1) == 13.5
    assert ks.Vocos(**ks.vocos_configs.PUBLISHED).count_params() == expected


def test_the_small_settings_fit_into_8_megabytes_of_16_bits():
    assert 2 * ks.Vocos(**ks.vocos_configs.SMALL).count_params() <= 8e6


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_without_rounds_the_samples_are_the_inverse_transform_of_the_spectrum(padding):
    spec = TINY_SPEC.replace(padding=padding)
    model = seeded(spec=spec, phase_rounds=0)
    mel = mels(2, 9)
    magnitude, phase = (np.asarray(x) for x in model.spectrum(mel))
    expected = ks.ops.stft.istft(
        magnitude * np.cos(phase), magnitude * np.sin(phase),
        n_fft=64, hop_length=16, win_length=64, padding=padding, length=9 * 16,
    )  # fmt: skip
    np.testing.assert_allclose(model.generate(mel), np.asarray(expected), atol=1e-5)


def test_mel_rounds_bring_the_magnitudes_to_the_mel():
    filters = ks.ops.mel.filterbank_of(TINY_SPEC)
    mel = mels(2, 9)

    def distance(rounds):
        magnitude, _ = seeded(mel_rounds=rounds).spectrum(mel)
        return np.abs(np.log(np.asarray(magnitude) @ filters) - mel).mean()

    assert distance(8) < 0.5 * distance(1) < 0.5 * distance(0)


def test_phase_rounds_make_the_spectrum_consistent():
    mel = harmonics(2, 24)["mel"]

    def inconsistency(rounds):
        model = seeded(phase_rounds=rounds)
        magnitude, _ = (np.asarray(x) for x in model.spectrum(mel))
        real, imag = ks.ops.stft.stft(
            np.asarray(model.generate(mel)), n_fft=64, hop_length=16, win_length=64
        )
        inner = np.s_[:, 4:-4]
        found = np.hypot(np.asarray(real), np.asarray(imag))[:, :24][inner]
        return np.linalg.norm(found - magnitude[inner]) / np.linalg.norm(magnitude[inner])

    assert inconsistency(16) < 0.8 * inconsistency(0)


def test_training_leaves_the_phase_rounds_out():
    inputs = {"mel": mels(1, 12)}
    rounds, none = seeded(phase_rounds=4), seeded(phase_rounds=0)
    expected = np.asarray(none(inputs)["samples"])
    np.testing.assert_allclose(rounds(inputs, training=True)["samples"], expected, atol=1e-6)
    assert np.abs(np.asarray(rounds(inputs)["samples"]) - expected).max() > 1e-3


@pytest.mark.parametrize("padding", ["center", "hop"])
def test_no_sample_depends_on_frames_beyond_the_context(padding):
    model = seeded(spec=TINY_SPEC.replace(padding=padding))
    context, hop = model.context_frames, TINY_SPEC.hop_length
    frames = 4 * context + 1
    mel = mels(1, frames)
    middle = frames // 2
    changed = mel.copy()
    changed[:, middle] += 1
    differs = np.abs(model.generate(mel) - model.generate(changed))[0] > 1e-6
    reached = np.flatnonzero(differs) // hop
    assert middle - context <= reached.min() and reached.max() <= middle + context
    # Nor is the context a comfortable guess: only what the windows fade out is not seen.
    assert reached.min() <= middle - context + 3 and reached.max() >= middle + context - 3


def test_fit_lowers_the_losses_of_held_out_tones():
    model = seeded(
        mel_weight=1.0, magnitude_weight=1.0, phase_weight=1.0, channels=32, hidden_channels=64
    )
    model.compile(keras.optimizers.Adam(3e-3))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    held_out = harmonics(8, 48, seed=1)
    before = model.evaluate(held_out, verbose=0, return_dict=True)
    model.fit(harmonics(64, 48), batch_size=16, epochs=50, verbose=0)
    after = model.evaluate(held_out, verbose=0, return_dict=True)
    assert after["mel_l1"] < 0.95 * before["mel_l1"]
    assert after["magnitude"] < 0.95 * before["magnitude"]
    assert after["phase"] < 0.95 * before["phase"]


def test_discriminators_take_part_where_they_are_given():
    discriminator = ks.layers.MultiResolutionDiscriminator(n_ffts=(64,), channels=4)
    model = seeded(discriminators=[discriminator])
    # Eagerly: compiling takes longer than these two steps.
    model.compile(keras.optimizers.AdamW(2e-4, beta_1=0.8, beta_2=0.99), run_eagerly=True)
    history = model.fit(harmonics(4, 24), batch_size=4, epochs=2, verbose=0).history
    assert np.isfinite(history["discriminator"]).all() and "real_accuracy" in history


@pytest.mark.parametrize("name", ["mel_rounds", "phase_rounds"])
def test_rounds_may_be_changed_after_the_first_sound(name):
    model, mel = seeded(), mels(1, 12)
    before = model.generate(mel)
    setattr(model, name, 5)
    after = model.generate(mel)
    np.testing.assert_array_equal(after, seeded(**{name: 5}).generate(mel))
    assert np.abs(after - before).max() > 1e-4
    with pytest.raises(ValueError, match=f"`{name}`.*1.5"):
        setattr(model, name, 1.5)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 5])
def test_segments_of_a_few_frames_have_a_finite_loss(n_frames):
    model = seeded(magnitude_weight=1.0, phase_weight=1.0)
    batch = harmonics(2, n_frames)
    assert np.isfinite(float(model.compute_loss(batch, y_pred=model(batch, training=True))))


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": 0},
        {"mel_rounds": -1},
        {"phase_rounds": -1},
        {"mel_scale": 0},
        {"kernel_size": 4},
        {"phase_weight": float("nan")},
    ],
)
def test_an_argument_out_of_range_is_named(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"`{name}` must be .* Received: {name}={value}"):
        seeded(**wrong)
