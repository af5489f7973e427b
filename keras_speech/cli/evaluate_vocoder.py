"""`keras-speech evaluate --vocoder`: what a vocoder loses of recordings, without any voice."""

import inspect
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import vocoders
from keras_speech.cli.errors import UsageError
from keras_speech.cli.layouts import FOLDER, read_corpus
from keras_speech.cli.progress import progress
from keras_speech.cli.quiet import load_quietly


def run(arguments):
    """Evaluates the vocoder alone; returns the report, as `evaluate_vocoder` does."""
    if arguments.sentences is not None:
        raise UsageError("--sentences is for voices; a vocoder is given recordings only.")
    if arguments.beside is not None or arguments.no_free_lm:
        raise UsageError("--beside and --no-free-lm are for voices, not for a vocoder alone.")
    vocoders.require_vocoder(arguments.vocoder)
    directory = kinds.require_directory(arguments.data, what="--data")
    split = arguments.split
    if split is not None:
        split = kinds.require_file(split, what="--split")

    load_quietly(debug=arguments.debug)
    from keras_speech import data, evaluation

    layout = arguments.layout
    if layout is None:
        layout = "ljspeech" if (directory / "metadata.csv").is_file() else FOLDER
    corpus = read_corpus(layout, directory)
    ids = None if split is None else data.read_ids(split)
    vocoder, name, options = load(arguments)
    with progress("Evaluating") as report:
        return evaluation.evaluate_vocoder(
            vocoder,
            corpus,
            ids=ids,
            level=arguments.level_db,
            output_directory=Path(arguments.out).expanduser(),
            limit=arguments.limit,
            seed=arguments.seed,
            options=options,
            with_perceptual=not arguments.no_perceptual,
            name=name,
            progress=report,
        )


def load(arguments):
    """Returns the vocoder, its name, and what else its `generate` is to be told."""
    from keras_speech import models
    from keras_speech.cli import conditions

    if arguments.vocoder == vocoders.GRIFFIN_LIM:
        if arguments.speaker is not None:
            raise UsageError("--speaker is for models with several speakers.")
        return models.GriffinLim(), "Griffin-Lim", {}
    model, card = models.load_model_preset(arguments.vocoder)
    options = {}
    if "speaker" in inspect.signature(model.generate).parameters:
        options["speaker"] = conditions.speaker_index(arguments.speaker, card)
    elif arguments.speaker is not None:
        raise UsageError("--speaker is for models with several speakers.")
    if "temperature" in inspect.signature(model.generate).parameters:
        options["temperature"] = card["temperature"]
    # What is measured is what is served: kernels without weight normalization.
    return model.fold() if hasattr(model, "fold") else model, card["name"], options
