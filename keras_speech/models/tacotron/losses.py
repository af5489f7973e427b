"""What Tacotron learns from, each part as a loss and as a metric."""

import keras
from keras import ops

from keras_speech import losses
from keras_speech.ops import masking


class TacotronLosses(keras.layers.Layer):
    """Sum of the losses on mel and linear spectrogram, and on stop token and attention if any.

    Args: see `Tacotron`.

    Call arguments:
        batch: the model's inputs.
        outputs: the model's outputs.

    Returns: float32 scalar.

    Raises:
        ValueError: if there should be linear spectrograms in the batch, and are none that fit.

    Reference: [Wang et al., 2017](https://arxiv.org/abs/1703.10135), section 4.2, in which the two
    L1 losses have equal weights. Deviation: padding does not count.
    """

    def __init__(
        self, reduction, mel_scale, linear_scale, n_freqs, n_priority_freqs,
        guided_attention_weight, guided_attention_sigma, attention_supervision_weight,
        stop_positive_weight,
    ):  # fmt: skip
        super().__init__(dtype="float32")
        self.reduction, self.mel_scale, self.linear_scale = reduction, mel_scale, linear_scale
        self.n_freqs, self.n_priority_freqs = n_freqs, n_priority_freqs
        self.guided_attention_weight = guided_attention_weight
        self.guided_attention_sigma = guided_attention_sigma
        self.attention_supervision_weight = attention_supervision_weight
        self.stop_positive_weight = stop_positive_weight
        names = ("mel", "linear", "stop", "guided_attention", "attention_supervision")
        self.means = {name: keras.metrics.Mean(name=f"{name}_loss") for name in names}
        self.built = True

    def call(self, batch, outputs):
        alignment = outputs["alignment"]
        n_steps = ops.shape(alignment)[1]
        step_lengths = -(-batch["mel_lengths"] // self.reduction)

        parts = {"mel": self._mel(batch, outputs)}
        if self.n_freqs:
            parts["linear"] = self._linear(batch, outputs)
        if "stop_logits" in outputs:
            parts["stop"] = losses.stop_token(
                outputs["stop_logits"], step_lengths, self.stop_positive_weight
            )
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

    def _mel(self, batch, outputs):
        real, mask = _real(batch, "mel")
        error = ops.abs(outputs["mel"][:, : ops.shape(real)[1]] - real)
        return losses.masked_mean(error / self.mel_scale, mask)

    def _linear(self, batch, outputs):
        if "linear" not in batch or batch["linear"].shape[-1] != self.n_freqs:
            found = "none" if "linear" not in batch else f"shape={tuple(batch['linear'].shape)}"
            raise ValueError(
                f'The batch must hold "linear" spectrograms of {self.n_freqs} frequencies '
                "(`n_freqs`), as `data.linear_batches` makes them; with `n_freqs=0` the model "
                f"learns mels only. Received: {found}."
            )
        real, mask = _real(batch, "linear")
        error = ops.abs(outputs["linear"][:, : ops.shape(real)[1]] - real) / self.linear_scale
        loss = losses.masked_mean(error, mask)
        if self.n_priority_freqs:
            low, _ = ops.split(error, [self.n_priority_freqs], axis=-1)
            loss = 0.5 * loss + 0.5 * losses.masked_mean(low, mask)
        return loss


def _real(batch, key):
    """The recordings' spectrogram, and which of its frames are real."""
    real = ops.cast(batch[key], "float32")
    return real, masking.sequence_mask(batch["mel_lengths"], ops.shape(real)[1])
