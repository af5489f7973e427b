import numpy as np
import pytest

from keras_speech.models.acoustic import frames_before


@pytest.mark.parametrize("n_frames", [10, 11, 12])
def test_each_step_starts_from_the_last_frame_of_the_one_before(n_frames):
    mel, reduction = np.random.default_rng(0).normal(size=(2, n_frames, 3)), 3
    n_steps = -(-n_frames // reduction)
    found = np.asarray(frames_before(mel, reduction, n_steps))
    assert found.shape == (2, n_steps, 3)
    np.testing.assert_array_equal(found[:, 0], 0.0)
    for step in range(1, n_steps):
        np.testing.assert_allclose(found[:, step], mel[:, reduction * step - 1])
