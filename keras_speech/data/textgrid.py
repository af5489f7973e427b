"""Reader of Praat's TextGrid files, as the Montreal Forced Aligner writes them."""

import bisect
import os
import re

_VALUE = re.compile(r'(?m)^\s*![^\n]*$|"((?:[^"]|"")*)"|([^\s"]+)')
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TIE = 1e-6  # seconds that neighbors may overlap by, from rounding


def read_textgrid(path, tier="phones"):
    """Reads the intervals of one tier.

    Args:
        path: file in the long or the short text format, UTF-8 or UTF-16.
        tier: name of an interval tier. Where no tier is called so, and one tier alone is called
            `"<speaker> - phones"`, it is that one. Defaults to `"phones"`.

    Returns: list of `(label, start, end)`, in seconds, one after another; an interval without a
        label has the label `""`.

    Raises:
        ValueError: for a file that is none or cut off, intervals that are empty or overlap, and a
            tier that is not there; names the file, and the line where there is one.
    """
    path = os.fspath(path)
    values = _Values(path, _decoded(path))
    for expected in ("ooTextFile", "TextGrid"):
        if (found := values.string(f'the header "{expected}"')) != expected:
            values.fail(f'expected the header "{expected}", found "{found[:40]}"')
    values.number("the beginning"), values.number("the end")
    tiers = {}
    if values.flag() == "<exists>":
        for _ in range(values.count("the number of tiers")):
            name, intervals = _read_tier(values)
            tiers.setdefault(name, intervals)
    return _chosen(tiers, tier, path)


def _read_tier(values):
    kind = values.string("the class of a tier")
    if kind not in ("IntervalTier", "TextTier"):
        values.fail(f'expected "IntervalTier" or "TextTier", found "{kind[:40]}"')
    name = values.string("the name of a tier")
    values.number("the beginning of a tier"), values.number("the end of a tier")
    intervals, previous = [], None
    for _ in range(values.count("the number of intervals")):
        start = values.number("the beginning of an interval")
        if kind == "TextTier":
            values.string("a label")
            continue
        end = values.number("the end of an interval")
        if not start < end:
            values.fail(f"an interval must not be empty. Received: {start} to {end} seconds")
        if previous is not None and start < previous - _TIE:
            values.fail(f"an interval begins at {start} s, before the last one ends ({previous} s)")
        intervals.append((values.string("a label").strip(), start, end))
        previous = end
    return name, None if kind == "TextTier" else intervals


def _chosen(tiers, tier, path):
    names = [tier] if tier in tiers else [n for n in tiers if n.endswith(f" - {tier}")]
    if len(names) != 1 or tiers[names[0]] is None:
        raise ValueError(
            f"{path} must have one interval tier {tier!r}. Received: tiers {sorted(tiers)}."
        )
    return tiers[names[0]]


def _decoded(path):
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise ValueError(f"Cannot read {path}: {error.strerror}.") from error
    if data.startswith(b"ooBinaryFile"):
        raise ValueError(f"{path} is a binary TextGrid. Save it as text from Praat.")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is neither UTF-8 nor UTF-16 text.") from error


class _Values:
    """The numbers, strings and flags of a text file, in order; all else in it is for the eye."""

    def __init__(self, path, text):
        self.path = path
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._matches = _VALUE.finditer(text)
        self._place = 0

    def number(self, what):
        return float(self._next(what, lambda match: match[2] and _NUMBER.fullmatch(match[2])))

    def count(self, what):
        value = self.number(what)
        if value < 0 or value != int(value):
            self.fail(f"{what} must be a whole number. Received: {value}")
        return int(value)

    def string(self, what):
        text = self._next(what, lambda match: match[1] is not None)
        return text[1:-1].replace('""', '"')

    def flag(self):
        return self._next("<exists>", lambda match: match[2] and match[2].startswith("<"))

    def fail(self, problem):
        line = bisect.bisect(self._breaks, self._place) + 1
        raise ValueError(f"{self.path}, line {line}: {problem}.")

    def _next(self, what, wanted):
        for match in self._matches:
            self._place = match.start()
            if wanted(match):
                return match[0]
            # Words such as `xmin` and `=` mean nothing; a value of another kind is out of place.
            if match[1] is not None or (match[2] and _NUMBER.fullmatch(match[2])):
                self.fail(f"expected {what}, found {match[0][:40]}")
        self.fail(f"the file ends where {what} should be")
