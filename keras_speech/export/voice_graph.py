"""`Voice.speak` as a function of tensors alone: texts in, sound out."""

import tensorflow as tf

from keras_speech.export import delivery_graph
from keras_speech.export.acoustic_graph import AcousticGraph
from keras_speech.export.signature import shared
from keras_speech.export.vocoder_graph import VocoderGraph
from keras_speech.text.phonemizer_tokenizer import PhonemizerTokenizer
from keras_speech.text.sentence_graph import split_batch
from keras_speech.voices import delivery
from keras_speech.voices.request import NEUTRAL

# Most sentences that the acoustic model speaks at once, as in `Voice.speak`.
BATCH_SIZE = 8


class VoiceGraph:
    """What `voice.speak` does to each of a batch of texts, in whatever graph it is called.

    As there, up to eight sentences of one text and of similar length are spoken at a time, and
    vocoded one by one. Texts are not mixed: how many rows a matrix has decides how its products
    are rounded, and a vocoder's phases magnify that. So no row changes another at all, and memory
    is that of eight sentences and of all samples.

    Args:
        voice: `Voice`.

    Raises:
        ValueError: for a tokenizer that runs in Python, or parts that have no graph.
    """

    def __init__(self, voice):
        if isinstance(voice.tokenizer, PhonemizerTokenizer):
            raise ValueError(
                "`voice` must have a tokenizer of TensorFlow operations. Received: a "
                "PhonemizerTokenizer, which runs eSpeak in Python; export `voice.acoustic_model`, "
                "which takes tokens, and `voice.vocoder`."
            )
        self.voice = voice
        self.acoustic = AcousticGraph(voice.acoustic_model)
        self.vocoder = VocoderGraph(voice.vocoder)
        self.tokens = shared(voice.tokenizer, ([None], tf.string))
        # A voice stretches the mels of models that it does not ask for another tempo.
        has = getattr(voice.acoustic_model, "controls", ())
        self.model_controls = tuple(name for name in self.acoustic.controls if name in has)
        self.controls = ("speed", *(name for name in self.model_controls if name != "speed"))

    def speak(self, text, speaker=None, seed=None, controls=None):
        """Sound of each text.

        Args:
            text: string `(batch,)`.
            speaker: int32 `(batch,)`; `None` for the first.
            seed: int64 `(batch,)`; `None` for 0.
            controls: dict of float32 `(batch,)` by name, of `self.controls`; those that are left
                out change nothing.

        Returns: `(audio, lengths)`, float32 `(batch, samples)` and int32 `(batch,)`. A text without
            anything to speak has the length 0.
        """
        batch = tf.shape(text)[0]
        options = self._options(batch, speaker, seed, controls)
        pieces = self._pieces(text, options)
        mels, n_frames = self._mels(pieces)
        samples, n_samples = self._vocoded(pieces, mels, n_frames)
        lengths = tf.math.unsorted_segment_sum(n_samples, pieces["row"], batch)
        audio = tf.RaggedTensor.from_row_lengths(samples, lengths, validate=False)
        return audio.to_tensor(), lengths

    def mel(self, text, speaker=None, controls=None):
        """What the acoustic model makes of each text as one sentence: its dict.

        A text without a token has the length 0.
        """
        batch = tf.shape(text)[0]
        options = self._options(batch, speaker, None, controls)
        tokens, lengths = self.tokens(text)
        empty = tf.equal(lengths, 0)
        tokens = tf.pad(tokens, [[0, 0], [0, tf.cast(tf.equal(tf.shape(tokens)[1], 0), tf.int32)]])
        controls = {name: options[name] for name in self.model_controls}
        result = self.acoustic(
            tokens, tf.maximum(lengths, 1), options["speaker"], tf.constant(0, tf.int64), controls
        )
        result["lengths"] = tf.where(empty, 0, result["lengths"])
        return result

    def _options(self, batch, speaker, seed, controls):
        """A tensor `(batch,)` of each option."""
        options = {
            "speaker": tf.zeros([batch], tf.int32) if speaker is None else speaker,
            "seed": tf.zeros([batch], tf.int64) if seed is None else seed,
        }
        options |= {name: tf.fill([batch], value) for name, value in NEUTRAL.items()}
        return options | (controls or {})

    def _pieces(self, text, options):
        """Dict of tensors, of all speakable sentences of all texts in order."""
        pieces = split_batch(text, closing=delivery.CLOSING)
        tokens, lengths = self.tokens(pieces.texts)
        spoken = tf.reduce_any(tf.gather(tf.constant(self.voice.speakable), tokens), axis=1)
        pauses = delivery_graph.pauses_of(
            pieces.last, pieces.ends_paragraph, pieces.rows, self.voice.pauses
        )
        result = {"tokens": tokens, "length": lengths, "pause": pauses, "row": pieces.rows}
        result = {name: tf.boolean_mask(value, spoken) for name, value in result.items()}
        result |= {name: tf.gather(value, result["row"]) for name, value in options.items()}
        # What float32 takes from decimals such as 1.2, which Python's numbers are.
        speed = tf.round(tf.cast(result["speed"], tf.float64) * 1e6) / 1e6
        rest = tf.round(result["pause"] / speed * self.voice.spec.frame_rate)
        return result | {"exact_speed": speed, "rest": tf.cast(rest, tf.int32)}

    def _mels(self, pieces):
        """Frames of all pieces, one after another, and how many each has."""
        total, n_mels = tf.size(pieces["length"]), self.voice.spec.n_mels

        def speak(start, number, mels, n_frames):
            end = start + self._group_size(pieces, start)
            of = lambda name: pieces[name][start:end]  # noqa: E731
            tokens = of("tokens")[:, : tf.reduce_max(of("length"))]
            controls = {name: of(name) for name in self.model_controls}
            result = self.acoustic(tokens, of("length"), of("speaker"), of("seed")[0], controls)
            lengths = tf.maximum(tf.cast(result["lengths"], tf.int32), 1)
            mel = tf.reshape(result["mel"], [end - start, -1, n_mels])
            mask = tf.sequence_mask(lengths, tf.shape(mel)[1])
            mels = mels.write(number, tf.boolean_mask(mel, mask))
            return end, number + 1, mels, n_frames.write(number, lengths)

        mels = _growing(tf.float32, [None, n_mels])
        zero = tf.constant(0)
        *_, mels, n_frames = tf.while_loop(
            lambda start, *_: start < total,
            speak,
            (zero, zero, mels, _growing(tf.int32, [None])),
            parallel_iterations=1,
        )
        return mels.concat(), n_frames.concat()

    def _group_size(self, pieces, start):
        """How many pieces from `start` on are spoken at once; see `delivery.group`."""
        lengths = pieces["length"][start : start + BATCH_SIZE]
        rows = pieces["row"][start : start + BATCH_SIZE]
        n = tf.size(lengths)
        # The shortest and the longest of the first so many: [so many, pieces].
        seen = tf.range(n)[None, :] <= tf.range(n)[:, None]
        shortest = tf.reduce_min(tf.where(seen, lengths[None], lengths[0]), axis=1)
        longest = tf.reduce_max(tf.where(seen, lengths[None], 0), axis=1)
        fit = tf.equal(rows, rows[0]) & (longest <= 2 * shortest)
        return tf.reduce_sum(tf.math.cumprod(tf.cast(fit, tf.int32)))

    def _vocoded(self, pieces, mels, n_frames):
        """Samples of all pieces, one after another, each with its pause, and how many."""
        voice, spec = self.voice, self.voice.spec
        ends = tf.cumsum(n_frames)

        def vocode(number, pieces_of_sound, n_samples):
            mel = mels[ends[number] - n_frames[number] : ends[number]]
            if "speed" not in self.model_controls:
                mel = delivery_graph.stretch(mel, pieces["exact_speed"][number])
            samples = self.vocoder(mel[None], pieces["seed"][number])[0]
            samples = delivery_graph.leveled(
                samples, level_db=voice.level_db, peak=voice.peak, energy=pieces["energy"][number]
            )
            samples = tf.pad(samples, [[0, pieces["rest"][number] * spec.hop_length]])
            pieces_of_sound = pieces_of_sound.write(number, samples)
            return number + 1, pieces_of_sound, n_samples.write(number, tf.shape(samples))

        total = tf.size(n_frames)
        _, samples, n_samples = tf.while_loop(
            lambda number, *_: number < total,
            vocode,
            (tf.constant(0), _growing(tf.float32, [None]), _growing(tf.int32, [1])),
            parallel_iterations=1,
        )
        return samples.concat(), n_samples.concat()


def _growing(dtype, shape):
    """Values of different lengths, to be joined."""
    return tf.TensorArray(dtype, 0, dynamic_size=True, infer_shape=False, element_shape=shape)
