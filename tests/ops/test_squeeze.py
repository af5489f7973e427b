import numpy as np
import pytest
import tensorflow as tf

from keras_speech.ops import squeeze

X = np.random.default_rng(0).normal(size=(2, 12, 3)).astype("float32")


def test_channels_of_neighbors_lie_side_by_side():
    grouped = np.asarray(squeeze.squeeze(X, 4))
    assert grouped.shape == (2, 3, 12)
    np.testing.assert_array_equal(grouped[1, 2], np.concatenate(X[1, 8:12]))


@pytest.mark.parametrize("shape", [[None, None, 3], [None, 12, 3], [2, None, 3], [2, 12, 3]])
def test_unsqueeze_recovers_input(shape):
    """With any sizes known to the graph, which are known again in the result."""

    @tf.function(input_signature=[tf.TensorSpec(shape)])
    def there_and_back(x):
        grouped = squeeze.squeeze(x, 4)
        assert grouped.shape[1:] == (None if shape[1] is None else 3, 12)
        return squeeze.unsqueeze(grouped, 4)

    np.testing.assert_array_equal(there_and_back(X), X)


def test_sizes_that_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="multiple of n_groups=5 steps. Received: 12 steps"):
        squeeze.squeeze(X, 5)
    with pytest.raises(ValueError, match="multiple of n_groups=2 channels. Received: 3 channels"):
        squeeze.unsqueeze(X, 2)
