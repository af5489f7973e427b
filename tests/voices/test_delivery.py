import numpy as np
import pytest

from keras_speech.voices import delivery


def test_pause_follows_punctuation_and_closing_quotes_do_not_hide_it():
    pieces = delivery.split_with_pauses('"Is it?" he asked. (It was.) The end.')
    assert [pause for _, pause in pieces][-1] == 0.0
    by_sentence = dict(pieces)
    assert by_sentence["(It was.)"] == delivery.PAUSES["."]


def test_paragraphs_end_in_a_longer_pause():
    pieces = delivery.split_with_pauses("A heading\n\nA text. More.\n \nEnd.")
    assert [pause for _, pause in pieces] == [0.6, 0.35, 0.6, 0.0]


def test_pauses_can_be_replaced_one_by_one():
    pieces = delivery.split_with_pauses("One. Two! Three.", {".": 1.0})
    assert [pause for _, pause in pieces] == [1.0, delivery.PAUSES["!"], 0.0]


def test_groups_keep_order_and_hold_similar_lengths():
    lengths = np.random.default_rng(0).integers(1, 50, 200)
    pieces = [(range(length), index) for index, length in enumerate(lengths)]
    groups = list(delivery.group(pieces, 8))
    assert [piece for group in groups for piece in group] == pieces
    for group in groups:
        sizes = [len(tokens) for tokens, _ in group]
        assert 1 <= len(group) <= 8 and max(sizes) <= 2 * min(sizes)


def test_groups_grow_from_the_first_one():
    pieces = [("word", index) for index in range(20)]
    groups = list(delivery.group(pieces, 8, first=1))
    assert [len(group) for group in groups] == [1, 2, 4, 8, 5]
    assert [piece for group in groups for piece in group] == pieces
    assert [len(group) for group in delivery.group(pieces[:4], 3, first=1)] == [1, 2, 1]


@pytest.mark.parametrize("speed", [0.25, 0.8, 1.0, 1.3, 4.0])
def test_stretch_keeps_a_ramp_a_ramp(speed):
    ramp = np.linspace(-5, 5, 97)[:, None] * np.ones(3)
    stretched = delivery.stretch(ramp, speed)
    # Linear interpolation between equal ends: numpy.linspace(-5, 5, round(97 / speed)).
    expected = np.linspace(-5, 5, round(97 / speed))[:, None] * np.ones(3)
    np.testing.assert_allclose(stretched, expected, atol=1e-5)


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_stretch_of_few_frames_leaves_at_least_one(frames):
    assert len(delivery.stretch(np.zeros((frames, 2)), 4.0)) == 1


def test_level_counts_speech_and_not_pauses():
    rng = np.random.default_rng(0)
    speech = 0.01 * rng.standard_normal(8192)
    alone = delivery.level_gain(speech, level_db=-26.0, peak=0.95)
    paused = delivery.level_gain(np.pad(speech, (4096, 9000)), level_db=-26.0, peak=0.95)
    # The RMS is 0.01 = -40 dB: 14 dB are missing.
    np.testing.assert_allclose(alone, 10 ** (14 / 20), rtol=0.02)
    np.testing.assert_allclose(paused, alone, rtol=0.02)


def test_level_gives_way_to_the_peak():
    click = np.zeros(4096)
    click[100] = 0.5
    assert delivery.level_gain(click, level_db=0.0, peak=0.9) == 1.8


@pytest.mark.parametrize("level", [0.0, 1e-6])
def test_silence_is_not_raised(level):
    assert delivery.level_gain(np.full(1000, level), level_db=-20.0, peak=0.95) == 1.0
    assert delivery.level_gain(np.zeros(0), level_db=-20.0, peak=0.95) == 1.0


def test_no_level_only_keeps_the_peak():
    assert delivery.level_gain(np.array([0.1]), level_db=None, peak=0.95) == 1.0
    assert delivery.level_gain(np.array([-1.9]), level_db=None, peak=0.95) == 0.5
