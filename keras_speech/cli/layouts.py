"""The layouts of recordings on disk that have texts, by the name of their reader."""

LAYOUTS = ("ljspeech", "vctk", "fsdd")


def read_corpus(layout, directory, **options):
    """Reads a corpus with the reader in `keras_speech.data` that has the layout's name."""
    from keras_speech import data

    return getattr(data, layout)(directory, **options)
