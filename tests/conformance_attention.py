"""The attentions' entries of the conformance table."""

import numpy as np

import keras_speech as ks
from conformance_case import Case, mask, normal


def first_place(n):
    return np.eye(1, n, dtype="float32").repeat(2, axis=0)


def spread(n):
    """Weights of an earlier step, no longer all on the first place."""
    return np.array([[0.1, 0.5, 0.3, 0.1, 0.0], [0.2, 0.6, 0.2, 0.0, 0.0]], "float32")[:, :n]


def content(key_channels, **state):
    """Inputs of a mechanism that compares queries with keys."""
    return {
        "query": normal(2, 8),
        "memory": (normal(2, 5, 9, seed=1), normal(2, 5, key_channels, seed=2), mask(5, 3)),
        **state,
    }


CASES = {
    "AttentionRNN": Case(
        make=lambda: ks.layers.AttentionRNN(
            ks.layers.ZoneoutLSTM(6, zoneout=0.1), ks.layers.DynamicConvolutionAttention(4)
        ),
        inputs=lambda: {
            "inputs": normal(2, 7, 8),
            "values": normal(2, 5, 9, seed=1),
            "values_mask": mask(5, 3),
        },
    ),
    "BahdanauAttention": Case(
        make=lambda: ks.layers.BahdanauAttention(4, normalize=True),
        inputs=lambda: content(4, state=()),
    ),
    "BahdanauMonotonicAttention": Case(
        make=lambda: ks.layers.BahdanauMonotonicAttention(
            4, mode="recursive", sigmoid_noise=2.0, score_bias_init=-1.0, seed=3
        ),
        inputs=lambda: content(4, state=(spread(5),)),
    ),
    "DynamicConvolutionAttention": Case(
        make=lambda: ks.layers.DynamicConvolutionAttention(
            4, static_filters=3, static_length=5, dynamic_filters=2, dynamic_length=7,
            prior_length=4, prior_alpha=0.3, prior_beta=0.7,
        ),
        inputs=lambda: {
            "query": normal(2, 8),
            "memory": (normal(2, 5, 9, seed=1), mask(5, 3)),
            "state": (spread(5),),
        },
    ),
    "ForwardAttention": Case(
        make=lambda: ks.layers.ForwardAttention(4, agent_units=3),
        inputs=lambda: content(4, state=(spread(5), np.full((2, 1), 0.3, "float32"))),
    ),
    "GMMAttention": Case(
        make=lambda: ks.layers.GMMAttention(
            4, n_components=3, version="v1", initial_delta=0.5, initial_sigma=2.0
        ),
        inputs=lambda: {
            "query": normal(2, 8),
            "memory": (normal(2, 5, 9, seed=1), mask(5, 3)),
            "state": (np.abs(normal(2, 3, seed=2)),),
        },
    ),
    "LuongAttention": Case(
        make=lambda: ks.layers.LuongAttention(scale=True), inputs=lambda: content(8, state=())
    ),
    "LuongMonotonicAttention": Case(
        make=lambda: ks.layers.LuongMonotonicAttention(scale=True, score_bias_init=0.5),
        inputs=lambda: content(8, state=(first_place(5),)),
    ),
    "WindowedAttention": Case(
        make=lambda: ks.layers.WindowedAttention("forward", back=0, ahead=2),
        inputs=lambda: content(
            128,
            state=(
                (spread(5), np.full((2, 1), 0.3, "float32")),
                np.array([2, 1], "int32"),
            ),
        ),
    ),
}  # fmt: skip
