import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.text import letter_to_sound, letter_to_sound_alignment, letter_to_sound_training

LEXICON = {
    word: said
    for word, _, said in (
        line.partition(" ")
        for line in """bat B AE T
cat K AE T
hat HH AE T
chat CH AE T
that DH AE T
bath B AE TH
path P AE TH
cab K AE B
tack T AE K
back B AE K
hack HH AE K
pack P AE K
chap CH AE P
cap K AE P
tap T AE P
box B AA K S
tax T AE K S
pox P AA K S
cot K AA T
hot HH AA T
pot P AA T
tot T AA T
cob K AA B
both B OW TH""".splitlines()
    )
}

# So few words support no context often enough for the defaults.
SMALL = {"min_count": 1, "min_piece_count": 1}


def say(rules, words):
    said = letter_to_sound.LetterToSound(rules)(words)
    return [phones.decode() for phones in said.numpy()]


def say_naively(rules, word):
    """The definition: every context that a letter stands in gives its points."""
    padded = "#" * 5 + word + "#" * 5
    said = []
    for at in range(5, 5 + len(word)):
        points = {}
        for left, right in itertools.product(range(6), repeat=2):
            before, after = padded[at - left : at], padded[at + 1 : at + 1 + right]
            for item in rules.get(f"{before}({padded[at]}){after}", "").split(","):
                value, _, piece = item.partition(" ")
                if piece:
                    points[piece] = points.get(piece, 0) + int(value)
        for rule, text in rules.items():  # pieces of the letter that got no point here
            if f"({padded[at]})" in rule:
                for item in text.split(","):
                    points.setdefault(item.partition(" ")[2], 0)
        best = max(points.values(), default=0)
        # Of equals the first in the alphabet, a silent letter ("") before all.
        said.append(min((p.replace("_", "") for p, v in points.items() if v == best), default=""))
    return " ".join(piece for piece in said if piece)


def test_graph_counts_the_points_of_every_context():
    random = np.random.default_rng(0)
    letters, pieces = "abc'", ["B", "K S", "_", "AE", "T"]
    rules = {}
    for _ in range(120):
        left, right = ("".join(random.choice(list(letters), random.integers(0, 6))) for _ in "lr")
        if random.random() < 0.3:
            left = "#" * min(3, 5 - len(left)) + left
        context = f"{left}({random.choice(list('abc'))}){right}"
        chosen = random.choice(pieces, 2, replace=False)
        rules[context] = ",".join(f"{random.integers(-9, 10)} {piece}" for piece in chosen)
    for letter in "abc":
        rules[f"({letter})"] = "1 AE,2 T"
        rules[f"#({letter})"] = "3 _"
    words = ["".join(random.choice(list(letters), random.integers(1, 9))) for _ in range(60)]
    assert say(rules, words) == [say_naively(rules, word) for word in words]


def test_batch_equals_words_one_by_one():
    rules = letter_to_sound_training.learn_rules(LEXICON, sparsity=0.5, **SMALL)
    sounds = letter_to_sound.LetterToSound(rules)
    words = ["", *LEXICON, "x", "bathchat"]
    assert sounds(words).numpy().tolist() == [sounds([word])[0].numpy() for word in words]


def test_no_words_and_no_rules():
    assert say({"(a)": "1 AE"}, tf.zeros([0], tf.string)) == []
    assert say({}, ["abc", ""]) == ["", ""]


def test_letters_without_rule_are_silent():
    assert say({"(a)": "1 AE"}, ["bab", "é", "a'a"]) == ["AE", "", "AE AE"]


def test_rules_learned_say_their_words_and_new_ones():
    rules = letter_to_sound_training.learn_rules(LEXICON, sparsity=0.1, n_epochs=60, **SMALL)
    assert say(rules, list(LEXICON)) == list(LEXICON.values())
    assert say(rules, ["chax", "thack", "bab"]) == ["CH AE K S", "DH AE K", "B AE B"]


def test_learning_is_reproducible_and_sparsity_removes_rules():
    def learn(**kwargs):
        return letter_to_sound_training.learn_rules(LEXICON, n_epochs=10, **SMALL, **kwargs)

    assert learn(sparsity=0.3) == learn(sparsity=0.3)
    assert len(learn(sparsity=3.0)) < len(learn(sparsity=0.3))


def test_rules_serve_inside_graphs():
    rules = {"(o)": "1 AA", "(x)": "1 K S"}
    call = tf.function(
        letter_to_sound.LetterToSound(rules), input_signature=[tf.TensorSpec([None], tf.string)]
    )
    assert call(tf.constant(["ox", "xo"])).numpy().tolist() == [b"AA K S", b"K S AA"]


@pytest.mark.parametrize(
    "context",
    ["a", "(a", "(ab)", "()", "abcdef(a)", "(a)abcdef", "(A)", "a)b(c", "(é)", "", "x(a)-"],
)
def test_malformed_context_is_named(context):
    with pytest.raises(ValueError, match="context must be written") as error:
        letter_to_sound.LetterToSound({"(a)": "1 AE", context: "1 B"})
    assert repr(context) in str(error.value)


@pytest.mark.parametrize("points", ["", "B", "1", "1 ", "x B", "128 B", "1 B,", "1.5 B"])
def test_malformed_points_are_named(points):
    with pytest.raises(ValueError, match=r"points of a rule.*'\(b\)'"):
        letter_to_sound.LetterToSound({"(a)": "1 AE", "(b)": points})


def test_alignment_finds_what_each_letter_says():
    words = list(LEXICON)
    phones = [tuple(said.split()) for said in LEXICON.values()]
    pieces, scores = letter_to_sound_alignment.align_letters(words, phones)
    found = dict(zip(words, pieces, strict=True))
    assert found["box"] == ("B", "AA", "K S")
    assert found["cat"] == ("K", "AE", "T")
    assert len(found["that"]) == 4 and " ".join(filter(None, found["that"])) == "DH AE T"
    assert np.isfinite(scores).all()


def test_alignment_keeps_all_phones_and_leaves_out_what_does_not_fit():
    words, phones = ["tv", "mr", "a"], [("T", "IY", "V", "IY"), tuple("MISTER"), ()]
    pieces, scores = letter_to_sound_alignment.align_letters(words, phones)
    assert " ".join(filter(None, pieces[0])) == "T IY V IY"
    assert pieces[1:] == [None, None] and scores[1:] == [-np.inf, -np.inf]


def test_error_rates_count_edits():
    right = {"a": "AH", "cat": "K AE T", "box": "B AA K S"}
    said = {"a": "AH", "cat": "K EY T", "box": "B AA S Z"}
    # 1 substitution in cat; K deleted and Z inserted in box: 3 edits of 8 phones.
    assert letter_to_sound_training.error_rates(said, right) == (3 / 8, 1 / 3)
