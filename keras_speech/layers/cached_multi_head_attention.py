"""Multi-head attention, step by step, that computes no key twice."""

import math

import keras
from keras import ops

from keras_speech.layers import argument_checks


@keras.saving.register_keras_serializable("keras_speech")
class CachedMultiHeadAttention(keras.layers.MultiHeadAttention):
    """`keras.layers.MultiHeadAttention` with a step form that keeps keys and values.

    Arguments, weights and `call` are Keras's own; only the softmax is always taken in float32. The
    step form is for generation, and gives what `call` gives:

    - attention to a memory that stays (`project` once, then `attend`);
    - causal self-attention (`initial_past` and `initial_recent`, then `self_step`). New keys and
      values go into a small buffer of `chunk` steps, `recent`; full buffers are kept in `past` by
      `remember`. So a step writes `O(chunk)` numbers and reads those of the steps before, and
      never copies the whole cache, which a single large array would cost on TensorFlow, whose
      loops don't update in place.

    Args:
        num_heads: number of heads.
        key_dim: width of each head's queries, keys and, unless `value_dim` is given, values.
        dropout: rate on the weights in training. Defaults to 0.
        use_bias: whether the projections have biases. Defaults to True.
        **kwargs: further arguments of `keras.layers.MultiHeadAttention`; no gate, and attention
            over the one axis of time.

    Call arguments: see `keras.layers.MultiHeadAttention`.

    Returns: `(batch, queries, channels)`, and with `return_attention_scores=True` the weights
    `(batch, heads, queries, values)`.

    Raises:
        ValueError: if a number is out of range, or `use_gate` or `sliding_window` is set.

    Example:
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(1, 3, 8)).astype("float32")
    >>> attention = CachedMultiHeadAttention(num_heads=2, key_dim=4)
    >>> parallel = attention(x, x, use_causal_mask=True)
    >>> past, recent = attention.initial_past(1, 0, 4), attention.initial_recent(1, 4)
    >>> for t in range(3):
    ...     output, recent = attention.self_step(x[:, t], past, recent, 0, t)
    >>> bool(np.allclose(output, parallel[:, 2], atol=1e-5))
    True

    Reference: [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), section 3.2.
    """

    def __init__(self, num_heads, key_dim, dropout=0.0, use_bias=True, **kwargs):
        argument_checks.check_whole(num_heads=num_heads, key_dim=key_dim)
        argument_checks.check_share(dropout=dropout)
        super().__init__(num_heads, key_dim, dropout=dropout, use_bias=use_bias, **kwargs)
        for name in ("use_gate", "sliding_window"):
            if kwargs.get(name):
                raise ValueError(
                    f"`{name}` must be left out: the step form has none. "
                    f"Received: {name}={kwargs[name]}"
                )

    def _build_attention(self, rank):
        super()._build_attention(rank)
        # In 8 bits of mantissa a hundred weights no longer sum to 1. Keras's layer has this one's
        # precision, and would round the scores that it is given.
        self._softmax = keras.layers.Softmax(axis=self._softmax.axis, dtype="float32")

    def _masked_softmax(self, attention_scores, attention_mask=None):
        weights = super()._masked_softmax(attention_scores, attention_mask)
        return ops.cast(weights, attention_scores.dtype)

    def project(self, values):
        """Keys and values of a memory, for `attend`.

        Args:
            values: float tensor `(batch, n, channels)`.

        Returns: pair of float tensors `(batch, heads, n, key_dim)`.
        """
        keys, values = self.key_dense(values), self.value_dense(values)
        return ops.transpose(keys, (0, 2, 1, 3)), ops.transpose(values, (0, 2, 1, 3))

    def attend(self, query, memory, mask=None):
        """One query of each row to a memory that was projected before.

        Args:
            query: float tensor `(batch, channels)`.
            memory: see `project`.
            mask: bool tensor that broadcasts to `(batch, heads, n)`, True where the query may look.
                Defaults to None.

        Returns: `(output, weights)`: `(batch, channels)` and `(batch, heads, n)`.
        """
        keys, values = memory
        query = self._query(query)
        # Products of a matrix and a vector, in the order in which both are stored.
        scores = ops.matmul(keys, query[..., None])[..., 0]
        weights = self._softmax_in_float32(scores, mask)
        return self._output(ops.matmul(weights[:, :, None, :], values)[:, :, 0]), weights

    def initial_past(self, batch, n_chunks, chunk):
        """Room for the keys and values of `n_chunks * chunk` steps.

        Returns: pair of zeros `(n_chunks, batch, heads, chunk, key_dim)`.
        """
        shape = (n_chunks, batch, self.num_heads, chunk)
        return tuple(
            ops.zeros((*shape, dim), dtype=self.compute_dtype)
            for dim in (self.key_dim, self.value_dim)
        )

    def initial_recent(self, batch, chunk):
        """Room for the keys and values of the steps since the last `remember`.

        Returns: pair of zeros `(batch, heads, chunk, key_dim)`.
        """
        return tuple(x[0] for x in self.initial_past(batch, 1, chunk))

    def remember(self, past, recent, n_chunks):
        """Keep a full `recent` as chunk number `n_chunks` of `past`, once per `chunk` steps."""
        return tuple(
            ops.slice_update(kept, (n_chunks, 0, 0, 0, 0), new[None])
            for kept, new in zip(past, recent, strict=True)
        )

    def self_step(self, inputs, past, recent, n_chunks, place):
        """One step of causal self-attention.

        Args:
            inputs: float tensor `(batch, channels)`.
            past: see `initial_past` and `remember`.
            recent: see `initial_recent`.
            n_chunks: how many chunks of `past` are filled, int or scalar integer tensor.
            place: how many steps `recent` holds, int or scalar integer tensor.

        Returns: `(output, recent)`: `(batch, channels)`, and `recent` with this step in it.
        """
        batch = ops.shape(inputs)[0]
        query = self._query(inputs)
        chunk = recent[0].shape[2]
        here = ops.equal(ops.arange(chunk), place)[:, None]
        keys, values = recent = tuple(
            ops.where(here, ops.transpose(dense(inputs[:, None]), (0, 2, 1, 3)), kept)
            for dense, kept in zip((self.key_dense, self.value_dense), recent, strict=True)
        )
        past_keys, past_values = past
        n = ops.shape(past_keys)[0]
        # [n, b, h, c] -> [b, h, n * c]
        scores = ops.matmul(past_keys, query[..., None])[..., 0]
        scores = ops.reshape(
            ops.transpose(scores, (1, 2, 0, 3)), (batch, self.num_heads, n * chunk)
        )
        scores = ops.concatenate([scores, ops.matmul(keys, query[..., None])[..., 0]], axis=-1)
        seen = ops.concatenate(
            [ops.arange(n * chunk) < n_chunks * chunk, ops.arange(chunk) <= place], axis=0
        )
        weights = self._softmax_in_float32(scores, seen)
        of_past, of_recent = weights[..., : n * chunk], weights[..., n * chunk :]
        # [b, h, n * c] -> [n, b, h, 1, c]
        of_past = ops.reshape(of_past, (batch, self.num_heads, n, chunk))
        of_past = ops.transpose(of_past, (2, 0, 1, 3))[:, :, :, None, :]
        heads = ops.sum(ops.matmul(of_past, past_values), axis=0)
        heads = heads + ops.matmul(of_recent[:, :, None, :], values)
        return self._output(heads[:, :, 0]), recent

    def _query(self, inputs):
        """`(batch, channels)` -> `(batch, heads, key_dim)`, scaled."""
        return self.query_dense(inputs[:, None])[:, 0] * (1.0 / math.sqrt(self.key_dim))

    def _softmax_in_float32(self, scores, mask):
        scores = ops.cast(scores, "float32")
        if mask is not None:
            scores = ops.where(mask, scores, -1e9)
        return ops.cast(ops.softmax(scores, axis=-1), self.compute_dtype)

    def _output(self, heads):
        """`(batch, heads, value_dim)` -> `(batch, channels)`."""
        return self.output_dense(heads[:, None])[:, 0]
