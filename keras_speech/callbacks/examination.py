"""What `AlignmentDoctor` measures of a model, beside recordings and on its own."""

import dataclasses

import numpy as np

from keras_speech.callbacks import batch_rows, doctor_limits
from keras_speech.metrics import alignment_health, early_stop_probability

ATTENTION, DURATIONS, HMM = "attention", "durations", "hmm"


@dataclasses.dataclass(frozen=True)
class Forced:
    """A model beside recordings: each frame from the recorded ones before it.

    Attributes:
        kind: `"attention"`, `"durations"` or `"hmm"`, by what the model returns.
        rows: dict from the row of a text to its `AlignmentHealth`, in steps; `None` where weights
            are no numbers.
        frames_per_step: int.
        early_stops: probability of each text to be cut, see `metrics.early_stop_probability`;
            empty without stop tokens.
        evenness: median over mean duration of a text's tokens, of a model with durations; else
            `None`.
        given: whether the durations are the batch's.
        impossible: rows that are too short for their text, of an HMM.
    """

    kind: str
    rows: dict
    frames_per_step: int = 1
    early_stops: list = ()
    evenness: float | None = None
    given: bool = False
    impossible: int = 0


@dataclasses.dataclass(frozen=True)
class Spoken:
    """A model that reads texts on its own.

    Attributes:
        rows: as in `Forced`, in frames.
        stopped: bool of each text, False where it had to be cut.
        paces: frames of each text over those of its recording; empty without recordings.
        has_durations: whether `generate` chose durations.
    """

    rows: dict
    stopped: list
    paces: list = ()
    has_durations: bool = False


def beside_recordings(model, batch):
    """`Forced` of a model and a batch with `"mel"`."""
    outputs = batch_rows.teacher_forced(model, batch)
    if "alignment" not in outputs:
        raise ValueError(
            "`AlignmentDoctor` needs a model whose output has `alignment`. "
            f"Received: output with {sorted(outputs)}."
        )
    if "durations" in outputs:
        return _of_durations(outputs, batch)
    rows, frames_per_step = batch_rows.alignment_rows(outputs, batch)
    early_stops, impossible = [], 0
    if "stop_logits" in outputs:
        logits = np.nan_to_num(outputs["stop_logits"])
        early_stops = [
            early_stop_probability(row, min(len(alignment), len(row)))
            for row, alignment in zip(logits, rows, strict=True)
        ]
    kind, health = ATTENTION, {n: _health(row) for n, row in enumerate(rows)}
    if "log_likelihood" in outputs:
        kind = HMM
        possible = np.isfinite(outputs["log_likelihood"])
        impossible = int(np.sum(~possible))
        health = {n: row for n, row in health.items() if possible[n]}
    return Forced(kind, health, frames_per_step, early_stops, impossible=impossible)


def _of_durations(outputs, batch):
    """Of whole frames for each token: what a decoder makes of them blurs their borders."""
    durations = outputs["durations"].astype(int)
    n_tokens = batch_rows.lengths_of(batch, "token_lengths", *durations.shape)
    rows = [row[:n] for row, n in zip(durations, n_tokens, strict=True)]
    evenness = [np.median(row) / max(np.mean(row), 1e-9) for row in rows]
    alignments = [np.eye(len(row))[np.repeat(np.arange(len(row)), row)] for row in rows]
    return Forced(
        DURATIONS,
        {n: _health(alignment) for n, alignment in enumerate(alignments) if len(alignment)},
        evenness=float(np.median(evenness)),
        given=batch.get("durations") is not None,
    )


def on_its_own(model, batch, seed):
    """`Spoken` of a model and the texts of a batch."""
    tokens = batch_rows.numpy_of(batch["tokens"])
    n_tokens = batch_rows.lengths_of(batch, "token_lengths", *tokens.shape)
    recorded = None
    if batch.get("mel_lengths") is not None:
        recorded = batch_rows.lengths_of(batch, "mel_lengths", len(tokens), 1)
        max_frames = int(np.ceil(doctor_limits.LONGEST_PACE * recorded.max()))
    else:
        max_frames = doctor_limits.FRAMES_OF_ENDS
        max_frames += doctor_limits.FRAMES_PER_TOKEN * int(n_tokens.max())
    options = {}
    if batch.get("speaker") is not None and getattr(model, "n_speakers", 0):
        options["speaker"] = batch_rows.numpy_of(batch["speaker"])
    said = model.generate(tokens, n_tokens, max_frames=max_frames, seed=seed, **options)
    said = {name: batch_rows.numpy_of(value) for name, value in said.items()}
    lengths = np.clip(said["lengths"].astype(int), 1, said["alignment"].shape[1])
    rows = {
        row: _health(alignment[:n_frames, :n])
        for row, (alignment, n_frames, n) in enumerate(
            zip(said["alignment"], lengths, n_tokens, strict=True)
        )
    }
    stopped = said.get("stopped", np.ones(len(rows), bool))
    paces = [] if recorded is None else (said["lengths"] / recorded).tolist()
    return Spoken(rows, stopped.astype(bool).tolist(), paces, "durations" in said)


def _health(weights):
    if not np.isfinite(weights).all():
        return None
    return alignment_health(
        weights,
        skipped_at_once=doctor_limits.SKIPPED_AT_ONCE,
        back_by=doctor_limits.BACK_BY,
    )


def measures(forced, spoken, frame_rate):
    """The numbers of an examination by name, for `fit` to keep."""
    result = {}
    if forced is not None and (rows := [row for row in forced.rows.values() if row]):
        for name in ("diagonality", "coverage", "sharpness"):
            result[f"alignment_{name}"] = float(np.mean([getattr(row, name) for row in rows]))
    if spoken is not None:
        if rows := [row for row in spoken.rows.values() if row]:
            for name in ("diagonality", "coverage", "skipped_tokens", "backward_steps"):
                result[f"spoken_{name}"] = float(np.mean([getattr(row, name) for row in rows]))
            longest = max(row.stuck_steps for row in rows)
            result["spoken_stuck_seconds"] = longest / frame_rate
        result["spoken_stopped"] = float(np.mean(spoken.stopped))
        if spoken.paces:
            result["spoken_pace"] = float(np.mean(spoken.paces))
    return result
