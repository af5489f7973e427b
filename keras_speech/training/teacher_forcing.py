"""Mels that an acoustic model predicts of recordings, frame by frame beside the real ones."""

import numpy as np


def teacher_forced(model, tokenizer, speakers=()):
    """A function that gives the mel which `model` predicts of a recording.

    Each frame is predicted from the real ones before it, so that the mel runs beside the audio: a
    vocoder trained on both learns to make up for what the acoustic model blurs.

    Args:
        model: `Tacotron2`, or another model that is called with batches of
            `data.acoustic_batches` and returns a dict with `"mel"`.
        tokenizer: the one that `model` was trained with.
        speakers: names in the order of their ids, for a model with several.

    Returns: function of a `Recording` and its mel, float32 `(frames, n_mels)`, that returns a mel
    of the same shape: what `WaveformEpochs.with_mels` takes. It raises `ValueError` for a
    recording whose text the tokenizer cannot speak.

    Example:

    >>> epochs = waveform_epochs(corpus, 8192, spec=spec)  # doctest: +SKIP
    >>> predicted = epochs.with_mels(teacher_forced(tacotron2, tokenizer))  # doctest: +SKIP
    >>> hifigan.fit(predicted.all_epochs(), epochs=10, shuffle=False)  # doctest: +SKIP
    """

    def predicted(recording, mel):
        tokens, lengths = tokenizer([recording.text])
        if not np.asarray(lengths)[0]:
            raise ValueError(
                f"Recording {recording.where} has no text that the tokenizer can speak. "
                f"Received: text={recording.text!r}."
            )
        batch = {
            "tokens": np.asarray(tokens, "int32"),
            "token_lengths": np.asarray(lengths, "int32"),
            "mel": mel[None],
            "mel_lengths": np.array([len(mel)], "int32"),
        }
        if speakers:
            batch["speaker"] = np.array([list(speakers).index(recording.speaker)], "int32")
        # Models that predict several frames at a time may give a few more.
        return np.asarray(model.predict_on_batch(batch)["mel"])[0, : len(mel)]

    return predicted
