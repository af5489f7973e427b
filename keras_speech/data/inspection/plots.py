"""Pictures of a corpus for its report, each a PNG file in memory."""

import io
import warnings

import numpy as np

_SPEAKERS = 30
_LABELLED = 5
_BLUE, _ORANGE, _GRAY = "#2b6cb0", "#dd6b20", "#a0aec0"


def pictures(report):
    """Draws what there is to draw.

    Args:
        report: `CorpusReport`.

    Returns: dict from each picture's title to its PNG file, `bytes`.
    """
    clips = report.clips
    heard = clips.sounding
    if not heard.any():
        return {}
    peaks = 20 * np.log10(clips["peak"][heard])
    drawn = {
        "Lengths": lambda ax: _histogram(ax, clips["seconds"][heard], "Length (s)"),
        "Length by text": lambda ax: _by_text(ax, report),
        "Seconds per character": lambda ax: _rates(ax, report),
        "Loudness": lambda ax: _histogram(
            ax, clips["level_dbfs"][heard], "Root mean square of what is loud (dBFS)"
        ),
        "Above the noise floor": lambda ax: _histogram(
            ax,
            clips.above_noise_db[heard],
            "Loudness above the noise floor (dB)",
            limit=report.limits["above_noise_db"],
        ),
        "Peaks and clipping": lambda ax: _peaks(
            ax, peaks, clips["clipped"][heard] >= report.limits["clipped_samples"]
        ),
        "Silence": lambda ax: _silences(ax, clips, heard),
        "Speakers": lambda ax: _speakers(ax, report.speakers),
    }
    rates = clips.seconds_per_character
    if rates is None or not np.isfinite(rates).any():
        del drawn["Length by text"], drawn["Seconds per character"]
    if len(report.speakers) < 2:
        del drawn["Speakers"]
    return {title: _png(draw) for title, draw in drawn.items()}


def _png(draw):
    # Not through pyplot, which would keep the figure and may need a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 3.0), layout="constrained")
    ax = figure.subplots()
    ax.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Names in scripts that the font lacks become boxes.
        warnings.simplefilter("ignore")
        draw(ax)
        _tidy(ax)
        figure.savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


def _tidy(ax):
    """Few enough numbers along the axes, and no halves of recordings."""
    from matplotlib.ticker import MaxNLocator, NullLocator

    ax.xaxis.set_major_locator(MaxNLocator(6))
    if ax.get_yscale() == "log":
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_locator(NullLocator())
    elif ax.get_ylabel() == "Recordings":
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))


def _bins(values):
    """Edges of 40 bins, also for values that are all alike."""
    low, high = float(np.min(values)), float(np.max(values))
    least = 1e-3 * max(abs(low), abs(high), 1e-3)
    if high - low < least:
        low, high = low - 20 * least, high + 20 * least
    return np.linspace(low, high, 41)


def _histogram(ax, values, label, *, limit=None):
    ax.hist(values, _bins(values), color=_BLUE)
    ax.set(xlabel=label, ylabel="Recordings")
    if limit is not None and values.min() < limit < values.max():
        ax.axvline(limit, color=_ORANGE, linewidth=1)


def _by_text(ax, report):
    clips = report.clips
    known = np.isfinite(clips.seconds_per_character)
    characters, seconds = clips.characters, clips["seconds"]
    far = _far(report)
    usual = known & ~far
    # Dots that can be seen where they are few, and told apart where they are many.
    size = np.clip(4000 / max(usual.sum(), 1), 4, 40)
    ax.scatter(characters[usual], seconds[usual], size, _BLUE, alpha=0.4, linewidths=0)
    ax.scatter(characters[far], seconds[far], max(size, 14), _ORANGE, linewidths=0)
    _label(ax, report, characters, seconds)
    ax.set(xlabel="Characters", ylabel="Length (s)", xlim=(0, None), ylim=(0, None))


def _rates(ax, report):
    rates = report.clips.seconds_per_character
    far = _far(report)
    usual, high = rates[np.isfinite(rates) & ~far], rates[far]
    ax.hist([usual, high], _bins(rates[np.isfinite(rates)]), color=[_BLUE, _ORANGE], stacked=True)
    ax.set(xlabel="Seconds of sound per character", ylabel="Recordings")


def _far(report):
    """bool `(recordings,)`: those whose length does not suit the text."""
    named = report.named("seconds_per_character")
    return np.array([recording.id in named for recording in report.clips.recordings])


def _label(ax, report, x, y):
    """Names beside the worst outliers."""
    from matplotlib import patheffects

    worst = list(report.named("seconds_per_character"))[:_LABELLED]
    middle = np.mean(ax.get_xlim())
    for index, recording in enumerate(report.clips.recordings):
        if recording.id in worst:
            right = x[index] < middle
            ax.annotate(
                _short(recording.id),
                (x[index], y[index]),
                (5 if right else -5, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=6.5,
                parse_math=False,
                path_effects=[patheffects.withStroke(linewidth=2, foreground="white")],
            )


def _peaks(ax, peaks, clipped):
    ax.hist(
        [peaks[~clipped], peaks[clipped]],
        _bins(peaks),
        color=[_BLUE, _ORANGE],
        stacked=True,
        label=["whole", "cut off"],
    )
    ax.set(xlabel="Peak (dBFS)", ylabel="Recordings")
    if clipped.any():
        ax.legend(frameon=False, fontsize=8)


def _silences(ax, clips, heard):
    kinds = {
        "before": ("silence_before_s", _BLUE),
        "after": ("silence_after_s", _ORANGE),
        "longest inside": ("longest_pause_s", _GRAY),
    }
    most = max(clips[name][heard].max() for name, _ in kinds.values())
    bins = np.linspace(0, max(most, 0.1), 41)
    for label, (name, color) in kinds.items():
        ax.hist(clips[name][heard], bins, histtype="step", color=color, label=label, linewidth=1.3)
    # Most have next to none, which would hide the few that matter.
    ax.set_yscale("log")
    ax.set(xlabel="Silence (s)", ylabel="Recordings", ylim=(0.7, None))
    ax.legend(frameon=False, fontsize=8)


def _speakers(ax, speakers):
    names = list(speakers)[:_SPEAKERS]
    minutes = [60 * speakers[name]["hours"] for name in names]
    ax.barh(range(len(names)), minutes, color=_BLUE)
    # A dollar sign in a name begins no formula.
    size = 8 if len(names) <= 15 else 5
    ax.set_yticks(range(len(names)), map(_short, names), fontsize=size, parse_math=False)
    ax.invert_yaxis()
    left_out = len(speakers) - len(names)
    ax.set(xlabel="Minutes" + (f" ({left_out:,} speakers with less not shown)" if left_out else ""))


def _short(name):
    from keras_speech.data.inspection.text_report import shown

    name = shown(name)
    return name if len(name) <= 28 else name[:27] + "…"
