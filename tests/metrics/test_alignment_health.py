"""Measures of alignments, on alignments with a planted fault each."""

import numpy as np
import pytest

from keras_speech.metrics import (
    alignment_health,
    backward_steps,
    coverage,
    diagonality,
    end_steps,
    sharpness,
    skipped_tokens,
    stuck_steps,
    unread_tokens,
)


def reading(path, n_tokens, *, sharp=0.9):
    """Weights of an attention that follows `path`, with what is left over spread on all tokens."""
    weights = np.full((len(path), n_tokens), (1 - sharp) / (n_tokens - 1))
    weights[np.arange(len(path)), path] = sharp
    return weights


# Twelve tokens, three steps each.
TOKENS = np.arange(12)
PERFECT = TOKENS.repeat(3)


def test_a_perfect_diagonal():
    health = alignment_health(reading(PERFECT, 12, sharp=1.0))
    # The correlation of step and token, as NumPy knows it: one token a step, all steps alike.
    expected = np.corrcoef(np.arange(36), PERFECT)[0, 1]
    assert health.diagonality == pytest.approx(expected) and expected > 0.99
    assert health.coverage == health.sharpness == 1.0
    assert (health.skipped_tokens, health.unread_tokens, health.backward_steps) == (0, 0, 0)
    # It stays three steps everywhere, at the end too.
    assert (health.stuck_steps, health.end_steps) == (3, 3)
    assert (health.n_steps, health.n_tokens) == (36, 12)


def test_diagonality_is_the_correlation_under_the_weights():
    weights = np.random.default_rng(0).random((7, 5))
    # Drawn as often as the weights say: 1e-4 of weight is one draw.
    steps, tokens = np.meshgrid(np.arange(7), np.arange(5), indexing="ij")
    times = np.round(1e4 * weights).astype(int).ravel()
    drawn = [np.repeat(each.ravel(), times) for each in (steps, tokens)]
    assert diagonality(weights) == pytest.approx(np.corrcoef(drawn)[0, 1], abs=1e-3)


def test_reading_backward_and_nowhere():
    assert diagonality(np.eye(8)[::-1]) == pytest.approx(-1)
    assert diagonality(np.full((20, 8), 1 / 8)) == pytest.approx(0, abs=1e-9)
    assert diagonality(np.zeros((20, 8))) == 0
    # One place is no line; a single token, or step, has none to miss.
    assert diagonality(reading([4] * 20, 8, sharp=1.0)) == 0
    assert diagonality(np.ones((20, 1))) == diagonality(np.eye(8)[:1]) == 1


def test_a_diffuse_attention():
    health = alignment_health(np.full((40, 20), 1 / 20))
    assert health.sharpness == pytest.approx(1 / 20)
    # 1/20 is less than what counts as attending.
    assert health.coverage == 0 and health.unread_tokens == 20 and health.skipped_tokens == 0


def test_a_stuck_attention_names_its_token():
    path = np.insert(PERFECT, 15, [4] * 40)  # in the midst of tokens 4 and 5
    health = alignment_health(reading(path, 12))
    assert path.tolist().count(4) == 43
    assert (health.stuck_steps, health.stuck_token) == (43, 4)
    assert health.backward_steps == 0 and health.coverage == 1


def test_a_skipping_attention():
    path = PERFECT[(PERFECT < 3) | (PERFECT > 7)]  # tokens 3 to 7 are missing
    weights = reading(path, 12)
    assert skipped_tokens(weights) == 5
    assert coverage(weights) == pytest.approx(7 / 12)
    assert unread_tokens(weights) == 0
    # Fewer at once than asked for do not count, nor do they add up.
    assert skipped_tokens(weights, at_once=6) == 0
    gaps = PERFECT[~np.isin(PERFECT, [1, 4, 5, 8])]
    assert skipped_tokens(reading(gaps, 12), at_once=3) == 0
    assert skipped_tokens(reading(gaps, 12), at_once=2) == 2
    assert skipped_tokens(reading(gaps, 12), at_once=1) == 4


def test_tokens_before_the_first_attended_are_skipped_too():
    assert skipped_tokens(reading(PERFECT[PERFECT > 4], 12)) == 5


def test_a_repeating_attention():
    path = np.concatenate([PERFECT[:18], PERFECT[6:]])  # after token 5, from token 2 again
    weights = reading(path, 12)
    assert backward_steps(weights) == backward_steps(weights, by=3) == 1
    assert backward_steps(weights, by=4) == 0
    wavering = [0, 1, 0, 1, 2, 1, 2, 3]
    assert backward_steps(reading(wavering, 4)) == 2
    assert backward_steps(reading(wavering, 4), by=2) == 0


def test_an_attention_that_ends_early_and_one_that_never_ends():
    assert unread_tokens(reading(PERFECT[:24], 12)) == 4
    endless = np.append(PERFECT, [11] * 200)
    health = alignment_health(reading(endless, 12))
    assert health.end_steps == 203 and health.unread_tokens == 0
    # The stay at the end is not a stuck attention.
    assert health.stuck_steps == 3
    # On the last token from the beginning: it has read nothing else.
    assert stuck_steps(reading([11] * 9, 12)) == 0 and end_steps(reading([11] * 9, 12)) == 9


def test_padding_is_ignored():
    weights = reading(PERFECT, 12)
    padded = np.random.default_rng(0).random((50, 20))
    padded[:36, :12] = weights
    assert alignment_health(padded, 36, 12) == alignment_health(weights)
    assert sharpness(padded, n_steps=36, n_tokens=12) == pytest.approx(0.9)


@pytest.mark.parametrize("reduction", [2, 5])
def test_a_reduction_factor_changes_only_what_is_counted_in_steps(reduction):
    path = np.insert(np.delete(PERFECT, slice(9, 24)), 9, [1] * 6)
    steps, frames = (
        alignment_health(reading(each, 12), back_by=1) for each in (path, path.repeat(reduction))
    )
    assert frames.stuck_steps == reduction * steps.stuck_steps > 0
    assert frames.end_steps == reduction * steps.end_steps > 0
    assert frames.diagonality == pytest.approx(steps.diagonality, abs=2e-3)
    for name in ("coverage", "skipped_tokens", "unread_tokens", "backward_steps", "stuck_token"):
        assert getattr(frames, name) == getattr(steps, name)
    assert frames.sharpness == pytest.approx(steps.sharpness)
    assert steps.skipped_tokens == 5 and steps.backward_steps == 1


def test_a_step_without_weight_stays_where_the_last_one_was():
    weights = np.concatenate([np.eye(4), np.zeros((5, 4))])
    # As monotonic attentions do that have left the text: it is at its end.
    assert end_steps(weights) == 6 and backward_steps(weights) == 0


@pytest.mark.parametrize(
    "alignment, lengths, message",
    [
        (np.zeros((1, 2, 3)), {}, r"`alignment` must be of shape \(steps, tokens\)"),
        (np.zeros((0, 3)), {}, r"Received: shape=\(0, 3\)"),
        (np.eye(3), {"n_steps": 4}, "`n_steps` must be from 1 to 3. Received: n_steps=4"),
        (np.eye(3), {"n_tokens": 0}, "`n_tokens` must be from 1 to 3. Received: n_tokens=0"),
        (-np.eye(3), {}, "`alignment` must hold finite weights from 0"),
        (np.full((3, 3), np.nan), {}, "`alignment` must hold finite weights from 0"),
    ],
)
def test_bad_alignments_are_refused(alignment, lengths, message):
    with pytest.raises(ValueError, match=message):
        alignment_health(alignment, **lengths)
