"""Where FastSpeech 2 takes the frames of each token from."""

import numpy as np
from keras import ops

from keras_speech.models import checks


def alignment_of(model, inputs, training=None):
    """Durations of a batch: those that it holds, or else the aligner's.

    Args:
        model: `FastSpeech2`.
        inputs: its inputs.
        training: whether the aligner trains.

    Returns: dict of `"durations"` int `(batch, tokens)` and, if the aligner was asked,
    `"path_log_likelihood"` `(batch,)` of all paths.

    Raises:
        ValueError: if there are none and no aligner, or (outside of a graph, where numbers can be
            seen) they do not sum to the frames.
    """
    if "durations" in inputs:
        checks.check_batch_durations(inputs["durations"], inputs["mel_lengths"])
        return {"durations": ops.cast(inputs["durations"], "int32")}
    if model.aligner is None:
        raise ValueError(
            '`inputs` must have "durations" for a model without an aligner. '
            f"Received: {', '.join(sorted(inputs))}"
        )
    lengths = inputs["token_lengths"], inputs["mel_lengths"]
    mel = model.scaled(inputs["mel"])
    log_probs = model.aligner(inputs["tokens"], mel, *lengths, training=training)
    return {
        "path_log_likelihood": model.aligner.log_likelihood(log_probs, *lengths),
        "durations": model.aligner.durations(ops.stop_gradient(log_probs), *lengths),
    }


def align(model, tokens, token_lengths, mel, mel_lengths):
    """What `FastSpeech2.align` does."""
    if model.aligner is None:
        raise ValueError("`align` needs a model with an aligner. Received: aligner=False")
    tokens, token_lengths = checks.check_tokens(tokens, token_lengths, model.vocabulary_size)
    mel, mel_lengths = np.asarray(mel, "float32"), np.asarray(mel_lengths, "int32")
    if mel.ndim != 3 or mel.shape[::2] != (len(tokens), model.n_mels):
        raise ValueError(
            "`mel` must be of shape (batch, frames, n_mels). "
            f"Received: shape={mel.shape} for {len(tokens)} rows, n_mels={model.n_mels}"
        )
    if mel_lengths.shape != token_lengths.shape or (mel_lengths > mel.shape[1]).any():
        raise ValueError(
            "`mel_lengths` must hold one number per row, at most the number of frames. "
            f"Received: mel_lengths={mel_lengths.tolist()} for mel {mel.shape}"
        )
    least = token_lengths * model.aligner.states_per_token
    if (mel_lengths < least).any():
        row = int(np.argmax(mel_lengths < least))
        raise ValueError(
            f"`mel_lengths` must hold {model.aligner.states_per_token} frames for each token. "
            f"Received: {mel_lengths[row]} frames for {token_lengths[row]} tokens in row {row}"
        )

    def durations(tokens, token_lengths, mel, mel_lengths):
        inputs = {"tokens": tokens, "token_lengths": token_lengths}
        return alignment_of(model, {**inputs, "mel": mel, "mel_lengths": mel_lengths})["durations"]

    return model.run_compiled("align", durations, tokens, token_lengths, mel, mel_lengths)
