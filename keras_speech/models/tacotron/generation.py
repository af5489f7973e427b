"""Decoding frame by frame until every row has said stop, then the linear spectrogram."""

import keras
from keras import ops

from keras_speech.models.tacotron2.generation import decode
from keras_speech.ops import masking


def generate_spectrograms(
    model, noise, tokens, token_lengths, stop_threshold, max_frames, speaker=None
):
    """What `Tacotron.generate` compiles; all arguments but `model` are arrays.

    Returns: dict of `"mel"`, `"lengths"`, `"alignment"`, `"stopped"` and, where the model has a
    post-processing net, `"linear"`; on JAX all frames reach to the last step that there is noise
    for.
    """
    values, mask = model.encode(tokens, token_lengths, speaker, training=False)
    mel, weights, n_steps, stopped = decode(
        model.decoder,
        values,
        mask,
        noise,
        stop_threshold,
        end_patience=-(-model.end_patience // model.reduction),
    )
    # Decoding goes on to the end of a chunk, rows to their stop token or to `max_frames`.
    stopped = ops.logical_and(stopped, n_steps * model.reduction <= max_frames)
    lengths = ops.minimum(n_steps * model.reduction, max_frames)
    # [steps, b, r * m] -> [b, steps * r, m], no further than the longest row
    mel, weights = ops.transpose(mel, (1, 0, 2)), ops.transpose(weights, (1, 0, 2))
    if keras.backend.backend() != "jax":  # whose shapes are fixed
        n = ops.max(n_steps)
        mel, weights = mel[:, :n], weights[:, :n]
    batch, n, _ = ops.shape(mel)
    mel = ops.reshape(mel, (batch, n * model.reduction, model.n_mels))
    result = {
        "mel": model.silenced(model.unscaled(mel), lengths),
        "lengths": lengths,
        "alignment": ops.repeat(weights, model.reduction, axis=1),
        "stopped": stopped,
    }
    if model.n_freqs:
        frame_mask = masking.sequence_mask(lengths, ops.shape(mel)[1])
        linear = model.postnet(mel, mask=frame_mask, training=False)
        result["linear"] = model.silenced(model.unscaled_linear(linear), lengths)
    return result
