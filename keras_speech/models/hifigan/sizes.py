"""What the sizes of a HiFi-GAN generator must satisfy, and how far they reach."""

import math

from keras_speech.models import checks


def check_sizes(
    *,
    hop_length,
    channels,
    rates,
    kernel_sizes,
    resblock,
    resblock_kernel_sizes,
    resblock_dilations,
):
    """Raise `ValueError` for the first size that is out of range or does not fit the others."""
    checks.check_whole(channels=channels)
    for name, values in (
        ("rates", rates),
        ("kernel_sizes", kernel_sizes),
        ("resblock_kernel_sizes", resblock_kernel_sizes),
        *[(f"resblock_dilations[{i}]", each) for i, each in enumerate(resblock_dilations)],
    ):
        if not len(values):
            raise ValueError(f"`{name}` must not be empty. Received: {name}={values}")
        checks.check_whole(**{f"{name}[{i}]": value for i, value in enumerate(values)})
    if math.prod(rates) != hop_length:
        raise ValueError(
            f"`rates` must multiply to the hop length, {hop_length}. Received: rates={rates}"
        )
    if channels % 2 ** len(rates):
        raise ValueError(
            f"`channels` must be a multiple of {2 ** len(rates)}, to be halved by each of "
            f"{len(rates)} stages. Received: channels={channels}"
        )
    if len(kernel_sizes) != len(rates) or any(
        size < rate or (size - rate) % 2 for size, rate in zip(kernel_sizes, rates, strict=True)
    ):
        raise ValueError(
            "`kernel_sizes` must hold each of `rates` and an even number more. "
            f"Received: kernel_sizes={kernel_sizes}, rates={rates}"
        )
    if resblock not in (1, 2):
        raise ValueError(f"`resblock` must be 1 or 2. Received: resblock={resblock}")
    if any(size % 2 == 0 for size in resblock_kernel_sizes):
        raise ValueError(
            "`resblock_kernel_sizes` must be odd. "
            f"Received: resblock_kernel_sizes={resblock_kernel_sizes}"
        )
    if len(resblock_dilations) != len(resblock_kernel_sizes):
        raise ValueError(
            "`resblock_dilations` must hold dilations for each of `resblock_kernel_sizes`. "
            f"Received: {len(resblock_dilations)} for {len(resblock_kernel_sizes)}"
        )


def context_frames(rates, kernel_sizes, block_reach, end_reach):
    """Frames on each side of its own that a sample may depend on.

    Args:
        rates, kernel_sizes: of the stages' transposed convolutions.
        block_reach: steps on each side that a stage's residual blocks see.
        end_reach: the same of the first and the last convolution.

    Returns: int.

    Example:

    >>> context_frames((8, 8, 2, 2), (16, 16, 4, 4), 60, 3)
    13
    """
    # The steps that the samples of frame 0 depend on, followed back from the last layer.
    first, last = 0, math.prod(rates) - 1
    first, last = first - end_reach, last + end_reach
    for rate, size in zip(reversed(rates), reversed(kernel_sizes), strict=True):
        first, last = first - block_reach, last + block_reach
        # Input t of a stage gives outputs t * rate - cut to t * rate - cut + size - 1.
        cut = (size - rate) // 2
        first, last = -((size - 1 - cut - first) // rate), (last + cut) // rate
    return max(end_reach - first, last + end_reach)
