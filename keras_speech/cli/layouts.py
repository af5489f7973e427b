"""The layouts of recordings on disk, by the name of their reader."""

# Those with texts, which a voice needs; a folder of nothing but recordings is a layout as well.
LAYOUTS = ("ljspeech", "vctk", "fsdd")
FOLDER = "folder"


def read_corpus(layout, directory, **options):
    """Reads a corpus with the reader in `keras_speech.data` that has the layout's name."""
    from keras_speech import data

    if layout == FOLDER:
        # There is no table whose rows could be wrong: all that is read are names.
        return data.wav_folder(directory)
    return getattr(data, layout)(directory, **options)
