"""What FastSpeech 2 learns from, each part as a loss and as a metric."""

import keras
from keras import ops

from keras_speech import losses
from keras_speech.ops import masking
from keras_speech.ops.alignment import IMPOSSIBLE

MEL_LOSSES = ("l1", "l2", "l1+l2")
PARTS = ("mel", "duration", "pitch", "energy", "forward_sum")


class FastSpeech2Losses(keras.layers.Layer):
    """Sum of the losses on mel, log-duration, pitch, energy and alignment.

    Args:
        mel_scale: of the model: errors of the mel are counted in it.
        mel_loss: `"l1"`, `"l2"` or `"l1+l2"`.
        weights: dict from the names of `PARTS` to numbers; 1 where a name is missing.

    Call arguments:
        batch: the model's inputs.
        outputs: the model's outputs.

    Returns: float32 scalar.

    Reference: [Ren et al., 2021](https://arxiv.org/abs/2006.04558), section 2; the alignment:
    [Badlani et al., 2021](https://arxiv.org/abs/2108.10447), section 3.
    """

    def __init__(self, mel_scale, mel_loss, weights):
        super().__init__(dtype="float32")
        if mel_loss not in MEL_LOSSES:
            raise ValueError(
                f"`mel_loss` must be one of {', '.join(MEL_LOSSES)}. Received: mel_loss={mel_loss}"
            )
        if unknown := set(weights).difference(PARTS):
            raise ValueError(
                f"`loss_weights` must name {', '.join(PARTS)}. Received: {', '.join(unknown)}"
            )
        self.mel_scale, self.mel_loss, self.weights_of_parts = mel_scale, mel_loss, weights
        self.means = {name: keras.metrics.Mean(name=f"{name}_loss") for name in PARTS}
        self.built = True

    def call(self, batch, outputs):
        n_frames, n_tokens = ops.shape(batch["mel"])[1], ops.shape(batch["tokens"])[1]
        frame_mask = masking.sequence_mask(batch["mel_lengths"], n_frames)
        token_mask = masking.sequence_mask(batch["token_lengths"], n_tokens)
        parts = {"mel": self._mel(outputs["mel"], batch["mel"], frame_mask)}
        for name, key in (("duration", "log_duration"), ("pitch", "pitch"), ("energy", "energy")):
            if key in outputs:
                error = outputs[key] - outputs[f"{key}_target"]
                parts[name] = losses.masked_mean(ops.square(error), token_mask)
        if "path_log_likelihood" in outputs:
            parts["forward_sum"] = _forward_sum(
                outputs["path_log_likelihood"], batch["mel_lengths"], outputs["mel"].shape[-1]
            )
        total = 0.0
        for name, value in parts.items():
            value = self.weights_of_parts.get(name, 1.0) * value
            self.means[name].update_state(value)
            total = total + value
        return total

    def _mel(self, predicted, real, mask):
        error = (predicted - ops.cast(real, "float32")) / self.mel_scale
        values = 0.0
        if "l1" in self.mel_loss:
            values = values + ops.abs(error)
        if "l2" in self.mel_loss:
            values = values + ops.square(error)
        return losses.masked_mean(values, mask)


def _forward_sum(log_likelihood, mel_lengths, n_mels):
    """Negative log-likelihood of all paths, per frame and feature that the aligner compares."""
    # A row with too few frames has no path and teaches nothing.
    log_likelihood = ops.where(log_likelihood > IMPOSSIBLE / 2, log_likelihood, 0.0)
    return -ops.mean(log_likelihood / ops.cast(2 * n_mels * mel_lengths, "float32"))
