"""Punctuation left out of tokens."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.data.augmentation import DropPunctuation
from keras_speech.text import CharacterTokenizer, LexiconTokenizer

TEXTS = ["so, he said: go; now!", "is it?", "no marks", "ab"]


def dropped(tokenizer, texts, rate, **entries):
    tokens, lengths = tokenizer(texts)
    batch = {"tokens": tokens, "token_lengths": lengths, **entries}
    dataset = tf.data.Dataset.from_tensors(batch)
    (changed,) = dataset.map(DropPunctuation(tokenizer, rate, seed=1))
    assert changed["tokens"].shape == tokens.shape
    return changed


def test_at_a_rate_of_one_all_marks_go_and_words_stay_apart():
    tokenizer = CharacterTokenizer(normalizer=None)
    changed = dropped(tokenizer, ["so, he said: go; now!", "is it?!", "a,b.c", "ab"], 1.0)
    texts = tokenizer.detokenize(changed["tokens"])
    assert texts == ["so he said go now", "is it", "a b c", "ab"]
    assert changed["token_lengths"].numpy().tolist() == [len(text) for text in texts]


def test_marks_between_phones_become_word_spaces():
    tokenizer = LexiconTokenizer({"so": "S OW", "he": "HH IY", "go": "G OW"})
    changed = dropped(tokenizer, ["so, he go.", "go, go"], 1.0)
    assert tokenizer.detokenize(changed["tokens"]) == ["S OW | HH IY | G OW", "G OW | G OW"]


def test_a_rate_of_zero_changes_nothing_and_others_their_part():
    tokenizer = CharacterTokenizer(normalizer=None)
    texts = ["a, b, c, d, e, f, g, h, i, j, k."] * 200
    tokens, _ = tokenizer(texts)
    np.testing.assert_array_equal(dropped(tokenizer, texts, 0.0)["tokens"], tokens)
    changed = tokenizer.detokenize(dropped(tokenizer, texts, 0.3)["tokens"])
    left = sum(text.count(",") + text.count(".") for text in changed)
    # 2,200 marks, each left with a chance of 0.7: four standard deviations are 86.
    assert abs(left - 0.7 * 2200) < 4 * np.sqrt(2200 * 0.3 * 0.7)
    assert len(set(changed)) > 50


def test_frames_of_what_goes_go_to_the_token_before():
    tokenizer = CharacterTokenizer(normalizer=None)
    durations = np.zeros((2, 6), "int32")
    durations[0] = 1, 2, 3, 4, 5, 6  # of "a, b,?"
    durations[1, :3] = 7, 8, 9  # of ",ab"
    changed = dropped(tokenizer, ["a, b,?", ",ab"], 1.0, durations=durations)
    assert tokenizer.detokenize(changed["tokens"]) == ["a b", "ab"]
    assert changed["durations"].numpy().tolist() == [
        [1 + 2, 3, 4 + 5 + 6, 0, 0, 0],
        [7 + 8, 9, 0, 0, 0, 0],
    ]


def test_a_text_of_marks_alone_stays():
    tokenizer = CharacterTokenizer(normalizer=None)
    changed = dropped(tokenizer, ["?!", "a!"], 1.0)
    assert tokenizer.detokenize(changed["tokens"]) == ["?!", "a"]


def test_only_the_marks_named_go():
    tokenizer = CharacterTokenizer(normalizer=None)
    tokens, lengths = tokenizer(["so, he said: go; now!"])
    function = DropPunctuation(tokenizer, 1.0, marks=":;", seed=1)
    changed = function({"tokens": tokens, "token_lengths": lengths})
    assert tokenizer.detokenize(changed["tokens"]) == ["so, he said go now!"]


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="`marks` must hold symbols of the tokenizer"):
        DropPunctuation(CharacterTokenizer("ab"))
    with pytest.raises(ValueError, match="`rate` must be a number .* between 0 and 1"):
        DropPunctuation(CharacterTokenizer(), 1.5)
