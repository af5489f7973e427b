"""Skipped and repeated words."""

import pytest

from keras_speech.evaluation import Slips, count_slips

TEXT = "she put the letter in the top drawer"


@pytest.mark.parametrize(
    "heard, slips",
    [
        (TEXT, Slips()),
        ("she put the letter in the drawer", Slips(skipped=1)),
        ("", Slips(skipped=8)),
        # Another word in its place is misread (or misheard), not skipped.
        ("she put the latter in the top drawer", Slips()),
        ("she put put the letter in the top drawer", Slips(repeated=1)),
        ("she put the letter the letter in the top drawer", Slips(repeated=2)),
        ("she she put the letter in the top drawer drawer", Slips(repeated=2)),
        ("she put the letter in the top top top drawer", Slips(repeated=2)),
        ("oh she put the letter in the top drawer", Slips(added=1)),
        ("she put the letter right in the top drawer top drawer", Slips(repeated=2, added=1)),
        ("put the letter in in the top drawer", Slips(skipped=1, repeated=1)),
    ],
)
def test_slips_are_told_apart(heard, slips):
    assert count_slips(TEXT, heard) == slips


def test_they_add_up():
    assert Slips(1, 2, 3) + Slips(10, 20, 30) == Slips(11, 22, 33)


def test_no_text_can_lose_no_words():
    assert count_slips("", "some words") == Slips(added=2)
