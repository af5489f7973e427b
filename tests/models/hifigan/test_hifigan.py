import keras
import numpy as np
import pytest

from adversarial_tools import SPEC, tones
from jax_process import run_on_jax
from keras_speech import HiFiGAN, hifigan_configs
from keras_speech.layers import MultiPeriodDiscriminator, MultiScaleDiscriminator

SIZES = dict(
    channels=8,
    rates=(4, 4),
    kernel_sizes=(8, 6),
    resblock_kernel_sizes=(3, 5),
    resblock_dilations=((1, 3), (2,)),
)
MEL = np.random.default_rng(0).normal(size=(2, 20, 8)).astype("float32")


def tiny(**options):
    return HiFiGAN(SPEC, **{**SIZES, "discriminators": [], **options})


def moved(model):
    """The model with weights, biases too, away from their start."""
    random = np.random.default_rng(0)
    model.set_weights([w + random.normal(0, 0.2, w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize(
    "config, count",
    [
        (hifigan_configs.V1, 13_926_017),
        (hifigan_configs.V2, 925_985),
        (hifigan_configs.V3, 1_462_273),
        (hifigan_configs.SMALL, 401_921),
    ],
    ids=["V1", "V2", "V3", "SMALL"],
)
def test_published_generators_have_the_published_number_of_parameters(config, count):
    """As PyTorch counts those of the reference once weight normalization is removed."""
    model = HiFiGAN(**config, discriminators=[], weight_normalization=False)
    assert model.count_params() == count


@pytest.mark.parametrize("resblock", [1, 2])
def test_fold_gives_an_equal_plain_model(resblock, tmp_path):
    judges = [MultiPeriodDiscriminator((2,), channels=(3,))]
    model = moved(tiny(resblock=resblock, discriminators=judges, discriminator_weights=[0.5]))
    before, expected = model.get_weights(), model.generate(MEL)
    folded = model.fold()
    assert not any("g" == w.name for w in folded.weights) and folded.discriminators == []
    np.testing.assert_allclose(folded.generate(MEL), expected, atol=1e-5)
    for was, weight in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, was)
    folded.save(tmp_path / "folded.keras")
    loaded = keras.saving.load_model(tmp_path / "folded.keras")
    assert loaded.weight_normalization is False
    np.testing.assert_array_equal(loaded.generate(MEL), folded.generate(MEL))
    again = folded.fold()
    np.testing.assert_array_equal(again.generate(MEL), folded.generate(MEL))


@pytest.mark.parametrize(
    "options",
    [
        {"resblock": 1},
        {"resblock": 2},
        {"rates": (2, 8), "kernel_sizes": (6, 8)},
        {"rates": (16,), "kernel_sizes": (22,), "resblock_dilations": ((1,), (1,))},
    ],
)
def test_context_frames_is_how_far_a_frame_reaches(options):
    """Up to there something changes, beyond it nothing, on both sides."""
    model = tiny(weight_normalization=False, **options)
    # All kernels average, so that nothing cancels out: the farthest tap is seen in the output.
    for layer in model.convolutions:
        kernel, bias = layer.get_weights()
        layer.set_weights([np.full_like(kernel, 1 / kernel[..., 0].size), 0 * bias])
    kernel, bias = model.last.get_weights()
    model.last.set_weights([kernel * 1e-3, bias])  # where tanh is a straight line
    reach = model.context_frames
    frames, frame = 2 * reach + 9, reach + 4
    mel = np.ones((1, frames, 8), "float32")
    before = np.asarray(model.vocode(mel)).reshape(frames, -1)
    mel[0, frame] = 1e3
    after = np.asarray(model.vocode(mel)).reshape(frames, -1)
    changed = np.flatnonzero((before != after).any(axis=1))
    # The last sample of a frame may see one frame more than the first does.
    assert max(frame - changed.min(), changed.max() - frame) == reach
    assert min(frame - changed.min(), changed.max() - frame) >= reach - 1


def test_padding_changes_no_row():
    model = moved(tiny())
    lengths = np.array([20, 7])
    both = model.generate(MEL, lengths)
    assert both.shape == (2, 20 * 16) and not both[1, 7 * 16 :].any()
    alone = model.generate(MEL[1:, :7])
    np.testing.assert_allclose(both[1:, : 7 * 16], alone, atol=1e-5)
    further = np.concatenate([MEL, 9 + MEL], axis=1)
    np.testing.assert_allclose(model.generate(further, lengths)[:, : 20 * 16], both, atol=1e-5)


def test_stream_gives_what_generate_gives():
    model = moved(tiny(resblock=2))
    mel = np.random.default_rng(1).normal(size=(1, 90, 8)).astype("float32")
    chunks = list(model.stream(mel, chunk_frames=17))
    np.testing.assert_allclose(np.concatenate(chunks, axis=1), model.generate(mel), atol=1e-5)


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_every_frame_gives_a_hop(frames):
    assert tuple(tiny()({"mel": MEL[:, :frames]}).shape) == (2, frames * SPEC.hop_length)


def test_level_and_spread_of_the_mel():
    model = moved(tiny())
    other = HiFiGAN.from_config({**model.get_config(), "mel_mean": -4.0, "mel_scale": 2.0})
    other.set_weights(model.get_weights())
    np.testing.assert_allclose(other.generate(2 * MEL - 4), model.generate(MEL), atol=1e-5)


def test_discriminators_and_generator_learn():
    """On tones: scores tell recordings from what is made; held-out tones come nearer too."""
    judges = [
        MultiPeriodDiscriminator((2, 3), channels=(8, 16)),
        MultiScaleDiscriminator(1, (8, 16), (15, 21), strides=(1, 4), groups=(1, 2)),
    ]
    model = tiny(channels=16, mel_mean=-5.0, mel_scale=3.0, discriminators=judges)
    # Not by XLA: that takes longer to compile than these steps.
    model.compile(keras.optimizers.AdamW(2e-3, beta_1=0.8, beta_2=0.99), jit_compile=False)
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    held_out = tones(rows=4, seed=1)
    before = model.evaluate(held_out, batch_size=4, verbose=0, return_dict=True)
    corpus = tones(rows=32, seed=0)
    model.fit(corpus, batch_size=4, epochs=12, verbose=0)
    after = model.evaluate(held_out, batch_size=4, verbose=0, return_dict=True)
    assert after["mel_l1"] < 0.6 * before["mel_l1"], (before, after)
    assert after["real_accuracy"] + after["fake_accuracy"] > 1.3, after
    assert after["discriminator"] < before["discriminator"]


def test_fit_on_jax():
    code = """
import keras, numpy as np
from adversarial_tools import SPEC, tones
from keras_speech import HiFiGAN
from keras_speech.layers import MultiPeriodDiscriminator
model = HiFiGAN(SPEC, channels=4, rates=(16,), kernel_sizes=(16,), resblock_kernel_sizes=(3,),
                resblock_dilations=((1,),),
                discriminators=[MultiPeriodDiscriminator((2,), channels=(3,))])
model.compile(keras.optimizers.AdamW(1e-2))
losses = model.fit(tones(), epochs=3, verbose=0).history["mel_l1"]
print(losses[-1] < losses[0])
"""
    assert run_on_jax(code, optimize=False).split()[-1] == "True"


@pytest.mark.parametrize(
    "options, named",
    [
        ({"rates": (4, 2), "kernel_sizes": (8, 4)}, r"hop length, 16. Received: rates=\(4, 2\)"),
        ({"kernel_sizes": (8, 7)}, r"kernel_sizes=\(8, 7\)"),
        ({"kernel_sizes": (8,)}, r"kernel_sizes=\(8,\)"),
        ({"channels": 6}, "multiple of 4.*channels=6"),
        ({"resblock": 3}, "resblock=3"),
        ({"resblock_kernel_sizes": (3, 4)}, r"must be odd.*\(3, 4\)"),
        ({"resblock_dilations": ((1,),)}, "1 for 2"),
        ({"resblock_dilations": ((1,), (0,))}, r"resblock_dilations\[1\]\[0\]=0"),
        ({"mel_scale": 0}, "mel_scale=0"),
    ],
)
def test_bad_sizes_are_named(options, named):
    with pytest.raises(ValueError, match=named):
        tiny(**options)
