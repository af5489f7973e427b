"""Models that keep the contract of a voice's parts and need no training."""

import keras
import numpy as np

from keras_speech.audio_spec import AudioSpec

FRAMES_PER_TOKEN = 4
SPEC = AudioSpec(sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0)


@keras.saving.register_keras_serializable("keras_speech_tests")
class FakeAcoustic(keras.Model):
    """Says each token as four frames of a row of its table, two frames to a step."""

    def __init__(self, vocabulary_size, n_mels, n_speakers=None, width=1, noise=0.0, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size, self.n_mels, self.n_speakers = vocabulary_size, n_mels, n_speakers
        self.width, self.noise = width, noise
        self.table = self.add_weight(shape=(vocabulary_size, n_mels * width), name="table")
        self.calls = []
        self.built = True

    def get_config(self):
        names = ("vocabulary_size", "n_mels", "n_speakers", "width", "noise")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    def call(self, inputs, training=False):
        return self.generate(inputs["tokens"], inputs["token_lengths"])

    def generate(self, tokens, token_lengths=None, speaker=None, max_frames=1000, seed=0):
        self.calls.append({"shape": np.shape(tokens), "speaker": speaker, "seed": seed})
        table = keras.ops.convert_to_numpy(self.table)[:, : self.n_mels]
        mel = np.repeat(table[np.asarray(tokens)], FRAMES_PER_TOKEN, axis=1)
        if speaker is not None:
            mel = mel + np.asarray(speaker)[:, None, None]
        if self.noise:
            mel = mel + self.noise * np.random.default_rng(seed).standard_normal(mel.shape)
        lengths = np.asarray(token_lengths) * FRAMES_PER_TOKEN
        alignment = np.repeat(np.eye(tokens.shape[1])[None], FRAMES_PER_TOKEN // 2, axis=1)
        return {
            "mel": keras.ops.convert_to_tensor(mel.astype("float32")),
            "lengths": np.minimum(lengths, max_frames),
            "alignment": np.repeat(alignment, len(tokens), axis=0),
            "stopped": lengths <= max_frames,
        }


@keras.saving.register_keras_serializable("keras_speech_tests")
class ControlledAcoustic(FakeAcoustic):
    """Also fast or slow, higher by a band a semitone, and louder in its first band."""

    controls = ("speed", "pitch", "energy")

    def generate(
        self, tokens, token_lengths=None, speaker=None, max_frames=1000, seed=0,
        speed=1.0, pitch=0.0, energy=0.0,
    ):  # fmt: skip
        output = super().generate(tokens, token_lengths, speaker, max_frames, seed)
        self.calls[-1] |= {"speed": speed, "pitch": pitch, "energy": energy}
        frames = round(FRAMES_PER_TOKEN / speed)
        mel = np.asarray(output["mel"])[:, ::FRAMES_PER_TOKEN].repeat(frames, axis=1)
        mel = np.roll(mel, round(pitch), axis=2)
        mel[:, :, 0] *= 10 ** (energy / 20)
        alignment = np.repeat(np.eye(tokens.shape[1])[None], frames, axis=1)
        return {
            "mel": keras.ops.convert_to_tensor(mel),
            "lengths": np.asarray(token_lengths) * frames,
            "alignment": np.repeat(alignment, len(tokens), axis=0),
        }


@keras.saving.register_keras_serializable("keras_speech_tests")
class FakeVocoder(keras.Model):
    """Plays each frame as a hop of a square wave, as loud as the frame's first band."""

    def __init__(self, spec, **kwargs):
        super().__init__(**kwargs)
        self.spec = spec if isinstance(spec, AudioSpec) else AudioSpec.from_dict(spec)
        self.built = True

    def get_config(self):
        return {**super().get_config(), "spec": self.spec.to_dict()}

    def generate(self, mel, lengths=None, seed=0):
        hop = self.spec.hop_length
        wave = np.tile([1.0, -1.0], hop // 2)
        return (np.asarray(mel)[:, :, :1] * wave).reshape(len(mel), -1).astype("float32")
