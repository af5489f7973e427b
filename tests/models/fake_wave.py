"""A model of sound that keeps WaveNet's contract and needs no training."""

import keras
import numpy as np

from keras_speech.audio_spec import AudioSpec

SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)


@keras.saving.register_keras_serializable("keras_speech_tests")
class FakeWave(keras.Model):
    """Makes noise of the level that its only weight says; the seed chooses the noise."""

    def __init__(
        self, sample_rate=8000, n_speakers=0, local_channels=0, hop_length=None, spec=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.spec = AudioSpec.from_dict(spec) if isinstance(spec, dict) else spec
        self.sample_rate, self.n_speakers = sample_rate, n_speakers
        self.local_channels = self.spec.n_mels if self.spec else local_channels
        self.hop_length = self.spec.hop_length if self.spec else hop_length
        self.level = self.add_weight(shape=(), initializer="ones", name="level")
        self.calls = []
        self.built = True

    def get_config(self):
        names = ("sample_rate", "n_speakers", "local_channels", "hop_length")
        config = {**super().get_config(), **{name: getattr(self, name) for name in names}}
        return {**config, "spec": self.spec and self.spec.to_dict()}

    def call(self, inputs):
        return inputs * self.level

    def generate(self, n_samples=None, *, speaker=None, mel=None, seed=0, **options):
        self.calls.append({"speaker": speaker, "seed": seed, **options})
        rows = 1 if speaker is None else np.size(speaker)
        if mel is not None:
            rows, n_samples = len(mel), n_samples or np.shape(mel)[1] * self.hop_length
        noise = np.random.default_rng(seed).uniform(-1, 1, (rows, n_samples))
        return 0.5 * float(self.level) * noise.astype("float32")
