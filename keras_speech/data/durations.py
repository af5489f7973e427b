"""Frames per token from the phone times of a forced aligner."""

import math

import numpy as np

_CLASSES = {
    "vowel": "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW",
    "stop": "B D G K P T",
    "affricate or fricative": "CH DH F HH JH S SH TH V Z ZH",
    "nasal": "M N NG",
    "approximant": "L R W Y",
}
_CLASS = {phone: name for name, phones in _CLASSES.items() for phone in phones.split()}
# Pairs that pronunciation variants and fast speech exchange, across and within the classes.
_ALIKE = {
    frozenset(pair.split("-"))
    for pair in "T-D S-Z F-V K-G P-B TH-DH SH-ZH CH-JH CH-SH JH-ZH N-NG ER-R T-CH D-JH W-HH S-SH "
    "UW-W IY-Y OW-L DH-D Z-ZH".split()
}
_PUNCTUATION = frozenset(".,!?;:-")
_SKIP_PHONE = 1.0
_SKIP_PAUSE = 0.6  # a pause that no separator takes
_PAUSE_AT_SPACE = 0.1  # punctuation is the likelier place of a pause


def match_symbols(symbols, names):
    """Pairs the symbols of a text with the segments of an aligner, by least edit cost.

    Equal phones cost 0, exchanged vowels 0.4, phones that variants exchange (T and D, ER and R)
    0.5, phones of one class 0.7, other consonants 1.2, a phone without partner 1; other vowels
    and consonants never pair. Pauses pair with punctuation and word spaces only, and those
    without a pause cost nothing.

    Args:
        symbols: list of symbols as a tokenizer names them: ARPAbet phones with or without
            stress digits, `" "` or `"|"` between words, and punctuation.
        names: list of segment names. Whatever is no ARPAbet phone (`"SIL"`, `"sp"`, `"+SPN+"`)
            counts as a pause.

    Returns: list of pairs of indices `(symbol, segment)`, increasing in both.

    Example:

    >>> match_symbols(["DH", "AH", " ", "EH", "N", "D", "."], ["DH", "IY", "EH", "N", "D", "SIL"])
    [(0, 0), (1, 1), (3, 2), (4, 3), (5, 4), (6, 5)]
    """
    ours, theirs = [_kind(s) for s in symbols], [_kind(n) for n in names]
    skip_ours = [_SKIP_PHONE if kind in _CLASS else 0.0 for kind in ours]
    skip_theirs = [_SKIP_PHONE if kind in _CLASS else _SKIP_PAUSE for kind in theirs]
    previous = [0.0]
    for skip in skip_theirs:
        previous.append(previous[-1] + skip)
    steps = [[2] * (len(theirs) + 1)]
    for kind, skip in zip(ours, skip_ours, strict=True):
        # Step 0 pairs, 1 leaves our symbol without partner, 2 leaves their segment without.
        row, step = [previous[0] + skip], [1]
        for j, other in enumerate(theirs):
            options = (
                previous[j] + _pair_cost(kind, other),
                previous[j + 1] + skip,
                row[j] + skip_theirs[j],
            )
            best = min(options)
            row.append(best)
            step.append(options.index(best))
        previous = row
        steps.append(step)
    pairs, i, j = [], len(ours), len(theirs)
    while i and j:
        step = steps[i][j]
        i, j = i - (step != 2), j - (step != 1)
        if step == 0:
            pairs.append((i, j))
    return pairs[::-1]


def align_durations(
    symbols, phones, n_frames, *, frame_seconds=256 / 22050, phone_seconds=0.01, offset_seconds=0.0
):
    """Spectrogram frames of each token, from phone times measured on the recording.

    The tokens and the timed phones need not agree: the text may have been aligned with other
    pronunciations, with pauses in other places. They are paired by `match_symbols`; then

    - a pause goes to the punctuation or word space it pairs with; at the beginning and the end,
      where there is none, to the first and last token, elsewhere to the token before it;
    - spaces and punctuation without a pause get no frame;
    - tokens without a segment share the segments without a token at their place, or, where
      there is none, the time of the phone before them (of the one after at the beginning);
    - segments without a token lengthen the token before them (the first, at the beginning);
    - every phone gets at least one frame.

    Args:
        symbols: list of the tokens' symbols (see `match_symbols`).
        phones: list of `(name, start, length)`, one after another in time.
        n_frames: number of spectrogram frames to hand out.
        frame_seconds: hop of the spectrogram. Defaults to `256 / 22050`.
        phone_seconds: unit of `start` and `length`. Defaults to `0.01`.
        offset_seconds: where the aligner's time 0 lies, counted from the center of frame 0.
            With `padding="center"` that center is the first sample: `0.0`, the default; with
            `padding="hop"` it is half a hop later: `-frame_seconds / 2`.

    Returns: int32 array `(len(symbols),)` with the sum `n_frames`.

    Raises:
        ValueError: if there are no symbols, or more phones among them than frames; if the
            segments overlap or are empty.

    Example:

    >>> align_durations(["HH", "AY", "."], [("HH", 0, 4), ("AY", 4, 8), ("SIL", 12, 8)], 20,
    ...                 frame_seconds=0.01)
    array([4, 8, 8], dtype=int32)
    """
    least = [int(_kind(symbol) in _CLASS) for symbol in symbols]
    if not symbols or sum(least) > n_frames:
        raise ValueError(
            "`symbols` must not be empty, nor hold more phones than `n_frames`. "
            f"Received: {sum(least)} phones in {len(symbols)} symbols, n_frames={n_frames}."
        )
    phones = _merge_pauses(phones)
    pairs = match_symbols(symbols, [name for name, _, _ in phones])
    ends = _token_ends(least, phones, pairs)
    # Frame i shows what sounds at its center, i * frame_seconds: a token that ends at time t
    # has all frames whose center lies before t.
    ends = [(end * phone_seconds + offset_seconds) / frame_seconds for end in ends]
    bounds = [min(max(math.ceil(end - 1e-6), 0), n_frames) for end in ends]
    bounds[-1] = n_frames
    for i in range(len(bounds)):
        bounds[i] = max(bounds[i], (bounds[i - 1] if i else 0) + least[i])
    bounds[-1] = n_frames
    for i in range(len(bounds) - 1, 0, -1):
        bounds[i - 1] = min(bounds[i - 1], bounds[i] - least[i])
    return np.diff(bounds, prepend=0).astype(np.int32)


def _token_ends(least, phones, pairs):
    """End times of the tokens, in the unit of the phones, before any rounding."""
    spans = [None] * len(least)
    for symbol, segment in pairs:
        spans[symbol] = [phones[segment][1], phones[segment][1] + phones[segment][2]]
    limits = [(-1, -1), *pairs, (len(least), len(phones))]
    for (symbol, segment), (next_symbol, next_segment) in zip(limits, limits[1:], strict=False):
        lonely = [i for i in range(symbol + 1, next_symbol) if least[i]]
        spare = phones[segment + 1 : next_segment]
        if lonely and spare:
            start, end = spare[0][1], spare[-1][1] + spare[-1][2]
        elif lonely and symbol >= 0 and (least[symbol] or next_symbol == len(least)):
            lonely = [symbol, *lonely]
            start, end = spans[symbol]
        elif lonely and next_symbol < len(least):
            lonely = [*lonely, next_symbol]
            start, end = spans[next_symbol]
        else:
            continue
        for k, i in enumerate(lonely):
            width = (end - start) / len(lonely)
            spans[i] = [start + k * width, start + (k + 1) * width]
    # What no token took lengthens the one before: each ends where the next taken one begins.
    starts = [span[0] if span else None for span in spans]
    ends = [None] * len(spans)
    begin = phones[-1][1] + phones[-1][2] if phones else 0
    for i in range(len(spans) - 1, -1, -1):
        ends[i] = begin
        begin = starts[i] if starts[i] is not None else begin
    return ends


def _merge_pauses(phones):
    merged = []
    for name, start, length in phones:
        if length <= 0 or (merged and start < merged[-1][1] + merged[-1][2]):
            raise ValueError(
                "`phones` must follow one another, each with a positive length. "
                f"Received: {(name, start, length)} after {merged[-1] if merged else 'nothing'}."
            )
        if merged and _kind(name) not in _CLASS and _kind(merged[-1][0]) not in _CLASS:
            merged[-1] = (merged[-1][0], merged[-1][1], start + length - merged[-1][1])
        else:
            merged.append((name, start, length))
    return merged


def is_phone(name):
    """Tells an ARPAbet phone, with or without a stress digit, from pauses and punctuation."""
    return _kind(name) in _CLASS


def _kind(name):
    """A phone without its stress, a punctuation mark, or `" "` for spaces and pauses."""
    phone = name.rstrip("012")
    return phone if phone in _CLASS or phone in _PUNCTUATION else " "


def _pair_cost(symbol, segment):
    if segment not in _CLASS:
        return {True: math.inf, False: 0.0}[symbol in _CLASS] + _PAUSE_AT_SPACE * (symbol == " ")
    if symbol not in _CLASS:
        return math.inf
    if symbol == segment:
        return 0.0
    if frozenset((symbol, segment)) in _ALIKE:
        return 0.5
    if _CLASS[symbol] == _CLASS[segment]:
        return 0.4 if _CLASS[symbol] == "vowel" else 0.7
    return 2.5 if "vowel" in (_CLASS[symbol], _CLASS[segment]) else 1.2
