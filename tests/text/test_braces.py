import pytest
import tensorflow as tf

from keras_speech.text import lexicon_tokenizer

LEXICON = {"the": "DH AH", "pipe": "P AY P", "lead": "L EH D", "doctor": "D AA K T ER", "i": "AY"}
STRESSED = {"the": "DH AH0", "pipe": "P AY1 P"}


@pytest.fixture(scope="module")
def tokenizer():
    return lexicon_tokenizer.LexiconTokenizer(LEXICON, {"(x)": "1 K S"})


def say(tokenizer, *texts):
    return tokenizer.detokenize(*tokenizer(list(texts)))


@pytest.mark.parametrize("normalizer", ["english", None])
def test_braces_are_said_as_they_stand(normalizer):
    tokenizer = lexicon_tokenizer.LexiconTokenizer(LEXICON, {"(x)": "1 K S"}, normalizer=normalizer)
    symbols = {
        "I {L IY1 D} the {L EH1 D} pipe.": "AY | L IY D | DH AH | L EH D | P AY P .",
        "{l iy d}": "L IY D",
        "{  L\tIY D }": "L IY D",
        "{L IY D}{L EH D}the{L EH D}pipe": "L IY D | L EH D | DH AH | L EH D | P AY P",
        "the {N AO R}'s pipe": "DH AH | N AO R Z | P AY P",
        "'{L EH D}' pipe, the {L IY D}-pipe!": "L EH D | P AY P , DH AH | L IY D | P AY P !",
        "pipe.{L IY D}": "P AY P . L IY D",
        "{L IY D}{}the {} pipe": "L IY D | DH AH | P AY P",
        "doctor {L IY D}, pipe": "D AA K T ER | L IY D , P AY P",
        "{ZH ER2 NG HH W UH0}": "ZH ER NG HH W UH",
        "the { pipe": "DH AH | P AY P",
        "the } pipe": "DH AH | P AY P",
        "} the {": "DH AH",
    }
    assert dict(zip(symbols, say(tokenizer, *symbols), strict=True)) == symbols


@pytest.mark.parametrize("stress", [False, True])
def test_every_phone_can_stand_in_braces(stress):
    tokenizer = lexicon_tokenizer.LexiconTokenizer({}, {"(x)": "1 K S"}, stress=stress)
    phones = tokenizer.symbols[9:]
    assert say(tokenizer, *[f"{{{phone}}}" for phone in phones]) == phones


def test_stress_is_kept_where_the_symbols_have_it():
    tokenizer = lexicon_tokenizer.LexiconTokenizer(STRESSED, {}, stress=True)
    assert say(tokenizer, "the {L IY2 D} pipe") == ["DH AH0 | L IY2 D | P AY1 P"]
    with pytest.raises(ValueError, match="a vowel needs its stress.*Received: 'IY' in {L IY D}"):
        tokenizer("the {L IY D} pipe")


@pytest.mark.parametrize(
    "text, message",
    [
        ("the {L IY1 DD} pipe", "ARPAbet.*Received: 'DD' in {L IY1 DD}"),
        ("{IY3}", "'IY3'"),
        ("{D1}", "'D1'"),
        ("{1, 2}", "'1,'"),
        ("{L|IY}", r"'L\|IY'"),
    ],
)
def test_other_things_in_braces_are_refused(tokenizer, text, message):
    for texts in (text, ["the", text], tf.constant([text])):
        with pytest.raises(ValueError, match=message):
            tokenizer(texts)
    with pytest.raises(ValueError, match=message):
        tokenizer.normalize(text)


def test_in_a_graph_other_things_are_dropped_and_unknown_lists_them(tokenizer):
    text = "the {L IY1 DD D} \u4e16 {XX}{DD} pipe"
    said = tf.function(lambda texts: tokenizer(texts)[0])(tf.constant([text]))
    assert tokenizer.detokenize(said) == ["DH AH | L IY D | P AY P"]
    assert tokenizer.unknown(text) == ["\u4e16", "{DD}", "{XX}"]
    assert tokenizer.unknown("the {L IY1 D} {pipe") == ["{"]
    assert tokenizer.unknown("{L IY1 D}") == []


def test_normalized_text_keeps_braces_and_says_the_same(tokenizer):
    text = "Dr. '{l iy1 d}'s 'pipe' ({L EH D})..."
    normal = tokenizer.normalize(text)
    assert normal.numpy().decode() == "doctor {L IY D}'s pipe, {L EH D}."
    assert tokenizer.normalize(normal).numpy() == normal.numpy()
    assert say(tokenizer, normal.numpy().decode()) == say(tokenizer, text)


def test_words_that_look_like_the_code_are_words(tokenizer):
    # What stands for {L} inside, written as text: spelled letters, not a phone.
    tokenizer = lexicon_tokenizer.LexiconTokenizer({}, {"(z)": "1 Z", "(q)": "1 K", "(l)": "1 L"})
    assert say(tokenizer, "zqzlxq") == say(tokenizer, "z q zlxq")
    assert say(tokenizer, "\x02zqzlxq\x03 \x01xL\x01") == say(tokenizer, "z q zlxq x l")


def test_saved_model_says_braces_without_python(tmp_path):
    module = tf.Module()
    tokenizer = lexicon_tokenizer.LexiconTokenizer(
        LEXICON, {"(x)": "1 K S"}, extra={"zed": "Z EH D"}, heteronyms="context"
    )
    texts = ["I {L IY1 D} the {L EH1 D} pipe.", "Zed's {QQ} read it", "to read, has read", ""]
    module.call = tf.function(
        lambda texts: tokenizer(texts), input_signature=[tf.TensorSpec([None], tf.string)]
    )
    expected = [row.numpy() for row in module.call(tf.constant(texts))]
    assert tokenizer.detokenize(*expected)[0] == "AY | L IY D | DH AH | L EH D | P AY P ."
    tf.saved_model.save(module, str(tmp_path))
    graph = module.call.get_concrete_function().graph
    # No Python function, and no table that something would have to own.
    kinds = {node.type for node in graph.get_operations()}
    assert not {kind for kind in kinds if "PyFunc" in kind or "HashTable" in kind}
    del module
    loaded = tf.saved_model.load(str(tmp_path))
    for ours, theirs in zip(expected, loaded.call(tf.constant(texts)), strict=True):
        assert (ours == theirs.numpy()).all()
