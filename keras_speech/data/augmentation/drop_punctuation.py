"""`DropPunctuation`: texts that lack marks, as users' texts do."""

import tensorflow as tf

from keras_speech.data.augmentation import ranges
from keras_speech.data.augmentation.augmentation import Augmentation

MARKS = ".,;:!?"
_SPACE = " "


class DropPunctuation(Augmentation):
    """Leaves punctuation marks out of the tokens of batches, each by chance.

    A mark that was all that stood between two words becomes a word space. The frames of one that
    goes go to the token before it, where there are durations. A text that would have nothing left
    stays as it is.

    Args:
        tokenizer: the tokenizer of the batches; its `symbols` tell which tokens are marks.
        rate: probability of a mark to be left out, from 0 to 1. Defaults to 0.1.
        marks: string of the marks that may be left out. Defaults to `".,;:!?"`.
        seed: see `Augmentation`.

    Raises:
        ValueError: for a rate out of range, or marks that are no symbols of the tokenizer; in use,
            for batches without tokens.

    Example:

    >>> batches = ks.data.acoustic_batches(corpus, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> drop = ks.data.augmentation.DropPunctuation(tokenizer, 0.2, seed=1)  # doctest: +SKIP
    >>> batches = ks.data.augmentation.augmented(batches, drop)  # doctest: +SKIP
    """

    needs = ("tokens", "token_lengths")

    def __init__(self, tokenizer, rate=0.1, marks=MARKS, seed=None):
        super().__init__(seed)
        symbols = list(tokenizer.symbols)
        tokens = [token for token, symbol in enumerate(symbols) if token and symbol in set(marks)]
        if not tokens:
            raise ValueError(
                "`marks` must hold symbols of the tokenizer. "
                f"Received: marks={marks!r}, symbols {symbols}."
            )
        self.rate, _ = ranges.as_range("rate", rate, 0, 1)
        self.marks = marks
        self._tokens = tf.constant(tokens, "int32")
        self._space = symbols.index(_SPACE) if _SPACE in symbols else None

    def change(self, batch, key):
        tokens, lengths = tf.cast(batch["tokens"], "int32"), batch["token_lengths"]
        width = tf.shape(tokens)[1]
        real = tf.sequence_mask(lengths, width)
        is_mark = tf.reduce_any(tokens[..., None] == self._tokens, axis=-1) & real
        drawn = tf.random.stateless_uniform(tf.shape(tokens), key) < self.rate
        dropped = is_mark & drawn
        if self._space is not None:
            before = tf.pad(tokens[:, :-1], [[0, 0], [1, 0]])
            after = tf.pad(tf.where(real, tokens, 0)[:, 1:], [[0, 0], [0, 1]])
            mark_after = tf.pad(is_mark[:, 1:], [[0, 0], [0, 1]])
            parts = [(before != 0), before != self._space, after != 0, after != self._space]
            becomes_space = tf.reduce_all([dropped, ~mark_after, *parts], axis=0)
            tokens = tf.where(becomes_space, self._space, tokens)
            dropped &= ~becomes_space
        kept = real & ~dropped
        something = tf.reduce_any(kept & (tokens != (self._space or 0)), axis=1, keepdims=True)
        kept = tf.where(something, kept, real)
        tokens = tf.where(something, tokens, tf.cast(batch["tokens"], "int32"))
        kept_lengths = tf.reduce_sum(tf.cast(kept, "int32"), axis=1)
        order = tf.argsort(tf.cast(~kept, "int32"), axis=1, stable=True)
        gathered = tf.gather(tokens, order, batch_dims=1)
        gathered = tf.where(tf.sequence_mask(kept_lengths, width), gathered, 0)
        batch["tokens"] = tf.cast(
            tf.ensure_shape(gathered, batch["tokens"].shape), batch["tokens"].dtype
        )
        batch["token_lengths"] = tf.cast(kept_lengths, lengths.dtype)
        if "durations" in batch:
            batch["durations"] = _moved(batch["durations"], kept)
        return batch


def _moved(durations, kept):
    """Durations of the kept tokens, with those of dropped ones added to the token before."""
    n_rows, width = tf.unstack(tf.shape(durations))
    # A token that goes at the very beginning has none before it: its frames go to the first kept.
    place = tf.maximum(tf.cumsum(tf.cast(kept, "int32"), axis=1) - 1, 0)
    place += tf.range(n_rows)[:, None] * width
    sums = tf.math.unsorted_segment_sum(
        tf.reshape(durations, [-1]), tf.reshape(place, [-1]), n_rows * width
    )
    return tf.ensure_shape(tf.reshape(sums, [n_rows, width]), durations.shape)
