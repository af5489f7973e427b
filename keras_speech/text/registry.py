"""Tokenizers by name: what a saved voice may name, and nothing else."""

import importlib

# Names are looked up here and never imported from a file's say-so, so that loading runs no code.
_TOKENIZERS = {
    "CharacterTokenizer": "keras_speech.text.character_tokenizer",
    "LexiconTokenizer": "keras_speech.text.lexicon_tokenizer",
    "PhonemizerTokenizer": "keras_speech.text.phonemizer_tokenizer",
}


def tokenizer_to_config(tokenizer):
    """Returns a JSON-safe dict that `tokenizer_from_config` turns back into the tokenizer.

    Args:
        tokenizer: a `CharacterTokenizer`, `LexiconTokenizer` or `PhonemizerTokenizer`.

    Raises: `ValueError` for an object of any other class.
    """
    name = type(tokenizer).__name__
    if type(tokenizer) is not _tokenizer_class(name):
        raise ValueError(
            f"`tokenizer` must be one of {sorted(_TOKENIZERS)}. Received: {type(tokenizer)}."
        )
    return {"class_name": name, "config": tokenizer.get_config()}


def tokenizer_from_config(config, assets_directory=None):
    """Returns the tokenizer that `config` describes.

    Args:
        config: dict with `"class_name"` and `"config"`, as `tokenizer_to_config` makes it.
        assets_directory: directory that `tokenizer.save_assets` wrote to, if any.

    Raises: `ValueError` when the dict lacks a part or names an unknown class.
    """
    if not isinstance(config, dict) or not {"class_name", "config"} <= config.keys():
        raise ValueError(
            f'`config` must be a dict with "class_name" and "config". Received: {config!r}.'
        )
    tokenizer_class = _tokenizer_class(config["class_name"])
    if tokenizer_class is None:
        raise ValueError(
            f"`class_name` must be one of {sorted(_TOKENIZERS)}. "
            f"Received: {config['class_name']!r}."
        )
    tokenizer = tokenizer_class.from_config(config["config"])
    if assets_directory is not None:
        tokenizer.load_assets(assets_directory)
    return tokenizer


def _tokenizer_class(name):
    module = _TOKENIZERS.get(name) if isinstance(name, str) else None
    return module and getattr(importlib.import_module(module), name)
