"""Whether the native operations of tensorflow-io load beside this TensorFlow: asked once, late."""

import functools
import warnings

import tensorflow as tf

DECODERS = ("auto", "tensorflow-io", "soundfile")

# A WAV file of one 16-bit sample, to try the operations on.
_ONE_SAMPLE = (
    b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
    b"data\x02\0\0\0\0\x40"
)


def available():
    """Whether recordings can be decoded and resampled by tensorflow-io, in the graph."""
    return _loaded()[0] is not None


def audio():
    """The module `tensorflow_io.audio`.

    Raises:
        ImportError: it, or its native operations, do not load; says what to install.
    """
    module, reason = _loaded()
    if module is None:
        raise ImportError(
            "`decoder='tensorflow-io'` needs tensorflow-io with native operations that load, which "
            f"those of 0.37.1 do beside TensorFlow 2.16 only; this is TensorFlow {tf.__version__}: "
            f'`pip install "keras-speech[io]"`, with Python 3.11 or 3.12. Received: {reason}.'
        )
    return module


def chosen(decoder):
    """What decodes: `"tensorflow-io"` or `"soundfile"`.

    Args:
        decoder: one of `DECODERS`; `"auto"` takes tensorflow-io where it loads.

    Raises:
        ImportError: as `audio`, where tensorflow-io is asked for by name.
        ValueError: it is none of `DECODERS`.

    Example:

    >>> chosen("soundfile")
    'soundfile'
    """
    if decoder not in DECODERS:
        raise ValueError(f"`decoder` must be one of {DECODERS}. Received: decoder={decoder!r}.")
    if decoder == "auto":
        return "tensorflow-io" if available() else "soundfile"
    if decoder == "tensorflow-io":
        audio()
    return decoder


@functools.cache
def _loaded():
    """`(module, "")`, or `(None, why)`."""
    try:
        # Where its libraries do not load it says so in many warnings, and fails at the first use.
        with warnings.catch_warnings(), tf.init_scope(), tf.device("cpu"):
            warnings.simplefilter("ignore")
            import tensorflow_io

            tensorflow_io.audio.decode_wav(_ONE_SAMPLE, dtype=tf.int16)
    except Exception as error:
        lines = str(error).splitlines() or [repr(error)]
        return None, lines[0].rstrip(".")
    return tensorflow_io.audio, ""
