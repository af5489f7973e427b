"""How a voice delivers sentences: pauses between them, tempo and level. NumPy only."""

import math
import re

import numpy as np

# Seconds of silence after a piece of text that ends in the character; "\n" is a paragraph's end and
# "" any other end, which is where an over-long sentence had to be cut.
PAUSES = {".": 0.35, "!": 0.35, "?": 0.4, "…": 0.4, ";": 0.25, ":": 0.25, ",": 0.15, "\n": 0.6}
PAUSES |= {"。": 0.35, "！": 0.35, "？": 0.4, "": 0.08}

# Levels below this are taken as silence: it is not raised.
SILENCE = 1e-4

# What may stand behind the character that ends a sentence.
CLOSING = "\"'”’)]}» "


def split_with_pauses(text, pauses=None):
    """Splits text into sentences, each with the pause that follows it.

    Args:
        text: str.
        pauses: dict like `PAUSES` whose entries replace those.

    Returns: list of `(sentence, seconds)`; the last sentence's pause is 0.

    Example:

    >>> split_with_pauses("Wait! Who is there?\\n\\nNobody.")
    [('Wait!', 0.35), ('Who is there?', 0.6), ('Nobody.', 0.0)]
    """
    from keras_speech.text import sentences

    pauses = {**PAUSES, **(pauses or {})}
    pieces = []
    for paragraph in re.split(r"\n\s*\n", text):
        split = [sentence for sentence in sentences.split_sentences(paragraph) if sentence.strip()]
        for index, sentence in enumerate(split):
            last = sentence.rstrip(CLOSING)[-1:]
            end = "\n" if index == len(split) - 1 else last
            pieces.append((sentence, pauses.get(end, pauses[""])))
    if pieces:
        pieces[-1] = (pieces[-1][0], 0.0)
    return pieces


def is_speakable(symbol):
    """Tells whether a token makes a sound: a letter, a digit or a phone; no mark, space or `<pad>`.

    Example:

    >>> [symbol for symbol in ("", "<pad>", " ", ".", "a", "AH0", "ß") if is_speakable(symbol)]
    ['a', 'AH0', 'ß']
    """
    return not symbol.startswith("<") and any(map(str.isalnum, symbol))


def group(pieces, batch_size, first=None):
    """Groups consecutive pieces of similar length, lazily.

    A batch takes as long as its longest row, so the longest is at most twice the shortest.

    Args:
        pieces: iterable of tuples that begin with a sequence of tokens.
        batch_size: most pieces in a group.
        first: most pieces in the first group; each further one may be twice as large as the one
            before. Defaults to `batch_size`.

    Yields: non-empty lists of pieces, in the order given.

    Example:

    >>> list(group([("abc",), ("abcd",), ("abcdefghi",)], batch_size=2))
    [[('abc',), ('abcd',)], [('abcdefghi',)]]
    """
    most = min(batch_size, first or batch_size)
    current, shortest, longest = [], 0, 0
    for piece in pieces:
        length = len(piece[0])
        shortest, longest = min(shortest, length), max(longest, length)
        if current and (len(current) == most or longest > 2 * shortest):
            yield current
            current, most = [], min(batch_size, 2 * most)
        if not current:
            shortest = longest = length
        current.append(piece)
    if current:
        yield current


def stretch(mel, speed):
    """Changes the tempo of a mel spectrogram and leaves its pitch.

    Pitch and formants live along the band axis; only the time axis is resampled, by linear
    interpolation between frames, so `round(frames / speed)` frames (at least one) come out.

    Args:
        mel: float array `(frames, n_mels)`.
        speed: 2.0 is twice as fast, from 0.25 to 4.

    Returns: float32 array `(new_frames, n_mels)`.

    Example:

    >>> stretch(np.array([[0.0], [1.0], [2.0], [3.0]]), 2.0)[:, 0].tolist()
    [0.0, 3.0]
    """
    frames = len(mel)
    if speed == 1.0 or frames < 2:
        return np.asarray(mel, "float32")
    positions = np.linspace(0, frames - 1, max(1, round(frames / speed)))
    low = np.minimum(positions.astype(int), frames - 2)
    weight = (positions - low)[:, None]
    return ((1 - weight) * mel[low] + weight * mel[low + 1]).astype("float32")


def level_gain(samples, *, level_db, peak, frame=512):
    """Returns the factor that brings speech to a level without clipping.

    The level is the RMS of the louder frames (those within 20 dB of the loudest), so pauses do not
    count. The gain is lowered where a peak would exceed `peak`. Silence keeps a gain of 1.

    Args:
        samples: float array `(samples,)`.
        level_db: target in dB relative to full scale, or `None` to leave the level and only keep
            peaks below `peak`.
        peak: highest magnitude allowed, from 0 to 1.
        frame: samples per RMS value. Defaults to 512.

    Returns: float.

    Example:

    >>> round(level_gain(np.full(2048, 0.5), level_db=-20.0, peak=0.95), 3)
    0.2
    """
    highest = float(np.max(np.abs(samples), initial=0.0))
    if highest < SILENCE:
        return 1.0
    gain = 1.0
    if level_db is not None:
        padded = np.pad(samples, (0, -len(samples) % frame)).reshape(-1, frame)
        power = np.mean(np.square(padded, dtype="float64"), axis=1)
        loud = power[power >= power.max() / 100]
        gain = 10 ** (level_db / 20) / math.sqrt(loud.mean())
    return min(gain, peak / highest)
