"""What the rates, lengths and amounts of recordings mean for a training, and what to do."""

import numpy as np

from keras_speech.data.inspection import finding as findings
from keras_speech.data.inspection import text_report


def of_amounts(clips):
    """Findings about how much of what there is.

    Args:
        clips: `InspectedClips`.

    Returns: list of `Finding`.
    """
    checks = (_rates, _channels, _long, _short, _lengths, _little, _speakers)
    return [found for check in checks if (found := check(clips)) is not None]


def _rates(clips):
    rates, counts = np.unique(clips["sample_rate"][clips.readable], return_counts=True)
    low = rates.size and rates[0] < findings.LIMITS["low_rate"]
    if len(rates) < 2 and not low:
        return None
    usual = rates[np.argmax(counts)] if len(rates) else 0
    listed = ", ".join(f"{n:,} at {rate:,.0f} Hz" for rate, n in zip(rates, counts, strict=True))
    if len(rates) < 2:
        return findings.Finding(
            "low_rate",
            "note",
            f"The sample rate is {usual:,.0f} Hz: nothing above {usual / 2:,.0f} Hz can be heard",
            f"Train at this rate (--sample-rate {usual:.0f}); a higher one would add nothing but "
            "work.",
        )
    return findings.Finding(
        "rates",
        "warning",
        f"There are {len(rates)} sample rates: {listed}",
        "All are resampled to the --sample-rate of the training. Those that were below it stay "
        "dull, so choose the lowest, or leave the low ones out.",
        findings.named(
            clips,
            clips.readable & (clips["sample_rate"] != usual),
            clips["sample_rate"],
            "{:,.0f} Hz",
        ),
    )


def _channels(clips):
    return findings.where(
        clips,
        clips["channels"] > 1,
        kind="channels",
        severity="note",
        title="{n} with several channels",
        advice=(
            "Nothing needs to be done: their mean is taken. Where one channel alone is good, or "
            "the microphones stood apart, take that channel yourself."
        ),
        order=-clips["channels"],
        detail="{:.0f} channels",
        shown=clips["channels"],
    )


def _long(clips):
    return findings.where(
        clips,
        clips["seconds"] > findings.LIMITS["long_s"],
        kind="long",
        severity="warning",
        title="{n} longer than {long_s:g} s",
        advice=(
            "Split them at pauses: they decide how much memory a batch takes, and attention learns"
            " them late or never. Vocoders take crops and do not mind."
        ),
        order=-clips["seconds"],
        detail="{:.1f} s",
        shown=clips["seconds"],
    )


def _short(clips):
    return findings.where(
        clips,
        clips["seconds"] < findings.LIMITS["short_s"],
        kind="short",
        severity="note",
        title="{n} shorter than {short_s:g} s",
        advice=(
            "Listen whether they were cut too tightly. Vocoders need recordings that are as long "
            "as their --segment at least."
        ),
        order=clips["seconds"],
        detail="{:.2f} s",
    )


def _lengths(clips):
    with np.errstate(divide="ignore"):
        far = clips.outliers(np.log(clips["seconds"]), least=0.05)
    return findings.where(
        clips,
        far != 0,
        kind="lengths",
        severity="note",
        title="{n} much longer or shorter than others of their speaker",
        advice=(
            "Listen to them: several sentences in one file, a false start, or a file cut too early."
        ),
        order=-np.abs(far),
        detail="{:.2f} s",
        shown=clips["seconds"],
    )


def _little(clips):
    hours = float(np.nansum(clips["seconds"])) / 3600.0
    if hours >= findings.LIMITS["little_hours"]:
        return None
    return findings.Finding(
        "little",
        "note",
        f"There are {text_report.duration(hours)} of sound in all",
        "Enough to try a training with."
        if clips.characters is None
        else "Enough to try a training with, or for spoken digits; a voice that reads sentences "
        "wants an hour or more, and FastSpeech 2 is content with least.",
    )


def _speakers(clips):
    if len(clips.speaker_names) < 2:
        return None
    seconds = np.bincount(clips.speakers, np.nan_to_num(clips["seconds"]))
    least = findings.LIMITS["little_of_a_speaker_s"]
    little = np.flatnonzero(seconds < least)
    order = little[np.argsort(seconds[little], kind="stable")]
    names = tuple((str(clips.speaker_names[i]), f"{seconds[i]:.0f} s") for i in order)
    if not names:
        return None
    return findings.Finding(
        "speakers",
        "note",
        f"{findings.counted(names, 'speaker')} with less than {least:g} s",
        "Their voices will borrow from the others'. Record more of them, or leave them out.",
        names,
    )
