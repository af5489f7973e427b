import numpy as np

from keras_speech.ops import masking


def test_each_row_is_true_up_to_its_length():
    lengths, max_length = np.array([0, 1, 3, 5]), 4
    mask = np.asarray(masking.sequence_mask(lengths, max_length))
    expected = [[i < length for i in range(max_length)] for length in lengths]
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, expected)


def test_lengths_of_any_shape_get_a_new_last_axis():
    lengths = np.array([[1, 2], [3, 0]])
    mask = np.asarray(masking.sequence_mask(lengths, 3))
    assert mask.shape == (2, 2, 3)
    np.testing.assert_array_equal(mask.sum(-1), lengths)
