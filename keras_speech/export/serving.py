"""A voice or a model as a SavedModel in the layout of TF Serving."""

import tensorflow as tf

from keras_speech.export import versions
from keras_speech.export.about import About
from keras_speech.export.acoustic_graph import require_tensorflow
from keras_speech.export.acoustic_signatures import acoustic_signatures
from keras_speech.export.directories import save_whole
from keras_speech.export.vocoder_signatures import vocoder_signatures
from keras_speech.export.voice_signatures import voice_signatures
from keras_speech.export.warm_up import write_warm_up
from keras_speech.models.acoustic import AcousticModel
from keras_speech.models.griffin_lim.griffin_lim import GriffinLim
from keras_speech.models.vocoder import Vocoder
from keras_speech.models.wavenet.wavenet import WaveNet
from keras_speech.voices.voice import Voice


def saved_model(model, directory, *, version=None):
    """Writes `directory/VERSION/`, which TF Serving loads as it is: text in, waveform out.

    Nothing but TensorFlow is needed where it is served: no Python of this package or of Keras, no
    custom operation, and no other file. It appears whole or not at all. The audio is that of
    `Voice.speak`, for the same seed.

    A `Voice` has these signatures. A batch may hold any number of texts of any length; no row
    changes another, and every input and output has a value for each row.

    - `serving_default`: `text` string `(batch,)` alone, to `audio` float32 `(batch, samples)` with
      zeros after each row's end, `audio_lengths` int32 `(batch,)` in samples, and `sample_rate`
      int32 `(batch,)`. Seed 0, the first speaker.
    - `speak`: `text` and all options: `speaker` string (a name, or `""` for the first), where there
      are several; `speed` float32; `pitch` and `energy`, where the voice has them; `seed` int64.
      To the same.
    - `wav_bytes` and `speak_wav_bytes`: the same inputs, to `wav_bytes` string `(batch,)`, a 16-bit
      WAV file for each.
    - `mel`: `text`, read as one sentence, and what the acoustic model itself can be asked for; to
      what its `generate` gives: `mel`, `lengths`, `alignment`, `stopped`, and `durations` with
      `FastSpeech2`.
    - `vocode`: `mel` `(batch, frames, n_mels)` and `lengths`, to `audio`, `audio_lengths` and
      `sample_rate`, at the vocoder's own level.

    An acoustic model has `serving_default`, of `tokens` int32 `(batch, tokens)` padded with 0, and
    `generate`, of `tokens`, `token_lengths`, `speaker` int32, its controls, and a `seed` for all. A
    vocoder has `serving_default`, of `mel`; `vocode`, of `mel` and `lengths`; and `generate`, of
    these and a `seed` for each row; a `WaveNet` among them `sample` too, which takes what
    `saved_wavenet` describes, as does the `serving_default` of any other `WaveNet`.

    What it is stands in `assets.extra/keras_speech.json`, for `keras_speech.serving`.

    A text without anything to speak, for which `Voice.speak` raises, has 0 samples; unknown
    characters, and what is no phone in braces, are dropped without a warning. An option out of
    range is an error for all rows of its request.

    Args:
        model: `Voice`, acoustic model or vocoder of this package, on the TensorFlow backend. It is
            saved as it is now.
        directory: where versions are, or are to be.
        version: whole number above 0; there must be no such version yet. Defaults to the one after
            the highest there is, 1 for the first.

    Returns: `pathlib.Path` of the version's directory.

    Raises:
        ValueError: `model` is none of these, has a tokenizer that runs in Python, or is on another
            backend; there is this version already.
        OSError: when the directory cannot be written.

    Example:

    >>> path = saved_model(keras_speech.Voice.from_preset("kathleen"), "out")  # doctest: +SKIP
    >>> speak = tf.saved_model.load(path).signatures["serving_default"]  # doctest: +SKIP
    >>> speak(text=tf.constant(["Hello."]))["audio"].shape  # doctest: +SKIP
    TensorShape([1, 16384])
    """
    require_tensorflow()
    target = versions.free_version(directory, version)
    signatures = _signatures(model)
    functions = {name: each.function for name, each in signatures.items()}
    requests = [(name, each.example) for name, each in signatures.items()]
    module = tf.Module()
    # Of the model's variables those that speak: no discriminators, metrics or optimizer. What is
    # folded exists in the signatures alone, which must last until it is saved.
    used = {
        id(variable): variable
        for function in functions.values()
        for variable in function.graph.variables
    }
    module.variables_of_model = list(used.values())

    def finish(path):
        write_warm_up(path, requests, target.parent.name)
        About.of(model).write(path)

    save_whole(module, target, functions, finish)
    return target


def _signatures(model):
    if isinstance(model, Voice):
        return voice_signatures(model)
    if isinstance(model, AcousticModel):
        return acoustic_signatures(model)
    if isinstance(model, Vocoder | GriffinLim | WaveNet):
        return vocoder_signatures(model)
    raise ValueError(
        "`model` must be a Voice, an acoustic model or a vocoder. "
        f"Received: {type(model).__name__}."
    )
