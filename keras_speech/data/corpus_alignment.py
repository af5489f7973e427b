"""Where each token of a corpus sounds, found by a model that can align."""

import json

import numpy as np

from keras_speech.data import audio_edit, feature_cache, features, tables, utterances
from keras_speech.data.progress import Progress
from keras_speech.whole_files import written_whole


def align_corpus(
    corpus,
    spec,
    tokenizer,
    model,
    *,
    batch_size=8,
    speakers=None,
    level=None,
    cache=None,
    on_error="raise",
    skipped=None,
    progress=True,
):
    """Aligns the texts of a corpus with its recordings.

    Args:
        corpus: a `Corpus`, or a sequence of `Recording`.
        spec: `AudioSpec` of the model's features.
        tokenizer: the model's, such as a `LexiconTokenizer`.
        model: acoustic model with `align`, such as `NeuralHMMTTS` or a `FastSpeech2` that was
            trained with its aligner.
        batch_size: recordings at once. Defaults to 8.
        speakers: names of the model's speakers in the order of their ids. Defaults to `None`, for
            a model of one speaker; the corpus may then have any.
        level: `Level`, or a peak level in dBFS, as in the model's training. Defaults to `None`.
        cache: directory where features are kept between runs. Defaults to `None`, in memory.
        on_error: what happens with a recording that cannot be used: `"raise"`, or `"skip"`, which
            lists it in `skipped` and warns once of all of them. Defaults to `"raise"`.
        skipped: list that `Skipped` entries are appended to.
        progress: whether a bar is written to standard error.

    Returns: list of dicts, one for each recording in the order of the corpus:

        - `id`: the recording's
        - `symbols`: list of str, its tokens as the tokenizer names them
        - `durations`: list of int, mel frames of each token; their sum is the recording's frames
        - `starts`, `lengths`: lists of float, where each token begins and how long it lasts, in
          seconds
        - `hop_seconds`: float, duration of a frame

    Raises:
        AudioError: a recording cannot be read (with `on_error="raise"`).
        ValueError: `model` cannot align; a text has no token, a recording is too short for it or
            its speaker unknown (with `on_error="raise"`); no recording is left.

    Example:

    >>> rows = align_corpus(corpus, spec, tokenizer, model)  # doctest: +SKIP
    >>> rows[0]["symbols"][:2], rows[0]["starts"][:2]  # doctest: +SKIP
    (['AO', 'TH'], [0.0, 0.2264])
    """
    if not callable(getattr(model, "align", None)):
        raise ValueError(
            "`model` must be one that aligns, such as NeuralHMMTTS. "
            f"Received: {type(model).__name__}."
        )
    handle = tables.OnError(on_error, skipped)
    level = audio_edit.Level(level) if isinstance(level, (int, float)) else level
    store = feature_cache.mel_cache(cache, spec, level=level, trim=None)
    recordings, tokens = utterances.tokenize(corpus, tokenizer, on_error=handle)
    recordings = [r for r in recordings if _speaker_known(r, speakers, handle)]
    recordings, n_frames = features.log_mels(
        recordings, spec, cache=store, on_error=handle, level=level, progress=progress
    )
    found, order = {}, np.argsort(n_frames, kind="stable")
    with Progress(len(recordings), "Aligning", show=progress) as bar:
        for start in range(0, len(order), batch_size):
            batch = [recordings[i] for i in order[start : start + batch_size]]
            for recording, durations in _aligned(batch, model, tokens, store, speakers, handle):
                found[recording.id] = durations
            for _ in batch:
                bar.step()
    handle.warn(getattr(corpus, "name", "the corpus"), stacklevel=2)
    if not found:
        raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were skipped.")
    return [
        _row(r.id, [tokenizer.symbols[token] for token in tokens[r.id]], found[r.id], spec)
        for r in recordings
        if r.id in found
    ]


def write_alignments(path, rows):
    """Writes what `align_corpus` returns, one JSON object per line.

    Args:
        path: file to write, usually named `*.jsonl`, in a directory that exists. It is written
            whole or not at all.
        rows: list of dicts, see `align_corpus`.

    Example:

    >>> rows = align_corpus(corpus, spec, tokenizer, model)  # doctest: +SKIP
    >>> write_alignments("alignments.jsonl", rows)  # doctest: +SKIP
    """
    with written_whole(path) as file:
        for row in rows:
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def _speaker_known(recording, speakers, handle):
    if speakers is None or recording.speaker in speakers:
        return True
    message = (
        f"Recording {recording.where} must be of one of the model's speakers. "
        f"Received: speaker={recording.speaker!r}; the model knows {', '.join(speakers)}."
    )
    handle(ValueError(message), recording.where, recording)
    return False


def _aligned(batch, model, tokens, store, speakers, handle):
    """Yields `(recording, int durations of its tokens)`; one by one where a batch will not go."""
    rows, mels = [tokens[r.id] for r in batch], [store.load(r) for r in batch]
    arguments = {
        "tokens": _padded(rows, "int32"),
        "token_lengths": np.array([len(row) for row in rows], "int32"),
        "mel": _padded(mels, "float32"),
        "mel_lengths": np.array([len(mel) for mel in mels], "int32"),
    }
    if speakers is not None:
        indices = [list(speakers).index(r.speaker) for r in batch]
        arguments["speaker"] = np.array(indices, "int32")
    try:
        durations = np.asarray(model.align(**arguments))
    except ValueError as error:
        if len(batch) == 1:
            (recording,) = batch
            message = f"Recording {recording.where} cannot be aligned with its text: {error}"
            handle(ValueError(message), recording.where, recording)
            return
        for recording in batch:
            yield from _aligned([recording], model, tokens, store, speakers, handle)
        return
    for recording, row, values in zip(batch, rows, durations, strict=True):
        yield recording, values[: len(row)]


def _padded(rows, dtype):
    batch = np.zeros((len(rows), max(map(len, rows)), *rows[0].shape[1:]), dtype)
    for target, row in zip(batch, rows, strict=True):
        target[: len(row)] = row
    return batch


def _row(name, symbols, durations, spec):
    hop = spec.hop_length / spec.sample_rate
    ends = np.cumsum(durations).astype("float64")
    if spec.padding == "center":
        # Frame i shows what sounds at i hops: the boundary lies half a hop before the next one's.
        ends[:-1] -= 0.5 * (ends[:-1] > 0)
        ends[-1] = max(ends[-1] - 1, ends[-2] if len(ends) > 1 else 0)
    ends = ends * hop
    starts = np.concatenate([[0.0], ends[:-1]])
    return {
        "id": name,
        "symbols": list(symbols),
        "durations": [int(n) for n in durations],
        "starts": [round(float(t), 5) for t in starts],
        "lengths": [round(float(t), 5) for t in ends - starts],
        "hop_seconds": hop,
    }
