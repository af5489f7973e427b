"""Phones in braces, such as `{L IY1 D}`, which stand in a text in place of a word."""

import re

import tensorflow as tf

from keras_speech.text import normalize_marks, phones

# On its way through the normalizer a word in braces is one word of letters: this beginning, which
# no word has, and three letters for each phone, the last of them for its stress.
_CODED = "zqz"
_STRESS_LETTERS = {"": "q", "0": "a", "1": "b", "2": "c"}
_BEGIN, _END = "\x02", "\x03"
_SPAN = r"\{([^{}]*)\}"


class BracedPhones:
    """Keeps words in braces through what happens to the text around them, in the graph.

    Between braces stand ARPAbet phones with spaces between, in either case, with or without
    stress digits. Without `stress` the digits are dropped; with it a vowel must have one.

    Args:
        stress: whether vowels carry a digit in the tokenizer's symbols. Defaults to `False`.

    Example:

    >>> braced = BracedPhones()
    >>> coded = braced.encode(tf.constant(["I {L IY1 D}."]))
    >>> braced.decode(coded).numpy().tolist()
    [b'I {L IY D}.']
    """

    def __init__(self, *, stress=False):
        self._symbols = phones.written_forms(stress=stress)
        self._codes = normalize_marks.ConstantTable(
            {written: _code_of(symbol) for written, symbol in self._symbols.items()}
        )
        self._of_code = normalize_marks.ConstantTable(
            {_code_of(symbol): symbol for symbol in self._symbols.values()}
        )

    def outside(self, text):
        """Returns a `str` with a space in place of each part in braces."""
        return re.sub(_SPAN, " ", text)

    def unknown(self, text):
        """Returns what stands in the braces of a `str` and is no phone, each in its braces."""
        spans = [span.split() for span in re.findall(_SPAN, text)]
        return [
            f"{{{written}}}"
            for written in dict.fromkeys(part for span in spans for part in span)
            if written.upper() not in self._symbols
        ]

    def check(self, texts):
        """Raises `ValueError` where one of the `str` in `texts` has something else in braces."""
        for text in texts:
            for span in re.findall(_SPAN, text) if "{" in text else ():
                for written in span.split():
                    if written.upper() not in self._symbols:
                        raise ValueError(
                            "Braces must hold ARPAbet phones with spaces between, as {HH AH0 L OW1}"
                            f"{phones.advice(written, self._symbols)}. "
                            f"Received: {written!r} in {{{span}}}."
                        )

    def encode(self, texts):
        """Writes every word in braces as one word of letters.

        Args:
            texts: string tensor `(batch,)`.

        Returns: string tensor `(batch,)`, UTF-8. What is no phone is dropped.
        """
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        texts = normalize_marks.rewrite(
            texts,
            [
                (r"[\x01-\x03]", "\x04"),  # ours now; one control character is like another
                (f"(?i){_CODED}", "z q z"),  # a word that only looks like one of ours
                (_SPAN, r"<x \1>"),
            ],
        )
        texts = normalize_marks.replace_marked(texts, self._coded)
        # It is a word of its own, whatever letter or mark it touches; a hyphen or 's may follow.
        return normalize_marks.rewrite(
            texts,
            [
                (rf"([\pL\pN.,;:!?{_END}]){_BEGIN}", rf"\1 {_BEGIN}"),
                (rf"{_END}([\pL\pN])", r" \1"),
                (rf"[{_BEGIN}{_END}]", ""),
            ],
        )

    def decode(self, texts):
        """Puts the words that `encode` wrote back into braces, as the tokenizer's symbols."""
        texts = normalize_marks.rewrite(texts, [(rf"\b({_CODED}(?:[a-z]{{3}})+)", r"<x \1>")])
        return normalize_marks.replace_marked(
            texts, lambda spans: "{" + self.phones_of(_payload(spans)) + "}"
        )

    def is_coded(self, words):
        """Tells which of the words `(n,)` are from braces."""
        return tf.strings.regex_full_match(words, f"{_CODED}[a-z]+")

    def phones_of(self, words):
        """Returns the space-joined phones of words `(n,)` that `is_coded`; nothing for others."""
        codes = tf.strings.regex_replace(words, f"^{_CODED}", "")
        codes = tf.strings.split(tf.strings.regex_replace(codes, "[a-z]{3}", r"\0 "))
        symbols = codes.with_flat_values(self._of_code.lookup(codes.flat_values, ""))
        return tf.strings.reduce_join(symbols, axis=-1, separator=" ")

    def _coded(self, spans):
        written = tf.strings.split(tf.strings.upper(_payload(spans)))
        codes = written.with_flat_values(self._codes.lookup(written.flat_values, ""))
        word = tf.strings.reduce_join(codes, axis=-1)
        return tf.where(tf.equal(word, ""), " ", _BEGIN + _CODED + word + _END)


def _payload(spans):
    return tf.strings.regex_replace(spans, "^x", "")  # the letter that names the kind of span


def _code_of(symbol):
    phone = symbol.rstrip("012")
    return phone.lower().ljust(2, "x") + _STRESS_LETTERS[symbol[len(phone) :]]
