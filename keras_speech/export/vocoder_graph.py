"""`generate` of the vocoders as a function of tensors alone."""

import math

import tensorflow as tf

from keras_speech.audio_spec import AudioSpec
from keras_speech.export.acoustic_graph import of_any_size
from keras_speech.export.signature import shared
from keras_speech.export.wavenet import wavenet_graph
from keras_speech.models.griffin_lim.griffin_lim import FRAMES_MULTIPLE, GriffinLim
from keras_speech.models.vocoder import Vocoder
from keras_speech.models.wavenet.wavenet import WaveNet


class VocoderGraph:
    """What `model.generate(mel, seed=seed)` does to one mel, in whatever graph it is called.

    It is traced once. Weight normalization is folded; a long mel is computed as a whole, not in
    windows.

    Args:
        model: `GriffinLim`, `LinearGriffinLim`, `HiFiGAN`, `Vocos`, `WaveGlow` or another
            `Vocoder`, or a `WaveNet` that is conditioned on mels and has no speakers.

    Call arguments:
        mel: float32 `(1, frames, channels)`.
        seed: int64 scalar.

    Returns: float32 `(1, frames * hop_length)`.

    Raises:
        ValueError: for another model.
    """

    def __init__(self, model):
        if not self.takes(model):
            raise ValueError(
                "`vocoder` must be a GriffinLim, HiFiGAN, Vocos, WaveGlow or another Vocoder, or "
                "a WaveNet that is conditioned on mels and has no speakers. "
                f"Received: {type(model).__name__}."
            )
        if isinstance(model, Vocoder):
            model = model.fold() if hasattr(model, "fold") else model
            self.n_channels, self._generate = model.spec.n_mels, self._vocoder
        elif isinstance(model, GriffinLim):
            self.n_channels, self._generate = model.n_channels, self._griffin_lim
        else:
            self.n_channels, self._generate = model.local_channels, self._wavenet
            self._sample = wavenet_graph(model)
        self.model = model
        # A WaveNet may have no spec, but numbers of its own.
        spec = model.spec or AudioSpec()
        self.hop_length = getattr(model, "hop_length", spec.hop_length)
        self.sample_rate = getattr(model, "sample_rate", spec.sample_rate)
        self.log_floor = spec.log_floor
        self._run = shared(self._traced, ([1, None, self.n_channels], tf.float32), ([], tf.int64))

    @staticmethod
    def takes(model):
        """Whether this is a vocoder that has a graph."""
        if isinstance(model, WaveNet):
            return bool(model.local_channels and not model.n_speakers)
        return isinstance(model, Vocoder | GriffinLim)

    def __call__(self, mel, seed):
        return self._run(mel, seed)

    def _traced(self, mel, seed):
        return self._generate(mel, tf.cast(seed % 2**32, tf.uint32))

    def _vocoder(self, mel, seed):
        start = tf.constant(0, tf.int32)
        return self.model.vocode(of_any_size(mel), None, noise_start=start, seed=seed)

    def _griffin_lim(self, mel, seed):
        frames = tf.shape(mel)[1]
        padding = [[0, 0], [0, -frames % FRAMES_MULTIPLE], [0, 0]]
        mel = tf.pad(mel, padding, constant_values=math.log(self.model.spec.log_floor))
        samples = self.model.call(of_any_size(mel), of_any_size(frames[None]), seed)
        return samples[:, : frames * self.hop_length]

    def _wavenet(self, mel, seed):
        return self._sample(
            n_samples=tf.shape(mel)[1] * self.hop_length,
            prime=tf.zeros([1, 0]),
            temperature=tf.constant(self.model.default_temperature, tf.float32),
            seed=tf.cast(seed, tf.int64),
            mel=mel,
        )
