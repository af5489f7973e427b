"""A WaveNet's generation as a SavedModel."""

import keras
import tensorflow as tf
from keras import ops

from keras_speech.export.directories import free_directory, save_whole
from keras_speech.models.wavenet.generation import chunk_numbers
from keras_speech.models.wavenet.packed_weights import pack
from keras_speech.models.wavenet.queues import BLOCK, Queues
from keras_speech.models.wavenet.sampling_loop import condition_of, run_chunk
from keras_speech.models.wavenet.wavenet import WaveNet


def saved_wavenet(model, directory, *, top_p=1.0):
    """Writes a SavedModel that generates as `WaveNet.generate` does, with TensorFlow alone.

    Its signature `serving_default` takes, as named tensors:

    - `n_samples`: int32 scalar, how many samples of each row follow the prime.
    - `prime`: float32 `(batch, any)`, what comes before; `(batch, 0)` for nothing.
    - `temperature`: float32 scalar, above 0; and `seed`: int64 scalar.
    - `speaker`: int32 `(batch,)`, if the model has speakers.
    - `mel`: float32 `(batch, frames, local_channels)`, if it has a local condition.

    and gives `samples`, float32 `(batch, n_samples)`: for the same seed those of `generate`, on the
    same kind of processor. Where the `mel` ends too soon, its last frame goes on.

    Args:
        model: `WaveNet`, on the TensorFlow backend.
        directory: where to; it must not exist or be empty.
        top_p: as `generate` takes it. Defaults to 1.

    Returns: `directory` as a `pathlib.Path`.

    Raises:
        ValueError: `model` is no WaveNet or not on TensorFlow, the directory holds something, or
            `top_p` is out of range.

    Example:

    >>> saved_wavenet(model, "export/1")  # doctest: +SKIP
    >>> generate = tf.saved_model.load("export/1").signatures["serving_default"]  # doctest: +SKIP
    """
    directory = free_directory(directory)
    if keras.backend.backend() != "tensorflow" or not isinstance(model, WaveNet):
        raise ValueError(
            "`model` must be a WaveNet on the TensorFlow backend. "
            f"Received: {type(model).__name__} on {keras.backend.backend()}."
        )
    if not 0 < top_p <= 1:
        raise ValueError(f"`top_p` must be in (0, 1]. Received: top_p={top_p}.")
    module = tf.Module()
    module.variables_of_model = [variable.value for variable in model.variables]
    module.generate = wavenet_generation(model, top_p)
    save_whole(module, directory, {"serving_default": module.generate})
    return directory


def wavenet_graph(model, top_p=1.0):
    """`model.generate` as a function of tensors: chunks by XLA, put together in the graph.

    Args:
        model: `WaveNet`.
        top_p: as `generate` takes it. Defaults to 1.

    Returns: function of the inputs that `saved_wavenet` names, which returns float32
        `(batch, n_samples)`.
    """
    chunk, queues = model.generator.chunk, Queues(model)

    # The chunk's size is known when this is traced; the batch's when it is compiled.
    @tf.function(jit_compile=True, autograph=False)
    def run(*arguments):
        return run_chunk(model, *arguments, top_p=top_p)

    def generate(n_samples, prime, temperature, seed, speaker=None, mel=None):
        batch, n_prime = tf.shape(prime)[0], tf.shape(prime)[1]
        total = n_prime + n_samples
        checked = [
            tf.debugging.assert_non_negative(n_samples, "n_samples must not be negative"),
            tf.debugging.assert_positive(temperature, "temperature must be above 0"),
            tf.debugging.assert_positive(batch, "prime must have a row"),
        ]
        if speaker is not None:
            bounds = [tf.reduce_min(speaker), model.n_speakers - 1 - tf.reduce_max(speaker)]
            checked.append(tf.debugging.assert_non_negative(bounds, "no such speaker"))
            checked.append(tf.debugging.assert_equal(tf.shape(speaker)[0], batch, "rows"))
        if mel is not None:
            checked.append(tf.debugging.assert_equal(tf.shape(mel)[0], batch, "rows of mel"))
            checked.append(tf.debugging.assert_positive(tf.shape(mel)[1], "frames of mel"))
        with tf.control_dependencies(checked):
            n_chunks = tf.maximum(1, -(-total // chunk))
        prime = tf.pad(prime, [[0, 0], [0, n_chunks * chunk - n_prime]])
        prime.set_shape([None, None])
        seed = tf.cast(seed % 2**32, tf.uint32)

        def body(i, pieces, *state):
            start = i * chunk
            forced = tf.transpose(prime[:, start : start + chunk])
            forced.set_shape([chunk, None])
            n_forced = tf.clip_by_value(n_prime - start, 0, chunk)
            numbers = chunk_numbers(
                seed, tf.cast(start, tf.int64), queues.period, 0, chunk // BLOCK, n_forced
            )
            conditions = [] if speaker is None else [speaker]
            conditions += [] if mel is None else [condition_of(model, _window(model, mel, i))]
            out, *state = run(weights, numbers, temperature, forced, *conditions, *state)
            return i + 1, pieces.write(i, out), *state

        weights = pack(model)
        pieces = tf.TensorArray(tf.float32, size=n_chunks, element_shape=(chunk, None))
        state = queues.initial_state(batch, weights)
        _, pieces, *_ = tf.while_loop(
            lambda i, *_: i < n_chunks, body, (tf.constant(0), pieces, *state)
        )
        return tf.transpose(pieces.concat())[:, n_prime:total]

    return generate


def wavenet_generation(model, top_p):
    """The `tf.function` that `saved_wavenet` saves."""
    generate = wavenet_graph(model, top_p)
    signature = {
        "n_samples": tf.TensorSpec([], tf.int32, "n_samples"),
        "prime": tf.TensorSpec([None, None], tf.float32, "prime"),
        "temperature": tf.TensorSpec([], tf.float32, "temperature"),
        "seed": tf.TensorSpec([], tf.int64, "seed"),
    }
    if model.n_speakers:
        signature["speaker"] = tf.TensorSpec([None], tf.int32, "speaker")
    if model.local_channels:
        shape = [None, None, model.local_channels]
        signature["mel"] = tf.TensorSpec(shape, tf.float32, "mel")
    names = list(signature)

    def by_name(*tensors):
        return {"samples": generate(**dict(zip(names, tensors, strict=True)))}

    return tf.function(by_name, input_signature=list(signature.values()), autograph=False)


def _window(model, mel, i):
    """The frames that chunk `i` needs, the first and the last repeated beyond the ends."""
    frames = model.generator.chunk // model.hop_length
    context = model.upsampler.context_frames
    places = i * frames - context + tf.range(frames + 2 * context)
    window = tf.gather(mel, tf.clip_by_value(places, 0, tf.shape(mel)[1] - 1), axis=1)
    return ops.reshape(window, (-1, frames + 2 * context, model.local_channels))
