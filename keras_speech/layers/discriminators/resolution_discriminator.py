"""`ResolutionDiscriminator`: judges a spectrogram, each of its bands by itself."""

import keras
from keras import ops

from keras_speech.layers.discriminators import convolutions
from keras_speech.ops import stft

BANDS = ((0.0, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0))
INPUTS = {"complex": 2, "magnitude": 1}  # kind -> channels
_SILENCE = 1e-3  # peaks below it, -60 dB, are not raised

# kernel and strides over frames and frequencies of a band's convolutions
_SHAPES = [((3, 9), (1, 1)), *[((3, 9), (1, 2))] * 3, ((3, 3), (1, 1))]


@keras.saving.register_keras_serializable("keras_speech")
class ResolutionDiscriminator(keras.layers.Layer):
    """Convolutions over the frames and frequencies of a short-time Fourier transform.

    Each row is brought to the mean 0 and the peak 0.8 first: how loud it is does not matter.

    Args:
        n_fft: length of the transform, in samples.
        hop_length: samples between frames. Defaults to `None`: a quarter of `n_fft`.
        channels: of the five convolutions of each band. Defaults to 32.
        bands: pairs of where a band begins and ends, as shares of all frequencies. Defaults to
            `((0, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1))`.
        spectrum: "complex" (default), real and imaginary parts as two channels, or "magnitude".
        weight_normalization: whether kernels are trained as length and direction. Defaults to
            `True`.

    Call arguments:
        samples: float tensor `(batch, samples)`.

    Returns: `(score, features)`: float tensor `(batch, frames, frequencies, 1)`, and the list of
    the outputs of each band's convolutions but its first, then the score.

    Raises:
        ValueError: if a size is out of range, or a band holds no frequency.

    Example:

    >>> import numpy as np
    >>> score, features = ResolutionDiscriminator(64, channels=4)(np.zeros((2, 800)))
    >>> tuple(score.shape), len(features)
    ((2, 51, 6, 1), 21)

    Reference: the discriminator of [Siuzdak, 2023](https://arxiv.org/abs/2306.00814), in the sizes
    of its published code; bands from [Kumar et al., 2023](https://arxiv.org/abs/2306.06546);
    magnitudes as in [Jang et al., 2021](https://arxiv.org/abs/2106.07889). Deviation: what peaks
    below 0.001 is not raised to 0.8, for its gradient would be raised with it.
    """

    def __init__(
        self,
        n_fft,
        hop_length=None,
        channels=32,
        bands=BANDS,
        spectrum="complex",
        weight_normalization=True,
        **kwargs,
    ):
        # Spectra are taken of float32 samples under any policy.
        super().__init__(autocast=False, **kwargs)
        convolutions.check_counts(n_fft=n_fft, channels=channels)
        hop = n_fft // 4 if hop_length is None else hop_length
        stft.check_frame(n_fft=n_fft, hop_length=hop, win_length=n_fft)
        if spectrum not in INPUTS:
            raise ValueError(
                f"`spectrum` must be one of {sorted(INPUTS)}. Received: spectrum={spectrum!r}"
            )
        self.edges = [(int(a * (n_fft // 2 + 1)), int(b * (n_fft // 2 + 1))) for a, b in bands]
        if not bands or any(not 0 <= a < b <= 1 for a, b in bands):
            raise ValueError(
                f"`bands` must hold pairs of rising shares within [0, 1]. Received: bands={bands}"
            )
        if any(first == end for first, end in self.edges):
            raise ValueError(
                "Each of `bands` must hold a frequency of the transform. "
                f"Received: bands={bands}, n_fft={n_fft}"
            )
        self.n_fft, self.hop_length, self.channels = n_fft, hop_length, channels
        self.bands = tuple(tuple(band) for band in bands)
        self.spectrum, self.weight_normalization = spectrum, weight_normalization
        self.frame = {"n_fft": n_fft, "hop_length": hop, "win_length": n_fft}
        options = {"weight_normalization": weight_normalization, "dtype": self.dtype_policy}
        # One flat list, band after band: Keras saves no lists inside lists.
        self.layers = [
            convolutions.convolution(2, channels, *shape, **options)
            for _ in bands
            for shape in _SHAPES
        ]
        self.last = convolutions.convolution(2, 1, (3, 3), **options)

    def build(self, samples_shape):
        shape, channels = (None, None, None), [self.channels] * len(_SHAPES)
        for layers in self._layers_of_bands():
            convolutions.build_chain(layers, (*shape, INPUTS[self.spectrum]), channels)
        self.last.build((*shape, self.channels))

    def call(self, samples):
        x = ops.cast(self._spectrum(samples), self.compute_dtype)
        frames = ops.shape(x)[1]
        features, ends = [], []
        for (first, end), layers in zip(self.edges, self._layers_of_bands(), strict=True):
            # Not by indexing, whose gradient in TensorFlow is slow.
            band = ops.slice(
                x,
                [0, 0, first, 0],
                [ops.shape(x)[0], frames, end - first, INPUTS[self.spectrum]],
            )
            _, maps = convolutions.judge(band, layers[:-1], layers[-1])
            maps[-1] = keras.activations.leaky_relu(maps[-1], negative_slope=convolutions.SLOPE)
            features += maps[1:]
            ends.append(maps[-1])
        score = self.last(ops.concatenate(ends, axis=2))
        return score, [*features, score]

    def _layers_of_bands(self):
        n = len(_SHAPES)
        return [self.layers[i : i + n] for i in range(0, len(self.layers), n)]

    def _spectrum(self, samples):
        """`(batch, frames, frequencies, channels)`, in float32: it spans more than halves hold."""
        samples = ops.cast(samples, "float32")
        samples = samples - ops.mean(samples, axis=-1, keepdims=True)
        peak = ops.max(ops.abs(samples), axis=-1, keepdims=True)
        samples = 0.8 * samples / ops.maximum(peak, _SILENCE)
        real, imag = stft.stft(samples, **self.frame)
        if self.spectrum == "magnitude":
            return stft.magnitude(real, imag)[..., None]
        return ops.stack([real, imag], axis=-1)

    def get_config(self):
        names = (
            "n_fft", "hop_length", "channels", "bands", "spectrum", "weight_normalization"
        )  # fmt: skip
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
