"""The recordings of a training, and those kept out of it."""

from pathlib import Path

from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.layouts import read_corpus


def corpora(arguments, directory, skipped):
    """Reads what to train on and what is kept out, and prints how much it is.

    Args:
        arguments: those of `train`.
        directory: of the recordings.
        skipped: list that rows which cannot be used are appended to.

    Returns: two `Corpus`; the second is `None` where nothing is kept out.

    Raises:
        UsageError: --validation or --keep cannot be met.
        CommandError: nothing is left to train on.
    """
    from keras_speech import data

    corpus = read_corpus(
        arguments.layout,
        directory,
        on_error=arguments.on_error,
        skipped=skipped,
    )
    part = arguments.validation
    if part is None:
        train, validation = corpus.train, corpus.validation
    elif part == "none" or _amount(part) == 0:
        train, validation = corpus, None
    elif (amount := _amount(part)) is not None:
        train, validation = corpus.split(amount)
    elif Path(part).expanduser().is_file():
        validation = corpus.subset(data.read_ids(Path(part).expanduser()))
        held_out = set(validation.ids)
        train = corpus.filter(lambda recording: recording.id not in held_out)
    else:
        raise UsageError(
            f"--validation `{part}` is neither a fraction, a number, a file, nor `none`."
        )
    if validation is not None and len(validation) == 0:
        validation = None
    if validation is None and arguments.keep == "best":
        raise UsageError("--keep best needs a --validation part.")
    if len(train) == 0:
        raise CommandError(f"`{directory}` leaves no recording to train on.")
    held = "" if validation is None else f", {len(validation)} kept out for validation"
    print(f"{directory}: {len(train)} recordings to train on{held}")
    return train, validation


def _amount(text):
    """Returns a fraction below 1 or a number of recordings; `None` for text that is no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not (0 <= value < 1 or (value >= 1 and value.is_integer())):
        raise UsageError(
            f"--validation must be a fraction below 1 or a number of recordings, not {text}."
        )
    return value if value < 1 else int(value)
