"""Checks of a voice's parts and arguments, each with a message that says what was wrong."""

import json
import math
import numbers
import secrets
import warnings

from keras_speech.audio_spec import AudioSpec
from keras_speech.voices import delivery


def check_parts(*, tokenizer, acoustic_model, vocoder, spec, speakers):
    """Raises `ValueError` unless the parts of a voice fit together."""
    if not isinstance(spec, AudioSpec):
        raise ValueError(f"`spec` must be an AudioSpec. Received: spec={spec!r}.")
    for role, part in (("acoustic_model", acoustic_model), ("vocoder", vocoder)):
        if not callable(getattr(part, "generate", None)):
            raise ValueError(
                f"`{role}` must be a model with `generate`. "
                f"Received: {role} of type {type(part).__name__}."
            )
        if isinstance(getattr(part, "spec", None), AudioSpec):
            spec.require_equal(part.spec, ours="voice", theirs=role.replace("_", " "))
    if getattr(vocoder, "n_speakers", None):
        raise ValueError(
            "`vocoder` must have no speakers of its own. "
            f"Received: a {type(vocoder).__name__} with n_speakers={vocoder.n_speakers}."
        )
    _require_equal("n_mels", spec.n_mels, "spec", acoustic_model)
    _require_equal("vocabulary_size", tokenizer.vocabulary_size, "tokenizer", acoustic_model)
    # A model without the attribute, or with one speaker's None or 0, has no choice to offer.
    has = getattr(acoustic_model, "n_speakers", None) or 0
    named = 0 if speakers is None else len(speakers)
    if named != has and hasattr(acoustic_model, "n_speakers"):
        raise ValueError(
            "`speakers` must name each speaker of the acoustic model. "
            f"Received: {named} names for n_speakers={has}."
        )


def _require_equal(attribute, ours, owner, model):
    theirs = getattr(model, attribute, ours)
    if theirs != ours:
        raise ValueError(
            f"The {owner} and the acoustic model must have the same `{attribute}`. "
            f"Received: {attribute}={ours} ({owner}), {attribute}={theirs} (acoustic model)."
        )


def speaker_names(speakers):
    """Returns `speakers` as a tuple of different strings, or `None`."""
    if speakers is None:
        return None
    names = tuple(speakers) if not isinstance(speakers, str) else ()
    if not names or len(set(names)) < len(names) or not all(isinstance(n, str) for n in names):
        raise ValueError(
            f"`speakers` must be None or different names. Received: speakers={speakers!r}."
        )
    return names


def speaker_index(speaker, speakers):
    """Returns the index of a speaker given by name or index; `None` where there is no choice."""
    if speakers is None:
        if speaker is None:
            return None
        raise ValueError(
            "`speaker` must be None: the voice has one speaker only. "
            f"Received: speaker={speaker!r}."
        )
    if speaker is None:
        return 0
    if speaker in speakers:
        return speakers.index(speaker)
    if is_integer(speaker) and 0 <= speaker < len(speakers):
        return int(speaker)
    raise ValueError(
        f"`speaker` must be one of {', '.join(speakers)}. Received: speaker={speaker!r}."
    )


def text(value):
    """Returns `value` if it is a non-empty str, without what UTF-8 cannot hold."""
    if not isinstance(value, str):
        raise ValueError(f"`text` must be a str. Received: text of type {type(value).__name__}.")
    # Lone surrogates stand for bytes that were no text, in arguments and file names.
    clean = value.encode("utf-8", "ignore").decode("utf-8")
    if not clean.strip():
        raise ValueError(f"`text` must not be empty. Received: text={short(value)!r}.")
    return clean


def report_unknown(voice, value, reported):
    """Warns of the characters of a text that the voice drops, but for those in the set `reported`.

    The warning names the line that called the voice, four calls up from here.
    """
    unknown = [each for each in voice.tokenizer.unknown(value) if each not in reported]
    unknown = [each for each in unknown if not each.isspace()]
    if unknown:
        reported.update(unknown)
        warnings.warn(
            f"Characters that the voice {voice.name!r} cannot speak are dropped: "
            f"{' '.join(unknown[:20])}",
            stacklevel=6,
        )


def finite(name, value, *, low=-math.inf, high=math.inf):
    """Returns `value` as a float from `low` to `high`."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not low <= value <= high:
        raise ValueError(
            f"`{name}` must be a number from {low:g} to {high:g}. Received: {name}={value!r}."
        )
    return float(value)


def integer(name, value, *, low):
    """Returns `value` as an int that is at least `low`."""
    if not is_integer(value) or value < low:
        raise ValueError(
            f"`{name}` must be a whole number, at least {low}. Received: {name}={value!r}."
        )
    return int(value)


def is_integer(value):
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def seed(value):
    """Returns `value`, or a random seed for `None`."""
    return secrets.randbelow(2**31) if value is None else integer("seed", value, low=0)


def pauses(value):
    """Returns a dict from final character to seconds."""
    value = dict(value or {})
    unknown = value.keys() - delivery.PAUSES.keys()
    if unknown:
        raise ValueError(
            f"`pauses` must be for {list(delivery.PAUSES)}. Received: {sorted(unknown)}."
        )
    return {
        end: finite(f"pauses[{end!r}]", seconds, low=0, high=60) for end, seconds in value.items()
    }


def metadata(value):
    """Returns a dict that JSON can hold."""
    value = dict(value or {})
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`metadata` must be what JSON can hold: {error}.") from error
    return value


def short(string, length=80):
    return string if len(string) <= length else string[: length - 1] + "…"
