import numpy as np
import pytest

from keras_speech.data import durations


def segments(text, length=10):
    return [(name, length * i, length) for i, name in enumerate(text.split())]


def align(symbols, phones, n_frames, **kwargs):
    """With one frame per unit of the phone times, so that frames can be counted by hand."""
    symbols = [" " if s == "|" else s for s in symbols.split()]
    kwargs.setdefault("frame_seconds", 0.01)
    return durations.align_durations(symbols, phones, n_frames, **kwargs).tolist()


def test_equal_sequences_keep_their_times():
    assert align("HH AH L OW", [("HH", 0, 3), ("AH", 3, 5), ("L", 8, 2), ("OW", 10, 7)], 17) == [
        3, 5, 2, 7,
    ]  # fmt: skip


def test_pause_goes_to_punctuation_and_to_word_space_but_not_both():
    assert align("AY , AY .", segments("AY SIL AY SIL"), 40) == [10, 10, 10, 10]
    assert align("AY | AY", segments("AY SIL AY"), 30) == [10, 10, 10]
    assert align("AY , | AY", segments("AY SIL AY"), 30) == [10, 10, 0, 10]
    assert align("AY | AY , AY", segments("AY AY SIL AY"), 40) == [10, 0, 10, 10, 10]


def test_spaces_and_punctuation_without_pause_last_no_frame():
    assert align("AY | AY , AY .", segments("AY AY AY"), 30) == [10, 0, 10, 0, 10, 0]


def test_pauses_at_the_ends_go_to_the_first_and_the_last_token():
    assert align("AY T", segments("SIL AY T SIL"), 40) == [20, 20]
    assert align("AY T .", segments("SIL AY T SIL"), 40) == [20, 10, 10]


def test_other_vowel_is_paired_and_keeps_its_time():
    assert align("DH AH | EH N D", segments("DH IY EH N D"), 50) == [10, 10, 0, 10, 10, 10]


def test_stress_digits_do_not_matter():
    assert align("AY1 | AH0 T", segments("AY AH T"), 30) == [10, 0, 10, 10]


def test_token_without_segment_shares_the_phone_before_it():
    assert align("L AE S T | D EY", segments("L AE S D EY"), 50) == [10, 10, 5, 5, 0, 10, 10]


def test_first_token_without_segment_shares_the_phone_after_it():
    assert align("HH IH M", segments("IH M"), 20) == [5, 5, 10]


def test_segment_without_token_lengthens_the_token_before_it():
    assert align("AE N T", segments("AE N D T"), 40) == [10, 20, 10]


def test_tokens_and_segments_without_partner_share_their_place():
    # A vowel for two consonants is no pair: the two take the vowel's 10 frames, 5 each.
    assert align("S P T S", segments("S AH S"), 30)[1:3] == [5, 5]


@pytest.mark.parametrize("n_frames", [4, 5, 7, 31, 100])
def test_sum_is_n_frames_and_every_phone_has_one(n_frames):
    found = align("AY | T UW , K .", segments("SIL AY T UW SIL K SIL"), n_frames)
    assert sum(found) == n_frames
    assert min(found[i] for i in (0, 2, 3, 5)) >= 1
    assert min(found) >= 0


def test_random_sequences_sum_to_n_frames():
    random = np.random.default_rng(0)
    names = ["AA", "IY", "T", "S", "N", "SIL"]
    for _ in range(100):
        symbols = random.choice(["AA", "UW", "T", "Z", "R", " ", ","], random.integers(1, 15))
        phones, start = [], 0
        for name in random.choice(names, random.integers(1, 15)):
            length = int(random.integers(1, 20))
            phones.append((str(name), start, length))
            start += length
        found = durations.align_durations([str(s) for s in symbols], phones, 40)
        assert found.sum() == 40 and found.min() >= 0
        assert all(found[i] > 0 for i, s in enumerate(symbols) if s.isalpha())


def test_frame_belongs_to_what_sounds_at_its_center():
    # Hop 11.6 ms: of the centers 0, 11.6, 23.2, 34.8, 46.4 ms two lie before 20 ms.
    hop = 256 / 22050
    assert align("AY T", [("AY", 0, 2), ("T", 2, 3)], 5, frame_seconds=hop) == [2, 3]
    # Centers half a hop later: 5.8, 17.4, 29.0 ms; two before 20 ms, one with a hop of 15 ms.
    found = align("AY T", [("AY", 0, 2), ("T", 2, 3)], 3, frame_seconds=0.015)
    later = align(
        "AY T", [("AY", 0, 2), ("T", 2, 3)], 3, frame_seconds=0.015, offset_seconds=-0.0075
    )
    assert (found, later) == ([2, 1], [1, 2])


def test_equal_phones_pair_before_similar_ones():
    # Equal phones win over vowels exchanged: the second AH pairs with AH, not with the IY.
    assert durations.match_symbols(["AH", "AH", "T"], ["IY", "AH", "T"]) == [(0, 0), (1, 1), (2, 2)]
    assert durations.match_symbols(["AH", "T"], ["IY", "AH", "T"]) == [(0, 1), (1, 2)]
    assert durations.match_symbols([], ["T"]) == []


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="n_frames=1"):
        align("AY T", segments("AY T"), 1)
    with pytest.raises(ValueError, match="must not be empty"):
        align("", segments("AY T"), 5)
    with pytest.raises(ValueError, match="follow one another"):
        align("AY T", [("AY", 0, 5), ("T", 4, 3)], 8)
    with pytest.raises(ValueError, match="positive length"):
        align("AY T", [("AY", 0, 5), ("T", 5, 0)], 8)
