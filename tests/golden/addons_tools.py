"""How the golden cases of tensorflow-addons get their numbers."""

import numpy as np


def normal(seed, *shape, scale=1.0):
    return (scale * np.random.RandomState(seed).normal(size=shape)).astype("float32")


def fill(weights, seed, scale=1.0):
    """Gives each of these variables random numbers and returns them by the same names."""
    for i, weight in enumerate(weights.values()):
        weight.assign(normal(seed + i, *weight.shape, scale=scale))
    return {name: weight.numpy() for name, weight in weights.items()}


def short_name(weight):
    return weight.name.split(":")[0].split("/")[-1]


def weights_of(layer):
    return {short_name(weight): weight for weight in layer.weights}
