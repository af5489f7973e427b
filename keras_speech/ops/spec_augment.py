"""SpecAugment: a spectrogram with bands and stretches of time masked."""

import numpy as np

from keras_speech.ops import masking
from keras_speech.ops import stft as stft_ops


def check_masks(*, time_masks, max_frames, band_masks, max_bands, max_fraction):
    """Raise `ValueError` unless the settings of the masks are in range."""
    for name, value in (
        ("time_masks", time_masks),
        ("max_frames", max_frames),
        ("band_masks", band_masks),
        ("max_bands", max_bands),
    ):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
            raise ValueError(f"`{name}` must be an integer >= 0. Received: {name}={value!r}.")
    if not 0 <= max_fraction <= 1:
        raise ValueError(
            f"`max_fraction` must lie in [0, 1]. Received: max_fraction={max_fraction!r}."
        )


def spec_augment(
    mel,
    time_draws,
    band_draws,
    lengths=None,
    *,
    max_frames=100,
    max_bands=27,
    max_fraction=1.0,
    value=None,
):
    """Mask stretches of frames and of bands, which random numbers choose.

    Args:
        mel: float tensor `(batch, frames, n_mels)`, or without the batch axis.
        time_draws: uniform numbers in `[0, 1)`, `(batch, masks, 2)`: width and place of each mask
            over time.
        band_draws: the same, for masks over bands.
        lengths: integer tensor `(batch,)`, frames of each row. Defaults to all. What follows is
            left as it is, and no mask reaches into it.
        max_frames: largest width of a mask over time. Defaults to 100.
        max_bands: largest width of a mask over bands. Defaults to 27.
        max_fraction: nor is a mask over time wider than this part of the row. Defaults to 1.
        value: what stands in the masks. Defaults to `None`, each row's mean.

    Returns: float tensor of the shape of `mel`.

    Example:

    >>> import numpy as np
    >>> mel, none = np.ones((1, 4, 2), "float32"), np.zeros((1, 0, 2), "float32")
    >>> half, first = 0.5, 0.0  # the width is drawn from 0 to 4, the place from 0 to 2
    >>> masked = spec_augment(mel, np.array([[[half, first]]], "float32"), none, value=0.0)
    >>> np.asarray(masked)[0, :, 0].tolist()
    [0.0, 0.0, 1.0, 1.0]

    Reference: [Park et al., 2019](https://arxiv.org/abs/1904.08779), section 2, without time
    warping. Deviation: the last place of a mask is the one that ends the row; there it is one less.
    """
    x, single, xp = stft_ops.to_batch(mel, rank=3, name="mel")
    batch, frames, n_mels = xp.shape(x)
    if lengths is None:
        lengths = xp.zeros((batch,), dtype="int32") + frames
    lengths = xp.reshape(xp.cast(xp.convert_to_tensor(lengths), "int32"), (-1,))
    present = masking.sequence_mask(lengths, frames)[..., None]
    longest = xp.cast(xp.floor(xp.cast(lengths, "float32") * max_fraction), "int32")
    in_time = _masks(time_draws, lengths, xp.minimum(longest, max_frames), frames, xp)
    bands = xp.zeros_like(lengths) + n_mels
    in_bands = _masks(band_draws, bands, xp.minimum(bands, max_bands), n_mels, xp)
    masked = xp.logical_and(xp.logical_or(in_time[..., None], in_bands[:, None]), present)
    if value is None:
        weight = xp.cast(present, x.dtype)
        n_cells = xp.sum(weight, axis=(1, 2), keepdims=True) * n_mels
        value = xp.sum(x * weight, axis=(1, 2), keepdims=True) / xp.maximum(n_cells, 1.0)
    y = xp.where(masked, xp.cast(value, x.dtype), x)
    return y[0] if single else y


def _masks(draws, lengths, widest, size, xp):
    """`(batch, size)`: where one of a row's masks is."""
    draws = xp.cast(xp.convert_to_tensor(draws), "float32")
    widest, lengths = widest[:, None], lengths[:, None]
    width = _drawn(draws[..., 0], widest + 1, xp)  # 0, 1, ... widest
    first = _drawn(draws[..., 1], lengths - width + 1, xp)
    place = xp.arange(size, dtype="int32")
    inside = xp.logical_and(place >= first[..., None], place < (first + width)[..., None])
    return xp.any(inside, axis=1)


def _drawn(uniform, n, xp):
    """An integer from 0 to `n - 1`; rounding may make a product of float32 as large as `n`."""
    return xp.minimum(xp.cast(uniform * xp.cast(n, "float32"), "int32"), n - 1)
