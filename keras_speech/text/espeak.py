"""eSpeak NG, by way of the packages `phonemizer` and `espeakng-loader`."""

import os

_INSTALL = (
    "Phones of other languages need eSpeak NG: pip install 'keras-speech[phonemizer]' (packages "
    "phonemizer and espeakng-loader, both with code under the GPL 3)"
)


def make_backend(language, *, stress):
    """Returns a function from a `str` without punctuation to its phones, in IPA.

    Args:
        language: eSpeak's name of it, such as `"de"`, `"fr-fr"` or `"en-us"`.
        stress: whether the marks of stress are kept.

    Raises:
        ImportError: without the packages, or without eSpeak itself.
        ValueError: for a language that eSpeak does not speak.
    """
    try:
        from phonemizer.backend import EspeakBackend
        from phonemizer.separator import Separator
    except ImportError as error:
        raise ImportError(f"{_INSTALL}.") from error
    _use_packaged_library()
    if not EspeakBackend.is_available():
        raise ImportError(f"{_INSTALL}, or eSpeak NG from the system (apt-get install espeak-ng).")
    if language not in (known := EspeakBackend.supported_languages()):
        alike = sorted(name for name in known if name[:2] == str(language)[:2]) or sorted(known)
        raise ValueError(
            f"`language` must be one that eSpeak speaks, such as {', '.join(alike[:12])}. "
            f"Received: language={language!r}."
        )
    backend = EspeakBackend(language, with_stress=stress, language_switch="remove-flags")
    separator = Separator(phone="", word=" ", syllable="")

    def say(text):
        return " ".join(backend.phonemize([text], separator=separator, strip=True))

    return say


def _use_packaged_library():
    # Who names a library of the system means that one.
    if "PHONEMIZER_ESPEAK_LIBRARY" in os.environ:
        return
    try:
        import espeakng_loader
    except ImportError:
        return
    from phonemizer.backend.espeak.wrapper import EspeakWrapper

    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
