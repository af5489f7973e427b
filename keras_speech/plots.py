"""Pictures of what models hear, look at and foresee, each drawn into one Matplotlib axes."""

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


def plot_receptive_field(model, *, ax=None):
    """Draws which past samples a `WaveNet`'s prediction depends on, and by way of what.

    The lowest row are the samples themselves, then comes the first convolution, then each block;
    on top is one prediction. A dot is a value that this prediction depends on.

    Args:
        model: `WaveNet`, or anything with its `dilations`, `kernel_size` and `input_kernel_size`.
        ax: Matplotlib axes to draw into. Defaults to the current one.

    Returns: the axes.
    """
    ax = _axes(ax)
    steps = [(model.kernel_size, dilation) for dilation in reversed(model.dilations)]
    # The first convolution reads samples one step late, so never the one to be predicted.
    steps.append((model.input_kernel_size, 1))
    rows, lines = [np.zeros(1, int)], []
    for level, (taps, dilation) in enumerate(steps):
        late = int(level == len(model.dilations))
        ends = rows[-1][:, None] + dilation * np.arange(taps) + late
        y = len(steps) - level
        lines += [
            ((-a, y), (-b, y - 1)) for a, row in zip(rows[-1], ends, strict=True) for b in row
        ]
        rows.append(np.unique(ends))
    # More lines than this are a smear; then the dots alone tell it.
    if len(lines) <= 2000:
        from matplotlib.collections import LineCollection

        ax.add_collection(LineCollection(lines, colors="C0", linewidths=0.5, alpha=0.5))
    size = 12 if len(rows[-1]) <= 200 else 3
    for y, row in enumerate(reversed(rows)):
        color = "C1" if y == len(steps) else "C0"
        ax.scatter(-row, np.full(len(row), y), size, color, linewidths=0, zorder=2)
    names = ["samples", "input", *(f"dilation {d}" for d in model.dilations)]
    every = -(-len(names) // 40)
    ax.set_yticks(range(len(names))[::every], names[::every], fontsize=6)
    ax.set(xlabel="Samples before the predicted one", ylim=(-0.7, len(names) - 0.3))
    margin = 0.02 * rows[-1].max() + 0.5
    ax.set_xlim(-rows[-1].max() - margin, margin)
    ax.xaxis.set_major_formatter(lambda x, _: f"{abs(x):g}")
    return ax


def plot_forecast(paths, *, history=None, actual=None, bands=(0.5, 0.9), ax=None):
    """Draws how far sampled futures of a series spread, and where they might go.

    Args:
        paths: float array `(n_paths, steps)`, the futures, such as `WaveNet.generate` gives. Step
            1 is the first.
        history: float array `(any,)`, what came before, up to step 0. Defaults to nothing.
        actual: float array `(steps,)`, what did come. Defaults to nothing.
        bands: shares of the paths, each drawn as the band between its two quantiles. Defaults to
            half of them, and 90 %, between the 5 % and the 95 % quantile.
        ax: Matplotlib axes to draw into. Defaults to the current one.

    Returns: the axes.

    Example:

    >>> steps = np.random.default_rng(0).standard_normal((500, 20))
    >>> ax = plot_forecast(steps.cumsum(axis=1), history=np.zeros(10))
    >>> ax.get_xlabel()
    'Step'
    """
    paths = _array("paths", paths, rank=2)
    ax = _axes(ax)
    time, middle = np.arange(1, paths.shape[1] + 1), np.median(paths, axis=0)
    start = np.zeros((len(paths), 0))
    if history is not None:
        history = _array("history", history, rank=1)
        ax.plot(np.arange(1 - len(history), 1), history, color="black", linewidth=1)
        # All futures begin at the present.
        start = np.full((len(paths), 1), history[-1])
        time, middle = np.append(0, time), np.append(history[-1], middle)
    fans = np.concatenate([start, paths], axis=1)
    for number, share in enumerate(sorted(bands, reverse=True)):
        if not 0 < share < 1:
            raise ValueError(f"`bands` must lie in (0, 1). Received: bands={tuple(bands)}.")
        low, high = np.quantile(fans, [0.5 - share / 2, 0.5 + share / 2], axis=0)
        label = f"{100 * share:g} % of paths"
        alpha = 0.2 + 0.2 * number
        ax.fill_between(time, low, high, color="C0", alpha=alpha, linewidth=0, label=label)
    ax.plot(time, middle, color="C0", linewidth=1, label="median path")
    if actual is not None:
        actual = _array("actual", actual, rank=1)
        if len(actual) != paths.shape[1]:
            raise ValueError(
                "`actual` must have one value per step of `paths`. "
                f"Received: {len(actual)} values, paths of shape {paths.shape}."
            )
        when = np.arange(1, len(actual) + 1)
        if history is not None:
            when, actual = np.append(0, when), np.append(history[-1], actual)
        ax.plot(when, actual, color="C3", linewidth=1, label="actual")
    ax.set(xlabel="Step", ylabel="Value")
    ax.margins(x=0)
    ax.legend(fontsize=7, loc="upper left")
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
