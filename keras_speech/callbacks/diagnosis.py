"""From measures to words: what is wrong with an alignment, and what to try."""

import dataclasses
import textwrap

import numpy as np

from keras_speech.callbacks import doctor_advice as advice
from keras_speech.callbacks import doctor_limits as limits
from keras_speech.callbacks.examination import ATTENTION, DURATIONS, HMM


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Attributes:
        name: str, a word for it, such as `"skipping"`.
        what: a sentence or two.
        try_: list of str, what to try, the likeliest first.
    """

    name: str
    what: str
    try_: list

    def words(self):
        """Returns the finding as lines of a report."""
        lines = textwrap.wrap(f"- {self.what}", 98, subsequent_indent="  ")
        for each in self.try_:
            lines += textwrap.wrap(each, 94, initial_indent="    * ", subsequent_indent="      ")
        return lines


NOTES = {
    ATTENTION: None,
    DURATIONS: "Durations and pace are judged: without attention nothing can skip or go back.",
    HMM: "Durations, pace and the end are judged: a left-right HMM can neither skip nor go back.",
}


def diagnose(kind, forced, spoken, *, settings, updates, frame_rate, token_name):
    """Everything that is wrong.

    Args:
        kind: `"attention"`, `"durations"` or `"hmm"`.
        forced: `Forced`, or `None` where there are no recordings.
        spoken: `Spoken`, or `None` where the model was not asked to speak.
        settings: the model's config.
        updates: weight updates so far; `None` if unknown.
        frame_rate: frames a second.
        token_name: function of a row and an index that gives words for that token.

    Returns: list of `Finding`.
    """
    doctor = _Doctor(
        advice.Advice(settings), forced, spoken, updates=updates, frame_rate=frame_rate,
        token_name=token_name,
    )  # fmt: skip
    findings = doctor.no_numbers() or doctor.unlearned(kind)
    if not findings:
        beside = doctor.beside_recordings(kind)
        alone = doctor.alone(kind)
        if kind == ATTENTION and alone and not beside and forced is not None:
            alone.append(doctor.leaning())
        findings = beside + alone
    findings = doctor.too_short() + findings
    return [dataclasses.replace(each, try_=[way for way in each.try_ if way]) for each in findings]


class _Doctor:
    def __init__(self, ways, forced, spoken, *, updates, frame_rate, token_name):
        self.ways, self.forced, self.spoken = ways, forced, spoken
        self.updates, self.frame_rate, self.token_name = updates, frame_rate, token_name

    def no_numbers(self):
        rows = [row for seen in (self.forced, self.spoken) if seen for row in seen.rows.values()]
        if all(rows):
            return []
        what = "Attention weights are no numbers: the training has diverged."
        return [Finding("no_numbers", what, [advice.NUMBERS])]

    def too_short(self):
        """Recordings with fewer steps than an HMM has states for their texts."""
        if self.forced is None or not self.forced.impossible:
            return []
        n = self.forced.impossible
        what = f"{_of(n, n + len(self.forced.rows))} are longer than their recordings allow: "
        what += "a step is too long, or there are too many states. Nothing is learned from them."
        ways = ["Lower `reduction` or `states_per_token`.", advice.LISTEN]
        return [Finding("too_short", what, ways)]

    def unlearned(self, kind):
        """An alignment that is not there yet, beside which all else does not matter."""
        if kind == DURATIONS:
            return self._crushed()
        seen = self.forced if self.forced is not None and self.forced.rows else self.spoken
        rows = [] if seen is None else list(seen.rows.values())
        if not rows:
            return []
        where = "beside the recordings" if seen is self.forced else "reading on its own"
        line = float(np.median([row.diagonality for row in rows]))
        sharp = float(np.median([row.sharpness for row in rows]))
        least = float(np.median([_least_sharpness(row.n_tokens) for row in rows]))
        its = "its states are" if kind == HMM else "its attention is"
        numbers = f"diagonality {line:.2f}, sharpness {sharp:.2f}; 1 is best"
        if line >= limits.DIAGONALITY and sharp >= least:
            return []
        if line >= limits.DIAGONALITY:
            what = f"It reads in order, but blurred: {where} each step looks at several tokens"
            name = "blurred"
        elif sharp < least:
            what = f"It has not learned to read: {where} {its} spread over the text"
            name = "diffuse"
        else:
            what = f"It has not learned to read: {where} {its} not where the text goes on"
            name = "astray"
        if self._is_early():
            ways = [
                f"Train on: after {self.updates} updates that is to be expected. If it is so after "
                f"{limits.EARLY_UPDATES}, something else must change."
            ]
        elif kind == HMM:
            ways = [advice.TRAIN_ON, self.ways.reduction(), advice.TRIM, advice.LISTEN]
        else:
            ways = [*self.ways.to_learn(), advice.LISTEN]
        return [Finding(name, f"{what} ({numbers}).", ways)]

    def _crushed(self):
        if self.forced is None or self.forced.evenness >= limits.EVENNESS:
            return []
        whose = "durations of the batch" if self.forced.given else "aligner's durations"
        what = (
            f"The {whose} cannot be right: half of the tokens have less than "
            f"{100 * limits.EVENNESS:.0f} % of the frames that they have on average."
        )
        if self.forced.given:
            return [Finding("crushed", what, ["Look at the phone times that it trains on."])]
        ways = [
            "Train on, some thousand updates: mel and pitch cannot be learned before durations.",
            advice.TRIM,
            "Give the times of the phones instead: batches with `durations` (`--phone-times`).",
        ]
        return [Finding("crushed", what, ways)]

    def beside_recordings(self, kind):
        """What is wrong though the recorded frames are there: mostly the data."""
        if self.forced is None:
            return []
        found, rows = [], self.forced.rows
        rate = self.frame_rate / self.forced.frames_per_step
        found += self._stuck(rows, rate, "Beside the recordings", [advice.PAUSES, advice.TRIM])
        if kind != ATTENTION:
            return found
        skipping = [n for n, row in rows.items() if _misses(row)]
        if skipping:
            what = (
                f"{_of(len(skipping), len(rows))} have words that are not attended to even beside "
                f"their recordings: {self._names(skipping)}."
            )
            found.append(Finding("unheard", what, [advice.LISTEN, advice.TRAIN_ON]))
        early = [n for n, p in enumerate(self.forced.early_stops) if p >= limits.EARLY_STOP]
        if early:
            what = (
                f"The stop token fires in the midst of {_of(len(early), len(rows))}: "
                f"{self._names(early)}."
            )
            ways = [self.ways.stop_later(), advice.PAUSES]
            found.append(Finding("stops_early", what, ways))
        return found

    def alone(self, kind):
        """What is wrong when the model reads on its own."""
        if self.spoken is None:
            return []
        rows, found = self.spoken.rows, []
        if kind == ATTENTION:
            found += self._order(rows)
        ways = [advice.PAUSES, self.ways.other_attention() if kind == ATTENTION else None]
        found += self._stuck(rows, self.frame_rate, "On its own", ways)
        endless = [n for n, stopped in enumerate(self.spoken.stopped) if not stopped]
        hanging = [
            n
            for n, row in rows.items()
            if n not in endless and row.end_steps > limits.END_SECONDS * self.frame_rate
        ]
        if endless:
            what = (
                f"{_of(len(endless), len(rows))} did not end by themselves: {self._names(endless)}."
            )
            ways = [self.ways.patience(), self.ways.stop(), advice.TRIM]
            found.append(Finding("endless", what, ways))
        patient = [n for n, row in rows.items() if self.ways.ended_by_patience(row.end_steps)]
        patient = [n for n in patient if n not in {*endless, *hanging}]
        if patient:
            what = f"{_of(len(patient), len(rows))} ended by `end_patience` alone: their stop "
            what += f"token did not fire: {self._names(patient)}."
            found.append(Finding("no_stop", what, [self.ways.stop(), advice.TRIM]))
        if hanging:
            seconds = max(rows[n].end_steps for n in hanging) / self.frame_rate
            what = f"{_of(len(hanging), len(rows))} hang at the end, for up to {seconds:.1f} s."
            ways = [advice.TRIM, self.ways.patience(), self.ways.stop()]
            found.append(Finding("hanging", what, ways))
        low, high = limits.PACE
        off = [n for n, pace in enumerate(self.spoken.paces) if not low <= pace <= high]
        off = [n for n in off if n not in endless]
        if off:
            paces = ", ".join(f"{self.spoken.paces[n]:.1f}" for n in off)
            what = f"{_of(len(off), len(rows))} take {paces} times as long as their recordings."
            ways = [advice.TRAIN_ON, advice.TRIM if kind == ATTENTION else advice.LISTEN]
            found.append(Finding("pace", what, ways))
        return found

    def _order(self, rows):
        found = []
        cut = [
            n
            for n, row in rows.items()
            if self.spoken.stopped[n] and row.unread_tokens >= limits.SKIPPED_AT_ONCE
        ]
        skipping = [n for n, row in rows.items() if n not in cut and _misses(row)]
        back = [n for n, row in rows.items() if row.backward_steps]
        if skipping:
            n_tokens = sum(rows[n].skipped_tokens for n in skipping)
            what = f"{_of(len(skipping), len(rows))} lose words, {n_tokens} tokens in runs: "
            ways = [self.ways.hold_the_line(), self.ways.durations()]
            found.append(Finding("skipping", f"{what}{self._names(skipping)}.", ways))
        if back:
            what = f"{_of(len(back), len(rows))} go back and say sounds again: {self._names(back)}."
            found.append(Finding("going_back", what, [self.ways.hold_the_line()]))
        if cut:
            n_tokens = max(rows[n].unread_tokens for n in cut)
            what = (
                f"{_of(len(cut), len(rows))} end early, up to {n_tokens} tokens before their end: "
            )
            ways = [self.ways.stop_later(), advice.LISTEN]
            found.append(Finding("cut", f"{what}{self._names(cut)}.", ways))
        lost = [
            n for n, row in rows.items()
            if n not in {*skipping, *back, *cut} and row.diagonality < limits.DIAGONALITY
            and self.spoken.stopped[n]
        ]  # fmt: skip
        if lost:
            what = f"{_of(len(lost), len(rows))} are not read in order: {self._names(lost)}."
            found.append(Finding("lost", what, [self.ways.hold_the_line()]))
        return found

    def leaning(self):
        what = "Beside the recordings all is well: on its own it misses the recorded frames."
        ways = self.ways.to_read_alone()
        if self._is_early():
            ways = [advice.TRAIN_ON, *ways[:-1]]
        return Finding("leaning", what, ways)

    def _is_early(self):
        return self.updates is not None and self.updates < limits.EARLY_UPDATES

    def _stuck(self, rows, rate, where, ways):
        stuck = [n for n, row in rows.items() if row.stuck_steps > limits.STUCK_SECONDS * rate]
        if not stuck:
            return []
        longest = max(stuck, key=lambda n: rows[n].stuck_steps)
        seconds = rows[longest].stuck_steps / rate
        token = self.token_name(longest, rows[longest].stuck_token)
        what = f"{where} {_of(len(stuck), len(rows))} stay on one token for up to {seconds:.1f} s: "
        what += f"{token}."
        return [Finding("stuck", what, ways)]

    def _names(self, rows):
        return "; ".join(self.token_name(row, None) for row in rows)


def _least_sharpness(n_tokens):
    return min(0.9, max(limits.SHARPNESS, limits.SHARPNESS_OF_UNIFORM / n_tokens))


def _misses(row):
    return row.skipped_tokens > 0 or row.coverage < limits.COVERAGE


def _of(n, n_rows):
    return f"{n} of {n_rows} text{'s' if n_rows > 1 else ''}"
