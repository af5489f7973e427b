import random

import pytest

from keras_speech.text.sentences import split_sentences


def without_space(text):
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met Mrs. Jones. They left.", ["Dr. Smith met Mrs. Jones.", "They left."]),
        ("It costs $3.50. Cheap.", ["It costs $3.50.", "Cheap."]),
        ("Use pens, e.g. Blue ones, etc. Then go.", ["Use pens, e.g. Blue ones, etc.", "Then go."]),
        ("See No. 5 there. I said no. 'Yes.'", ["See No. 5 there.", "I said no.", "'Yes.'"]),
        ("By J. K. Rowling. So did I. Then.", ["By J. K. Rowling.", "So did I.", "Then."]),
        ("“Stop!” she said. “Go.” He went.", ["“Stop!”", "she said.", "“Go.”", "He went."]),
        ("Well... maybe. Well... Maybe.", ["Well... maybe.", "Well...", "Maybe."]),
        ("A heading\n\nA text\nof two lines.", ["A heading", "A text\nof two lines."]),
        ("At 10 a.m. we left.", ["At 10 a.m. we left."]),
        ("今日は。元気？", ["今日は。", "元気？"]),
        ("No end", ["No end"]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_sentence_ends(text, expected):
    assert split_sentences(text) == expected


def test_long_sentences_break_at_clauses_then_spaces_then_anywhere():
    clause = "a" * 12 + ", " + "b" * 12 + ", " + "c" * 12
    assert split_sentences(clause, 30) == ["a" * 12 + ", " + "b" * 12 + ",", "c" * 12]
    assert split_sentences("aaaa bbbb cccc", 9) == ["aaaa bbbb", "cccc"]
    assert split_sentences("aaaa bbbb cccc", 8) == ["aaaa", "bbbb", "cccc"]
    assert split_sentences("a" * 10, 4) == ["aaaa", "aaaa", "aa"]
    assert split_sentences("it is 1,000 or 10:30 here", 12) == ["it is 1,000", "or 10:30", "here"]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_but_space_is_lost_and_pieces_fit(seed):
    source = random.Random(seed)
    parts = [
        "a",
        "word",
        "Mr",
        "no",
        "5",
        "é",
        "я",
        ".",
        ",",
        "!",
        "…",
        '"',
        " ",
        " ",
        "\n",
        "\n\n",
    ]
    for _ in range(300):
        text = "".join(source.choices(parts, k=source.randrange(60)))
        limit = source.randrange(1, 30)
        pieces = split_sentences(text, limit)
        assert without_space("".join(pieces)) == without_space(text)
        assert all(0 < len(piece) <= limit and piece == piece.strip() for piece in pieces)


@pytest.mark.parametrize("unit", [".", "!?", "a", " ", "\n", "word ", "A. ", "Mr. ", ".) ", '."'])
def test_a_megabyte_of_anything_comes_through(unit):
    # Quadratic time in any of these would take minutes.
    text = unit * (1_000_000 // len(unit))
    pieces = split_sentences(text)
    assert sum(len(without_space(piece)) for piece in pieces) == len(without_space(text))


@pytest.mark.parametrize("limit", [0, -1, 2.5, None])
def test_limit_must_be_a_positive_integer(limit):
    with pytest.raises(ValueError, match="`max_characters` must be a positive integer"):
        split_sentences("A.", limit)


def test_braces_stay_whole():
    text = "Say {AH . B, IY. K}! Now {L IY1 D}. Go"
    assert split_sentences(text) == ["Say {AH . B, IY. K}!", "Now {L IY1 D}.", "Go"]
    # Seven characters end within the braces: the cut moves before them, or behind where they begin.
    assert split_sentences("a b {L IY D} c", 7) == ["a b", "{L IY D}", "c"]
    assert split_sentences("{L IY D}{L EH D} c", 3) == ["{L IY D}", "{L EH D}", "c"]
    # A brace that nothing closes, or not in this line, is no such thing.
    assert split_sentences("One { two. Three") == ["One { two.", "Three"]
    assert split_sentences("One {. Two.\nThree}. Four") == ["One {.", "Two.", "Three}.", "Four"]
