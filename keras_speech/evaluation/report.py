"""An evaluation as a table, a JSON file and a page."""

import json
import os
from pathlib import Path

from keras_speech import whole_files
from keras_speech.evaluation import page

# column -> (key of the totals, format, factor)
VOICE_COLUMNS = {
    "closed-LM WER (%)": ("closed_lm_wer", ".1f", 100),
    "free-LM WER (%)": ("free_lm_wer", ".1f", 100),
    "MCD (dB)": ("mcd_db", ".2f", 1),
    "F0 RMSE (Hz)": ("f0_rmse_hz", ".1f", 1),
    "F0 RMSE (cents)": ("f0_rmse_cents", ".0f", 1),
    "voicing error (%)": ("voicing_error", ".1f", 100),
}
DELIVERY_COLUMNS = {
    "words skipped": ("skipped_words", "d", 1),
    "repeated": ("repeated_words", "d", 1),
    "F0 spread (semitones)": ("f0_spread_semitones", ".2f", 1),
    "across": ("f0_spread_across_semitones", ".2f", 1),
    "energy spread (dB)": ("energy_spread_db", ".1f", 1),
    "words/s": ("words_per_second", ".2f", 1),
    "pauses": ("pauses_per_sentence", ".2f", 1),
    "s each": ("pause_seconds", ".2f", 1),
}
VOCODER_COLUMNS = {
    "closed-LM WER (%)": ("closed_lm_wer", ".1f", 100),
    "PESQ-WB": ("pesq_wb", ".2f", 1),
    "STOI": ("stoi", ".3f", 1),
    "MCD (dB)": ("mcd_db", ".2f", 1),
    "LSD (dB)": ("log_spectral_distance_db", ".2f", 1),
    "STFT distance": ("multi_resolution_stft", ".3f", 1),
    "largest step": ("largest_step", ".3f", 1),
    "real-time factor": ("real_time_factor", ".4f", 1),
}


def tables(result):
    """The totals of an evaluation as strings.

    Args:
        result: dict as `evaluate_voice` or `evaluate_vocoder` returns it.

    Returns: list of tables: errors and distances and, of a voice, how it delivers sentences. Each
        is a list of rows, the header first.
    """
    all_columns = [VOICE_COLUMNS, DELIVERY_COLUMNS] if "voice" in result else [VOCODER_COLUMNS]
    # What was measured depends on what is installed and on whether there are texts.
    known = {key for totals in result["totals"].values() for key in totals}
    found = []
    for columns in all_columns:
        columns = {title: column for title, column in columns.items() if column[0] in known}
        rows = [["", *columns]]
        for system, totals in result["totals"].items():
            rows.append([page.SYSTEM_TITLES[system], *_cells(totals, columns)])
        for system, totals in ((result.get("sentences") or {}).get("totals") or {}).items():
            rows.append([f"{page.SYSTEM_TITLES[system]}, sentences", *_cells(totals, columns)])
        found += [rows] if columns else []
    return found


def format_table(result):
    """An evaluation's totals as tables of text, with what to know beside them.

    Args:
        result: dict as `evaluate_voice` or `evaluate_vocoder` returns it.

    Returns: string of several lines.
    """
    lines = []
    for rows in tables(result):
        lines += [*_text_table(rows), ""]
    return "\n".join([*lines, *notes(result)])


def _text_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def notes(result):
    """Sentences that belong beside the table.

    Args:
        result: dict as `evaluate_voice` or `evaluate_vocoder` returns it.

    Returns: list of strings.
    """
    found = _voice_notes(result) if "voice" in result else _vocoder_notes(result)
    tested_words = {
        word
        for part in (result["recordings"], (result.get("sentences") or {}).get("utterances", ()))
        for each in part
        for word in each.get("reference", "").split()
    }
    guessed = [word for word in result["fallback_words"] if word in tested_words]
    if guessed:
        found.append(
            "Tested words whose pronunciation the recognizer's dictionary lacks and a rule gave: "
            f"{', '.join(guessed)}."
        )
    return found


def _voice_notes(result):
    n_sentences = len((result.get("sentences") or {"utterances": ()})["utterances"])
    tested = f"{len(result['recordings'])} recordings of {result['corpus']!r}"
    if n_sentences:
        tested += f" and {n_sentences} sentences"
    found = [
        f"Voice {result['voice']!r} on {tested}; a language model of "
        f"{result['settings']['lm_texts']} texts, the tested ones included."
    ]
    if result["beside"] is not None:
        found.append(f"Beside it, measured in the same way: voice {result['beside']!r}.")
    if result["unfinished"]:
        found.append(
            f"{len(result['unfinished'])} did not stop by themselves: "
            f"{', '.join(result['unfinished'])}."
        )
    return found


def _vocoder_notes(result):
    level, lm_texts = result["settings"]["level"], result["settings"]["lm_texts"]
    how = "as recorded" if level is None else f"{level['measure']} brought to {level['dbfs']} dBFS"
    line = (
        f"Vocoder {result['vocoder']!r} on the mels of {len(result['recordings'])} recordings of "
        f"{result['corpus']!r}, {how}"
    )
    if lm_texts:
        line += f"; a language model of {lm_texts} texts, the tested ones included"
    found = [f"{line}."]
    undefined = [
        each["id"]
        for each in result["recordings"]
        if any(
            key in score and score[key] is None
            for score in each["systems"].values()
            for key in ("pesq_wb", "stoi")
        )
    ]
    if undefined:
        found.append(
            "Too short or too quiet for PESQ or STOI, and left out of their means: "
            f"{', '.join(undefined)}."
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
        result: dict as `evaluate_voice` or `evaluate_vocoder` returns it.
        examples: list of `Example` with samples and spectrograms.
        spec: `AudioSpec` of the audio.

    Returns: dict of `"json"` and `"html"` to the files' paths, as strings.
    """
    # Both are complete in memory before either touches the disk.
    contents = {
        "json": json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        "html": page.render(result, tables(result), notes(result), examples, spec),
    }
    directory.mkdir(parents=True, exist_ok=True)
    files = {}
    for kind, content in contents.items():
        files[kind] = str(directory / f"evaluation.{kind}")
        with whole_files.written_whole(files[kind]) as file:
            file.write(content.encode("utf-8"))
    return files


def _cells(totals, columns):
    cells = []
    for key, layout, factor in columns.values():
        value = totals.get(key)
        cells.append("-" if value is None else format(factor * value, layout))
    return cells
