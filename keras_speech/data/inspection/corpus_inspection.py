"""`inspect`: a look at a corpus before a training is spent on it."""

import os
import warnings

from keras_speech.data import layouts
from keras_speech.data.corpus import Corpus
from keras_speech.data.inspection import (
    findings_of_amounts,
    findings_of_sound,
    findings_of_texts,
    worker_processes,
)
from keras_speech.data.inspection.corpus_report import CorpusReport
from keras_speech.data.inspection.inspected_clips import InspectedClips
from keras_speech.data.progress import Progress


def inspect(data, layout=None, *, tokenizer=None, skipped=(), workers=None, progress=True):
    """Reads every recording and text of a corpus once, and says what a training would suffer from.

    Reported are hours, speakers, rates, lengths, seconds per character, clipping, silence at both
    ends and inside, noise floor and loudness; rows and files that cannot be used, with the reason;
    characters that the tokenizer drops, empty and repeated texts, repeated recordings; outliers by
    name; and for each finding what to do about it. Files are read in processes of their own, so
    that none can take the inspection down with it, and of each only a few numbers are kept.

    Args:
        data: a directory, or a `Corpus`.
        layout: how a directory is read: `"ljspeech"`, `"vctk"`, `"fsdd"`, `"shards"` or
            `"folder"` (sound files without texts). Defaults to what it looks like.
        tokenizer: what the texts are meant for; `tokenizer(list of str) -> (tokens, lengths)`.
            "Characters" are counted as it makes them, with numbers written out; a tokenizer of
            phones counts phones. Defaults to `ks.text.CharacterTokenizer()`.
        skipped: list of `Skipped` that the reader of a `Corpus` filled. Of a directory the
            inspection collects them itself.
        workers: number of processes. Defaults to the number of processors, at most 16.
        progress: whether a bar is shown where it takes long. Defaults to `True`.

    Returns: a `CorpusReport`; printed, it is the report as text.

    Raises:
        ValueError: the directory is not in the layout, or holds no recordings at all; or a
            recording has a change of tempo or pitch.

    Example:

    >>> report = inspect("LJSpeech-1.1")  # doctest: +SKIP
    >>> print(report)  # doctest: +SKIP
    >>> report.save_html("report.html")  # doctest: +SKIP
    """
    if workers is None:
        workers = min(16, os.cpu_count() or 1)
    if not isinstance(workers, int) or workers < 1:
        raise ValueError(f"`workers` must be a whole number from 1. Received: workers={workers!r}.")
    if isinstance(data, Corpus):
        corpus, directory, layout, skipped = data, data.root, None, list(skipped)
        _require_unchanged(corpus)
    else:
        directory = os.fspath(data)
        corpus, layout, skipped = _read(directory, layout)
    clips = InspectedClips(corpus)
    texts, tokenizer = _texts(clips, tokenizer)
    paths = [recording.path for recording in clips.recordings]
    with Progress(len(paths), "Inspecting", show=progress) as bar:
        for result in worker_processes.measured(paths, workers=workers):
            clips.put(*result)
            bar.step()
    return CorpusReport(
        corpus.name,
        directory,
        layout,
        None if texts is None else type(tokenizer).__name__,
        clips,
        [
            *findings_of_texts.of_rows(skipped),
            *findings_of_texts.of_texts(clips, texts),
            *findings_of_sound.of_sound(clips),
            *findings_of_amounts.of_amounts(clips),
        ],
    )


def _read(directory, layout):
    """A directory's corpus, its layout, and what its reader left out."""
    if layout is None and os.path.isdir(directory):
        layout = layouts.guess_layout(directory)
    skipped = []
    try:
        with warnings.catch_warnings():
            # The reader warns of what the report tells in full.
            warnings.simplefilter("ignore")
            corpus = layouts.read_corpus(
                layout or layouts.FOLDER, directory, on_error="skip", skipped=skipped
            )
    except ValueError:
        if not skipped:
            raise
        # Nothing in it can be used, and for each there is a reason to report.
        name = os.path.basename(os.path.abspath(directory))
        corpus = Corpus((), name=name, root=directory)
    return corpus, layout, skipped


def _texts(clips, tokenizer):
    """`TextMeasures` and the tokenizer that made them; `None` where nothing is written."""
    if not any(recording.text for recording in clips.recordings):
        return None, tokenizer
    # Here, for they need TensorFlow, which recordings alone do not.
    from keras_speech.data.inspection import text_measures

    if tokenizer is None:
        from keras_speech import text

        tokenizer = text.CharacterTokenizer()
    texts = text_measures.measure_texts(clips.recordings, tokenizer)
    clips.characters = texts.lengths
    return texts, tokenizer


def _require_unchanged(corpus):
    for recording in corpus:
        if recording.change is not None:
            raise ValueError(
                "`data` must hold recordings as they are, before takes at other tempos and pitches "
                f"are added. Received: {recording.where} with {recording.change}."
            )
