"""An evaluation as one self-contained HTML page."""

import base64
import dataclasses
import html
import io

SYSTEM_TITLES = {
    "recording": "recording",
    "griffin_lim": "Griffin-Lim",
    "voice": "voice",
    "beside": "voice beside",
    "vocoder": "vocoder",
}

# column of the list of utterances -> (key of the scores, format)
COLUMNS = {
    "PESQ-WB": ("pesq_wb", ".2f"),
    "STOI": ("stoi", ".3f"),
    "MCD (dB)": ("mcd_db", ".2f"),
    "LSD (dB)": ("log_spectral_distance_db", ".2f"),
    "STFT distance": ("multi_resolution_stft", ".3f"),
    "largest step": ("largest_step", ".3f"),
}

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em;
  color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .3em .8em; border-bottom: 1px solid #ddd; text-align: left;
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.systems { display: grid; grid-template-columns: repeat(auto-fit, minmax(20em, 1fr)); gap: 1em; }
.systems img, .systems audio { width: 100%; }
.wrong { color: #a00; }
"""


@dataclasses.dataclass(frozen=True)
class Example:
    """One sentence as all systems said it: for the page's players and pictures."""

    id: str
    text: str
    scores: dict
    samples: dict
    mels: dict


def render(result, tables, notes, examples, spec):
    """The page as a string: table, notes, players with spectrograms, and every sentence.

    Args:
        result: dict as `evaluate_voice` or `evaluate_vocoder` returns it.
        tables: list of tables, each of lists of strings, header first.
        notes: list of sentences.
        examples: list of `Example` with samples and spectrograms.
        spec: `AudioSpec` of the audio.

    Returns: string; nothing in it is loaded from elsewhere.
    """
    kind = "voice" if "voice" in result else "vocoder"
    title = html.escape(f"Evaluation of the {kind} {result[kind]}")
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        *map(_totals, tables),
        *(f"<p>{html.escape(note)}</p>" for note in notes),
        "<p>The recording's distances are 0 by definition.</p>",
    ]
    if "closed_lm_wer" in result["totals"]["recording"]:
        parts.append(
            "<p>Closed-LM word error rates are taken with a language model that holds the tested "
            "sentences: they compare renditions with each other, not with other recognizers' "
            "figures.</p>"
        )
    if examples:
        parts.append("<h2>Listen</h2>")
        parts += [_example(example, spec) for example in examples]
    parts += ["<h2>Recordings</h2>", _utterances(result["recordings"])]
    if result.get("sentences"):
        parts += ["<h2>Other sentences</h2>", _utterances(result["sentences"]["utterances"])]
    return "\n".join([*parts, "</body></html>", ""])


def _totals(rows):
    header = "".join(f'<th class="number">{html.escape(cell)}</th>' for cell in rows[0][1:])
    lines = [f"<table><tr><th></th>{header}</tr>"]
    for name, *cells in rows[1:]:
        numbers = "".join(f'<td class="number">{html.escape(cell)}</td>' for cell in cells)
        lines.append(f"<tr><th>{html.escape(name)}</th>{numbers}</tr>")
    return "\n".join([*lines, "</table>"])


def _example(example, spec):
    parts = [f"<h3>{html.escape(example.id)}</h3><p>{html.escape(example.text)}</p>"]
    parts.append('<div class="systems">')
    for system, samples in example.samples.items():
        title = SYSTEM_TITLES[system]
        score = example.scores[system]
        flac = base64.b64encode(flac_bytes(samples, spec.sample_rate)).decode()
        png = base64.b64encode(mel_png(example.mels[system], spec)).decode()
        parts.append(
            f"<div><b>{title}</b>: {score.summary()}<br>"
            f'<audio controls preload="none" src="data:audio/flac;base64,{flac}"></audio><br>'
            f'<img alt="mel spectrogram, {title}" src="data:image/png;base64,{png}"></div>'
        )
    return "\n".join([*parts, "</div>"])


def _utterances(utterances):
    scores = [score for each in utterances for score in each["systems"].values()]
    shown = {
        title: column
        for title, column in COLUMNS.items()
        if any(score.get(column[0]) is not None for score in scores)
    }
    with_words = any("words" in score for score in scores)
    titles = ["errors"] * with_words + list(shown)
    header = "".join(f'<th class="number">{title}</th>' for title in titles)
    lines = [f"<table><tr><th></th><th>words</th>{header}</tr>"]
    for each in utterances:
        reference = html.escape(each.get("reference", each["text"]))
        lines.append(f"<tr><th>{html.escape(each['id'])}</th><td>{reference}</td></tr>")
        for system, score in each["systems"].items():
            cells = [f"{score['word_edits']} / {score['words']}"] if with_words else []
            for key, layout in shown.values():
                value = score.get(key)
                cells.append("" if value is None else format(value, layout))
            numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
            lines.append(
                f"<tr><td>{SYSTEM_TITLES[system]}</td><td>{_heard(score)}</td>{numbers}</tr>"
            )
    return "\n".join([*lines, "</table>"])


def _heard(score):
    if "words" not in score:
        return ""
    if not score["word_edits"]:
        return "as the text"
    return f'<span class="wrong">{html.escape(score["hypothesis"] or "-")}</span>'


def flac_bytes(samples, sample_rate):
    """Samples as a 16-bit FLAC file, `bytes`."""
    import numpy as np
    import soundfile

    buffer = io.BytesIO()
    samples = np.clip(samples, -1.0, 1.0)
    soundfile.write(buffer, samples, sample_rate, format="FLAC", subtype="PCM_16")
    return buffer.getvalue()


def mel_png(mel, spec):
    """A picture of a log-mel spectrogram as a PNG file, `bytes`."""
    # Not through pyplot, which would keep the figure and may need a display.
    from matplotlib.figure import Figure

    from keras_speech import plots

    figure = Figure(figsize=(6, 2.6), layout="constrained")
    plots.plot_mel(mel, spec, ax=figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80)
    return buffer.getvalue()
