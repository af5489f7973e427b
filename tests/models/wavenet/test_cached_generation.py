"""Generation with queues says what the parallel form says, step by step."""

import numpy as np
import pytest

from models.wavenet.tiny_wavenet import CONDITIONS, HEADS, tiny_inputs, tiny_wavenet

# Near dilations only, far ones too, in one cycle or two, for each number of taps.
SHAPES = [
    {"n_cycles": 2, "kernel_size": 3, "input_kernel_size": 2},
    {"n_cycles": 2, "layers_per_cycle": 2, "kernel_size": 4},
    {"layers_per_cycle": 5, "kernel_size": 2, "input_kernel_size": 2},
    {"kernel_size": 4},
]


def check_both_forms(model):
    """Over 2 receptive fields, and from one chunk to the next."""
    frame = model.hop_length or 1
    n_samples = frame * -(-max(2 * model.receptive_field, 100) // frame)
    inputs = tiny_inputs(model, n_samples)
    expected = np.asarray(model(inputs))
    assert n_samples > 2 * model.generator.chunk and np.ptp(expected, axis=1).max() > 0.3
    np.testing.assert_allclose(model.generator.step_by_step(inputs), expected, atol=1e-4)


def pairs():
    """Every head with every condition and a shape, such that each shape meets each of both.

    Half of them are slow; in the other half each head, condition and shape is there twice.
    """
    for i, head in enumerate(HEADS):
        for k, condition in enumerate(CONDITIONS):
            marks = [] if (k - i) % 4 < 2 else [pytest.mark.slow]
            shape = SHAPES[(i + k) % len(SHAPES)]
            yield pytest.param(head, condition, shape, marks=marks, id=f"{head}-{condition}")


@pytest.mark.parametrize("head, condition, shape", pairs())
def test_cached_equals_parallel(head, condition, shape):
    check_both_forms(tiny_wavenet(head, condition, **shape))


def test_cached_equals_parallel_with_a_single_block():
    check_both_forms(tiny_wavenet(layers_per_cycle=1))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_generation_computes_in_float32_whatever_the_policy(policy):
    """What is left of the policy is the rounding of the conditions, which are made in parallel."""
    model = tiny_wavenet("mixture", "both", dtype=policy)
    inputs = tiny_inputs(model, 60)
    expected = np.asarray(tiny_wavenet("mixture", "both")(inputs))
    actual = model.generator.step_by_step(inputs)
    in_parallel = np.abs(model(inputs) - expected).max()
    assert np.abs(actual - expected).max() < min(0.1, in_parallel)
