"""Pictures of waveforms, mel spectrograms and alignments, each drawn into one Matplotlib axes."""

import numpy as np


def plot_waveform(samples, sample_rate, *, ax=None):
    """Draws a waveform over time.

    Args:
        samples: float array `(samples,)`, full scale at -1 and 1.
        sample_rate: in hertz.
        ax: Matplotlib axes to draw into. Defaults to the current one.

    Returns: the axes.

    Example:

    >>> time = np.arange(22050) / 22050
    >>> ax = plot_waveform(0.5 * np.sin(2 * np.pi * 220 * time), 22050)
    >>> ax.get_xlabel()
    'Time (s)'
    """
    samples = _array("samples", samples, rank=1)
    ax = _axes(ax)
    starts, low, high = _envelope(samples)
    ax.fill_between(starts / sample_rate, low, high, linewidth=0.5, edgecolor="C0", step="post")
    ax.set(xlabel="Time (s)", ylabel="Amplitude", ylim=(-1, 1))
    ax.set_xlim(0, max(len(samples), 1) / sample_rate)
    return ax


def plot_mel(mel, spec=None, *, duration=None, ax=None):
    """Draws a log-mel spectrogram, low bands at the bottom.

    Args:
        mel: float array `(frames, n_mels)`, natural logarithm of the magnitude.
        spec: `AudioSpec` of the mel, which turns frames into seconds. Without it the time axis
            counts frames.
        duration: seconds that the frames fill, where that is not what `spec` says.
        ax: Matplotlib axes to draw into. Defaults to the current one.

    Returns: the axes.
    """
    mel = _array("mel", mel, rank=2)
    ax = _axes(ax)
    frames, n_mels = mel.shape
    if duration is None and spec is not None:
        duration = frames / spec.frame_rate
    end = frames if duration is None else duration
    image = ax.imshow(
        mel.T,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(0, end or 1, 0, n_mels),
    )
    ax.set(xlabel="Frame" if duration is None else "Time (s)", ylabel="Mel band")
    ax.figure.colorbar(image, ax=ax, label="log magnitude", pad=0.01)
    return ax


def plot_alignment(alignment, *, symbols=None, duration=None, ax=None):
    """Draws which token the decoder looked at in each of its steps.

    A model that has learned to read shows a line from the lower left to the upper right.

    Args:
        alignment: float array `(steps, tokens)`, attention weights from 0 to 1.
        symbols: one string per token, written along the axis when there are at most 80.
            Defaults to none.
        duration: seconds that the steps fill. Without it the time axis counts decoder steps.
        ax: Matplotlib axes to draw into. Defaults to the current one.

    Returns: the axes.
    """
    alignment = _array("alignment", alignment, rank=2)
    ax = _axes(ax)
    steps, tokens = alignment.shape
    if symbols is not None and len(symbols) != tokens:
        raise ValueError(
            "`symbols` must have one string per token of `alignment`. "
            f"Received: {len(symbols)} symbols, alignment of shape {alignment.shape}."
        )
    end = steps if duration is None else duration
    image = ax.imshow(
        alignment.T,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        vmin=0,
        vmax=1,
        extent=(0, end or 1, -0.5, tokens - 0.5),
    )
    ax.set(xlabel="Decoder step" if duration is None else "Time (s)", ylabel="Token")
    if symbols is not None and tokens <= 80:
        ax.set_yticks(range(tokens), [_visible(symbol) for symbol in symbols], fontsize=6)
    ax.figure.colorbar(image, ax=ax, label="attention weight", pad=0.01)
    return ax


def _array(name, value, rank):
    # Tensors of any backend, on any device, become NumPy arrays first.
    value = np.asarray(value) if isinstance(value, np.ndarray | list | tuple) else _numpy(value)
    if value.ndim != rank:
        raise ValueError(
            f"`{name}` must have {rank} dimension{'s' if rank > 1 else ''}. "
            f"Received: shape {value.shape}."
        )
    return value.astype("float32")


def _numpy(value):
    import keras

    return keras.ops.convert_to_numpy(value)


def _axes(ax):
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.gca()


def _envelope(samples, max_points=4000):
    """Returns starts, minima and maxima of at most `max_points` stretches of the waveform."""
    size = max(1, -(-len(samples) // max_points))
    starts = np.arange(0, len(samples), size)
    if not len(starts):
        return np.zeros(1), np.zeros(1), np.zeros(1)
    return starts, np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)


def _visible(symbol):
    return "␣" if symbol == " " else symbol
