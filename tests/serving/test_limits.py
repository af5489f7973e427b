"""Limits are numbers that make sense."""

import math

import pytest

from keras_speech.serving import Limits


@pytest.mark.parametrize(
    "name, value",
    [
        ("max_text", 0), ("max_rows", 1.5), ("max_body", True), ("max_requests", "8"),
        ("timeout", 0), ("timeout", math.inf), ("stop_timeout", math.nan), ("stop_timeout", None),
    ],
)  # fmt: skip
def test_others_are_refused(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        Limits(**{name: value})
