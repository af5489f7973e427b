"""A report on a corpus as text for a terminal."""

import textwrap

_NAMES = 5
_WIDTH = 100

TITLES = {
    "error": "Cannot be trained on",
    "warning": "Worth an hour before training",
    "note": "Good to know",
}


def shown(text):
    """A name or text as it can be printed anywhere: what moves a cursor or is no text, escaped."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(text)
    )


def headline(report):
    """What the corpus is, in a sentence's length."""
    totals = report.totals
    parts = [f"{totals['clips']:,} recordings", duration(totals["hours"])]
    if totals["speakers"]:
        n = totals["speakers"]
        parts.append(f"{n:,} speaker{'' if n == 1 else 's'}")
    if totals["characters"] is not None:
        parts.append(f"{totals['characters']:,} characters")
    rates = [f"{rate:,} Hz" for rate in totals["sample_rates"]]
    parts += rates if len(rates) <= 3 else [f"{len(rates)} sample rates"]
    return ", ".join(parts)


def duration(hours):
    """`23.92 hours`, `1.4 minutes`, `5.2 seconds`."""
    if hours >= 1:
        return f"{hours:.2f} hours"
    return f"{60 * hours:.1f} minutes" if hours >= 1 / 60 else f"{3600 * hours:.1f} seconds"


def number(value, name):
    """A quantity of `distributions` with as many digits as it deserves."""
    if "per character" in name:
        return f"{value:.3f}"
    return f"{value:.2f}" if name.endswith("(s)") else f"{value:.1f}"


def text_report(report):
    """The whole report.

    Args:
        report: `CorpusReport`.

    Returns: string of several lines.
    """
    name = shown(report.name)
    lines = [f"{name}: {headline(report)}"]
    if report.layout:
        lines.append(f"read as {report.layout} from {shown(report.directory)}")
    lines += ["", *_table(report.distributions)]
    if len(report.speakers) > 1:
        lines += ["", *_speakers(report.speakers)]
    for severity, title in TITLES.items():
        of_severity = [f for f in report.findings if f.severity == severity]
        if of_severity:
            lines += ["", title, "-" * len(title)]
            for finding in of_severity:
                lines += _finding(finding)
    if not report.findings:
        lines += ["", "Nothing was found that a training would suffer from."]
    return "\n".join(lines)


def _table(distributions):
    if not distributions:
        return ["No recording could be measured."]
    columns = list(next(iter(distributions.values())))
    rows = [["", *columns]]
    for name, values in distributions.items():
        rows.append([name, *(number(value, name) for value in values.values())])
    first = max(len(row[0]) for row in rows)
    widths = [max(len(row[i]) for row in rows) for i in range(1, len(rows[0]))]
    return [
        "  ".join(
            [row[0].ljust(first), *(c.rjust(w) for c, w in zip(row[1:], widths, strict=True))]
        )
        for row in rows
    ]


def _speakers(speakers):
    parts = [
        f"{shown(name)} {duration(of['hours'])} in {of['clips']:,}"
        for name, of in list(speakers.items())[:12]
    ]
    if len(speakers) > len(parts):
        parts.append(f"and {len(speakers) - len(parts):,} more")
    return textwrap.wrap("Speakers: " + "; ".join(parts) + ".", _WIDTH, break_long_words=False)


def _finding(finding):
    lines = ["", *textwrap.wrap(f"* {finding.title}.", _WIDTH, subsequent_indent="  ")]
    lines += textwrap.wrap(
        finding.advice, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False
    )
    for name, detail in finding.names[:_NAMES]:
        lines.append(f"    {shown(name)}: {shown(detail)}")
    if len(finding.names) > _NAMES:
        lines.append(f"    … and {len(finding.names) - _NAMES:,} more")
    return lines
