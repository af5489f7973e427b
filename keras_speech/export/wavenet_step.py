"""A WaveNet's generation as a function of its own state, for an app that loops."""

import functools
import math

import keras
import numpy as np
import tensorflow as tf

from keras_speech.export.device_functions import DeviceFunction
from keras_speech.models.wavenet.packed_weights import pack
from keras_speech.models.wavenet.queues import BLOCK, Queues
from keras_speech.models.wavenet.sampling_loop import condition_of, run_chunk
from keras_speech.models.wavenet.wavenet import WaveNet
from keras_speech.ops import portable

# Samples of a step of a model without frames.
STEP = 256


def wavenet_step_function(model):
    """Some samples more of one waveform, from the state that the step before has left.

    Inputs, as far as the model has them:

    - `place`: int32 `(1,)`, how many samples have been made, a multiple of `step_length`. At 0
      whatever state is given is taken for that of the beginning.
    - `seed`: int32 `(1,)`; `temperature`: float32 `(1,)`, above 0.
    - `given`: float32 `(1, step_length)`, of which the first `n_given`, int32 `(1,)`, are not made
      but taken as they are: what is to be continued.
    - `speaker`: int32 `(1,)`.
    - `mel`: float32 `(1, frames, channels)`, the frames of these samples with `context_frames` more
      on either side, where the first and the last of all are repeated.
    - `state_0`, `state_1`, ...: float32.

    Outputs: `samples` float32 `(1, step_length)`, which are those of `generate`; and the new
    `state_0`, `state_1`, ....

    Args:
        model: `WaveNet`.

    Returns: `DeviceFunction`.

    Raises:
        ValueError: for another model.
    """
    if not isinstance(model, WaveNet):
        raise ValueError(f"`model` must be a WaveNet. Received: {type(model).__name__}.")
    length, queues = step_length(model), Queues(model)
    # Taken as they are now: what is computed of weights alone need not be computed again.
    weights = keras.tree.map_structure(np.asarray, pack(model))
    initial = [np.asarray(tensor) for tensor in queues.initial_state(1, weights)]
    scalar = functools.partial(tf.TensorSpec, [1])
    inputs = [
        scalar(tf.int32, "place"),
        scalar(tf.int32, "seed"),
        scalar(tf.float32, "temperature"),
        tf.TensorSpec([1, length], tf.float32, "given"),
        scalar(tf.int32, "n_given"),
    ]
    if model.n_speakers:
        inputs.append(scalar(tf.int32, "speaker"))
    if model.local_channels:
        frames = length // model.hop_length + 2 * model.upsampler.context_frames
        inputs.append(tf.TensorSpec([1, frames, model.local_channels], tf.float32, "mel"))
    state_names = [f"state_{i}" for i in range(len(initial))]
    inputs += [
        tf.TensorSpec(each.shape, tf.float32, name)
        for each, name in zip(initial, state_names, strict=True)
    ]
    names = [spec.name for spec in inputs]

    def step(*tensors):
        tensors = dict(zip(names, tensors, strict=True))
        place, n_given = tensors["place"][0], tensors["n_given"][0]
        starts = tf.equal(place, 0)
        # All rows of a queue hold the same at the beginning.
        state = [
            tf.where(starts, first[:1], tensors[name])
            for first, name in zip(initial, state_names, strict=True)
        ]
        conditions = [tensors["speaker"]] if model.n_speakers else []
        with portable.scope():
            if model.local_channels:
                conditions.append(condition_of(model, tensors["mel"]))
            blocks = tf.constant(length // BLOCK)
            numbers = tf.stack(
                [tensors["seed"][0], place, place % queues.period, tf.constant(0), blocks, n_given]
            )
            samples, *state = run_chunk(
                model, weights, numbers, tensors["temperature"][0],
                tf.transpose(tensors["given"]), *conditions, *state,
            )  # fmt: skip
        return {"samples": tf.transpose(samples), **dict(zip(state_names, state, strict=True))}

    function = tf.function(step, input_signature=inputs, autograph=False)
    return DeviceFunction("wavenet_step", function, inputs, ("samples", *state_names))


def step_length(model):
    """Samples of a step: a whole number of frames, and of the blocks that the queues know."""
    return math.lcm(model.hop_length or STEP, BLOCK)
