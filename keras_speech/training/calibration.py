"""Speaking as fast as the recordings."""

import numpy as np
from keras import ops


def calibrate_durations(model, batches, *, n_batches=20):
    """Shifts the predicted durations so that recordings last, in sum, as long as they do.

    A predictor of log-durations learns their mean, and the mean logarithm belongs to something
    shorter than the mean length: what is predicted is spoken too fast. One number, the bias of the
    duration predictor's projection, makes up for it.

    Args:
        model: `FastSpeech2`; its weights are changed.
        batches: as for `fit`.
        n_batches: how many are looked at. Defaults to 20.

    Returns: by how much speech was too fast: real length over predicted length.

    Raises:
        ValueError: there is no batch.

    Example:

    ```python
    model.fit(train, epochs=50)
    calibrate_durations(model, train)
    ```
    """
    real = predicted = n_tokens = 0.0
    for _, batch in zip(range(n_batches), batches, strict=False):
        outputs = model.predict_on_batch(batch)
        log_durations, durations = outputs["log_duration"], outputs["durations"]
        lengths = np.asarray(batch["token_lengths"])
        mask = np.arange(durations.shape[1]) < lengths[:, None]
        real += float(durations[mask].sum())
        # Where less than nothing is predicted, nothing is spoken.
        predicted += float(np.exp(np.maximum(log_durations[mask].astype("float64"), 0.0)).sum())
        n_tokens += mask.sum()
    if not n_tokens:
        raise ValueError("`batches` must hold a batch. Received: none.")
    # The sum of exp(x + shift) - 1 is to be the real length.
    bias = model.variance_adaptor.duration_predictor.dense.bias
    bias.assign(bias + ops.cast(np.log((real + n_tokens) / predicted), bias.dtype))
    return real / (predicted - n_tokens)
