"""What the recordings of a corpus have that a training suffers from, and what to do about it."""

import numpy as np

from keras_speech.data import inspection_findings as findings


_SILENCE_IN_SOUNDS = (
    "Sounds may end like that. Where a training should not spend its time on silence, "
    "--silence-db -40 keeps away from it, and --trim-db -45 cuts it at the ends."
)


def of_sound(clips):
    """Findings about the recordings of a corpus.

    Args:
        clips: `InspectedClips`.

    Returns: list of `Finding`.
    """
    checks = (
        _unreadable, _inaudible, _clipping, _scale, _edges, _pauses, _noise, _loudness, _rates,
        _channels, _long, _short, _lengths, _little, _speakers,
    )  # fmt: skip
    return [found for check in checks if (found := check(clips)) is not None]


def _unreadable(clips):
    names = tuple((clips.recordings[i].where, clips.errors[i]) for i in sorted(clips.errors))
    if not names:
        return None
    return findings.Finding(
        "unreadable",
        "error",
        f"{findings.counted(names, 'file')} that cannot be used",
        "Get them again from where they came, or convert them anew. Until then leave them out: "
        "--on-error skip, or on_error='skip' in Python, does, and lists them.",
        names,
    )


def _inaudible(clips):
    return findings.where(
        clips,
        clips.readable & ~clips.sounding,
        kind="inaudible",
        severity="error",
        title="{n} without anything that can be heard",
        advice="Remove them: a model would learn that their texts are said by silence.",
        order=clips["level_dbfs"],
        detail="loudness {:.0f} dBFS",
    )


def _clipping(clips):
    milliseconds = 1000.0 * clips["clipped"] / clips["sample_rate"]
    return findings.where(
        clips,
        clips["clipped"] >= findings.LIMITS["clipped_samples"],
        kind="clipping",
        severity="warning",
        title="{n} with clipping: the tops of the wave are cut off",
        advice=(
            "Record them again at a lower level, or take the unclipped originals. A few in a large"
            " corpus do little harm; where many are, what is learned crackles, so leave them out."
        ),
        order=-milliseconds,
        detail="{:.1f} ms cut off",
        shown=milliseconds,
    )


def _scale(clips):
    return findings.where(
        clips,
        clips["peak"] > findings.LIMITS["full_scale"],
        kind="scale",
        severity="warning",
        title="{n} with samples far beyond full scale",
        advice=(
            "Floating-point files should lie within -1 and 1; these were written in another scale,"
            " such as that of 16-bit numbers. Write them again, or bring them to one level with "
            "--level-db, or Level in Python."
        ),
        order=-clips["peak"],
        detail="peak at {:.0f} times full scale",
        shown=clips["peak"],
    )


def _edges(clips):
    longest = np.fmax(clips["silence_before_s"], clips["silence_after_s"])
    return findings.where(
        clips,
        clips.sounding & (longest > findings.LIMITS["silence_s"]),
        kind="edges",
        severity=_severity(clips),
        title="{n} with more than {silence_s:g} s of silence at an end",
        advice=_SILENCE_IN_SOUNDS
        if clips.characters is None
        else "Cut it: --trim-db -45 does while reading, or Trim in Python. Attention cannot tell "
        "where in a silence to be, and learns to stop late.",
        order=-longest,
        detail="{:.2f} s",
        shown=longest,
    )


def _pauses(clips):
    return findings.where(
        clips,
        clips.sounding & (clips["longest_pause_s"] > findings.LIMITS["pause_s"]),
        kind="pauses",
        severity=_severity(clips),
        title="{n} with a silence of more than {pause_s:g} s inside",
        advice=_SILENCE_IN_SOUNDS
        if clips.characters is None
        else "Listen to them. Split such a recording in two, shorten the pause, or have a mark in "
        "the text where it is; else the voice pauses where nobody expects it.",
        order=-clips["longest_pause_s"],
        detail="{:.2f} s",
        shown=clips["longest_pause_s"],
    )


def _noise(clips):
    above = clips.above_noise_db
    long_enough = clips["seconds"] >= findings.LIMITS["noise_needs_s"]
    noisy = clips.sounding & long_enough & (above < findings.LIMITS["above_noise_db"])
    louder = clips.outliers(clips["noise_floor_dbfs"], least=1.0) > 0
    return findings.where(
        clips,
        noisy | (louder & long_enough),
        kind="noise",
        severity=_severity(clips),
        title="{n} with noise, or more of it than others of their speaker",
        advice=(
            "Listen to the first ones: hum, hiss and rooms are learned along with the sound. "
            "Record again, clean them with a denoiser, or leave them out. Tightly cut or dense "
            "recordings can be on this list without being noisy, for the noise is measured in "
            "pauses."
        ),
        order=above,
        detail="{:.0f} dB above the noise floor",
    )


def _loudness(clips):
    levels = np.where(clips.sounding, clips["level_dbfs"], np.nan)
    known = levels[np.isfinite(levels)]
    if len(known) < 2:
        return None
    low, high = np.percentile(known, [5, 95])
    far = clips.outliers(levels, least=1.0)
    spread = high - low > findings.LIMITS["level_spread_db"]
    if not spread and not far.any():
        return None
    title = f"Loudness spreads over {high - low:.0f} dB (from the lowest to the highest twentieth)"
    if far.any():
        title += f"; {findings.counted(np.flatnonzero(far), 'recording')} far from their speaker's"
    return findings.Finding(
        "loudness",
        "warning" if spread else "note",
        title,
        "Bring all recordings to one level while reading: --level-db -3, or in Python Level(-3); "
        "Level(-23, measure='rms') where peaks say little.",
        findings.named(clips, far != 0, -np.abs(far), "loudness {:.0f} dBFS", levels),
    )


def _severity(clips):
    """How much noise and silence matter: music, and all that has no texts, is made of them too."""
    return "note" if clips.characters is None else "warning"


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
        f"There are {60 * hours:.1f} minutes of sound in all",
        "Enough to try a training with, or for spoken digits; a voice that reads sentences wants "
        "an hour or more, and FastSpeech 2 is content with least.",
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
