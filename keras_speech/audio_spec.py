"""`AudioSpec`: one description of how sound becomes a log-mel spectrogram."""

import dataclasses
import math

MEL_SCALES = ("slaney", "htk")
MEL_NORMS = ("slaney", None)
PADDINGS = ("center", "hop")


@dataclasses.dataclass(frozen=True)
class AudioSpec:
    """How samples become frames: everything an acoustic model and a vocoder must agree on.

    The defaults are those of NVIDIA's Tacotron 2 and WaveGlow; HiFi-GAN's differ in
    `padding="hop"` alone.

    Args:
        sample_rate: int, in Hz. Defaults to 22050.
        n_fft: int, length of the Fourier transform in samples. Defaults to 1024.
        hop_length: int, samples between frames. Defaults to 256.
        win_length: int, length of the Hann window in samples. Defaults to 1024.
        n_mels: int, number of mel bands. Defaults to 80.
        fmin: lowest frequency of the bands, in Hz. Defaults to 0.
        fmax: highest frequency of the bands, in Hz; at most half the sample rate.
            Defaults to 8000.
        mel_scale: "slaney" (default) or "htk".
        mel_norm: "slaney" (default: every band has the same area) or `None` (the same height).
        log_floor: smallest magnitude the logarithm sees. Defaults to 1e-5.
        padding: how the ends of a signal are extended by reflection: "center" (default, by
            `n_fft // 2`) or "hop" (by `(n_fft - hop_length) // 2`).

    Raises:
        ValueError: if the values do not fit together.

    Example:

    >>> spec = AudioSpec(sample_rate=16000, hop_length=200, win_length=800)
    >>> spec.n_freqs, spec.frame_rate, spec.n_frames(16000)
    (513, 80.0, 81)
    """

    sample_rate: int = 22050
    n_fft: int = 1024
    hop_length: int = 256
    win_length: int = 1024
    n_mels: int = 80
    fmin: float = 0.0
    fmax: float = 8000.0
    mel_scale: str = "slaney"
    mel_norm: str | None = "slaney"
    log_floor: float = 1e-5
    padding: str = "center"

    def __post_init__(self):
        for name in ("sample_rate", "n_fft", "hop_length", "win_length", "n_mels"):
            object.__setattr__(self, name, _positive_integer(name, getattr(self, name)))
        for name in ("fmin", "fmax", "log_floor"):
            object.__setattr__(self, name, _finite_number(name, getattr(self, name)))
        if self.hop_length > self.win_length:
            raise ValueError(
                "`hop_length` must not exceed `win_length`. "
                f"Received: hop_length={self.hop_length}, win_length={self.win_length}."
            )
        if self.win_length > self.n_fft:
            raise ValueError(
                "`win_length` must not exceed `n_fft`. "
                f"Received: win_length={self.win_length}, n_fft={self.n_fft}."
            )
        if not 0 <= self.fmin < self.fmax <= self.sample_rate / 2:
            raise ValueError(
                "`fmin` and `fmax` must satisfy 0 <= fmin < fmax <= sample_rate / 2. Received: "
                f"fmin={self.fmin}, fmax={self.fmax}, sample_rate={self.sample_rate}."
            )
        if self.log_floor <= 0:
            raise ValueError(f"`log_floor` must be positive. Received: log_floor={self.log_floor}.")
        for name, allowed in (
            ("mel_scale", MEL_SCALES),
            ("mel_norm", MEL_NORMS),
            ("padding", PADDINGS),
        ):
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(f"`{name}` must be one of {allowed}. Received: {name}={value!r}.")

    @property
    def n_freqs(self):
        """Number of frequencies of the Fourier transform."""
        return self.n_fft // 2 + 1

    @property
    def frame_rate(self):
        """Frames per second."""
        return self.sample_rate / self.hop_length

    @property
    def pad_length(self):
        """Samples by which each end of a signal is extended."""
        if self.padding == "center":
            return self.n_fft // 2
        return (self.n_fft - self.hop_length) // 2

    def n_frames(self, n_samples):
        """Number of frames that `n_samples` samples give; at least 1.

        Args:
            n_samples: int.

        Returns: int.
        """
        return max(1, 1 + (n_samples + 2 * self.pad_length - self.n_fft) // self.hop_length)

    def n_samples(self, n_frames):
        """Number of samples a vocoder makes of `n_frames` frames: a hop for each.

        With "center" the last frame is centered on the last sample, so `n_frames(n_samples(n))`
        is `n + 1` there; with "hop" it is `n`.

        Args:
            n_frames: int.

        Returns: int.
        """
        return n_frames * self.hop_length

    def to_dict(self):
        """Return the fields as a dict that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, config):
        """Make an `AudioSpec` of what `to_dict` returned.

        Args:
            config: dict. Fields that are missing keep their defaults.

        Returns: `AudioSpec`.

        Raises:
            ValueError: for a field that does not exist or a value that does not fit.
        """
        if not isinstance(config, dict):
            raise ValueError(f"`config` must be a dict. Received: {type(config).__name__}.")
        unknown = set(config) - {field.name for field in dataclasses.fields(cls)}
        if unknown:
            raise ValueError(
                f"`config` must hold fields of AudioSpec only. Received: {sorted(unknown)}."
            )
        return cls(**config)

    def replace(self, **changes):
        """Return a copy with some fields changed.

        Example:

        >>> AudioSpec().replace(padding="hop").padding
        'hop'
        """
        return dataclasses.replace(self, **changes)

    def require_equal(self, other, ours="acoustic model", theirs="vocoder"):
        """Raise unless `other` is equal to this spec.

        Args:
            other: `AudioSpec`.
            ours: what this spec belongs to, for the message. Defaults to "acoustic model".
            theirs: what the other belongs to. Defaults to "vocoder".

        Raises:
            ValueError: naming each field that differs, with both values.
        """
        mine, others = self.to_dict(), other.to_dict()
        different = [
            f"{name}: {mine[name]!r} ({ours}), {others[name]!r} ({theirs})"
            for name in mine
            if mine[name] != others[name]
        ]
        if different:
            raise ValueError(
                f"The {ours} and the {theirs} must use the same AudioSpec. "
                f"They differ in {'; '.join(different)}."
            )


def _positive_integer(name, value):
    try:
        exact = not isinstance(value, bool) and value == int(value)
    except (TypeError, ValueError, OverflowError):
        exact = False
    if not exact or value < 1:
        raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")
    return int(value)


def _finite_number(name, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, (bool, str)) or not math.isfinite(number):
        raise ValueError(f"`{name}` must be a finite number. Received: {name}={value!r}.")
    return number
