"""`AlignmentDoctor`: says in words whether an acoustic model has learned to read."""

import dataclasses

import keras
import numpy as np

from keras_speech.audio_spec import AudioSpec
from keras_speech.callbacks import batch_rows, diagnosis, examination


@dataclasses.dataclass(frozen=True)
class Report:
    """What `AlignmentDoctor.examine` found.

    Attributes:
        kind: `"attention"`, `"durations"` (FastSpeech 2) or `"hmm"` (a neural HMM).
        findings: list of `Finding`s, each with `name`, `what` and `try_`; empty in good health.
        measures: dict of name to number.
    """

    kind: str
    findings: list
    measures: dict

    @property
    def healthy(self):
        """Whether nothing is wrong."""
        return not self.findings

    def words(self, title="Alignment"):
        """Returns the report as text: one line in good health, else what is wrong and what to try.

        Args:
            title: what stands first. Defaults to `"Alignment"`.
        """
        if self.healthy:
            return f"{title}: healthy."
        lines = [f"{title}:"]
        for finding in self.findings:
            lines += finding.words()
        if diagnosis.NOTES[self.kind]:
            lines.append(f"  ({diagnosis.NOTES[self.kind]})")
        return "\n".join(lines)


class AlignmentDoctor(keras.callbacks.Callback):
    """Examines how a model reads some texts, says what is wrong, and what to try.

    Beside recordings (if the batch has them) it measures the alignment that the model finds when
    it is given the real frames; then it lets the model read the same texts on its own. It looks
    for attention that is diffuse, astray, stuck, skipping or going back, for stop tokens that come
    early or never, and for a pace that is not the recordings'. In good health it says so in one
    line. The limits are in `callbacks.doctor_limits`, each with its reason.

    The numbers join what `fit` measures, so that `History`, `EventLog` and a training's `log.csv`
    have them, for which this callback stands before those that write: `alignment_diagonality`,
    `alignment_coverage`, `alignment_sharpness` beside the recordings; `spoken_diagonality`,
    `spoken_coverage`, `spoken_skipped_tokens`, `spoken_backward_steps` (means over texts),
    `spoken_stuck_seconds` (the longest), `spoken_stopped` (a share) and `spoken_pace` on its own;
    and `alignment_healthy`, 1 or 0. See `metrics.alignment_health`.

    It examines every acoustic model. FastSpeech 2 and neural HMMs, which cannot skip or go back,
    are judged by durations, pace and end alone; the report says so. Examining changes nothing: the
    training goes on with the random numbers that it would have drawn anyway.

    Args:
        batch: dict of arrays, as `acoustic_batches` yields them, best of recordings that are not
            trained on. With `tokens` and `token_lengths` alone the model only reads on its own.
        every: epochs between examinations. Defaults to 5.
        spec: `AudioSpec` of the mels, which turns frames into seconds. Defaults to `AudioSpec()`.
        symbols: strings by token id, such as `tokenizer.symbols`, to name texts and tokens with.
            Defaults to none: they have numbers.
        rows: most texts to examine. Defaults to 4.
        speak: whether the model also reads on its own. Defaults to True.
        seed: int, of `generate`. Defaults to 0.
        report: function that takes the words. Defaults to `print`.

    Raises:
        ValueError: for a `batch` that is not a dict with `tokens`, `every` or `rows` below 1, or
            nothing to examine; and in training when the model returns no `alignment`.

    Example:

    ```python
    doctor = ks.callbacks.AlignmentDoctor(batch, every=5, spec=spec, symbols=tokenizer.symbols)
    model.fit(train, epochs=100, callbacks=[doctor, ks.callbacks.EventLog("logs")])

    doctor.set_model(model)  # at any time, without training
    print(doctor.examine().words())
    ```
    """

    def __init__(
        self,
        batch,
        *,
        every=5,
        spec=None,
        symbols=None,
        rows=4,
        speak=True,
        seed=0,
        report=print,
    ):
        super().__init__()
        batch_rows.check_batch(batch)
        batch_rows.check_positive_integers(every=every, rows=rows)
        if "tokens" not in batch:
            raise ValueError(f"`batch` must have `tokens`. Received: batch with {sorted(batch)}.")
        if not speak and "mel" not in batch:
            raise ValueError(
                "`speak` must be True for a `batch` without `mel`: there is nothing else to "
                f"examine. Received: speak={speak}."
            )
        self.batch = {name: value[:rows] for name, value in batch.items()}
        self.every, self.rows, self.speak, self.seed = every, rows, speak, seed
        self.spec = spec or AudioSpec()
        self.symbols, self.report = symbols, report

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        report = self.examine()
        if logs is not None:
            logs.update(report.measures)
        # A progress bar has left the cursor in its line.
        start = "\n" if (self.params or {}).get("verbose") == 1 else ""
        self.report(start + report.words(f"Alignment after epoch {epoch + 1}"))

    def examine(self):
        """Examines the model as it is now.

        Returns: `Report`, with `healthy`, `findings`, `measures` and `words()`.
        """
        forced = spoken = None
        if "mel" in self.batch:
            forced = examination.beside_recordings(self.model, self.batch)
        if self.speak:
            spoken = examination.on_its_own(self.model, self.batch, self.seed)
        kind = self._kind(forced, spoken)
        findings = diagnosis.diagnose(
            kind,
            forced,
            spoken,
            settings=self._settings(),
            updates=self._updates(),
            frame_rate=self.spec.frame_rate,
            token_name=self._name,
        )
        measures = examination.measures(forced, spoken, self.spec.frame_rate)
        measures["alignment_healthy"] = float(not findings)
        return Report(kind, findings, measures)

    def _kind(self, forced, spoken):
        if forced is not None:
            return forced.kind
        if spoken.has_durations:
            return examination.DURATIONS
        return examination.HMM if hasattr(self.model, "states_per_token") else examination.ATTENTION

    def _settings(self):
        try:
            return self.model.get_config()
        except (AttributeError, NotImplementedError):
            return {}

    def _updates(self):
        optimizer = getattr(self.model, "optimizer", None)
        return None if optimizer is None else int(optimizer.iterations)

    def _name(self, row, token):
        """Words for a text of the batch, or for one of its tokens."""
        ids = batch_rows.numpy_of(self.batch["tokens"])[row]
        n = batch_rows.lengths_of(self.batch, "token_lengths", *np.shape(self.batch["tokens"]))[row]
        if self.symbols is None:
            return f"text {row + 1}" if token is None else f"token {token + 1} of text {row + 1}"
        symbols = [str(self.symbols[id_]) for id_ in ids[:n]]
        if token is not None:
            return f'token {token + 1}, "{symbols[token]}", of text {row + 1}'
        text = ("" if all(len(symbol) == 1 for symbol in symbols) else " ").join(symbols)
        return f'"{text[:40]}{"..." if len(text) > 40 else ""}"'
