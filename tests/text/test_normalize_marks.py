import tensorflow as tf

from keras_speech.text import normalize_marks


def test_marked_spans_are_replaced_and_the_rest_stays():
    texts = tf.constant(["a 1 b 22", "", "3", "none", "4 5"])
    marked = normalize_marks.rewrite(texts, [(r"(\d+)", r"<n \1>")])
    replaced = normalize_marks.replace_marked(marked, lambda spans: "[" + spans + "]")
    expected = [b"a [n1] b [n22]", b"", b"[n3]", b"none", b"[n4] [n5]"]
    assert replaced.numpy().tolist() == expected


def test_later_patterns_do_not_match_inside_marks():
    text = normalize_marks.rewrite(
        tf.constant(["x 12 y"]), [(r"\b(\d+)", r"<n \1>"), (r"\b\d", "BROKEN")]
    )
    assert text.numpy().tolist() == [b"x \x01n12\x01 y"]


def test_table_finds_every_key_and_nothing_else():
    entries = {f"key {number}": number for number in range(1000)} | {"é": -1, "": -2}
    table = normalize_marks.ConstantTable(entries)
    assert table.lookup(tf.constant(list(entries)), 7).numpy().tolist() == list(entries.values())
    assert table.lookup(tf.constant(["key", "Key 1", "e"]), 7).numpy().tolist() == [7, 7, 7]
    assert table.lookup(tf.constant([], tf.string), 7).shape == (0,)


def test_table_made_while_tracing_works():
    @tf.function
    def lookup(keys):
        return normalize_marks.ConstantTable({"a": "x", "b": "y"}).lookup(keys, keys)

    assert lookup(tf.constant(["b", "c"])).numpy().tolist() == [b"y", b"c"]
