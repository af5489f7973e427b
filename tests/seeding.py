"""One seed for Python, NumPy and Keras, at no cost to what TensorFlow has prepared."""

from unittest import mock

# What TensorFlow's own random operations start from, in all tests.
TENSORFLOW_SEED = 0


def set_random_seed(seed):
    """`keras.utils.set_random_seed`, but TensorFlow's own seed, which is always that of all tests.

    To set that makes TensorFlow forget all that it has prepared: every function is prepared anew
    when it is called next, for seconds each. It decides what stateful operations draw. Layers and
    models have none; `fit` shuffles arrays by one, in a graph that is made anew each time.
    """
    import keras
    import tensorflow as tf

    if tf.compat.v1.get_seed(1)[0] != TENSORFLOW_SEED:  # none so far, or that of a test
        tf.random.set_seed(TENSORFLOW_SEED)
    with mock.patch.object(tf.random, "set_seed"):
        keras.utils.set_random_seed(seed)
