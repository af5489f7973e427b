"""Batches that teach an acoustic model: text tokens in, log-mel frames out."""

from keras_speech.data.epochs import acoustic_epochs


def acoustic_batches(
    corpus,
    spec,
    tokenizer,
    batch_size=16,
    *,
    seed=None,
    shuffle=True,
    cache=None,
    on_error="raise",
    skipped=None,
    level=None,
    trim=None,
    f0=False,
    reduction=1,
    frame_multiple=1,
    token_multiple=1,
    drop_remainder=False,
    progress=True,
):
    """Makes a `tf.data.Dataset` of batches for `model.fit`.

    Every recording is read once, when this is called, and its log-mel spectrogram kept; so what
    is wrong with a corpus is known before training begins. Recordings of similar length share a
    batch. Each pass over the dataset is an epoch with an order of its own; where a resumed
    training must see the very order of an uninterrupted one, take `acoustic_epochs`.

    Args:
        corpus: a `Corpus`, a sequence of `Recording`, or a directory that `prepare` wrote.
        spec: `AudioSpec` of the features; recordings are resampled to its rate and mixed to mono.
        tokenizer: `tokenizer(list of str) -> (tokens, lengths)`, such as a `CharacterTokenizer`.
        batch_size: recordings a batch. Defaults to 16.
        seed: int that fixes the order of every epoch: the first, the second, ... pass over two
            datasets made with one seed are equal. Defaults to one drawn from NumPy's global
            generator, which `keras.utils.set_random_seed` sets.
        shuffle: `False` keeps the corpus's order. Defaults to `True`.
        cache: directory where features are kept between runs. Defaults to `None`, in memory: 0.1
            GB an hour of speech with the default spec.
        on_error: what happens with a recording that cannot be used, be it the sound or the text:
            `"raise"` (default), or `"skip"`, which lists it in `skipped` and warns once of all.
        skipped: list that `Skipped` entries are appended to.
        level: `Level`, or a peak level in dBFS. Defaults to `None`, left as recorded.
        trim: `Trim`, or a threshold in dB below the peak (negative). Defaults to `None`, uncut.
            Durations count the frames that are left.
        f0: whether the pitch of every frame comes along: `True`, or `F0Options`. Tracked once and
            kept as the mel is, or taken from shards that have it. Defaults to `False`. Needs
            `pip install "keras-speech[pitch]"`.
        reduction: padded frames are a multiple of it, as models with a reduction factor need.
        frame_multiple: padded frames are also a multiple of it. A larger one gives fewer different
            shapes, hence fewer compilations under XLA, and more padding. Defaults to 1.
        token_multiple: the same for tokens. Defaults to 1.
        drop_remainder: leaves the batch out that would be smaller. Defaults to `False`.
        progress: whether a bar is written to standard error where reading takes long.

    `model.fit` does not shuffle a dataset itself and says so in a warning, unless it is given
    `shuffle=False`; the order is this function's all the same.

    Returns: dataset with known cardinality, of dicts. `b` recordings, `t` tokens, `f` frames:

        - `tokens`: int32 `(b, t)`, padded with 0
        - `token_lengths`: int32 `(b,)`
        - `mel`: float32 `(b, f, n_mels)`, padded with `log(spec.log_floor)`
        - `mel_lengths`: int32 `(b,)`
        - `stop`: float32 `(b, f)`, 0 before and 1 from the last real frame on
        - `speaker`: int32 `(b,)`, index in `corpus.speakers`; where recordings have speakers
        - `durations`: int32 `(b, t)`, frames per token, 0 on padding; where recordings have them
        - `f0_hz`: float32 `(b, f)`, pitch at the centers of the mel's frames, 0 where there is no
          voice and on padding; with `f0`

    Raises:
        ImportError: with `f0`, the tracker's package is not installed.
        AudioError: a recording cannot be read (with `on_error="raise"`); named with its line.
        ValueError: an argument is out of range, a text has no token or is refused by the tokenizer,
            durations do not fit their recording (with `on_error="raise"`), or no recording is left.

    Example:

    >>> train = acoustic_batches(corpus.train, spec, tokenizer, seed=0)  # doctest: +SKIP
    >>> model.fit(train, epochs=100, shuffle=False)  # doctest: +SKIP
    """
    return acoustic_epochs(
        corpus,
        spec,
        tokenizer,
        batch_size,
        seed=seed,
        shuffle=shuffle,
        cache=cache,
        on_error=on_error,
        skipped=skipped,
        level=level,
        trim=trim,
        f0=f0,
        reduction=reduction,
        frame_multiple=frame_multiple,
        token_multiple=token_multiple,
        drop_remainder=drop_remainder,
        progress=progress,
    ).all_epochs()
