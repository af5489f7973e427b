"""A thousand words from the bundled voice, in no more memory than a hundred."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_speech.voices import Voice

# By how much the peak of memory may differ between 1,000 words and 100, which are enough to fill a
# batch of four sentences. Six minutes of sound, which 900 words are, and their mels would be 32 and
# 10 MB in float32, on top of the 30 MB or so that the process takes for ever new lengths.
MARGIN_MB = 50

SPEAKING = """
import json, resource, sys
from keras_speech.voices import Voice

voice = Voice.from_preset("kathleen")
spoken = [speech.text for speech in voice.stream(sys.stdin.read(), batch_size=4)]
kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"spoken": spoken, "peak_mb": kilobytes / 1024}))
"""

SUBJECTS = ["The old clock", "A quiet river", "My neighbor", "The last train", "Every child"]
VERBS = ["waited for", "remembered", "followed", "walked beside", "sang about"]
OBJECTS = ["the open window", "a long road", "the gray harbor", "seven small boats", "nobody"]
ENDS = ["until the evening came", "without a word", "for many years", "in the rain", "once more"]


def prose(n_words):
    """Sentences of 6 to 13 words until there are so many words in all."""
    random, sentences, left = np.random.default_rng(0), [], n_words
    while left:
        words = " ".join(random.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ENDS)).split()
        words = words[:left]
        sentences.append(" ".join(words) + random.choice([".", "!", "?"]))
        left -= len(words)
    return " ".join(sentences)


def spoken(text, environment):
    """What a process of its own says of the text, in order, and its peak of memory."""
    finished = subprocess.run(
        [sys.executable, "-c", SPEAKING], input=text, env=environment, capture_output=True,
        text=True,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-2000:]
    return json.loads(finished.stdout.splitlines()[-1])


@pytest.mark.slow
def test_a_thousand_words_need_little_more_memory_than_a_hundred():
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    texts = {n: prose(n) for n in (100, 1000)}
    assert [len(text.split()) for text in texts.values()] == [100, 1000]
    said = {n: spoken(text, environment) for n, text in texts.items()}
    voice = Voice.from_preset("kathleen")
    for n, text in texts.items():
        assert said[n]["spoken"] == voice.sentences(text)
        assert " ".join(said[n]["spoken"]) == text
    growth = said[1000]["peak_mb"] - said[100]["peak_mb"]
    print(f"peak: {said[100]['peak_mb']:.0f} MB of 100 words, {growth:+.0f} MB of 1,000")
    assert growth < MARGIN_MB
