"""The signatures of a vocoder: mel in, waveform out."""

import numpy as np
import tensorflow as tf

from keras_speech.export.signature import Signature, checked, rates, signature
from keras_speech.export.vocoder_graph import VocoderGraph
from keras_speech.export.wavenet import wavenet_generation
from keras_speech.models.wavenet.wavenet import WaveNet

_WARM_UP_FRAMES = 8


def vocoder_signatures(model):
    """A dict of `Signature`s by name, see `saved_model`.

    Raises:
        ValueError: if the model has no graph.
    """
    if isinstance(model, WaveNet) and not VocoderGraph.takes(model):
        return {"serving_default": _all_of_wavenet(model)}
    graph = VocoderGraph(model)
    mel = ([None, None, graph.n_channels], tf.float32)
    lengths, seed = ([None], tf.int32), ([None], tf.int64)

    def generate(mel, lengths=None, seed=None):
        batch, frames = tf.shape(mel)[0], tf.shape(mel)[1]
        lengths = tf.fill([batch], frames) if lengths is None else lengths
        seed = tf.zeros([batch], tf.int64) if seed is None else seed
        return vocoded_rows(graph, mel, lengths, seed)

    inputs = {"mel": mel, "lengths": lengths, "seed": seed}
    example = {
        "mel": np.full([1, _WARM_UP_FRAMES, graph.n_channels], np.log(graph.log_floor)),
        "lengths": [_WARM_UP_FRAMES],
        "seed": [0],
    }
    of = lambda *names: {name: inputs[name] for name in names}  # noqa: E731
    signatures = {
        "serving_default": signature(generate, of("mel"), example),
        "vocode": signature(generate, of("mel", "lengths"), example),
        "generate": signature(generate, inputs, example),
    }
    if isinstance(model, WaveNet):
        signatures["sample"] = _all_of_wavenet(model)
    return signatures


def vocoded_rows(graph, mel, lengths, seeds):
    """Sound of each row of a batch, which is vocoded alone: no row changes another.

    Args:
        graph: `VocoderGraph`.
        mel: float32 `(batch, frames, channels)`.
        lengths: int32 `(batch,)`, frames of each row.
        seeds: int64 `(batch,)`.

    Returns: dict of `audio` `(batch, frames * hop_length)`, `audio_lengths` and `sample_rate`.
    """
    batch, frames = tf.shape(mel)[0], tf.shape(mel)[1]
    same = "lengths and seed must have a value for each mel"
    lengths = checked(
        lengths,
        tf.debugging.assert_equal(tf.size(lengths), batch, same),
        tf.debugging.assert_equal(tf.size(seeds), batch, same),
        tf.debugging.assert_non_negative(lengths, "lengths must not be negative"),
        tf.debugging.assert_less_equal(lengths, frames, "lengths must fit the mel"),
        tf.debugging.assert_all_finite(mel, "mel must hold finite numbers"),
    )

    def vocode(row):
        # A row without a frame is vocoded as one of silence, of which nothing is kept.
        real = tf.pad(mel[row, : lengths[row]], [[0, tf.cast(lengths[row] < 1, tf.int32)], [0, 0]])
        samples = graph(real[None], seeds[row])[0, : lengths[row] * graph.hop_length]
        return tf.pad(samples, [[0, frames * graph.hop_length - tf.shape(samples)[0]]])

    audio = tf.map_fn(
        vocode, tf.range(batch), parallel_iterations=1,
        fn_output_signature=tf.TensorSpec([None], tf.float32),
    )  # fmt: skip
    audio = tf.reshape(audio, [batch, frames * graph.hop_length])
    return {
        "audio": audio,
        "audio_lengths": lengths * graph.hop_length,
        "sample_rate": rates(batch, graph.sample_rate),
    }


def _all_of_wavenet(model):
    """What `saved_wavenet` gives."""
    example = {
        "n_samples": 8, "prime": np.zeros([1, 0]), "temperature": 1.0, "seed": 0, "speaker": [0],
        "mel": np.zeros([1, _WARM_UP_FRAMES, model.local_channels]),
    }  # fmt: skip
    function = wavenet_generation(model, 1.0)
    specs = {spec.name: spec for spec in function.input_signature}
    arrays = {
        name: np.array(example[name], spec.dtype.as_numpy_dtype) for name, spec in specs.items()
    }
    return Signature(function.get_concrete_function(), arrays, model)
