"""An evaluation as a table, a JSON file and a page."""

import json
import os
from pathlib import Path

from keras_speech.evaluation import page

NAMES = {"recording": "recording", "griffin_lim": "Griffin-Lim", "voice": "voice"}

# column -> (key of the totals, format, factor)
COLUMNS = {
    "closed-LM WER (%)": ("closed_lm_wer", ".1f", 100),
    "MCD (dB)": ("mcd_db", ".2f", 1),
    "F0 RMSE (Hz)": ("f0_rmse_hz", ".1f", 1),
    "F0 RMSE (cents)": ("f0_rmse_cents", ".0f", 1),
    "voicing error (%)": ("voicing_error", ".1f", 100),
}


def table_rows(result):
    """The totals of an evaluation as strings.

    Args:
        result: dict as `evaluate_voice` returns it.

    Returns: list of rows, the header first.
    """
    rows = [["", *COLUMNS]]
    for system, name in NAMES.items():
        rows.append([name, *_cells(result["totals"][system])])
    if result.get("sentences"):
        rows.append(["voice, sentences", *_cells(result["sentences"]["totals"]["voice"])])
    return rows


def format_table(result):
    """An evaluation's totals as a table of text, with what to know beside them.

    Args:
        result: dict as `evaluate_voice` returns it.

    Returns: string of several lines.
    """
    rows = table_rows(result)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join([*lines, "", *notes(result)])


def notes(result):
    """Sentences that belong beside the table.

    Args:
        result: dict as `evaluate_voice` returns it.

    Returns: list of strings.
    """
    n_recordings = len(result["recordings"])
    n_sentences = len((result.get("sentences") or {"utterances": ()})["utterances"])
    tested = f"{n_recordings} recordings of {result['corpus']!r}"
    if n_sentences:
        tested += f" and {n_sentences} sentences"
    found = [
        f"Voice {result['voice']!r} on {tested}; a language model of "
        f"{result['settings']['lm_texts']} texts, the tested ones included."
    ]
    if result["unfinished"]:
        found.append(
            f"{len(result['unfinished'])} did not stop by themselves: "
            f"{', '.join(result['unfinished'])}."
        )
    tested_words = {
        word
        for part in (result["recordings"], (result.get("sentences") or {}).get("utterances", ()))
        for each in part
        for word in each["reference"].split()
    }
    guessed = [word for word in result["fallback_words"] if word in tested_words]
    if guessed:
        found.append(
            "Tested words whose pronunciation the recognizer's dictionary lacks and a rule gave: "
            f"{', '.join(guessed)}."
        )
    return found


def check_directory(path):
    """Finds out before any work whether an output directory can be written.

    Args:
        path: directory that exists, or can be made.

    Returns: `pathlib.Path`.

    Raises:
        OSError: when it is a file, or cannot be written.
    """
    path = Path(path)
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not existing.is_dir():
        raise NotADirectoryError(
            f"The output directory cannot be written: {str(existing)!r} is not a directory."
        )
    if not os.access(existing, os.W_OK | os.X_OK):
        raise PermissionError(
            f"The output directory cannot be written: no permission in {str(existing)!r}."
        )
    return path


def write(directory, result, examples, spec):
    """Writes `evaluation.json` and `evaluation.html`, each whole or not at all.

    Args:
        directory: `pathlib.Path`, made if need be.
        result: dict as `evaluate_voice` returns it.
        examples: list of `Example` with samples and spectrograms.
        spec: `AudioSpec` of the audio.

    Returns: dict of `"json"` and `"html"` to the files' paths, as strings.
    """
    from keras_speech.data import whole_files

    # Both are complete in memory before either touches the disk.
    contents = {
        "json": json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "html": page.render(result, table_rows(result), notes(result), examples, spec),
    }
    directory.mkdir(parents=True, exist_ok=True)
    files = {}
    for kind, content in contents.items():
        files[kind] = str(directory / f"evaluation.{kind}")
        with whole_files.written_whole(files[kind]) as file:
            file.write(content.encode("utf-8"))
    return files


def _cells(totals):
    cells = []
    for key, layout, factor in COLUMNS.values():
        value = totals.get(key)
        cells.append("-" if value is None else format(factor * value, layout))
    return cells
