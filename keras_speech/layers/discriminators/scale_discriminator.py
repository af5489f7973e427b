"""`ScaleDiscriminator`: judges a waveform by long stretches of it."""

import keras

from keras_speech.layers.discriminators import convolutions


@keras.saving.register_keras_serializable("keras_speech")
class ScaleDiscriminator(keras.layers.Layer):
    """Strided and grouped convolutions over the samples.

    Args:
        channels, kernel_sizes, strides, groups: of the convolutions, one after another; sizes are
            odd. Default to `(128, 128, 256, 512, 1024, 1024, 1024)`,
            `(15, 41, 41, 41, 41, 41, 5)`, `(1, 2, 2, 4, 4, 1, 1)` and `(1, 4, 16, 16, 16, 16, 1)`.
        weight_normalization: whether kernels are trained as length and direction. Defaults to
            `True`.

    Call arguments:
        samples: float tensor `(batch, samples)`.

    Returns: `(score, features)`: float tensor `(batch, time, 1)`, and the list of all
    convolutions' outputs `(batch, time, channels)`, of which the score is the last.

    Raises:
        ValueError: if sizes are not whole numbers from 1 of equal count, kernels are even, or
            groups do not divide the channels on both of their sides.

    Example:

    >>> import numpy as np
    >>> layer = ScaleDiscriminator((4, 8), kernel_sizes=(15, 41), strides=(1, 4), groups=(1, 2))
    >>> score, features = layer(np.zeros((2, 800)))
    >>> tuple(score.shape), [tuple(x.shape) for x in features]
    ((2, 200, 1), [(2, 800, 4), (2, 200, 8), (2, 200, 1)])

    Reference: [Kumar et al., 2019](https://arxiv.org/abs/1910.06711), section 2.2, in the sizes of
    [Kong et al., 2020](https://arxiv.org/abs/2010.05646).
    """

    def __init__(
        self,
        channels=(128, 128, 256, 512, 1024, 1024, 1024),
        kernel_sizes=(15, 41, 41, 41, 41, 41, 5),
        strides=(1, 2, 2, 4, 4, 1, 1),
        groups=(1, 4, 16, 16, 16, 16, 1),
        weight_normalization=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        sizes = {
            "channels": channels, "kernel_sizes": kernel_sizes, "strides": strides, "groups": groups
        }  # fmt: skip
        convolutions.check_counts(**sizes)
        convolutions.check_odd(kernel_sizes=kernel_sizes)
        if len({len(each) for each in sizes.values()}) > 1:
            raise ValueError(f"All sizes must be given for each convolution. Received: {sizes}")
        for before, after, n in zip((1, *channels[:-1]), channels, groups, strict=True):
            if before % n or after % n:
                raise ValueError(
                    "`groups` must divide the channels ahead of and after each convolution. "
                    f"Received: groups={groups}, channels={channels}"
                )
        self.channels, self.kernel_sizes = tuple(channels), tuple(kernel_sizes)
        self.strides, self.groups = tuple(strides), tuple(groups)
        self.weight_normalization = weight_normalization
        options = {"weight_normalization": weight_normalization, "dtype": self.dtype_policy}
        self.layers = [
            convolutions.convolution(1, *arguments, **options)
            for arguments in zip(channels, kernel_sizes, strides, groups, strict=True)
        ]
        self.last = convolutions.convolution(1, 1, 3, **options)

    def build(self, samples_shape):
        convolutions.build_chain([*self.layers, self.last], (None, None, 1), (*self.channels, 1))

    def call(self, samples):
        return convolutions.judge(samples[..., None], self.layers, self.last)

    def get_config(self):
        names = ("channels", "kernel_sizes", "strides", "groups", "weight_normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
