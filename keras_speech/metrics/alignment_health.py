"""How well an attention reads: measures of one alignment, on NumPy arrays.

Each function takes the attention weights `(steps, tokens)` of one text, as models return them for
every row of a batch, and says with `n_steps` and `n_tokens` how many are real: what lies beyond
is padding and changes nothing. A step is one of the decoder's: with a reduction factor it covers
several frames, and `generate` repeats it for each of them. `stuck_steps`, `end_steps` and
`n_steps` then count frames; the other measures do not depend on it.

What a step attends to is the token with its greatest weight. A step without any weight, as
monotonic attentions have once they have left the text, stays where the step before was.
"""

import dataclasses

import numpy as np

# A token counts as attended to from this weight on: far above what a diffuse attention spreads
# over each of twenty tokens, and below what a short sound gets that shares its step with others.
ATTENDED = 0.1


@dataclasses.dataclass(frozen=True)
class AlignmentHealth:
    """All measures of one alignment; each is described at the function of its name.

    Attributes:
        diagonality: from -1 to 1, 1 for reading in order.
        coverage: from 0 to 1, share of the tokens that are attended to.
        sharpness: from 0 to 1, mean of each step's greatest weight.
        skipped_tokens: tokens left out in runs.
        unread_tokens: tokens at the end that were never reached.
        backward_steps: steps that went back.
        stuck_steps: longest stay on one token before the last.
        stuck_token: index of the token of that stay.
        end_steps: steps spent on the last token at the end.
        n_steps, n_tokens: size of the alignment, without padding.
    """

    diagonality: float
    coverage: float
    sharpness: float
    skipped_tokens: int
    unread_tokens: int
    backward_steps: int
    stuck_steps: int
    stuck_token: int
    end_steps: int
    n_steps: int
    n_tokens: int


def alignment_health(alignment, n_steps=None, n_tokens=None, *, skipped_at_once=4, back_by=3):
    """Every measure of one alignment.

    Args:
        alignment: float `(steps, tokens)`, attention weights.
        n_steps, n_tokens: how many are real. Default to all.
        skipped_at_once: see `skipped_tokens`. Defaults to 4.
        back_by: see `backward_steps`. Defaults to 3.

    Returns: `AlignmentHealth`.

    Raises:
        ValueError: if `alignment` is not of rank 2, holds negative values or no numbers, or a
            length is out of its range.

    Example:

    >>> health = alignment_health(np.eye(4).repeat(5, axis=0))
    >>> health.coverage, health.stuck_steps, health.end_steps
    (1.0, 5, 5)
    """
    weights = _real(alignment, n_steps, n_tokens)
    stay, token = _longest_stay(weights)
    return AlignmentHealth(
        diagonality=diagonality(weights),
        coverage=coverage(weights),
        sharpness=sharpness(weights),
        skipped_tokens=skipped_tokens(weights, at_once=skipped_at_once),
        unread_tokens=unread_tokens(weights),
        backward_steps=backward_steps(weights, by=back_by),
        stuck_steps=stay,
        stuck_token=token,
        end_steps=end_steps(weights),
        n_steps=weights.shape[0],
        n_tokens=weights.shape[1],
    )


def diagonality(alignment, n_steps=None, n_tokens=None):
    """Correlation of step and token, with the attention weights as their joint distribution.

    1 for a straight diagonal, and little less for one that bends as speech does, which lingers at
    pauses; 0 for an attention that looks everywhere, or always at one place; -1 for reading
    backward. A text of one token, or one step, has no diagonal to miss: 1.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: float from -1 to 1.
    """
    weights = _real(alignment, n_steps, n_tokens)
    if 1 in weights.shape:
        return 1.0
    total = weights.sum()
    if not total:
        return 0.0
    joint = weights / total
    step, token = (np.arange(n, dtype="float64") for n in weights.shape)
    step -= joint.sum(axis=1) @ step
    token -= joint.sum(axis=0) @ token
    spread = (joint.sum(axis=1) @ step**2) * (joint.sum(axis=0) @ token**2)
    # Rounding leaves about 1e-16 of a spread of none.
    return float(step @ joint @ token / np.sqrt(spread)) if spread > 1e-12 else 0.0


def coverage(alignment, n_steps=None, n_tokens=None):
    """Share of the tokens to which some step attends with a weight of at least `ATTENDED`.

    A voice that reads well need not reach 1: spaces and silent letters may get nothing.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: float from 0 to 1.
    """
    return float(np.mean(_attended(_real(alignment, n_steps, n_tokens))))


def sharpness(alignment, n_steps=None, n_tokens=None):
    """Mean over steps of the greatest weight: 1 / tokens for a diffuse attention, up to 1.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: float from 0 to 1.

    Reference: the focus rate of [Ren et al., 2019](https://arxiv.org/abs/1905.09263), section 3.2.
    """
    return float(np.mean(_real(alignment, n_steps, n_tokens).max(axis=1)))


def skipped_tokens(alignment, n_steps=None, n_tokens=None, *, at_once=4):
    """Tokens that no step attends to, although later ones are, in runs of at least `at_once`.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.
        at_once: neighbors that must be missing to count. Shorter gaps are the rule: spaces, and
            silent letters as in "through". Defaults to 4.

    Returns: int.
    """
    attended = np.append(-1, np.flatnonzero(_attended(_real(alignment, n_steps, n_tokens))))
    gaps = np.diff(attended) - 1
    return int(gaps[gaps >= at_once].sum())


def unread_tokens(alignment, n_steps=None, n_tokens=None):
    """Tokens at the end of the text, after the last one that any step attends to.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: int; all tokens if none is attended to.
    """
    attended = _attended(_real(alignment, n_steps, n_tokens))
    return int(np.argmax(attended[::-1])) if attended.any() else len(attended)


def backward_steps(alignment, n_steps=None, n_tokens=None, *, by=1):
    """Steps that attend to a token at least `by` places before the step before did.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.
        by: least number of tokens. 1 also counts wavering between neighbors, which is not
            heard. Defaults to 1.

    Returns: int.
    """
    return int(np.sum(np.diff(_path(_real(alignment, n_steps, n_tokens))) <= -by))


def stuck_steps(alignment, n_steps=None, n_tokens=None):
    """Longest run of steps that attend to one token, the stay on the last token aside.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: int; 0 if every step attends to the last token.
    """
    return _longest_stay(_real(alignment, n_steps, n_tokens))[0]


def end_steps(alignment, n_steps=None, n_tokens=None):
    """Steps at the end that attend to the last token: silence, if there are many.

    Args:
        alignment, n_steps, n_tokens: see `alignment_health`.

    Returns: int.
    """
    weights = _real(alignment, n_steps, n_tokens)
    elsewhere = np.flatnonzero(_path(weights) != weights.shape[1] - 1)
    return int(len(weights) - 1 - elsewhere[-1]) if len(elsewhere) else len(weights)


def _longest_stay(weights):
    """Steps of the longest run on a token that is not the last, and that token."""
    path = _path(weights)
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    lengths = np.diff(starts, append=len(path))
    lengths = np.where(path[starts] == weights.shape[1] - 1, 0, lengths)
    longest = int(np.argmax(lengths))
    return int(lengths[longest]), int(path[starts[longest]])


def _path(weights):
    """The token that each step attends to, int `(steps,)`."""
    path, looking = weights.argmax(axis=1), weights.max(axis=1) > 0
    last_look = np.maximum.accumulate(np.where(looking, np.arange(len(path)), 0))
    return path[last_look]


def _attended(weights):
    return weights.max(axis=0) >= ATTENDED


def _real(alignment, n_steps, n_tokens):
    """float64 `(n_steps, n_tokens)`, checked and without padding."""
    weights = np.asarray(alignment)
    if weights.ndim != 2 or 0 in weights.shape:
        raise ValueError(
            f"`alignment` must be of shape (steps, tokens). Received: shape={weights.shape}"
        )
    lengths = []
    for name, value, most in zip(
        ("n_steps", "n_tokens"), (n_steps, n_tokens), weights.shape, strict=True
    ):
        value = most if value is None else int(value)
        if not 1 <= value <= most:
            raise ValueError(f"`{name}` must be from 1 to {most}. Received: {name}={value}")
        lengths.append(value)
    weights = weights[: lengths[0], : lengths[1]].astype("float64")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(
            "`alignment` must hold finite weights from 0. "
            f"Received: values from {weights.min()} to {weights.max()}"
        )
    return weights
