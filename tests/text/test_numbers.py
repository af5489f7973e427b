import tensorflow as tf

from keras_speech.text import numbers


def words(tensor):
    return [word.decode() for word in tensor.numpy()]


def test_ordinals_below_a_hundred():
    # Irregular by hand, the rest by the rule "th" and "y -> ieth".
    irregular = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth",
                 12: "twelfth"}  # fmt: skip

    def expected(number):
        if number in irregular:
            return irregular[number]
        if number > 20 and number % 10:
            return f"{numbers.PHRASES[number - number % 10]} {expected(number % 10)}"
        phrase = numbers.PHRASES[number]
        return phrase[:-1] + "ieth" if phrase.endswith("y") else phrase + "th"

    values = range(100)
    ordinals = numbers.ordinal_of(numbers.cardinal(tf.constant([str(v) for v in values])))
    assert words(ordinals) == [expected(value) for value in values]
    assert [numbers.ordinal_phrase(value) for value in values] == words(ordinals)


def test_years():
    digits = tf.constant(
        ["1900", "1905", "1984", "2000", "2009", "2010", "1066", "1000", "84", "05"]
    )
    assert words(numbers.year(digits)) == [
        "nineteen hundred", "nineteen oh five", "nineteen eighty four", "two thousand",
        "two thousand nine", "twenty ten", "ten sixty six", "one thousand", "eighty four",
        "oh five",
    ]  # fmt: skip


def test_plurals():
    plurals = numbers.plural_of(tf.constant(["nineteen eighty", "six", "one hundred"]))
    assert words(plurals) == ["nineteen eighties", "sixes", "one hundreds"]


def test_eighteen_digits_are_a_number_and_nineteen_are_digits():
    digits = tf.constant(["1" + "0" * 17, "1" + "0" * 18, "0" * 30 + "7"])
    one_by_one = ["one" + " zero" * 18, "zero " * 30 + "seven"]
    assert words(numbers.cardinal(digits)) == ["one hundred quadrillion", *one_by_one]


def test_no_numbers_at_all():
    empty = tf.constant([], tf.string)
    for function in (numbers.cardinal, numbers.year, numbers.ordinal_of, numbers.spelled_digits):
        assert function(empty).shape == (0,)
