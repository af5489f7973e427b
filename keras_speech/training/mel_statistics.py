"""What a model is told about the level of its recordings."""

import numpy as np


def mel_statistics(batches, *, n_batches=20):
    """Measures the log-mels of the first batches, for a model's `mel_mean` and `mel_scale`.

    Args:
        batches: iterable of dicts with `mel` `(batch, frames, n_mels)` and, where there is padding,
            `mel_lengths`.
        n_batches: how many are looked at. Defaults to 20.

    Returns: `(mean, standard deviation)` over all bands of the frames that are no padding, floats
        rounded to two places: their exact value says nothing, and they are read by people.

    Raises:
        ValueError: there is no frame, or all are equal.

    Example:

    ```python
    mean, scale = mel_statistics(acoustic_batches(corpus.train, spec, tokenizer))
    model = Tacotron2(vocabulary_size=40, mel_mean=mean, mel_scale=scale)
    ```
    """
    total, squares, count = 0.0, 0.0, 0
    for _, batch in zip(range(n_batches), batches, strict=False):
        mels = np.asarray(batch["mel"])
        lengths = np.asarray(batch.get("mel_lengths", [mels.shape[1]] * len(mels)))
        for mel, length in zip(mels, lengths, strict=True):
            frames = mel[:length].astype("float64")
            total, squares, count = (
                total + frames.sum(),
                squares + (frames**2).sum(),
                count + frames.size,
            )
    if not count:
        raise ValueError("`batches` must hold frames. Received: none.")
    mean = total / count
    scale = round(float(np.sqrt(max(0.0, squares / count - mean**2))), 2)
    if scale == 0:
        raise ValueError(f"The recordings are silent: every log-mel is about {mean:.2f}.")
    return round(float(mean), 2), scale
