"""The layouts of recordings on disk, by the name of their reader."""

# Those with texts, which a voice needs; a folder of nothing but recordings is a layout as well.
LAYOUTS = ("ljspeech", "vctk", "fsdd", "shards")
FOLDER = "folder"
ALL_LAYOUTS = (*LAYOUTS, FOLDER)


def is_sharded(directory):
    """Whether a directory holds shards, which say themselves what they are."""
    from keras_speech.data.sharding import manifest

    return manifest.is_sharded(directory)


def read_corpus(layout, directory, **options):
    """Reads a corpus with the reader in `keras_speech.data` that has the layout's name.

    Shards need not be named.
    """
    # Not at the top: it needs soundfile, which the help does not.
    from keras_speech.data import layouts

    layout = "shards" if is_sharded(directory) else layout
    return layouts.read_corpus(layout, directory, **options)
