"""The small problem that optimizers are compared on; NumPy only, for it runs beside both Keras."""

import numpy as np

N_STEPS = 20
SHAPES = ((3, 2), (2,))


def start():
    """Returns the weights that every optimizer begins with."""
    random = np.random.RandomState(1)
    return [random.normal(size=shape).astype("float32") for shape in SHAPES]


def gradients(weights, step):
    """Returns a gradient that depends on the weights and on the step, as in training."""
    random = np.random.RandomState(100 + step)
    return [(0.7 * w + random.normal(size=w.shape)).astype("float32") for w in weights]
