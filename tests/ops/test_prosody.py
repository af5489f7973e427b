import numpy as np

from keras_speech.ops import prosody


def test_the_energy_of_a_frame_is_the_level_of_its_magnitudes():
    magnitudes = np.random.default_rng(0).uniform(0.1, 2.0, (2, 5, 7))
    expected = np.log(np.sqrt((magnitudes**2).sum(axis=-1)))
    found = prosody.frame_energy(np.log(magnitudes).astype("float32"))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_pitch_is_averaged_over_the_voiced_frames_of_a_token():
    f0_hz = np.array([[100.0, 0.0, 121.0, 200.0, 0.0, 0.0]])
    found = np.asarray(prosody.token_log_f0(f0_hz, np.array([[3, 1, 2]]), 5.0))
    np.testing.assert_allclose(found[0, :2], np.log([110.0, 200.0]), rtol=1e-6)  # geometric mean


def test_a_voiceless_token_takes_the_pitch_about_it():
    f0_hz = np.array([[100.0, 100.0, 0.0, 0.0, 200.0, 200.0]])
    found = np.asarray(prosody.token_log_f0(f0_hz, np.array([[2, 2, 2, 0]]), 5.0))[0]
    np.testing.assert_allclose(found[1], np.log(100.0 * 200.0) / 2, rtol=1e-5)  # in the middle
    near = np.exp([-3 / 2, -1 / 2])  # three tokens and one token away
    np.testing.assert_allclose(found[3], near @ np.log([100.0, 200.0]) / near.sum(), rtol=1e-5)


def test_without_a_voiced_frame_the_default_stands_in():
    found = prosody.token_log_f0(np.zeros((1, 6)), np.array([[2, 2, 2]]), 4.5)
    np.testing.assert_allclose(found, [[4.5, 4.5, 4.5]])


def test_energy_is_averaged_over_the_frames_of_a_token():
    mel = np.repeat(np.array([1.0, 3.0, 5.0, -4.0])[None, :, None], 1, axis=2)
    found = np.asarray(prosody.token_energy(mel, np.array([[2, 1, 1]]), 0.0))
    np.testing.assert_allclose(found, [[2.0, 5.0, -4.0]], rtol=1e-6)
