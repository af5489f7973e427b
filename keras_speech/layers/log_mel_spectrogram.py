"""`LogMelSpectrogram`: samples to log-mel frames, as a layer."""

import keras

from keras_speech.audio_spec import AudioSpec
from keras_speech.ops import dynamic, mel


@keras.saving.register_keras_serializable("keras_speech")
class LogMelSpectrogram(keras.layers.Layer):
    """Log-mel spectrogram of magnitudes, `log(max(|STFT| @ filterbank, log_floor))`.

    It has no weights, is differentiable, and computes in float32 under any dtype policy: float16
    has too few bits for a Fourier transform of speech. Inside a `tf.data` map it works whatever
    the Keras backend is.

    Args:
        spec: `AudioSpec` (or its dict) to compute by. Defaults to `AudioSpec()`.

    Call arguments:
        samples: float tensor `(batch, samples)`, mono, within [-1, 1].

    Returns: float32 tensor `(batch, frames, n_mels)` with `spec.n_frames(samples)` frames.

    Raises:
        ValueError: for integer, stereo or empty samples.

    Example:

    >>> import numpy as np
    >>> layer = LogMelSpectrogram(AudioSpec(n_mels=40))
    >>> tuple(layer(np.zeros((2, 22050), "float32")).shape)
    (2, 87, 40)

    Reference: [Shen et al., 2018](https://arxiv.org/abs/1712.05884), section 2.1, with the
    floor, window and normalization of NVIDIA's implementation.
    """

    def __init__(self, spec=None, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.spec = AudioSpec.from_dict(spec) if isinstance(spec, dict) else spec or AudioSpec()

    def __call__(self, samples, *args, **kwargs):
        # Keras would turn a TensorFlow tensor of a `tf.data` map into one of its own backend.
        if dynamic.is_foreign(samples):
            return self.call(samples)
        return super().__call__(samples, *args, **kwargs)

    def call(self, samples):
        return mel.log_mel_spectrogram(samples, self.spec)

    def compute_output_spec(self, samples):
        return keras.KerasTensor(self.compute_output_shape(samples.shape), dtype="float32")

    def compute_output_shape(self, samples_shape):
        *batch, samples = samples_shape
        frames = None if samples is None else self.spec.n_frames(samples)
        return (*batch, frames, self.spec.n_mels)

    def get_config(self):
        return {**super().get_config(), "spec": self.spec.to_dict()}
