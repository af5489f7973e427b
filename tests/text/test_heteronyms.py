import collections

import pytest
import tensorflow as tf

from keras_speech.text import heteronym_rules, phones
from keras_speech.text.heteronyms import Heteronyms
from keras_speech.text.lexicon_tokenizer import LexiconTokenizer

RULES = {f"({letter})": "1 _" for letter in "abcdefghijklmnopqrstuvwxyz"}


@pytest.fixture(scope="module")
def tokenizer():
    """Says nothing but heteronyms: all other words are silent."""
    return LexiconTokenizer({}, RULES, heteronyms="context")


SENTENCES = {
    "R IY D": "I want to read. | Did you read it? | You can read. | Read on!",
    "R EH D": "She has read it. | He read it. | It was never read. | Books have been read.",
    "L IH V": "Where do you live? | They live here. | I have to live with it.",
    "L AY V": "A live wire. | Live music! | They are live on stage. | It came live.",
    "L AY V Z": "Our lives. | Many lives were lost. | The story of lives.",
    "L IH V Z": "She lives here. | Where he lives. | My aunt lives in town.",
    "L IY D": "They lead the way. | Take the lead. | It may lead to this.",
    "L EH D": "A lead pipe. | Made of lead.",
    "Y UW Z": "To use it. | We use this. | Use the door. | You should always use it.",
    "Y UW S": "What is the use? | In use. | No use! | Our use.",
    "Y UW S T": "She used to sing.",
    "Y UW Z D": "It is used to sing with. | We used it.",
    "K L OW Z": "Close the door. | Please close it. | To close a book. | The close of day.",
    "K L OW S": "It is close. | Too close to me. | A close friend. | Stay close.",
    "W IH N D": "The wind blows. | A cold wind. | North wind.",
    "W AY N D": "To wind the clock. | They wind up here.",
    "T IH R": "A tear fell. | One tear. | Tear gas.",
    "T EH R": "Tear it up. | To tear paper. | A tear in the cloth. | Tear down walls.",
    "B OW": "Bow and arrow. | A long bow.",
    "B AW": "You will bow. | The bow of the ship.",
    "B AE S": "Bass fishing.",
    "R EH K ER D": "A new record. | On record the same. | The record is long.",
    "R AH K AO R D": "To record it. | We record the songs. | You must record.",
    "P R EH Z AH N T": "At present. | All are present. | A present.",
    "P R IY Z EH N T": "They present a gift. | Let me present my plan.",
    "AA B JH EH K T S": "Such objects are old.",
    "AH B JH EH K T S": "She objects to that. | He never objects.",
    "S EH P R AH T": "A separate room.",
    "S EH P ER EY T": "To separate them.",
    "M AY N UW T": "A very minute part.",
    "R EH Z AH M EY": "Send your resume.",
}


def test_neighbors_tell_how_a_word_is_said(tokenizer):
    expected = [(s, word) for word, line in SENTENCES.items() for s in line.split(" | ")]
    sentences = [sentence for sentence, _ in expected]
    marks = set(".,!?|")
    said = tokenizer.detokenize(*tokenizer(sentences))
    said = [" ".join(s for s in line.split() if s not in marks) for line in said]
    assert list(zip(sentences, said, strict=True)) == expected


def test_first_takes_the_lexicon_as_it_is():
    lexicon = {"read": "R EH D", "to": "T UW"}
    first = LexiconTokenizer(lexicon, RULES)
    assert first.heteronyms == "first"
    assert first.detokenize(first("to read")[0]) == "T UW | R EH D"
    context = LexiconTokenizer(lexicon, RULES, heteronyms="context")
    assert context.detokenize(context("to read")[0]) == "T UW | R IY D"


def test_words_of_ones_own_and_braces_go_before_context():
    tokenizer = LexiconTokenizer({}, RULES, heteronyms="context", extra={"read": "R AY D"})
    assert tokenizer.detokenize(tokenizer("to read")[0]) == "R AY D"
    assert tokenizer.detokenize(tokenizer("to {L EH D}")[0]) == "L EH D"


def test_rows_do_not_see_each_other(tokenizer):
    texts = ["they have", "read", "use to", "", "close"]
    said = tokenizer.detokenize(*tokenizer(texts))
    assert said == [tokenizer.detokenize(tokenizer(text)[0]) for text in texts]


def test_stress_follows_the_tokenizer():
    units = tf.ragged.constant([["to", "record"], ["a", "record"]])
    said = Heteronyms(stress=True)(units, units.flat_values).numpy().tolist()
    assert said == [b"to", b"R AH0 K AO1 R D", b"a", b"R EH1 K ER0 D"]


def test_no_words():
    empty = tf.RaggedTensor.from_row_lengths(tf.zeros([0], tf.string), [0, 0])
    assert Heteronyms()(empty, empty.flat_values).shape == (0,)


def test_rules_name_known_classes_and_phones():
    of_word = collections.Counter(
        word for words in heteronym_rules.CLASSES.values() for word in words.split()
    )
    assert [word for word, count in of_word.items() if count > 1] == []
    for word, (default, *rules) in heteronym_rules.RULES.items():
        for contexts, said in [("", default), *rules]:
            assert phones.to_symbols(said, stress=True) == said, word
            for context in contexts.split():
                names = [name for name in context.split("_") if name]
                assert context.count("_") == 1 and names, (word, context)
                assert set(names) <= heteronym_rules.CLASSES.keys(), (word, context)


def test_bad_option_is_named():
    with pytest.raises(ValueError, match="heteronyms='best'"):
        LexiconTokenizer(heteronyms="best")
