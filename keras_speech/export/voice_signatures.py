"""The signatures of a voice: text in, waveform out."""

import numpy as np
import tensorflow as tf

from keras_speech.export import delivery_graph
from keras_speech.export.signature import checked, rates, shared, signature
from keras_speech.export.vocoder_signatures import vocoded_rows
from keras_speech.export.voice_graph import VoiceGraph
from keras_speech.voices.request import LIMITS, NEUTRAL

WARM_UP_TEXT = "Ready."

TEXT = {"text": ([None], tf.string)}


def voice_signatures(voice):
    """A dict of `Signature`s by name, see `saved_model`.

    Raises:
        ValueError: if a part of the voice has no graph.
    """
    return _VoiceSignatures(voice).all()


class _VoiceSignatures:
    def __init__(self, voice):
        self.voice, self.graph = voice, VoiceGraph(voice)
        # These have one value a row, so that a server can join requests.
        self.controls = {name: ([None], tf.float32) for name in self.graph.controls}
        self.speakers = {"speaker": ([None], tf.string)} if voice.speakers else {}
        rows = ([None], tf.int32), *self.controls.values()
        self.speak = shared(self._speak, *TEXT.values(), ([None], tf.int64), *rows)
        self.mel = shared(self._mel, *TEXT.values(), *rows)

    def all(self):
        options = {**self.speakers, **self.controls, "seed": ([None], tf.int64)}
        of_mel = {name: ([None], tf.float32) for name in self.graph.model_controls}
        example = {
            "text": [_speakable_text(self.voice)],
            "speaker": [(self.voice.speakers or [""])[0]],
            **{name: [value] for name, value in NEUTRAL.items()},
            "seed": [0],
            "mel": np.full([1, 8, self.voice.spec.n_mels], np.log(self.voice.spec.log_floor)),
            "lengths": [8],
        }
        n_mels = self.voice.spec.n_mels
        mel = {"mel": ([None, None, n_mels], tf.float32), "lengths": ([None], tf.int32)}
        functions = {
            "serving_default": (self.audio, TEXT),
            "speak": (self.audio, {**TEXT, **options}),
            "wav_bytes": (self.wav, TEXT),
            "speak_wav_bytes": (self.wav, {**TEXT, **options}),
            "mel": (self.mel_of, {**TEXT, **self.speakers, **of_mel}),
            "vocode": (self.vocode, mel),
        }
        return {
            name: signature(function, inputs, example)
            for name, (function, inputs) in functions.items()
        }

    def audio(self, text, **options):
        audio, lengths = self._spoken(text, **options)
        rate = rates(tf.shape(text)[0], self.voice.spec.sample_rate)
        return {"audio": audio, "audio_lengths": lengths, "sample_rate": rate}

    def wav(self, text, **options):
        audio, lengths = self._spoken(text, **options)
        rate = self.voice.spec.sample_rate
        files = tf.map_fn(
            lambda row: delivery_graph.wav_file(audio[row, : lengths[row]], rate),
            tf.range(tf.shape(text)[0]),
            fn_output_signature=tf.TensorSpec([], tf.string),
        )
        return {"wav_bytes": files}

    def mel_of(self, text, **options):
        text, speaker, controls = self._checked(text, **options)
        return self.mel(text, speaker, *controls)

    def vocode(self, mel, lengths):
        seeds = tf.zeros([tf.shape(mel)[0]], tf.int64)
        return vocoded_rows(self.graph.vocoder, mel, lengths, seeds)

    def _spoken(self, text, seed=None, **options):
        text, speaker, controls = self._checked(text, **options)
        if seed is None:
            seed = tf.zeros([tf.shape(text)[0]], tf.int64)
        else:
            seed = checked(
                seed,
                tf.debugging.assert_non_negative(seed, "seed must not be negative"),
                _assert_rows("seed", seed, text),
            )
        return self.speak(text, seed, speaker, *controls)

    def _checked(self, text, speaker=None, **controls):
        """Texts, speakers by number, and all controls, in order."""
        batch = tf.shape(text)[0]
        for name, value in controls.items():
            low, high = LIMITS[name]
            controls[name] = checked(
                value,
                _assert_rows(name, value, text),
                tf.debugging.Assert(
                    tf.reduce_all((value >= low) & (value <= high)),
                    [f"{name} must be from {low:g} to {high:g}", value],
                ),
            )
        values = [
            controls.get(name, tf.fill([batch], tf.constant(NEUTRAL[name])))
            for name in self.graph.controls
        ]
        return text, self._speaker_numbers(text, speaker), values

    def _speaker_numbers(self, text, speaker):
        if speaker is None:
            return tf.zeros([tf.shape(text)[0]], tf.int32)
        names = list(self.voice.speakers)
        # No name stands for the first.
        hits = tf.equal(speaker[:, None], tf.constant(names))
        known = tf.reduce_any(hits, axis=1) | tf.equal(speaker, "")
        hint = [f"speaker must be one of {', '.join(names)}", speaker]
        number = tf.argmax(hits, axis=1, output_type=tf.int32)
        return checked(
            number,
            _assert_rows("speaker", speaker, text),
            tf.debugging.Assert(tf.reduce_all(known), hint),
        )

    def _speak(self, text, seed, speaker, *controls):
        controls = dict(zip(self.graph.controls, controls, strict=True))
        return self.graph.speak(text, speaker, seed, controls)

    def _mel(self, text, speaker, *controls):
        controls = dict(zip(self.graph.controls, controls, strict=True))
        return self.graph.mel(text, speaker, controls)


def _assert_rows(name, value, text):
    message = f"{name} must have a value for each text"
    return tf.debugging.assert_equal(tf.shape(value)[0], tf.shape(text)[0], message)


def _speakable_text(voice):
    """A text that a server can warm up with, in the alphabet of the voice."""
    tokens = np.asarray(voice.tokenizer([WARM_UP_TEXT])[0])
    if voice.speakable[tokens].any():
        return WARM_UP_TEXT
    symbols = np.array(voice.tokenizer.symbols)[voice.speakable]
    return voice.tokenizer.detokenize(
        [[voice.tokenizer.symbols.index(symbol) for symbol in symbols[:5]]]
    )[0]
