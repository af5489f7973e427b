"""Corpora: splits, parts and their speakers."""

import numpy as np
import pytest

from keras_speech.data import Corpus, Recording


def corpus_of(n, **options):
    return Corpus([Recording(f"clip{i}", f"{i}.wav", "hi") for i in range(n)], **options)


@pytest.mark.parametrize("n, held_out", [(2, 1), (40, 2), (100, 5), (1000, 50)])
def test_split_parts_the_corpus(n, held_out):
    corpus = corpus_of(n)
    train, validation = corpus.split()
    assert len(validation) == held_out  # max(1, 5 %)
    assert sorted(train.ids + validation.ids) == sorted(corpus.ids)


def test_split_depends_on_ids_and_seed_only():
    corpus = corpus_of(100)
    turned = Corpus(reversed(corpus.recordings))
    held_out = set(corpus.split(10)[1].ids)
    assert held_out == set(turned.split(10)[1].ids)
    assert held_out != set(corpus.split(10, seed=1)[1].ids)
    # sorted(range(100), key=lambda i: hashlib.sha256(f"0:clip{i}".encode()).digest())[:3]
    assert set(corpus.split(3)[1].ids) == {"clip63", "clip13", "clip79"}


def test_the_fixed_split_is_split_with_its_defaults():
    corpus = corpus_of(60)
    assert (corpus.train.ids, corpus.validation.ids) == tuple(p.ids for p in corpus.split())


def test_listed_ids_are_the_fixed_split():
    corpus = corpus_of(10, validation_ids=["clip3", "unknown"])
    assert corpus.validation.ids == ["clip3"]
    assert len(corpus.train) == 9
    corpus = corpus_of(10, validation_ids=["clip3"], train_ids=["clip1", "clip2", "clip3"])
    assert corpus.train.ids == ["clip1", "clip2"]


def test_a_part_never_moves_recordings_across_the_fixed_split():
    corpus = corpus_of(100)
    part = corpus[:50]
    assert set(part.validation.ids) <= set(corpus.validation.ids)
    assert set(part.train.ids) <= set(corpus.train.ids)
    assert len(corpus.train.validation) == 0


@pytest.mark.parametrize("validation", [0, -1, 0.0, 1.0, 10, 2.5])
def test_a_split_that_leaves_a_side_empty_is_an_error(validation):
    with pytest.raises(ValueError, match=f"`validation` must .* validation={validation}"):
        corpus_of(10).split(validation)


def test_subset_keeps_the_order_asked_for():
    assert corpus_of(5).subset(["clip3", "clip0"]).ids == ["clip3", "clip0"]


def test_subset_with_an_unknown_id_is_an_error():
    with pytest.raises(ValueError, match="`ids` must be in the corpus.*1 unknown.*clip9"):
        corpus_of(5).subset(["clip0", "clip9"])


def test_filter_takes_ids_or_a_function_in_the_corpus_order():
    corpus = corpus_of(5)
    assert corpus.filter(["clip3", "clip0", "unknown"]).ids == ["clip0", "clip3"]
    assert corpus.filter(lambda recording: recording.path == "1.wav").ids == ["clip1"]


def test_a_part_keeps_the_numbers_of_the_speakers():
    corpus = Corpus([Recording(str(i), "", speaker=s) for i, s in enumerate("cabc")])
    assert corpus.speakers == ("a", "b", "c")
    assert corpus.filter(["0", "3"]).speakers == ("a", "b", "c")


def test_speakers_must_name_everyone():
    with pytest.raises(ValueError, match=r"`speakers` must .* without \['b'\]"):
        Corpus([Recording("0", "", speaker="b")], speakers=["a"])


def test_joined_corpora_keep_their_splits():
    ours, other = corpus_of(40), Corpus([Recording("x", "x.wav"), Recording("y", "y.wav")])
    both = ours + other
    assert len(both) == 42
    assert set(both.validation.ids) == {*ours.validation.ids, *other.validation.ids}


def test_an_id_that_occurs_twice_is_named_with_both_lines():
    recordings = [Recording("a", "1.wav", line=3, source="t.csv"), Recording("a", "2.wav", line=9)]
    with pytest.raises(ValueError, match=r"'a' \(line 3 of t.csv\) and 'a' \(line 9\)"):
        Corpus(recordings)


def test_durations_are_set_by_id():
    corpus = corpus_of(2).with_durations({"clip0": [1, 2], "clip1": [3], "other": [4]})
    np.testing.assert_array_equal(corpus["clip0"].durations, [1, 2])
    with pytest.raises(ValueError, match=r"`durations` must hold every .*\['clip1'\]"):
        corpus_of(2).with_durations({"clip0": [1]})


def test_it_is_a_sequence():
    corpus = corpus_of(3)
    assert [r.id for r in corpus] == ["clip0", "clip1", "clip2"]
    assert corpus[-1].id == "clip2" and corpus["clip1"].path == "1.wav"
    assert isinstance(corpus[:2], Corpus) and "3 recordings" in repr(corpus)
