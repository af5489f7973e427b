"""Text of many languages to phones, by eSpeak NG."""

import functools
import re
import unicodedata

import tensorflow as tf

from keras_speech.text import espeak, ipa, token_rows

# A mark with something behind it other than space, as in 3,14 and 10:30, belongs to its word; the
# full-width ones, which need no space, never do.
_MARK = re.compile(r"\s([-–—])\s|([.,!?;:…।۔،؟؛—])[\"'”“’»)\]]*(?=\s|$)|([。．，、！？；：])")
_TOKENS = {symbol: token for token, symbol in enumerate(ipa.SYMBOLS) if token}


class PhonemizerTokenizer:
    """Turns text into one token per IPA character, word space and punctuation mark.

    For languages other than American English, which `LexiconTokenizer` reads inside the graph.
    eSpeak NG reads the text, numbers and abbreviations included; it runs in Python, so this
    tokenizer serves training and `Voice`, but works in no `tf.function` and **cannot be exported**.
    There an acoustic model takes the tokens that this one made before.

    A phone with a sign of length or an accent is several tokens, and so is an affricate. Between
    words stands a space; a punctuation mark takes its place. The symbols are the same for every
    language, so one model may learn several.

    Needs the extra `[phonemizer]`, from the first call on: `pip install
    'keras-speech[phonemizer]'`. The packages hold code under the GPL 3.

    Args:
        language: eSpeak's name of the language, such as `"de"`, `"fr-fr"`, `"cmn"` or `"en-gb"`.
        stress: whether the marks of stress, ˈ and ˌ, are kept. Defaults to `True`.

    Call arguments:
        texts: list of strings, or string tensor of shape `(batch,)` or `()`, not symbolic.

    Returns: `(tokens, lengths)`, int32 `(batch, max_length)` padded with 0, and int32 `(batch,)`;
        for one text without a batch axis `(length,)` and `()`. A text without a phone gets the
        length 0.

    Raises:
        ImportError: when eSpeak NG is not installed.
        ValueError: for an unknown language, and for texts of a graph.

    Example:

    >>> tokenizer = PhonemizerTokenizer("de")
    >>> tokenizer.detokenize(tokenizer(["Guten Tag, Welt!"])[0])  # doctest: +SKIP
    ['ɡˈuːtən tˈɑːk,vˈɛlt!']
    """

    def __init__(self, language, *, stress=True):
        self.language, self.stress = str(language), bool(stress)
        self._say = functools.lru_cache(maxsize=4096)(self._phones)
        self._backend = None

    @property
    def symbols(self):
        """List of all symbols; the index is the token, and the first one is padding."""
        return list(ipa.SYMBOLS)

    @property
    def vocabulary_size(self):
        """Number of tokens, padding included."""
        return len(ipa.SYMBOLS)

    def __call__(self, texts):
        return token_rows.padded(self.ragged(texts))

    @tf.autograph.experimental.do_not_convert
    def ragged(self, texts):
        """Returns the tokens as an int32 `tf.RaggedTensor` `(batch, None)`, unpadded."""
        texts = token_rows.checked_texts(texts)
        if (written := token_rows.written_texts(texts)) is None:
            raise ValueError(
                "`texts` must be at hand: PhonemizerTokenizer runs eSpeak in Python, so it works "
                "in no tf.function and is not exported. Pass its tokens in, or use "
                f"LexiconTokenizer or CharacterTokenizer. Received: {texts}."
            )
        rows = [[_TOKENS[s] for s in self._symbols_of(text) if s in _TOKENS] for text in written]
        if texts.shape.rank == 0:
            return tf.constant(rows[0], tf.int32)
        return tf.RaggedTensor.from_row_lengths(
            tf.constant([token for row in rows for token in row], tf.int32),
            tf.constant([len(row) for row in rows], tf.int64),
        )

    def normalize(self, texts):
        """Returns the text with single spaces; what it means is eSpeak's to read."""
        texts = token_rows.checked_texts(texts)
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.strip(tf.strings.regex_replace(texts, r"\s+", " "))

    def detokenize(self, tokens, lengths=None):
        """Returns the phones of tokens: a list of `str`, or one for tokens without batch axis.

        Args:
            tokens: int array `(batch, length)` or `(length,)`, or a ragged tensor.
            lengths: optional int array `(batch,)`; tokens after these are left out. Padding always
                is.

        Raises:
            ValueError: for tokens outside the vocabulary.
        """
        return token_rows.lines(tokens, lengths, ipa.SYMBOLS, "".join)

    def unknown(self, text):
        """Returns the characters of the phones that have no token, in order.

        What eSpeak itself passes over in silence it does not tell.
        """
        return [s for s in dict.fromkeys(self._symbols_of(text)) if s not in _TOKENS]

    def get_config(self):
        """Returns the arguments of the constructor, as JSON can hold them."""
        return {"language": self.language, "stress": self.stress}

    @classmethod
    def from_config(cls, config):
        """Returns the tokenizer of a `get_config` dict."""
        return cls(**config)

    def save_assets(self, directory):
        """Writes nothing: the configuration holds everything. Here for the common interface."""

    def load_assets(self, directory):
        """Reads nothing: the configuration holds everything. Here for the common interface."""

    def _symbols_of(self, text):
        """Symbols of a text: phones, one space or mark between words, none at the beginning."""
        symbols, mark = [], ""
        start = 0
        for match in [*_MARK.finditer(text), None]:
            piece = text[start : match.start() if match else len(text)]
            if any(map(str.isalnum, piece)) and (said := self._say(" ".join(piece.split()))):
                symbols += [*(mark or ipa.WORD_SPACE) * bool(symbols), *said]
                mark = ""
            if match:
                mark = mark or ipa.MARKS[next(filter(None, match.groups()))]
                start = match.end()
        return symbols + [mark] * bool(symbols and mark)

    def _phones(self, text):
        if self._backend is None:
            self._backend = espeak.make_backend(self.language, stress=self.stress)
        # Some languages' phones are written with marks that are punctuation here.
        said = "".join(c for c in self._backend(text) if c not in ipa.PUNCTUATION)
        return " ".join(unicodedata.normalize("NFD", said).split())
