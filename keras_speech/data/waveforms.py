"""Batches of crops of raw audio, for models that make samples."""

import numpy as np

from keras_speech.data import audio_edit, audio_files, tables, waveform_crops, waveform_files
from keras_speech.data.shards import as_corpus
from keras_speech.data.wav_folder import wav_folder
from keras_speech.data.waveform_dataset import WaveformEpochs

_BALANCES = ("files", "seconds")


def waveform_epochs(
    corpus,
    segment_length,
    batch_size=8,
    *,
    sample_rate=None,
    spec=None,
    seed=None,
    shuffle=True,
    steps_per_epoch=None,
    balance="files",
    silence_db=None,
    level=None,
    trim=None,
    cache=None,
    on_error="raise",
    skipped=None,
    progress=True,
):
    """`waveform_batches` as a function of the epoch, for training that can be resumed exactly.

    Audio is decoded once, when this is called.

    Args: as in `waveform_batches`.

    Returns: `WaveformEpochs`; called with the number of an epoch, from 0, it gives that epoch's
        `tf.data.Dataset`; `len()` of it is the number of batches, and `sample_rate` that of the
        samples.

    Raises: as `waveform_batches`.

    Example:

    >>> epochs = waveform_epochs("recordings", 8000, seed=0)  # doctest: +SKIP
    >>> model.fit(epochs(0), shuffle=False)  # doctest: +SKIP
    """
    hop_length = 1 if spec is None else spec.hop_length
    _check(
        segment_length, batch_size, steps_per_epoch, seed, balance, silence_db, spec, sample_rate
    )
    handle = tables.OnError(on_error, skipped)
    level = audio_edit.Level(level) if isinstance(level, (int, float)) else level
    trim = audio_edit.Trim(trim) if isinstance(trim, (int, float)) else trim
    corpus = as_corpus(corpus, otherwise=wav_folder)
    if len(corpus) == 0:
        raise ValueError("`corpus` must hold recordings. Received: an empty one.")
    if spec is not None:
        sample_rate = spec.sample_rate
    elif sample_rate is None:
        sample_rate = audio_files.common_sample_rate(corpus)

    waveforms = waveform_files.read_waveforms(
        list(corpus),
        sample_rate,
        cache=cache,
        spec=spec,
        level=level,
        trim=trim,
        on_error=handle,
        progress=progress,
    )
    waveforms = _long_enough(waveforms, segment_length, hop_length, sample_rate, handle)
    loudest = None
    if silence_db is not None:
        waveforms, loudest = _not_silent(waveforms, segment_length, hop_length, handle)
    handle.warn(getattr(corpus, "name", "the corpus"), stacklevel=3)
    if not waveforms:
        raise ValueError(f"`corpus` must hold usable recordings. All {len(corpus)} were skipped.")

    names = {r.speaker for r in corpus if r.speaker is not None}
    return WaveformEpochs(
        waveform_crops.Cut(
            waveforms,
            segment_length,
            step=hop_length,
            speakers=getattr(corpus, "speakers", sorted(names)),
            silence_db=silence_db,
            loudest=loudest,
        ),
        sample_rate=sample_rate,
        batch_size=batch_size,
        steps_per_epoch=steps_per_epoch,
        balance=balance,
        seed=int(np.random.randint(2**31)) if seed is None else int(seed),
        shuffle=shuffle,
    )


def waveform_batches(
    corpus,
    segment_length,
    batch_size=8,
    *,
    sample_rate=None,
    spec=None,
    seed=None,
    shuffle=True,
    steps_per_epoch=None,
    balance="files",
    silence_db=None,
    level=None,
    trim=None,
    cache=None,
    on_error="raise",
    skipped=None,
    progress=True,
):
    """Makes a `tf.data.Dataset` of crops for `model.fit`.

    Every recording is decoded once, when this is called, and kept as 16-bit samples; what lies
    beyond full scale is clipped. A crop is a stretch of `segment_length` samples that begins at
    a random place, all places of a file being equally likely; so the first and last samples of a
    file are in fewer crops than those in its middle. Each pass over the dataset is an epoch with
    crops of its own; where a resumed training must see the very crops of an uninterrupted one,
    take `waveform_epochs`.

    Args:
        corpus: a `Corpus`, a sequence of `Recording`, or a directory: shards that `prepare` wrote,
            or else recordings, which `wav_folder` reads.
        segment_length: samples a crop; a multiple of the hop length where there is a `spec`.
        batch_size: crops a batch. Defaults to 8. Every batch is full.
        sample_rate: Hz; recordings are resampled to it and mixed to mono. Defaults to the spec's,
            else that of the files, if all have the same.
        spec: `AudioSpec` for `mel`. Defaults to `None`, no mel.
        seed: int that fixes the crops of every epoch. Defaults to one drawn from NumPy's global
            generator, which `keras.utils.set_random_seed` sets.
        shuffle: `False`, for validation, takes crops spread evenly over each file from its start
            on, the same in every epoch, with nothing random. Defaults to `True`.
        steps_per_epoch: batches an epoch. Defaults to as many as make the crops as long as all
            recordings together.
        balance: `"files"` (default) makes every file equally likely, whatever its length: crops
            go through all files in shuffled rounds, over the ends of epochs too. `"seconds"`
            makes every second of audio equally likely: an epoch is cut into as many equal parts
            as it has crops, and a crop taken in each.
        silence_db: crops whose RMS is further than this (negative) below that of the loudest crop
            of their file are drawn again, up to 10 times; then that loudest one is taken.
            Defaults to `None`, any crop.
        level: `Level`, or a peak level in dBFS. Defaults to `None`, left as recorded.
        trim: `Trim`, or a threshold in dB below the peak (negative). Defaults to `None`, uncut.
        cache: directory where samples and mels are kept between runs; batches are then read from
            there, so that a corpus may be larger than memory. Defaults to `None`, in memory: 0.16
            GB an hour at 22.05 kHz, and 0.1 GB for mels.
        on_error: what happens with a recording that cannot be used, or is shorter than a segment:
            `"raise"` (default), or `"skip"`, which lists it in `skipped` and warns once of all.
        skipped: list that `Skipped` entries are appended to.
        progress: whether a bar is written to standard error where decoding takes long.

    Returns: dataset with known cardinality, of dicts. `b` crops:

        - `samples`: float32 `(b, segment_length)`, in -1 to 1
        - `mel`: float32 `(b, segment_length // spec.hop_length, n_mels)`, where there is a `spec`:
          of the whole recording, as `acoustic_batches` makes it. Crops begin on a frame, and
          frame `f` goes with the samples from `f * hop_length` to `(f + 1) * hop_length`.
        - `speaker`: int32 `(b,)`, index in `corpus.speakers`; where recordings have speakers

    Raises:
        AudioError: a recording cannot be read (with `on_error="raise"`); named.
        ValueError: an argument is out of range, a directory has no audio, recordings have
            different rates and `sample_rate` is not given, some are shorter than a segment or
            nothing but silence (with `on_error="raise"`), or none is left.

    Example:

    >>> train = waveform_batches("recordings", 8000, sample_rate=16000)  # doctest: +SKIP
    >>> model.fit(train, epochs=100, shuffle=False)  # doctest: +SKIP
    """
    return waveform_epochs(
        corpus,
        segment_length,
        batch_size,
        sample_rate=sample_rate,
        spec=spec,
        seed=seed,
        shuffle=shuffle,
        steps_per_epoch=steps_per_epoch,
        balance=balance,
        silence_db=silence_db,
        level=level,
        trim=trim,
        cache=cache,
        on_error=on_error,
        skipped=skipped,
        progress=progress,
    ).all_epochs()


def _check(
    segment_length, batch_size, steps_per_epoch, seed, balance, silence_db, spec, sample_rate
):
    for name, value in (
        ("segment_length", segment_length),
        ("batch_size", batch_size),
        ("steps_per_epoch", 1 if steps_per_epoch is None else steps_per_epoch),
        ("sample_rate", 1 if sample_rate is None else sample_rate),
    ):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}.")
    if seed is not None and (not isinstance(seed, (int, np.integer)) or seed < 0):
        raise ValueError(f"`seed` must be a non-negative integer or None. Received: seed={seed!r}.")
    if balance not in _BALANCES:
        raise ValueError(f"`balance` must be one of {_BALANCES}. Received: balance={balance!r}.")
    if silence_db is not None and not silence_db < 0:
        raise ValueError(f"`silence_db` must be negative. Received: silence_db={silence_db!r}.")
    if spec is None:
        return
    if sample_rate not in (None, spec.sample_rate):
        raise ValueError(
            "`sample_rate` must be that of `spec` where both are given. "
            f"Received: sample_rate={sample_rate}, spec.sample_rate={spec.sample_rate}."
        )
    if segment_length % spec.hop_length:
        below = segment_length // spec.hop_length * spec.hop_length
        near = f"{below} or {below + spec.hop_length}" if below else f"{spec.hop_length}"
        raise ValueError(
            f"`segment_length` must be a multiple of the hop length, such as {near}. Received: "
            f"segment_length={segment_length}, spec.hop_length={spec.hop_length}."
        )


def _long_enough(waveforms, segment_length, step, sample_rate, on_error):
    """The waveforms that hold a segment; an error names all others, not the first one alone."""
    short = [w for w in waveforms if not w.n_starts(segment_length, step)]
    if not short:
        return waveforms
    segment = f"{segment_length} samples ({segment_length / sample_rate:.3g} s)"
    lasts = {
        w.recording.id: f"{len(w.samples)} samples ({len(w.samples) / sample_rate:.3g} s)"
        for w in short
    }
    if on_error.choice == "raise":
        named = ", ".join(f"{w.recording.where}: {lasts[w.recording.id]}" for w in short[:5])
        more = f" and {len(short) - 5} more" if len(short) > 5 else ""
        raise ValueError(
            f"Recordings must not be shorter than a segment of {segment}. Received {named}{more}. "
            "Lower `segment_length`, or leave them out with on_error='skip'."
        )
    for waveform in short:
        recording = waveform.recording
        message = (
            f"Recording {recording.where} is shorter than a segment of {segment}. "
            f"Received: {lasts[recording.id]}."
        )
        on_error(ValueError(message), recording.where, recording)
    return [w for w in waveforms if w.n_starts(segment_length, step)]


def _not_silent(waveforms, segment_length, step, on_error):
    """The waveforms that are more than digital silence, and the `loudest_place` of each."""
    loud, loudest = [], []
    for waveform in waveforms:
        place, power = waveform_crops.loudest_place(waveform, segment_length, step)
        if power > 0:
            loud.append(waveform)
            loudest.append((place, power))
            continue
        where = waveform.recording.where
        message = f"Recording {where} is nothing but silence, of which `silence_db` takes no crop."
        on_error(ValueError(message), where, waveform.recording)
    return loud, loudest
