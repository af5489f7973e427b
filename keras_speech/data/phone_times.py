"""Durations that somebody else measured: phone times from files, for the tokens of a corpus."""

import numpy as np

from keras_speech.data import audio_files, phone_time_files, tables, utterances
from keras_speech.data.durations import align_durations, is_phone

# How far the times may run past the end of the recording: an aligner's last frame.
_SLACK_SECONDS = 0.1
# A text with so many times more phones than were timed, or fewer, is another text.
_MOST_UNLIKE = 1.5
_PER_SECOND = 1_000_000  # times are counted in whole microseconds, which add up exactly
_PAUSES = frozenset("sil sp spn nsn pau eps brth noise laugh laughter cough h# #h".split())


def with_phone_times(
    corpus,
    tokenizer,
    spec,
    source,
    *,
    tier="phones",
    phone_seconds=0.01,
    on_error="raise",
    skipped=None,
):
    """The same corpus with the mel frames of each token, from times that a file gives.

    Three kinds of files are read:

    - a directory of Praat TextGrids, as the Montreal Forced Aligner writes them; the name of a
      file (its path in the directory, or its last part) is the recording's id;
    - JSON Lines with the times of phones, `{"id": "a", "phones": [["HH", 0, 7], …]}`: name, start
      and length in units of `phone_seconds`; or one JSON object `{"a": [["HH", 0, 7], …], …}`;
    - JSON Lines of `keras-speech align`: `{"id": "a", "symbols": […], "durations": […],
      "hop_seconds": …}`, frames for each token of this tokenizer.

    Phones need not agree with the tokenizer's: they are paired by `align_durations`. That takes
    ARPAbet phones (stress digits do not matter) on both sides; whatever a TextGrid or list calls
    `""`, `sil`, `sp`, `spn` or `+NOISE+` is a pause. Frames of tokens are taken as they are; from
    another hop they are converted.

    Times count from the beginning of the recording as it is on disk, so batches of this corpus
    cannot be trimmed.

    Args:
        corpus: `Corpus`.
        tokenizer: of `keras_speech.text`.
        spec: `AudioSpec` of the frames.
        source: directory of TextGrids, or a `.json` or `.jsonl` file.
        tier: the TextGrids' tier of phones. Defaults to `"phones"`.
        phone_seconds: unit of the times in JSON, in seconds. Defaults to `0.01`.
        on_error: `"raise"`, or `"skip"` to leave out and list recordings that have no times or
            others than fit. A file that cannot be read is an error either way.
        skipped: list that `Skipped` entries are appended to.

    Returns: `Corpus`; the recordings' `durations` sum to their frames.

    Raises:
        ValueError: for malformed files, and (with `on_error="raise"`) recordings without times or
            whose times do not fit their text or length; names the file and the line.

    Example:

    >>> corpus = with_phone_times(corpus, tokenizer, spec, "aligned/")  # doctest: +SKIP
    >>> batches = acoustic_batches(corpus, spec, tokenizer)  # doctest: +SKIP
    """
    handle = tables.OnError(on_error, skipped)
    times = phone_time_files.read_phone_times(source, tier=tier, phone_seconds=phone_seconds)
    recordings, tokens = utterances.tokenize(corpus, tokenizer, on_error=handle)
    durations = {}
    for recording in recordings:
        symbols = [tokenizer.symbols[token] for token in tokens[recording.id]]
        try:
            given = times.of(recording.id)
            samples = audio_files.read_recording(recording, spec.sample_rate)
            fit = _from_phones if isinstance(given, phone_time_files.Phones) else _from_frames
            durations[recording.id] = fit(given, symbols, spec.n_frames(len(samples)), spec)
        except ValueError as error:
            # Of the same kind, so that callers can tell audio that is damaged.
            kind = type(error) if isinstance(error, audio_files.AudioError) else ValueError
            handle(kind(f"Recording {recording.where}: {error}"), recording.where, recording)
    handle.warn(corpus.name, stacklevel=2)
    if not durations:
        raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were skipped.")
    return corpus.filter(durations).with_durations(durations)


def _from_phones(given, symbols, n_frames, spec):
    hop = spec.hop_length / spec.sample_rate
    for name in given.names:
        if not (is_phone(name) or _is_pause(name)):
            raise ValueError(
                f"{given.where}: {name!r} is neither an ARPAbet phone nor a pause. Of phones of "
                "another kind, give the frames of each token, as `keras-speech align` writes them."
            )
    ours = sum(map(is_phone, symbols))
    theirs = sum(map(is_phone, given.names))
    if not ours:
        raise ValueError(
            f"{given.where}: `tokenizer` must have ARPAbet phones to be matched with these. "
            f"Received: tokens {symbols[:5]}."
        )
    if not theirs / _MOST_UNLIKE <= ours <= theirs * _MOST_UNLIKE:
        raise ValueError(
            f"{given.where}: these must be the phones of its text. Received: {theirs} phones "
            f"with times, {ours} in the text."
        )
    _require_end(given, n_frames * hop)
    starts, ends = (
        np.round(t * _PER_SECOND).astype(int).tolist() for t in (given.starts, given.ends)
    )
    try:
        return align_durations(
            symbols,
            [(n, s, e - s) for n, s, e in zip(given.names, starts, ends, strict=True)],
            n_frames,
            frame_seconds=hop,
            phone_seconds=1 / _PER_SECOND,
            offset_seconds=0.0 if spec.padding == "center" else -hop / 2,
        )
    except ValueError as error:
        raise ValueError(f"{given.where}: {error}") from error


def _from_frames(given, symbols, n_frames, spec):
    hop = spec.hop_length / spec.sample_rate
    if given.symbols != symbols:
        first = next(
            (
                i
                for i, pair in enumerate(zip(given.symbols, symbols, strict=False))
                if len({*pair}) > 1
            ),
            min(len(given.symbols), len(symbols)),
        )
        raise ValueError(
            f"{given.where}: `symbols` must be the tokens of its text. Received: "
            f"{len(given.symbols)} for {len(symbols)} tokens, the first that differs at {first}: "
            f"{given.symbols[first : first + 1]} for {symbols[first : first + 1]}."
        )
    total, hop_seconds = int(given.durations.sum()), given.hop_seconds or hop
    if abs(hop_seconds / hop - 1) < 1e-6:
        if total != n_frames:
            raise ValueError(
                f"{given.where}: `durations` must sum to the recording's mel frames. "
                f"Received: {total} in all for {n_frames} frames."
            )
        return given.durations
    if abs(total * hop_seconds - n_frames * hop) > max(_SLACK_SECONDS, hop_seconds, hop):
        raise ValueError(
            f"{given.where}: `durations` must sum to the recording's length. Received: "
            f"{total * hop_seconds:.3f} s in all for {n_frames * hop:.3f} s."
        )
    ends = np.round(np.cumsum(given.durations) * (n_frames / total)).astype(int)
    return np.diff(ends, prepend=0).astype("int32")


def _require_end(given, seconds):
    if given.ends[-1] > seconds + _SLACK_SECONDS:
        raise ValueError(
            f"{given.where}: times must not go beyond the recording. Received: an end at "
            f"{given.ends[-1]:.3f} s, where it lasts {seconds:.3f} s."
        )


def _is_pause(name):
    bare = name.strip("+<>[](){}*").lower()
    return not bare or bare in _PAUSES or name != name.strip("+<>[]")
