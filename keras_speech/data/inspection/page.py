"""A report on a corpus as one self-contained HTML page."""

import base64
import html

from keras_speech.data.inspection import plots
from keras_speech.data.inspection.text_report import TITLES, duration, headline, number, shown

# A finding's first names are shown at once, the others on demand, the rest in the JSON file alone.
_NAMES, _MORE_NAMES = 10, 1000
_SPEAKERS = 200

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em;
  color: #222; background: #fff; }
h1, h2 { line-height: 1.2; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .2em .8em; border-bottom: 1px solid #ddd; text-align: left;
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.table { overflow-x: auto; }
.finding { border-left: 4px solid #a0aec0; margin: 1em 0; padding: .1em 0 .1em 1em; }
.finding.error { border-color: #c00; }
.finding.warning { border-color: #dd6b20; }
.finding h3 { margin: .3em 0; }
.plots { display: grid; gap: 1em;
  grid-template-columns: repeat(auto-fit, minmax(min(26em, 100%), 1fr)); }
.plots figure { margin: 0; }
.plots img { width: 100%; }
"""


def render(report):
    """The page as a string; nothing in it is loaded from elsewhere.

    Args:
        report: `CorpusReport`.
    """
    title = _escaped(f"Inspection of {report.name}")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        f"<p>{_escaped(headline(report))}</p>",
        f"<p>{_escaped(_how_read(report))}</p>",
    ]
    for severity, heading in TITLES.items():
        of_severity = [f for f in report.findings if f.severity == severity]
        if of_severity:
            parts += [f"<h2>{heading}</h2>", *map(_finding, of_severity)]
    if not report.findings:
        parts.append("<p>Nothing was found that a training would suffer from.</p>")
    parts += ["<h2>In numbers</h2>", _distributions(report.distributions), _rates(report.totals)]
    if len(report.speakers) > 1:
        parts += ["<h2>Speakers</h2>", _speakers(report.speakers)]
    pictures = plots.pictures(report)
    if pictures:
        parts += [
            "<h2>In pictures</h2>",
            "<p>Orange bars and dots are recordings that the findings name; an orange line is the "
            "limit of one.</p>",
            '<div class="plots">',
            *map(_plot, pictures.items()),
            "</div>",
        ]
    return "\n".join([*parts, "</body></html>", ""])


def _how_read(report):
    found = []
    if report.layout:
        found.append(f"Read as {report.layout} from {report.directory}.")
    if report.tokenizer:
        found.append(f"Characters are counted as {report.tokenizer} makes them.")
    return " ".join(found)


def _finding(finding):
    parts = [
        f'<div class="finding {finding.severity}"><h3>{_escaped(finding.title)}</h3>',
        f"<p>{_escaped(finding.advice)}</p>",
    ]
    names = finding.names
    if names:
        parts.append(_names(names[:_NAMES]))
    if len(names) > _NAMES:
        more = names[_NAMES:_MORE_NAMES]
        parts.append(f"<details><summary>{len(more):,} more</summary>{_names(more)}</details>")
    if len(names) > _MORE_NAMES:
        parts.append(f"<p>and {len(names) - _MORE_NAMES:,} that only the JSON file names.</p>")
    return "\n".join([*parts, "</div>"])


def _table(rows):
    # On a narrow screen it is moved about rather than crushed.
    return "\n".join(['<div class="table"><table>', *rows, "</table></div>"])


def _names(names):
    rows = (f"<tr><td>{_escaped(n)}</td><td>{_escaped(detail)}</td></tr>" for n, detail in names)
    return _table(rows)


def _distributions(distributions):
    if not distributions:
        return "<p>No recording could be measured.</p>"
    columns = "".join(
        f'<th class="number">{each}</th>' for each in next(iter(distributions.values()))
    )
    lines = [f"<tr><th></th>{columns}</tr>"]
    for name, values in distributions.items():
        cells = "".join(f'<td class="number">{number(v, name)}</td>' for v in values.values())
        lines.append(f"<tr><td>{name}</td>{cells}</tr>")
    return _table(lines)


def _rates(totals):
    rows = [(f"{rate:,} Hz", n) for rate, n in totals["sample_rates"].items()]
    rows += [
        (f"{channels} channel{'s' if channels > 1 else ''}", n)
        for channels, n in totals["channels"].items()
    ]
    cells = (f'<tr><td>{a}</td><td class="number">{n:,}</td></tr>' for a, n in rows)
    return _table(['<tr><th></th><th class="number">recordings</th></tr>', *cells])


def _speakers(speakers):
    lines = ['<tr><th></th><th class="number">recordings</th><th class="number">length</th></tr>']
    for name, of in list(speakers.items())[:_SPEAKERS]:
        lines.append(
            f'<tr><td>{_escaped(name)}</td><td class="number">{of["clips"]:,}</td>'
            f'<td class="number">{duration(of["hours"])}</td></tr>'
        )
    if len(speakers) > _SPEAKERS:
        lines.append(f"<tr><td>and {len(speakers) - _SPEAKERS:,} more</td></tr>")
    return _table(lines)


def _plot(plot):
    title, png = plot
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<figure><h3>{title}</h3><img alt="{title}" src="data:image/png;base64,{data}"></figure>'
    )


def _escaped(text):
    return html.escape(shown(text))
