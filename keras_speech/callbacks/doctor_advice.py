"""What `AlignmentDoctor` advises, in view of how the model is set."""

TRIM = (
    "Cut the silence at the edges of the recordings: `trim=-45` of `acoustic_batches`, "
    "`--trim-db -45`."
)
PAUSES = (
    "Look for long pauses in the recordings that no punctuation in their texts tells of; cut or "
    "mark them."
)
LISTEN = "Hear these recordings with their texts before you: what is not said cannot be aligned."
TRAIN_ON = "Train on: an alignment goes on getting firmer long after it has appeared."
NUMBERS = "Lower the learning rate, or `clip_norm`; then go on from the last checkpoint."


class Advice:
    """Advice for one model.

    Args:
        settings: the model's config, a dict.
    """

    def __init__(self, settings):
        self.settings = settings

    def to_learn(self):
        """For an attention that does not find its way even beside recordings."""
        return [self.durations(), self.guidance(), self.reduction(), self.other_attention(), TRIM]

    def to_read_alone(self):
        """For a model that is lost without the recorded frames."""
        return [self.own_frames(), self.reduction(), TRAIN_ON]

    def durations(self):
        if self.settings.get("attention_supervision_weight", 0) > 0:
            return (
                "Give the times of the phones, the surest way: batches with `durations`, which "
                "`attention_supervision_weight` acts on (`--phone-times`; `keras-speech align` "
                "writes them)."
            )
        if "attention_supervision_weight" in self.settings:
            return (
                "Give the times of the phones, the surest way: batches with `durations` and "
                "`attention_supervision_weight=1` (`--phone-times`)."
            )
        return None

    def guidance(self):
        weight = self.settings.get("guided_attention_weight")
        if self.settings.get("guided_heads") == 0:
            return "Let some heads be guided: `guided_heads=2`."
        if weight == 0:
            return "Guide the attention to the diagonal: `guided_attention_weight=1`."
        if weight is not None:
            sigma = self.settings.get("guided_attention_sigma", 0.4)
            return (
                f"Guide the attention more: `guided_attention_weight={2 * weight:g}` (now "
                f"{weight:g}), or in a narrower band, `guided_attention_sigma={sigma / 2:g}` (now "
                f"{sigma:g})."
            )
        return None

    def reduction(self):
        reduction = self.settings.get("reduction")
        if reduction is None or reduction >= 5:
            return None
        return (
            f"Make more frames in a step, which leaves fewer steps to align: "
            f"`reduction={max(3, reduction + 1)}` (now {reduction}; `--reduction`)."
        )

    def other_attention(self):
        name = self._attention()
        if name is None or name == "dynamic_convolution":
            return None
        return (
            f'Take an attention that goes by places: `attention="dynamic_convolution"` (now '
            f"{name}) finds its line early and is not confused by words that come twice."
        )

    def own_frames(self):
        share = self.settings.get("scheduled_sampling")
        if share is None or share >= 0.5:
            return None
        return (
            f"Let it read frames of its own in training: `scheduled_sampling=0.75` (now {share:g}; "
            "`--scheduled-sampling`)."
        )

    def hold_the_line(self):
        """What keeps an attention from leaping and from going back."""
        if "guided_heads" in self.settings:
            return (
                "Let it look near its place only: `generate(..., attention_window=3)` needs no "
                "new training."
            )
        name = self._attention()
        if name is None:
            return None
        if name == "windowed":
            return "Narrow the window of its attention (`ahead`, `back`)."
        return (
            "Let it look near its place only: `WindowedAttention` around the attention that it "
            'has acts in `generate` alone; `attention="forward"` cannot skip, a monotonic one '
            "cannot go back."
        )

    def stop(self):
        weight = self.settings.get("stop_positive_weight")
        if weight is None:
            return None
        return (
            f"Let the last step count more: `stop_positive_weight={2 * weight:g}` (now {weight:g})."
        )

    def stop_later(self):
        weight = self.settings.get("stop_positive_weight")
        if weight is None:
            return None
        return (
            "Ask for more certainty: `generate(..., stop_threshold=0.8)`; in the next training "
            f"`stop_positive_weight={max(1.0, weight / 2):g}` (now {weight:g})."
        )

    def patience(self):
        patience = self.settings.get("end_patience")
        if patience is None or 0 < patience <= 60:
            return None
        return (
            "End a sentence that has stayed on its last token: `end_patience=60` frames (now "
            f"{patience})."
        )

    def ended_by_patience(self, end_steps):
        """Whether a text that stayed on its last token for so many frames was ended for that."""
        return 0 < self.settings.get("end_patience", 0) <= end_steps

    def _attention(self):
        attention = self.settings.get("attention")
        if isinstance(attention, dict):
            attention = attention.get("class_name")
        if attention is None or isinstance(attention, str):
            return attention
        return type(attention).__name__
