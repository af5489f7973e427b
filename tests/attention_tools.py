"""What the tests of the attentions share: a small memory, and steps over it."""

import numpy as np

RNG = np.random.default_rng(0)
QUERIES = RNG.normal(size=(12, 2, 8)).astype("float32")
VALUES = RNG.normal(size=(2, 7, 8)).astype("float32")
LENGTHS = np.array([7, 4])
MASK = np.arange(7)[None] < LENGTHS[:, None]


def built(attention, spread=3.0):
    """`attention` with random weights, biases too, large enough that it decides something."""
    attention.build(QUERIES.shape[1:], VALUES.shape)
    rng = np.random.default_rng(1)
    for weight in attention.trainable_weights:
        scale = spread / np.sqrt(weight.shape[0]) if len(weight.shape) > 1 else 0.3
        weight.assign(weight + scale * rng.normal(size=weight.shape))
    return attention


def steps(attention, queries=QUERIES, values=VALUES, mask=MASK, **options):
    """Contexts and weights `(steps, batch, ...)`, and the states, the first one included."""
    memory = attention.prepare(values, mask)
    states, contexts, weights = [attention.initial_state(memory)], [], []
    for query in queries:
        context, weight, state = attention.step(query, memory, states[-1], **options)
        contexts.append(np.asarray(context))
        weights.append(np.asarray(weight))
        states.append(state)
    return np.stack(contexts), np.stack(weights), states


def weight(attention, name):
    """The NumPy array of the weight of that name."""
    (found,) = [w for w in attention.weights if w.name == name]
    return np.asarray(found)


def softmax(x, mask):
    """Over what is real, along the last axis."""
    exponentials = np.where(mask, np.exp(x - x.max(axis=-1, keepdims=True)), 0.0)
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))
