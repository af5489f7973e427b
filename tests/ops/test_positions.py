import numpy as np
import pytest

from keras_speech.ops.positions import sinusoidal_positions


def test_positions_are_the_papers_sines_and_cosines():
    found = np.asarray(sinusoidal_positions(9, 8))
    for position in range(9):
        for i in range(4):
            angle = position / 10000 ** (i / 4)
            np.testing.assert_allclose(found[position, i], np.sin(angle), atol=1e-5)
            np.testing.assert_allclose(found[position, 4 + i], np.cos(angle), atol=1e-5)


def test_a_later_start_gives_the_later_rows():
    np.testing.assert_allclose(
        sinusoidal_positions(4, 6, start=5), np.asarray(sinusoidal_positions(9, 6))[5:], atol=1e-5
    )


def test_odd_channels_are_refused():
    with pytest.raises(ValueError, match="`channels` must be even. Received: channels=7"):
        sinusoidal_positions(4, 7)
