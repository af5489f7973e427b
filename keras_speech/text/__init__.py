"""Text to tokens, as TensorFlow string operations: what trains is what serves."""

import importlib

_HOMES = {
    "CharacterTokenizer": "character_tokenizer",
    "LexiconTokenizer": "lexicon_tokenizer",
    "PhonemizerTokenizer": "phonemizer_tokenizer",
    "normalize_english": "normalize",
    "split_sentences": "sentences",
    "tokenizer_from_config": "registry",
    "tokenizer_to_config": "registry",
}

__all__ = list(_HOMES)


def __getattr__(name):
    # Names load on first use, so that `keras_speech` imports without TensorFlow.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
