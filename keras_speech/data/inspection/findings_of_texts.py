"""What the texts of a corpus, and its rows, have that a training suffers from, and what to do."""

import collections
import re

import numpy as np

from keras_speech.data.inspection import finding as findings

# How readers begin what they say of a row.
_LINE = re.compile(r"^.*?, line \d+: ")
_SHOWN_CHARACTERS = 60
_SHOWN_IDS = 4


def of_rows(skipped):
    """A finding about what the reader left out, or none.

    Args:
        skipped: list of `Skipped`.

    Returns: list of `Finding`.
    """
    if not skipped:
        return []
    return [
        findings.Finding(
            "rows",
            "error",
            f"{findings.counted(skipped, 'row or file')} that the reader cannot use",
            "Correct what is named, in the table or beside it. Until then --on-error skip, or "
            "on_error='skip' in Python, leaves it out and lists it.",
            tuple((entry.where, _LINE.sub("", entry.reason)) for entry in skipped),
        )
    ]


def of_texts(clips, texts):
    """Findings about what is said in the recordings.

    Args:
        clips: `InspectedClips`.
        texts: `TextMeasures`, or `None` where nothing is written.

    Returns: list of `Finding`.
    """
    found = [_same_sound(clips)]
    if texts is not None:
        found = [_empty(texts), _characters(texts), _rate(clips), *found, _same_texts(clips)]
    return [finding for finding in found if finding is not None]


def _empty(texts):
    if not texts.refused:
        return None
    return findings.Finding(
        "empty_texts",
        "error",
        f"{findings.counted(texts.refused, 'text')} that the tokenizer cannot read",
        "Write what is said, or take a tokenizer that knows these characters (--alphabet, or "
        "--tokenizer espeak --language). Until then --on-error skip leaves them out.",
        tuple((entry.where, entry.reason) for entry in texts.refused),
    )


def _characters(texts):
    if not texts.unknown:
        return None
    return findings.Finding(
        "characters",
        "warning",
        f"{findings.counted(texts.unknown, 'character')} that the tokenizer drops",
        "Where they are said, write them out (½ as one half), or train with an --alphabet that "
        "has them; where they are slips of the keyboard, correct the texts. What is heard and not "
        "written teaches a model to say things at random.",
        tuple(
            (unknown.title, f"in {findings.number(unknown.texts, 'text')}: {_listed(unknown)}")
            for unknown in texts.unknown
        ),
    )


def _listed(unknown):
    more = ", …" if unknown.texts > len(unknown.examples) else ""
    return ", ".join(unknown.examples) + more


def _rate(clips):
    rates = clips.seconds_per_character
    with np.errstate(divide="ignore", invalid="ignore"):
        far = clips.outliers(np.log(rates), least=0.05)
    return findings.where(
        clips,
        far != 0,
        kind="seconds_per_character",
        severity="warning",
        title="{n} spoken much more slowly or faster than their texts suggest",
        advice=(
            "Listen to them with the text before you: words are missing from one of the two, or "
            "the text is another recording's."
        ),
        order=-np.abs(far),
        detail="{:.3f} s per character",
        shown=rates,
    )


def _same_sound(clips):
    groups = _groups(clips, {i: int(clips.digests[i]) for i in np.flatnonzero(clips.readable)})
    if not groups:
        return None
    names = []
    for group in groups:
        said = {_plain(clips.recordings[i].text) for i in group}
        detail = "the same sound" if len(said) == 1 else "the same sound with different texts"
        names.append((_ids(clips, group), detail))
    # Where texts differ, one of them is wrong: those first.
    names.sort(key=lambda entry: entry[1], reverse=True)
    return findings.Finding(
        "duplicate_audio",
        "warning",
        f"{findings.counted(groups, 'recording')} there more than once",
        "Keep one of each: a copy in the validation part hides overfitting. Where the texts "
        "differ, one of them is wrong.",
        tuple(names),
    )


def _same_texts(clips):
    groups = _groups(
        clips,
        {
            i: (recording.speaker, _plain(recording.text))
            for i, recording in enumerate(clips.recordings)
            if recording.text.strip()
        },
    )
    if not groups:
        return None
    names = tuple((_shortened(clips.recordings[g[0]].text), _ids(clips, g)) for g in groups)
    return findings.Finding(
        "duplicate_texts",
        "note",
        f"{findings.counted(groups, 'text')} said more than once by one speaker",
        "Takes of one sentence are fine to learn from, if all of them are on one side of the "
        "split: list the ids of the held-out part in val.txt. If they are not meant to be takes, "
        "one of the texts is wrong.",
        names,
    )


def _groups(clips, keys):
    """Lists of the indices that share a key, the largest first."""
    found = collections.defaultdict(list)
    for index, key in keys.items():
        found[key].append(index)
    groups = [group for group in found.values() if len(group) > 1]
    return sorted(groups, key=lambda group: (-len(group), group))


def _ids(clips, group):
    ids = ", ".join(clips.recordings[i].id for i in group[:_SHOWN_IDS])
    return f"{ids} and {len(group) - _SHOWN_IDS:,} more" if len(group) > _SHOWN_IDS else ids


def _plain(text):
    return " ".join(text.casefold().split())


def _shortened(text):
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
