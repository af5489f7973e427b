"""What Tacotron 2 learns from, each part as a loss and as a metric."""

import keras
from keras import ops

from keras_speech import losses
from keras_speech.ops import masking

MEL_LOSSES = ("l2", "l1", "l1+l2")


class Tacotron2Losses(keras.layers.Layer):
    """Sum of the losses on mel (before and after the postnet), stop token and attention.

    Args: see `Tacotron2`.

    Call arguments:
        batch: the model's inputs.
        outputs: the model's outputs.

    Returns: float32 scalar.

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.2; the attention
    losses: `losses.guided_attention`, `losses.attention_supervision`.
    """

    def __init__(
        self, reduction, mel_scale, mel_loss, guided_attention_weight, guided_attention_sigma,
        attention_supervision_weight, stop_positive_weight,
    ):  # fmt: skip
        super().__init__(dtype="float32")
        if mel_loss not in MEL_LOSSES:
            raise ValueError(
                f"`mel_loss` must be one of {', '.join(MEL_LOSSES)}. Received: mel_loss={mel_loss}"
            )
        self.reduction, self.mel_scale, self.mel_loss = reduction, mel_scale, mel_loss
        self.guided_attention_weight = guided_attention_weight
        self.guided_attention_sigma = guided_attention_sigma
        self.attention_supervision_weight = attention_supervision_weight
        self.stop_positive_weight = stop_positive_weight
        names = ("mel_before", "mel_after", "stop", "guided_attention", "attention_supervision")
        self.means = {name: keras.metrics.Mean(name=f"{name}_loss") for name in names}
        self.built = True

    def call(self, batch, outputs):
        n_steps = ops.shape(outputs["stop_logits"])[1]
        step_lengths = -(-batch["mel_lengths"] // self.reduction)
        n_frames = ops.shape(batch["mel"])[1]
        frame_mask = masking.sequence_mask(batch["mel_lengths"], n_frames)

        parts = {
            name: self._mel(outputs[key][:, :n_frames], batch["mel"], frame_mask)
            for name, key in (("mel_before", "mel_before"), ("mel_after", "mel"))
        }
        parts["stop"] = losses.stop_token(
            outputs["stop_logits"], step_lengths, self.stop_positive_weight
        )
        alignment = outputs["alignment"]
        if self.guided_attention_weight:
            parts["guided_attention"] = self.guided_attention_weight * losses.guided_attention(
                alignment, batch["token_lengths"], step_lengths, self.guided_attention_sigma
            )
        if "durations" in batch and self.attention_supervision_weight:
            targets = losses.alignment_targets(batch["durations"], n_steps, self.reduction)
            supervision = losses.attention_supervision(alignment, targets, step_lengths)
            parts["attention_supervision"] = self.attention_supervision_weight * supervision
        for name, value in parts.items():
            self.means[name].update_state(value)
        return sum(parts.values())

    def _mel(self, predicted, real, mask):
        error = (predicted - ops.cast(real, "float32")) / self.mel_scale
        values = 0.0
        if "l1" in self.mel_loss:
            values = values + ops.abs(error)
        if "l2" in self.mel_loss:
            values = values + ops.square(error)
        return losses.masked_mean(values, mask)
