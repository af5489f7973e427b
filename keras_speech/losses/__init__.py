"""Losses, as functions of tensors: models add them up in their `compute_loss`."""

from keras_speech.losses.attention import alignment_targets, attention_supervision, guided_attention
from keras_speech.losses.masked import masked_mean

__all__ = ["alignment_targets", "attention_supervision", "guided_attention", "masked_mean"]
