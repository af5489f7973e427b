"""The layouts of recordings on disk, by the name of their reader."""

# Those with texts, which a voice needs; a folder of nothing but recordings is a layout as well.
LAYOUTS = ("ljspeech", "vctk", "fsdd")
FOLDER = "folder"


def read_corpus(layout, directory, **options):
    """Reads a corpus with the reader in `keras_speech.data` that has the layout's name."""
    # Not at the top: it needs soundfile, which the help does not.
    from keras_speech.data import layouts

    return layouts.read_corpus(layout, directory, **options)
