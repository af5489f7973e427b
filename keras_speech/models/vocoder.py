"""`Vocoder`: what the neural vocoders share, from the checks of a mel to exact streaming."""

import functools
import math

import keras
import numpy as np

from keras_speech.audio_spec import AudioSpec
from keras_speech.models import checks, mel_windows, presets
from keras_speech.models.compiled import compiled

# Longer mels are computed in windows, so that memory stays bounded.
MAX_FRAMES = 2048

# Where each shape is compiled anew (JAX, XLA), frames are rounded up to a multiple of this.
FRAMES_MULTIPLE = 64


class Vocoder(keras.Model):
    """Base of the vocoders that compute all samples of an utterance at once.

    A subclass defines `vocode` and `context_frames`, and inherits `generate` and `stream`.

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to `AudioSpec()`.
    """

    def __init__(self, spec=None, **kwargs):
        # Mels, losses and Fourier transforms are float32 under any policy.
        super().__init__(autocast=False, **kwargs)
        self.spec = AudioSpec.from_dict(spec) if isinstance(spec, dict) else spec or AudioSpec()
        self._compiled_vocode = {}

    @property
    def sample_rate(self):
        """Hz."""
        return self.spec.sample_rate

    @property
    def hop_length(self):
        """Samples per frame."""
        return self.spec.hop_length

    @property
    def local_channels(self):
        """Bands of the mel: the channels of what the model is conditioned on."""
        return self.spec.n_mels

    @property
    def context_frames(self):
        """Frames on each side of a sample's own that it may depend on."""
        raise NotImplementedError

    def vocode(self, mel, mask=None, noise_start=None, seed=None):
        """Samples for a window of an utterance: a pure function of tensors.

        Args:
            mel: float `(batch, frames, n_mels)`.
            mask: float `(batch, frames, 1)`, 0 for the frames past a row's end, which then act as
                if they were not there. `None` if all frames are real.
            noise_start: int scalar, the window's first frame, counted in the utterance.
            seed: unsigned scalar, what random numbers depend on.

        Returns: float32 `(batch, frames * hop_length)`.
        """
        raise NotImplementedError

    def generate(self, mel, lengths=None, seed=0, *, jit=False):
        """Make audio of log-mel spectrograms.

        A row sounds the same alone, in a batch and with more padding. Mels of more than 2,048
        frames are computed in windows that see enough of their neighbors to give the same.

        Args:
            mel: float array `(batch, frames, n_mels)`.
            lengths: integers `(batch,)`, frames of each row, at most `frames`. Defaults to all.
            seed: int. The same seed gives the same audio. Defaults to 0.
            jit: whether TensorFlow compiles by XLA, once for each number of frames (rounded up to
                64). Defaults to `False`.

        Returns: float32 NumPy array `(batch, frames * hop_length)`, zero after each row's
            `lengths * hop_length`.

        Raises:
            ValueError: for a mel of another shape or with numbers that are not finite, lengths
                that do not fit it, or a seed that is no whole number.
        """
        return self._generate(mel, lengths, seed, jit=jit)

    def stream(self, mel_chunks, seed=0, *, chunk_frames=None, jit=False):
        """Make audio as mels arrive: together what `generate` gives for the whole.

        Each window is computed with `context_frames` frames more on each side, so a chunk of sound
        comes when that many frames after it are known, or the mel has ended.

        Args:
            mel_chunks: iterable of float arrays `(frames, n_mels)` or `(batch, frames, n_mels)`,
                of any number of frames each; or one whole mel as an array.
            seed: int, as in `generate`.
            chunk_frames: frames of each chunk of sound (the last may be shorter); less is sooner,
                more is cheaper. Defaults to the context, at least 32.
            jit: as in `generate`.

        Returns: iterator of float32 NumPy arrays `(batch, chunk_frames * hop_length)`.

        Raises:
            ValueError: at once for a wrong seed or `chunk_frames`; before the chunk in question
                for a mel of another shape or with numbers that are not finite; and if there is no
                frame at all.
        """
        return self._stream(mel_chunks, seed, chunk_frames, jit=jit)

    def _generate(self, mel, lengths, seed, *, jit=False, **numbers):
        checks.check_seed(seed)
        mel = mel_windows.checked_mel(mel, self.spec.n_mels)
        lengths = mel_windows.checked_lengths(lengths, mel)
        run = functools.partial(self._run, seed=seed, jit=jit, numbers=numbers)
        frames = mel.shape[1]
        if frames <= MAX_FRAMES:
            samples = run(mel, lengths, 0)
        else:
            size = max(MAX_FRAMES - 2 * self.context_frames, self.context_frames)
            samples = np.empty((len(mel), frames * self.hop_length), "float32")
            for window in mel_windows.windows_of(frames, size, self.context_frames):
                part = run(
                    mel[:, window.first : window.last],
                    np.clip(lengths - window.first, 0, window.last - window.first),
                    window.first,
                )
                kept = part[:, window.kept(self.hop_length)]
                begin = window.begin * self.hop_length
                samples[:, begin : begin + kept.shape[1]] = kept
        ends = lengths[:, None] * self.hop_length
        if (lengths < frames).any():
            samples = np.where(np.arange(samples.shape[1]) < ends, samples, np.float32(0))
        return samples

    def _stream(self, mel_chunks, seed, chunk_frames, *, jit=False, **numbers):
        context = self.context_frames
        size = max(32, context) if chunk_frames is None else chunk_frames
        checks.check_whole(chunk_frames=size)
        checks.check_seed(seed)
        run = functools.partial(self._run, seed=seed, jit=jit, numbers=numbers)

        def chunks():
            for mel, window in mel_windows.arriving(mel_chunks, self.spec.n_mels, size, context):
                lengths = np.full(len(mel), mel.shape[1])
                yield run(mel, lengths, window.first)[:, window.kept(self.hop_length)]

        return chunks()

    def _run(self, mel, lengths, first_frame, *, seed, jit, numbers):
        """`vocode` of a window, compiled; mask and padding only where something needs them."""
        frames = mel.shape[1]
        rounded = jit or keras.backend.backend() == "jax"
        missing = -frames % FRAMES_MULTIPLE if rounded else 0
        masked = bool(rounded or (lengths < frames).any())
        if missing:
            floor = math.log(self.spec.log_floor)
            mel = np.pad(mel, [[0, 0], [0, missing], [0, 0]], constant_values=floor)
        key = (masked, jit, tuple(numbers))
        if key not in self._compiled_vocode:
            function = functools.partial(self._vocode_window, masked, tuple(numbers))
            self._compiled_vocode[key] = compiled(self, function, jit=jit)
        samples = self._compiled_vocode[key](
            mel,
            lengths.astype("int32"),
            np.int32(first_frame),
            np.uint32(seed % 2**32),
            *[np.float32(number) for number in numbers.values()],
        )
        return keras.ops.convert_to_numpy(samples)[:, : frames * self.hop_length]

    def _vocode_window(self, masked, names, mel, lengths, first_frame, seed, *numbers):
        mask = None
        if masked:
            frames = keras.ops.arange(keras.ops.shape(mel)[1], dtype="int32")
            mask = keras.ops.cast(frames < lengths[:, None], "float32")[..., None]
        numbers = dict(zip(names, numbers, strict=True))
        return self.vocode(mel, mask, noise_start=first_frame, seed=seed, **numbers)

    @classmethod
    def from_preset(cls, name):
        """Load a model that comes with the package, a directory or a `.keras` file.
        Raises `ValueError` if there is none, or it is damaged or of another kind.
        """
        return presets.load_model_of(cls, name)

    def get_config(self):
        return {**super().get_config(), "spec": self.spec.to_dict()}
