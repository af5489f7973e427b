"""The bar of the data pipeline, driven by functions that say `(done, in all)`."""

import contextlib


@contextlib.contextmanager
def progress(label):
    """Gives a function of `(done, in all)` that draws a bar on standard error.

    Args:
        label: what is being done.

    Example:

    >>> with progress("Speaking") as report:
    ...     report(1, 3)
    """
    # Not at the top: it comes with a package that needs soundfile.
    from keras_speech.data.progress import Progress

    with Progress(1, label) as bar:

        def report(done, total):
            bar.total = total
            while bar.done < done:
                bar.step()

        yield report
