"""What the tokenizers share: texts to tensors, and tokens back to rows of symbols."""

import numpy as np
import tensorflow as tf

from keras_speech.text import normalize


def checked_texts(texts):
    """`str`, a list of these or a tensor, as a string tensor of shape `()` or `(batch,)`."""
    texts = normalize.as_strings(texts)
    if texts.shape.rank is None or texts.shape.rank > 1:
        raise ValueError(
            f"`texts` must be one string or a batch of them. Received: shape={texts.shape}."
        )
    return texts


def written_texts(texts):
    """A tensor's texts as a list of `str`, or `None` while a graph is traced: there are none."""
    if not hasattr(texts, "numpy"):
        return None
    values = texts.numpy()
    values = [values] if isinstance(values, bytes) else values.tolist()
    return [value.decode("utf-8", errors="replace") for value in values]


def padded(ragged):
    """Tokens and lengths, int32, of ragged rows `(batch, None)` or one row `(length,)`."""
    if isinstance(ragged, tf.RaggedTensor):
        return ragged.to_tensor(), tf.cast(ragged.row_lengths(), tf.int32)
    return ragged, tf.size(ragged)


def lines(tokens, lengths, symbols, join):
    """Rows of tokens as text.

    Args:
        tokens: int array `(batch, length)` or `(length,)`, or a ragged tensor.
        lengths: int array `(batch,)`, or `None` for all tokens. Padding is always left out.
        symbols: list of symbols by token; the first is padding.
        join: function from a list of symbols to a `str`.

    Returns: list of `str`, or one `str` for tokens without a batch axis.

    Raises:
        ValueError: for tokens outside the vocabulary.
    """
    if isinstance(tokens, tf.RaggedTensor):
        rows = tokens.to_list()
    else:
        array = np.asarray(tokens)
        rows = array.tolist()
        if array.ndim == 1:
            return _line(rows if lengths is None else rows[: int(lengths)], symbols, join)
    if lengths is not None:
        rows = [row[: int(length)] for row, length in zip(rows, lengths, strict=True)]
    return [_line(row, symbols, join) for row in rows]


def _line(row, symbols, join):
    for token in row:
        if not 0 <= token < len(symbols):
            raise ValueError(f"`tokens` must lie in [0, {len(symbols)}). Received: {token}.")
    return join([symbols[token] for token in row if token])
