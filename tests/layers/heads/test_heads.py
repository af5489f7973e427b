"""What all heads have in common."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from jax_process import run_on_jax
from keras_speech.layers import GaussianHead, LogisticMixtureHead, MuLawHead

HEADS = {
    "mu-law": MuLawHead(),
    "one-hot": MuLawHead(levels=100, one_hot=True),
    "mixture": LogisticMixtureHead(n_mixtures=5),
    "gaussian": GaussianHead(),
}
# Other operations are slow inside a compiled loop, or have no place in drawing one number.
SLOW = {"Sort", "TopKV2", "Cumsum", "GatherV2", "GatherNd", "ScatterNd", "OneHot", "MatMul"}


def every_head(test):
    return pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())(test)


def draw_inputs(head, batch=6, seed=0):
    rng = np.random.default_rng(seed)
    parameters = rng.normal(size=(batch, head.n_parameters)).astype("float32")
    return parameters, rng.random((batch, head.n_noise)).astype("float32")


@every_head
def test_features_have_the_channels_they_say(head):
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 5))
    features = np.asarray(head.features(samples))
    assert features.shape == (2, 5, head.input_channels) and features.dtype == np.float32
    assert np.abs(features).max() <= 1


@every_head
def test_drawn_samples_are_values_the_head_can_express(head):
    samples = np.asarray(head.sample(*draw_inputs(head, batch=50)))
    assert samples.shape == (50,) and samples.dtype == np.float32
    np.testing.assert_array_equal(head.nearest(samples), samples)


@pytest.mark.parametrize("name", ["mu-law", "one-hot", "mixture"])
def test_nearest_values_cost_what_their_samples_do(name):
    """They are their own nearest, and stand for the same probability."""
    head = HEADS[name]
    samples = np.random.default_rng(0).uniform(-1, 1, (1, 50)).astype("float32")
    parameters = np.random.default_rng(1).normal(size=(1, 50, head.n_parameters))
    nearest = head.nearest(samples)
    np.testing.assert_array_equal(head.nearest(nearest), nearest)
    np.testing.assert_array_equal(head(parameters, nearest), head(parameters, samples))


@pytest.mark.parametrize("keywords", [{}, {"temperature": 0.7}, {"top_p": 0.8}], ids=str)
@every_head
def test_compiled_sampling_equals_eager(head, keywords):
    parameters, noise = draw_inputs(head)
    compiled = tf.function(lambda p, u: head.sample(p, u, **keywords), jit_compile=True)
    np.testing.assert_allclose(
        compiled(parameters, noise), head.sample(parameters, noise, **keywords), atol=1e-6
    )


@every_head
def test_rows_of_a_batch_are_independent(head):
    parameters, noise = draw_inputs(head, batch=3)
    alone = [np.asarray(head.sample(parameters[i : i + 1], noise[i : i + 1]))[0] for i in range(3)]
    np.testing.assert_allclose(head.sample(parameters, noise), alone, atol=1e-7)


@every_head
def test_drawing_takes_few_and_cheap_operations(head):
    parameters, noise = draw_inputs(head)
    graph = tf.function(lambda p, u: head.sample(p, u)).get_concrete_function(parameters, noise)
    types = [op.type for op in graph.graph.get_operations()]
    work = [t for t in types if t not in ("Const", "Placeholder", "Identity")]
    assert not SLOW & set(work)
    assert len(work) < 70


@every_head
def test_temperature_may_be_a_tensor(head):
    parameters, noise = draw_inputs(head)
    np.testing.assert_allclose(
        head.sample(parameters, noise, temperature=tf.constant(0.6)),
        head.sample(parameters, noise, temperature=0.6),
        atol=1e-7,
    )


@every_head
def test_low_temperature_leaves_no_choice(head):
    parameters, _ = draw_inputs(head, batch=1)
    noise = np.random.default_rng(0).random((40, head.n_noise)).astype("float32")
    samples = np.asarray(head.sample(np.tile(parameters, (40, 1)), noise, temperature=1e-7))
    assert np.ptp(samples) < 1e-5


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
@every_head
def test_the_policy_changes_nothing(head, policy):
    parameters = np.random.default_rng(0).normal(size=(1, 9, head.n_parameters)).astype("float32")
    samples = np.random.default_rng(1).uniform(-1, 1, (1, 9)).astype("float32")
    copy = type(head).from_config({**head.get_config(), "dtype": policy})
    nats = copy(parameters, samples)
    assert keras.backend.standardize_dtype(nats.dtype) == "float32"
    np.testing.assert_array_equal(nats, head(parameters, samples))


@pytest.mark.parametrize("value", [-3e4, -30, 0, 30, 3e4])
@every_head
def test_extreme_half_precision_parameters_train(head, value):
    """The loss is scaled down because float16, and so the gradient, ends at 65504."""
    samples = np.array([[-1.0, -0.99999, 0.0, 0.5, 1.0]], "float32")
    pattern = np.resize([1, -1, 0.5], head.n_parameters) * value
    parameters = tf.Variable(np.tile(pattern, (1, 5, 1)).astype("float16"))
    with tf.GradientTape() as tape:
        nats = head(parameters, samples)
        loss = tf.reduce_mean(nats) * 1e-12
    assert np.isfinite(nats).all()
    assert np.isfinite(tape.gradient(loss, parameters).numpy()).all()


DRAW_ON_JAX = """
import json, sys, jax, keras, keras_speech, numpy as np
for config, *arrays in json.loads(sys.argv[1]):
    head = keras.saving.deserialize_keras_object(config)
    draw = jax.jit(lambda p, u: (head.sample(p, u), head.sample(p, u, 0.7, 0.8)))
    drawn = draw(*(np.array(array, "float32") for array in arrays))
    print(json.dumps([x.tolist() for x in drawn]))
"""


def test_sampling_is_the_same_on_jax():
    inputs = [draw_inputs(head, batch=4) for head in HEADS.values()]
    arguments = [
        (keras.saving.serialize_keras_object(head), parameters.tolist(), noise.tolist())
        for head, (parameters, noise) in zip(HEADS.values(), inputs, strict=True)
    ]
    lines = run_on_jax(DRAW_ON_JAX, json.dumps(arguments)).splitlines()[-len(HEADS) :]
    for head, arrays, line in zip(HEADS.values(), inputs, lines, strict=True):
        expected = [head.sample(*arrays), head.sample(*arrays, 0.7, 0.8)]
        np.testing.assert_allclose(json.loads(line), expected, atol=1e-5)


@pytest.mark.parametrize(
    "keywords", [{"temperature": 0}, {"temperature": -1.0}, {"top_p": 0.0}, {"top_p": 1.1}], ids=str
)
@every_head
def test_bad_sampling_arguments_are_named(head, keywords):
    (name, value), *_ = keywords.items()
    with pytest.raises(ValueError, match=f"`{name}` must be .* Received: {name}={value}"):
        head.sample(*draw_inputs(head), **keywords)


@every_head
def test_another_number_of_channels_is_named(head):
    channels = head.n_parameters + 1
    with pytest.raises(ValueError, match=f"`parameters` must have .* Received: .*{channels}"):
        head(np.zeros((2, 3, channels), "float32"), np.zeros((2, 3), "float32"))


@pytest.mark.parametrize(
    "make, received",
    [
        (lambda: MuLawHead(levels=1), "`levels` must be at least 2. Received: levels=1"),
        (
            lambda: LogisticMixtureHead(n_mixtures=0),
            "`n_mixtures` must be at least 1. Received: n_mixtures=0",
        ),
        (lambda: LogisticMixtureHead(bits=0), "`bits` must be from 1 to 24. Received: bits=0"),
        (lambda: LogisticMixtureHead(bits=25), "`bits` must be from 1 to 24. Received: bits=25"),
    ],
)
def test_bad_arguments_are_named(make, received):
    with pytest.raises(ValueError, match=received):
        make()
