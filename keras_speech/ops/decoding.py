"""Decode token by token: the likeliest token, or a drawn one, is what the next step reads."""

from keras import ops, tree

from keras_speech.ops import categorical, counter_noise


def greedy_decode(step, state, start_tokens, *, end_token, max_steps, padding=0):
    """Take the likeliest token at each step until every row has ended.

    Args:
        step: function `(tokens, state) -> (logits, state)` of int32 `(batch,)` to float
            `(batch, n)`; rows must not depend on each other.
        state: nested tuple of tensors, of the same shapes at every step.
        start_tokens: int tensor `(batch,)`, what the first step reads.
        end_token: int, the token that ends a row; it is part of the row.
        max_steps: int, the most tokens per row, 1 or more.
        padding: int, what stands, and is read, after a row's end. Defaults to 0.

    Returns: dict of `"tokens"`, int32 `(batch, max_steps)`; `"lengths"`, int32 `(batch,)`, tokens
    up to and with the end, `max_steps` where it did not come; `"log_probabilities"`, float32
    `(batch, max_steps)`, of each token given those before it, 0 after the end.

    Raises:
        ValueError: if `max_steps` is less than 1.

    Example:

    >>> import numpy as np
    >>> after = np.array([1, 2, 3, 0])  # 0 ends
    >>> def step(tokens, state):
    ...     return 9.0 * ops.one_hot(ops.take(after, tokens), 4), state
    >>> found = greedy_decode(step, (), np.array([1, 3]), end_token=0, max_steps=5)
    >>> np.asarray(found["tokens"]).tolist(), np.asarray(found["lengths"]).tolist()
    ([[2, 3, 0, 0, 0], [0, 0, 0, 0, 0]], [3, 1])
    """

    def choose(logits, _):
        return ops.cast(ops.argmax(logits, axis=-1), "int32")

    return _decode(step, state, start_tokens, choose, end_token, max_steps, padding)


def sample_decode(
    step,
    state,
    start_tokens,
    *,
    end_token,
    max_steps,
    temperature=1.0,
    top_p=1.0,
    seed=0,
    noise=None,
    padding=0,
):
    """Draw a token at each step until every row has ended.

    The same seed draws the same tokens on every backend, and in a row whatever the others are.

    Args:
        step, state, start_tokens, end_token, max_steps, padding: see `greedy_decode`.
        temperature: number above 0 that divides the logits. Defaults to 1.
        top_p: float in (0, 1]; below 1, only the likeliest tokens that together hold this share
            are drawn. Defaults to 1.
        seed: int. Defaults to 0.
        noise: float32 tensor `(batch, max_steps)`, uniform in [0, 1], in place of the seed's: each
            number picks the token at which the cumulated probabilities pass it. Defaults to None.

    Returns: as `greedy_decode`; the log-probabilities are the model's, of temperature 1.

    Raises:
        ValueError: if `max_steps` is less than 1, `temperature` not above 0, or `top_p` not in
            (0, 1].

    Example:

    >>> import numpy as np
    >>> def coin(tokens, state):
    ...     return ops.zeros((ops.shape(tokens)[0], 2)), state
    >>> found = sample_decode(coin, (), np.ones(100, "int32"), end_token=0, max_steps=50, seed=1)
    >>> 1.5 < float(np.asarray(found["lengths"]).mean()) < 2.5
    True
    """
    if not temperature > 0:
        raise ValueError(f"`temperature` must be above 0. Received: temperature={temperature}.")
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1]. Received: top_p={top_p}.")
    if noise is None:
        rows = ops.shape(start_tokens)[0]
        noise = ops.transpose(counter_noise.uniform(seed, 0, (max_steps, rows, 1))[:, :, 0])

    def choose(logits, place):
        number = ops.take(noise, place, axis=1)
        return categorical.sample(logits, number, temperature=temperature, top_p=top_p)

    return _decode(step, state, start_tokens, choose, end_token, max_steps, padding)


def _decode(step, state, start_tokens, choose, end_token, max_steps, padding):
    if max_steps < 1:
        raise ValueError(f"`max_steps` must be at least 1. Received: max_steps={max_steps}.")
    tokens = ops.cast(start_tokens, "int32")
    state = tree.map_structure(ops.convert_to_tensor, state)
    places = ops.expand_dims(ops.arange(max_steps, dtype="int32"), 0)
    zeros = ops.expand_dims(ops.zeros_like(tokens), -1) + ops.zeros_like(places)

    def goes_on(place, tokens, ended, state, *found):
        return ops.logical_and(place < max_steps, ops.logical_not(ops.all(ended)))

    def body(place, tokens, ended, state, written, log_probabilities, lengths):
        logits, state = step(tokens, state)
        logits = ops.cast(logits, "float32")
        chosen = choose(logits, place)
        all_log_probabilities = ops.log_softmax(logits, axis=-1)
        taken = ops.take_along_axis(all_log_probabilities, ops.expand_dims(chosen, -1), axis=-1)
        tokens = ops.where(ended, padding, chosen)
        here = places == place
        written = ops.where(here, ops.expand_dims(tokens, -1), written)
        taken = ops.where(ops.expand_dims(ended, -1), 0.0, taken)
        log_probabilities = ops.where(here, taken, log_probabilities)
        lengths = lengths + ops.cast(ops.logical_not(ended), "int32")
        ended = ops.logical_or(ended, chosen == end_token)
        return place + 1, tokens, ended, state, written, log_probabilities, lengths

    *_, written, log_probabilities, lengths = ops.while_loop(
        goes_on,
        body,
        (
            ops.convert_to_tensor(0, dtype="int32"),
            tokens,
            ops.zeros_like(tokens, dtype="bool"),
            state,
            zeros + padding,
            ops.cast(zeros, "float32"),
            ops.zeros_like(tokens),
        ),
    )
    return {"tokens": written, "lengths": lengths, "log_probabilities": log_probabilities}
