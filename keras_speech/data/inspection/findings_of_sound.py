"""What the recordings of a corpus have that a training suffers from, and what to do about it."""

import numpy as np

from keras_speech.data.inspection import finding as findings

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
        _unreadable, _inaudible, _clipping, _scale, _edges, _pauses, _noise, _loudness,
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
