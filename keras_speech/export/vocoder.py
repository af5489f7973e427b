"""A vocoder's generation as a SavedModel."""

import keras
import tensorflow as tf

from keras_speech.export.directories import free_directory, save_whole
from keras_speech.models.vocoder import Vocoder
from keras_speech.models.waveglow.waveglow import WaveGlow


def saved_vocoder(model, directory):
    """Writes a SavedModel that generates as `Vocoder.generate` does, with TensorFlow alone.

    Its signature `serving_default` takes, as named tensors, each of which must be given:

    - `mel`: float32 `(batch, frames, n_mels)`, log-mel spectrograms of any number and length.
    - `lengths`: int32 `(batch,)`, frames of each row, at most `frames`.
    - `seed`: int64 scalar, what random numbers depend on; the same seed gives the same audio.
    - `sigma`: float32 scalar, deviation of the noise, for `WaveGlow` alone.

    A second signature, `mel_only`, takes nothing but `mel`: all frames, seed 0, sigma 0.6. Both
    give `audio`, float32 `(batch, frames * hop_length)`, zero after each row's
    `lengths * hop_length`, and `sample_rate`, an int32 scalar in Hz.

    Weight normalization is folded into the kernels, discriminators are left out. The whole mel is
    computed at once: memory grows with its length, where `generate` goes by windows.

    Args:
        model: `Vocos`, `HiFiGAN`, `WaveGlow` or another `Vocoder`, on the TensorFlow backend. Its
            weights and settings (such as `phase_rounds`) are saved as they are now.
        directory: where to; it must not exist or be empty.

    Returns: `directory` as a `pathlib.Path`.

    Raises:
        ValueError: `model` is no vocoder or not on TensorFlow, or the directory holds something.

    Example:

    >>> saved_vocoder(model, "export/1")  # doctest: +SKIP
    >>> vocode = tf.saved_model.load("export/1").signatures["mel_only"]  # doctest: +SKIP
    >>> audio = vocode(mel=mel)["audio"]  # doctest: +SKIP
    """
    directory = free_directory(directory)
    if keras.backend.backend() != "tensorflow" or not isinstance(model, Vocoder):
        raise ValueError(
            "`model` must be a Vocos, HiFiGAN, WaveGlow or another Vocoder on the TensorFlow "
            f"backend. Received: {type(model).__name__} on {keras.backend.backend()}."
        )
    model = model.fold() if hasattr(model, "fold") else model
    module = tf.Module()
    module.generate, module.generate_all = _generation(model), _generation_of_all(model)
    signatures = {"serving_default": module.generate, "mel_only": module.generate_all}
    # Of the model's variables those that make sound: no discriminators, metrics or optimizer.
    used = {
        id(variable): variable
        for function in signatures.values()
        for variable in function.get_concrete_function().graph.variables
    }
    module.variables_of_model = list(used.values())
    save_whole(module, directory, signatures)
    return directory


def _generation(model):
    """A `tf.function` of all inputs."""
    signature = {
        "mel": _mel_of(model),
        "lengths": tf.TensorSpec([None], tf.int32, "lengths"),
        "seed": tf.TensorSpec([], tf.int64, "seed"),
    }
    if isinstance(model, WaveGlow):
        signature["sigma"] = tf.TensorSpec([], tf.float32, "sigma")
    names = list(signature)

    def generate(mel, lengths, seed, **numbers):
        frames = tf.shape(mel)[1]
        checked = [
            tf.debugging.assert_equal(tf.shape(lengths)[0], tf.shape(mel)[0], "rows of lengths"),
            tf.debugging.assert_non_negative(lengths, "lengths must not be negative"),
            tf.debugging.assert_less_equal(lengths, frames, "lengths must fit the mel"),
            *[tf.debugging.assert_non_negative(number, name) for name, number in numbers.items()],
        ]
        with tf.control_dependencies(checked):
            mask = tf.sequence_mask(lengths, frames, tf.float32)
        seed = tf.cast(seed % 2**32, tf.uint32)
        answer = _answer(model, mel, mask[..., None], seed, **numbers)
        ends = tf.repeat(mask, model.hop_length, axis=1) > 0
        return answer | {"audio": tf.where(ends, answer["audio"], 0.0)}

    def by_name(*tensors):
        return generate(**dict(zip(names, tensors, strict=True)))

    return tf.function(by_name, input_signature=list(signature.values()), autograph=False)


def _generation_of_all(model):
    """A `tf.function` of the mel alone."""

    def generate(mel):
        return _answer(model, mel, None, tf.constant(0, tf.uint32))

    return tf.function(generate, input_signature=[_mel_of(model)], autograph=False)


def _mel_of(model):
    return tf.TensorSpec([None, None, model.spec.n_mels], tf.float32, "mel")


def _answer(model, mel, mask, seed, **numbers):
    """The outputs of both signatures."""
    checked = [
        tf.debugging.assert_positive(tf.shape(mel)[:2], "mel must have a row and a frame"),
        tf.debugging.assert_all_finite(mel, "mel must hold finite numbers"),
    ]
    with tf.control_dependencies(checked):
        # `generate` compiles for any shape; where TensorFlow knows the number of bands it picks
        # kernels that round otherwise, which phases of many turns magnify.
        mel = tf.raw_ops.PlaceholderWithDefault(input=mel, shape=[None, None, None])
    # A window that begins with the utterance, as `generate` has it.
    start = tf.constant(0, tf.int32)
    audio = model.vocode(mel, mask, noise_start=start, seed=seed, **numbers)
    return {"audio": audio, "sample_rate": tf.constant(model.sample_rate, tf.int32)}
