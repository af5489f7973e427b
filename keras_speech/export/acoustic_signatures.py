"""The signatures of an acoustic model: tokens in, mel out."""

import tensorflow as tf

from keras_speech.export.acoustic_graph import AcousticGraph
from keras_speech.export.signature import checked, signature
from keras_speech.voices.request import LIMITS, NEUTRAL


def acoustic_signatures(model):
    """A dict of `Signature`s by name, see `saved_model`.

    Raises:
        ValueError: if the model has no graph.
    """
    graph = AcousticGraph(model)
    rows = ([None], tf.int32)
    tokens, seed = ([None, None], tf.int32), ([], tf.int64)
    controls = {name: ([None], tf.float32) for name in graph.controls}

    def generate(tokens, token_lengths=None, speaker=None, seed=0, **values):
        batch = tf.shape(tokens)[0]
        if token_lengths is None:
            # Up to each row's last token that is not padding.
            places = tf.range(1, tf.shape(tokens)[1] + 1)
            token_lengths = tf.reduce_max(tf.where(tokens > 0, places, 0), axis=1)
        speaker = tf.zeros([batch], tf.int32) if speaker is None else speaker
        assertions = _assertions(model, tokens, token_lengths, speaker, seed)
        for name, value in values.items():
            low, high = LIMITS[name]
            hint = [f"{name} must be from {low:g} to {high:g}, with a value for each row", value]
            right = tf.reduce_all((value >= low) & (value <= high))
            right &= tf.equal(tf.size(value), batch)
            assertions.append(tf.debugging.Assert(right, hint))
        tokens, speaker = checked(tokens, *assertions), checked(speaker, *assertions)
        return graph(tokens, token_lengths, speaker, tf.cast(seed, tf.int64), values)

    speakers = {"speaker": rows} if model.n_speakers else {}
    everything = {"tokens": tokens, "token_lengths": rows, **speakers, **controls, "seed": seed}
    example = {"tokens": [[1, 1]], "token_lengths": [2], "speaker": [0], "seed": 0}
    example |= {name: [value] for name, value in NEUTRAL.items()}
    return {
        "serving_default": signature(generate, {"tokens": tokens}, example),
        "generate": signature(generate, everything, example),
    }


def _assertions(model, tokens, lengths, speaker, seed):
    batch, longest = tf.shape(tokens)[0], tf.shape(tokens)[1]
    n_speakers = max(1, model.n_speakers)
    rules = {
        "tokens must have a row and a column": tf.size(tokens) > 0,
        f"tokens must be in [0, {model.vocabulary_size})": tf.reduce_all(
            (tokens >= 0) & (tokens < model.vocabulary_size)
        ),
        "token_lengths must be from 1 to the number of tokens, with a value for each row": (
            tf.reduce_all((lengths >= 1) & (lengths <= longest)) & tf.equal(tf.size(lengths), batch)
        ),
        f"speaker must be in [0, {n_speakers}), with a value for each row": (
            tf.reduce_all((speaker >= 0) & (speaker < n_speakers))
            & tf.equal(tf.size(speaker), batch)
        ),
        "seed must not be negative": tf.greater_equal(tf.cast(seed, tf.int64), 0),
    }
    return [tf.debugging.Assert(holds, [rule]) for rule, holds in rules.items()]
