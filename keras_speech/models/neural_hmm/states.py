"""Which states the tokens have, and back from states to tokens."""

from keras import ops

from keras_speech.models import checks


def check_tokens(stateless_tokens, vocabulary_size):
    """The ids as a tuple, or `ValueError`."""
    for token in stateless_tokens:
        if not checks.is_whole(token) or not 0 < token < vocabulary_size:
            raise ValueError(
                f"`stateless_tokens` must be whole numbers in [1, {vocabulary_size}). "
                f"Received: stateless_tokens={stateless_tokens}"
            )
    return tuple(int(token) for token in stateless_tokens)


def has_states(tokens, mask, stateless_tokens):
    """bool `(batch, tokens)`: real tokens but the stateless ones.

    A row of nothing else keeps them all, for a path needs a state.
    """
    has = mask
    for token in stateless_tokens:
        has = ops.logical_and(has, ops.not_equal(tokens, token))
    return ops.where(ops.any(has, axis=1, keepdims=True), has, mask)


def states_first(has):
    """int32 `(batch, tokens)`: places of the tokens with states, in order, then of the others."""
    n_tokens = ops.shape(has)[1]
    places = ops.arange(n_tokens, dtype="int32")
    return ops.cast(ops.argsort(ops.where(has, places, places + n_tokens), axis=1), "int32")


def gather_rows(values, places):
    """`values[b, places[b, i]]`, for values `(batch, n)` or `(batch, n, channels)`."""
    if len(values.shape) == 3:
        places = places[:, :, None]
    return ops.take_along_axis(values, places, axis=1)


def per_token(values, has, states_per_token):
    """Sums of what a token's states have.

    Args:
        values: `(..., states)`, tokens with states first, as `states_first` orders them.
        has: bool `(batch, tokens)` of `has_states`; `batch` is the first axis of `values`.
        states_per_token: states of a token.

    Returns: `(..., tokens)`, 0 for tokens without states.
    """
    *leading, n_states = ops.shape(values)
    shape = (*leading, n_states // states_per_token, states_per_token)
    sums = ops.sum(ops.reshape(values, shape), axis=-1)
    rank = ops.maximum(ops.cumsum(ops.cast(has, "int32"), axis=1) - 1, 0)
    for _ in leading[1:]:
        has, rank = has[:, None], rank[:, None]
    rank = ops.broadcast_to(rank, (*leading, ops.shape(rank)[-1]))
    sums = ops.take_along_axis(sums, rank, axis=-1)
    return ops.where(has, sums, ops.zeros_like(sums))
