"""The readers and the text front end, given whatever comes: nothing unforeseen happens.

Short by default. `KERAS_SPEECH_FUZZ_SECONDS`, or 600, is how long the slow test goes on, with
other inputs each time.
"""

import os
import time

import hypothesis
import pytest

from fuzzing import PROPERTIES

SECONDS = float(os.environ.get("KERAS_SPEECH_FUZZ_SECONDS", "600"))


def fuzz(name, *, examples, seed):
    function, strategies = PROPERTIES[name]
    run = hypothesis.given(*strategies)(function)
    hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )(hypothesis.seed(seed)(run))()


@pytest.mark.parametrize("name", PROPERTIES)
def test_nothing_unforeseen(name):
    fuzz(name, examples=10 if name in ("tokens", "normalization") else 60, seed=0)


@pytest.mark.slow
def test_nothing_unforeseen_for_a_long_time():
    started, rounds = time.monotonic(), 0
    first = int(time.time())
    while time.monotonic() < started + SECONDS:
        for name in PROPERTIES:
            fuzz(
                name,
                examples=30 if name in ("tokens", "normalization") else 200,
                seed=first + rounds,
            )
        rounds += 1
    print(f"{rounds} rounds from seed {first}")
