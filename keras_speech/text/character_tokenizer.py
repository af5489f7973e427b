"""Characters as tokens."""

import tensorflow as tf

from keras_speech.text import normalize, normalize_characters, normalize_marks

ENGLISH_ALPHABET = " abcdefghijklmnopqrstuvwxyz'-.,:;!?"


class CharacterTokenizer:
    """Turns text into one token per character, inside the graph or out of it.

    The token 0 is padding; character `i` of the alphabet is token `i + 1`. Nothing but constants
    and string operations is used, so a call works in `tf.data` maps and in any `tf.function`, and
    is exported with it.

    Args:
        alphabet: string (or list of one-character strings): the characters that have a token.
            Defaults to the space, the 26 letters and the marks ``'-.,:;!?``.
        normalizer: `"english"` (see `normalize_english`), or `None` (also `"none"`) to take the
            text as it is. Defaults to `"english"`.
        lowercase: whether to lower the case (of any script) of text that no normalizer handles.
            Defaults to `False`; `"english"` always lowers.

    Call arguments:
        texts: list of strings, or string tensor of shape `(batch,)` or `()`.

    Returns: `(tokens, lengths)`, int32 `(batch, max_length)` padded with 0, and int32 `(batch,)`;
        for one text without a batch axis `(length,)` and `()`. Characters without a token are
        dropped (`unknown` lists them), and a text that has none left gets the length 0.

    Raises: `ValueError` for an alphabet that is empty, holds a character twice, or holds
        something other than single characters; for an unknown normalizer.

    Example:
    >>> tokenizer = CharacterTokenizer()
    >>> tokens, lengths = tokenizer(["Room 5", "A"])
    >>> tokenizer.detokenize(tokens)
    ['room five', 'a']
    >>> german = CharacterTokenizer(" abcdefghijklmnopqrstuvwxyzäöüß", None, lowercase=True)
    >>> german.detokenize(german(["Öl läuft"])[0])
    ['öl läuft']
    """

    def __init__(self, alphabet=ENGLISH_ALPHABET, normalizer="english", lowercase=False):
        self.alphabet = _checked_alphabet(alphabet)
        self.normalizer = None if normalizer == "none" else normalizer
        if self.normalizer not in ("english", None):
            raise ValueError(
                f'`normalizer` must be "english" or None. Received: normalizer={normalizer!r}.'
            )
        self.lowercase = bool(lowercase)
        self._tokens = normalize_marks.ConstantTable(
            {character: token for token, character in enumerate(self.alphabet, start=1)}
        )

    @property
    def symbols(self):
        """List of all symbols; the index is the token, and the first one is padding."""
        return ["<pad>", *self.alphabet]

    @property
    def vocabulary_size(self):
        """Number of tokens, padding included."""
        return len(self.alphabet) + 1

    def __call__(self, texts):
        ragged = self.ragged(texts)
        if isinstance(ragged, tf.RaggedTensor):
            return ragged.to_tensor(), tf.cast(ragged.row_lengths(), tf.int32)
        return ragged, tf.size(ragged)

    def ragged(self, texts):
        """Returns the tokens as an int32 `tf.RaggedTensor` `(batch, None)`, unpadded."""
        texts = self._checked_texts(texts)
        characters = tf.strings.unicode_split(self._prepare(texts), "UTF-8")
        if texts.shape.rank == 0:
            tokens = self._tokens.lookup(characters, 0)
            return tf.boolean_mask(tokens, tokens > 0)
        tokens = characters.with_flat_values(self._tokens.lookup(characters.flat_values, 0))
        return tf.ragged.boolean_mask(tokens, tokens > 0)

    def normalize(self, texts):
        """Returns the text that is spoken: normalized, without characters that have no token."""
        texts = self._checked_texts(texts)
        flat = self._prepare(tf.reshape(texts, [-1]))
        characters = tf.strings.unicode_split(flat, "UTF-8")
        known = self._tokens.lookup(characters.flat_values, 0) > 0
        flat = tf.strings.unsorted_segment_join(
            tf.where(known, characters.flat_values, ""),
            characters.value_rowids(),
            characters.nrows(),
        )
        return tf.ensure_shape(tf.reshape(flat, tf.shape(texts)), texts.shape)

    def detokenize(self, tokens, lengths=None):
        """Returns the text of tokens: a list of `str`, or one `str` for tokens without batch axis.

        Args:
            tokens: int array `(batch, length)` or `(length,)`, or a ragged tensor.
            lengths: optional int array `(batch,)`; tokens after these are left out. Padding always
                is.

        Raises: `ValueError` for tokens outside the vocabulary.
        """
        if isinstance(tokens, tf.RaggedTensor):
            rows = tokens.to_list()
        else:
            rows = tf.convert_to_tensor(tokens).numpy().tolist()
        if rows and not isinstance(rows[0], list):
            return self._text_of(rows if lengths is None else rows[: int(lengths)])
        if lengths is not None:
            rows = [row[: int(length)] for row, length in zip(rows, lengths, strict=True)]
        return [self._text_of(row) for row in rows]

    def unknown(self, text):
        """Returns the distinct characters of `text` (a `str`) that will be dropped, in order."""
        if self.normalizer == "english":
            dropped = dict.fromkeys(normalize_characters.unknown_characters(text))
            rest = self._prepare(normalize.as_strings([text]))[0].numpy().decode()
        else:
            dropped, rest = {}, text.lower() if self.lowercase else text
        dropped.update(dict.fromkeys(c for c in rest if c not in self.alphabet))
        return list(dropped)

    def get_config(self):
        """Returns the arguments of the constructor, as JSON can hold them."""
        return {
            "alphabet": list(self.alphabet),
            "normalizer": self.normalizer,
            "lowercase": self.lowercase,
        }

    @classmethod
    def from_config(cls, config):
        """Returns the tokenizer of a `get_config` dict."""
        return cls(**config)

    def save_assets(self, directory):
        """Writes nothing: the configuration holds everything. Here for the common interface."""

    def load_assets(self, directory):
        """Reads nothing: the configuration holds everything. Here for the common interface."""

    def _checked_texts(self, texts):
        texts = normalize.as_strings(texts)
        if texts.shape.rank is None or texts.shape.rank > 1:
            raise ValueError(
                f"`texts` must be one string or a batch of them. Received: shape={texts.shape}."
            )
        return texts

    def _prepare(self, texts):
        if self.normalizer == "english":
            return normalize.normalize_english(texts)
        # Bytes that are no UTF-8 become U+FFFD, which no alphabet needs.
        texts = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
        return tf.strings.lower(texts, encoding="utf-8") if self.lowercase else texts

    def _text_of(self, row):
        for token in row:
            if not 0 <= token < self.vocabulary_size:
                raise ValueError(
                    f"`tokens` must lie in [0, {self.vocabulary_size}). Received: {token}."
                )
        return "".join(self.alphabet[token - 1] for token in row if token)


def _checked_alphabet(alphabet):
    if not isinstance(alphabet, (str, list, tuple)):
        raise ValueError(
            "`alphabet` must be a string or a list of single characters. "
            f"Received: alphabet={alphabet!r}."
        )
    characters = tuple(alphabet)
    if not characters:
        raise ValueError(f"`alphabet` must not be empty. Received: alphabet={alphabet!r}.")
    for character in characters:
        if not isinstance(character, str) or len(character) != 1:
            raise ValueError(
                "`alphabet` must hold single characters (one Unicode code point each). "
                f"Received: {character!r}."
            )
    twice = sorted({c for c in characters if characters.count(c) > 1})
    if twice:
        raise ValueError(f"`alphabet` must not hold a character twice. Received twice: {twice}.")
    return characters
