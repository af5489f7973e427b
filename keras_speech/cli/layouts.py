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
    from keras_speech import data

    if layout == "shards" or is_sharded(directory):
        # What could be wrong with a recording was said, or left out, when they were made.
        return data.shards(directory)
    if layout == FOLDER:
        # There is no table whose rows could be wrong: all that is read are names.
        return data.wav_folder(directory)
    return getattr(data, layout)(directory, **options)
