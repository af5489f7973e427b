import json

import keras
import numpy as np
import pytest

from keras_speech import AudioSpec, WaveNet, wavenet_configs
from keras_speech.layers import GatedResidualBlock, LogisticMixtureHead, MuLawHead
from models.wavenet.tiny_wavenet import CONDITIONS, HEADS, tiny_inputs, tiny_wavenet

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=6, win_length=48, n_mels=5, fmax=4000.0)


def at_every_depth(model, inputs, monkeypatch):
    """What each block gives, onward and out, and what the model gives: list of arrays."""
    call, outputs = GatedResidualBlock.__call__, []

    def recorded(block, *args, **kwargs):
        outputs.append(call(block, *args, **kwargs))
        return outputs[-1]

    with monkeypatch.context() as patch:
        patch.setattr(GatedResidualBlock, "__call__", recorded)
        outputs.append(model(inputs))
    return [np.asarray(array) for array in keras.tree.flatten(outputs)]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(
    "shape",
    [
        {"n_cycles": 2, "layers_per_cycle": 3},
        {"kernel_size": 3, "layers_per_cycle": 3, "input_kernel_size": 3},
    ],
    ids=str,
)
def test_a_sample_changes_nothing_before_nor_beyond_the_receptive_field(
    shape, condition, monkeypatch
):
    """To the bit, at every depth; and changes all times that the field says."""
    model = tiny_wavenet(condition=condition, **shape)
    field, n_samples = model.receptive_field, 60
    inputs = tiny_inputs(model, n_samples)
    before = at_every_depth(model, inputs, monkeypatch)
    assert len(before) == 2 * len(model.blocks) + 1
    for t in (0, 13, 59):
        samples = inputs["samples"].copy()
        samples[:, t] = -samples[:, t]
        after = at_every_depth(model, {**inputs, "samples": samples}, monkeypatch)
        # Samples are read one step late: the prediction at a time knows only earlier ones.
        span = model.input_kernel_size
        for depth, (old, new) in enumerate(zip(before, after, strict=True)):
            if depth % 2 == 0 and depth < 2 * len(model.blocks):
                span += (model.kernel_size - 1) * model.dilations[depth // 2]
            changed = np.flatnonzero((old != new).any(axis=(0, 2)))
            assert (changed > t).all() and (changed <= t + span).all(), depth
        assert span == field
        np.testing.assert_array_equal(changed, np.arange(t + 1, min(t + field + 1, n_samples)))


def test_the_receptive_field_in_seconds():
    model = WaveNet(
        n_cycles=3, layers_per_cycle=10, residual_channels=2, gate_channels=2, skip_channels=2
    )
    assert model.receptive_field == 3 * (2**10 - 1) + 1
    assert model.receptive_field_seconds == 3070 / 16000


def closed_form(
    *, blocks, residual, gate, skip, kernel, first, head_inputs, head_outputs, local=0, mels=0
):
    """Number of a WaveNet's weights; `local` channels of a condition of `mels` per frame."""
    block = kernel * residual * gate + gate + (gate // 2 + 1) * (residual + skip) + local * gate
    ends = first * head_inputs * residual + residual + (skip + 1) * (skip + head_outputs)
    # Five frames to `local` channels, and four filters for hops of 256 = 4 * 4 * 4 * 4.
    upsampler = 5 * mels * local + 4 * (2 * 4 + 1) if local else 0
    return blocks * block + ends + upsampler


@pytest.mark.parametrize(
    "config, field, expected, about",
    [
        (
            wavenet_configs.VAN_DEN_OORD_2016, 5 * 1023 + 2,
            closed_form(blocks=50, residual=32, gate=64, skip=512, kernel=2, first=2,
                        head_inputs=256, head_outputs=256), 1.52e6,
        ),
        (
            wavenet_configs.TACOTRON2_VOCODER, 4 * 2 * 63 + 1,
            closed_form(blocks=24, residual=512, gate=512, skip=256, kernel=3, first=1,
                        head_inputs=1, head_outputs=30, local=80, mels=80), 24.7e6,
        ),
        (
            wavenet_configs.SMALL, 3070,
            closed_form(blocks=30, residual=64, gate=128, skip=64, kernel=2, first=1,
                        head_inputs=1, head_outputs=256), 0.766e6,
        ),
    ],
    ids=["paper", "vocoder", "small"],
)  # fmt: skip
def test_published_configurations_have_their_published_sizes(config, field, expected, about):
    model = WaveNet(**config)
    assert model.receptive_field == field
    assert model.count_params() == expected
    assert abs(expected / about - 1) < 0.005


def test_dropout_acts_in_training_only():
    model = tiny_wavenet(dropout=0.3)
    inputs = tiny_inputs(model, 50)
    np.testing.assert_array_equal(model(inputs, training=False), model(inputs))
    assert np.abs(model(inputs, training=True) - model(inputs)).max() > 0.1
    keras.utils.set_random_seed(1)
    audio = model.generate(30)
    keras.utils.set_random_seed(2)
    np.testing.assert_array_equal(model.generate(30), audio)


def test_local_condition_is_scaled_by_its_statistics():
    plain, scaled = (
        tiny_wavenet(condition="mel", **statistics)
        for statistics in ({}, {"mel_mean": -5.0, "mel_scale": 2.0})
    )
    inputs = tiny_inputs(plain, 60)
    shifted = {**inputs, "mel": 2.0 * inputs["mel"] - 5.0}
    np.testing.assert_allclose(scaled(shifted), plain(inputs), atol=1e-4)


@pytest.mark.parametrize("head", HEADS)
def test_loss_is_the_heads_and_bits_are_nats_over_ln_2(head):
    model = tiny_wavenet(head, "speaker")
    model.compile()
    inputs = tiny_inputs(model, 50)
    expected = np.mean(model.head(model(inputs), inputs["samples"]))
    result = model.evaluate(inputs, verbose=0, return_dict=True)
    assert result.keys() == {"loss", "bits_per_sample"}
    np.testing.assert_allclose(result["loss"], expected, rtol=1e-4)
    np.testing.assert_allclose(result["bits_per_sample"], expected / np.log(2), rtol=1e-4)


@pytest.mark.parametrize("head", ["mixture", "gaussian"])
def test_fit_lowers_bits_of_training_and_validation(head):
    model = tiny_wavenet(head, "both")
    model.compile(keras.optimizers.Adam(1e-2))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    inputs = tiny_inputs(model, 60, batch=4)
    inputs["samples"] = np.sin(np.arange(60) / 3 + np.arange(4)[:, None]).astype("float32")
    history = model.fit(
        inputs, batch_size=4, epochs=15, validation_data=(inputs,), verbose=0
    ).history
    assert history.keys() == {"loss", "bits_per_sample", "val_loss", "val_bits_per_sample"}
    for name in ("bits_per_sample", "val_bits_per_sample"):
        assert history[name][-1] < history[name][0] - 0.3
    np.testing.assert_allclose(
        history["bits_per_sample"], np.array(history["loss"]) / np.log(2), rtol=1e-4
    )


# In bfloat16 the conformance table's model learns, and `test_cached_generation` generates.
@pytest.mark.parametrize(
    "policy", [pytest.param("mixed_bfloat16", marks=pytest.mark.slow), "mixed_float16"]
)
def test_half_precision_trains_and_generates(policy):
    model = tiny_wavenet("mixture", "both", dtype=policy)
    inputs = tiny_inputs(model, 60)
    inputs["samples"] = np.sin(np.arange(60) / 3 + np.arange(2)[:, None]).astype("float32")
    assert model(inputs).dtype == "float32"
    model.compile(keras.optimizers.Adam(1e-2))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    bits = model.fit(inputs, epochs=15, verbose=0).history["bits_per_sample"]
    assert np.isfinite(bits).all() and bits[-1] < bits[0] - 0.3
    audio = model.generate(mel=inputs["mel"], speaker=inputs["speaker"])
    assert audio.dtype == np.float32 and np.isfinite(audio).all() and np.ptp(audio) > 0


@pytest.mark.parametrize("head", ["one-hot", pytest.param("mixture", marks=pytest.mark.slow)])
def test_keras_file_keeps_what_is_generated(head, tmp_path):
    """To the bit; and the spec of a vocoder."""
    model = tiny_wavenet(
        head, n_speakers=3, spec=SPEC, upsampler_channels=4, context_size=1, mel_mean=-1.0
    )
    inputs = tiny_inputs(model, 60)
    del inputs["samples"]
    expected = model.generate(**inputs, seed=4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    loaded.generator.chunk = model.generator.chunk
    assert loaded.spec == SPEC and loaded.sample_rate == 8000
    assert json.dumps(loaded.get_config()) == json.dumps(model.get_config())
    np.testing.assert_array_equal(loaded.generate(**inputs, seed=4), expected)


def test_the_head_defaults_to_256_levels_of_mu_law():
    model = WaveNet(
        n_cycles=1, layers_per_cycle=1, residual_channels=2, gate_channels=2, skip_channels=2
    )
    assert isinstance(model.head, MuLawHead) and model.head.levels == 256
    assert model(tiny_inputs(model, 5)).shape == (2, 5, 256)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"n_cycles": 0}, "`n_cycles` must be a whole number from 1. Received: n_cycles=0"),
        ({"layers_per_cycle": 0}, "`layers_per_cycle` must be a whole number"),
        ({"kernel_size": 1}, "`kernel_size` must be at least 2. Received: kernel_size=1"),
        ({"input_kernel_size": 0}, "`input_kernel_size` must be a whole number"),
        ({"gate_channels": 7}, "`gate_channels` must be even"),
        ({"mel_scale": 0.0}, "`mel_scale` must be greater than 0"),
        ({"hop_length": 8}, "`hop_length` must fit local_channels=0. Received: hop_length=8"),
        (
            {"local_channels": 8},
            "`hop_length` must fit local_channels=8. Received: hop_length=None",
        ),
        ({"spec": SPEC, "hop_length": 6}, "`spec` gives sample_rate, .* hop_length=6"),
        ({"spec": SPEC, "sample_rate": 8000}, "`spec` gives .* Received: sample_rate=8000"),
    ],
    ids=str,
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        WaveNet(head=LogisticMixtureHead(1), **arguments)


def test_past_is_what_is_read_and_samples_what_is_predicted():
    rng = np.random.default_rng(0)
    clean, noisy = rng.uniform(-1, 1, (2, 1, 40)).astype("float32")
    model = WaveNet(
        n_cycles=1, layers_per_cycle=3, residual_channels=4, gate_channels=4, skip_channels=4
    )
    outputs = model({"samples": clean, "past": noisy})
    np.testing.assert_array_equal(outputs, model({"samples": noisy}))
    model.compile()
    loss = model.evaluate({"samples": clean, "past": noisy}, return_dict=True, verbose=0)["loss"]
    np.testing.assert_allclose(loss, np.mean(model.head(outputs, clean)), rtol=1e-5)
