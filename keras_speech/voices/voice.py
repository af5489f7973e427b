"""`Voice`: text to sound, the parts joined and saved as one directory."""

import itertools

import numpy as np

from keras_speech.voices import (
    checks,
    delivery,
    presets,
    rendering,
    request,
    sound_files,
    vocoders,
)
from keras_speech.voices.speech import join

# Longer texts keep only their samples: the joined alignment grows with the square of the text.
MAX_DETAILED_SENTENCES = 8


class Voice:
    """Tokenizer, acoustic model and vocoder, joined: text in, sound out.

    Args:
        tokenizer: of `keras_speech.text`; its `vocabulary_size` must be the acoustic model's.
        acoustic_model: built `keras.Model` with `generate(tokens, token_lengths, speaker=, seed=)`
            that returns `mel`, `lengths`, `alignment` and, optionally, `stopped`. Its `controls`,
            if any, name further keywords of `generate`: of `speed`, `pitch` and `energy`.
        vocoder: `keras.Model` with `generate(mel=, seed=)` that returns `(batch, samples)`.
        spec: `AudioSpec` that both models were made for.
        name: str. Defaults to `"voice"`.
        speakers: names of the acoustic model's speakers, in the order of its embedding. Defaults
            to `None`: one voice without a choice.
        level_db: level of the speech in dB relative to full scale, as the RMS of its louder
            parts; every sentence is brought to it. `None` leaves the level. Defaults to -20.
        peak: highest magnitude of a sample; the level gives way to it, so nothing clips. Defaults
            to 0.95.
        pauses: dict from final character (`"."`, `"?"`, ..., `"\\n"` for a paragraph's end) to
            seconds of silence between sentences; replaces entries of `delivery.PAUSES`.
        metadata: dict for people: `description`, `language`, `license`, `credits` and whatever
            else JSON can hold. Defaults to empty.

    Raises:
        ValueError: when the parts do not fit together; the message has both values.

    Example:

    ```python
    voice = keras_speech.voices.Voice.from_preset("kathleen")
    speech = voice.speak("The quick brown fox jumps over the lazy dog.")
    speech.save("fox.wav")
    ```
    """

    def __init__(
        self,
        tokenizer,
        acoustic_model,
        vocoder,
        spec,
        *,
        name="voice",
        speakers=None,
        level_db=-20.0,
        peak=0.95,
        pauses=None,
        metadata=None,
    ):
        self.acoustic_model = acoustic_model
        self.vocoder = vocoder
        self.spec = spec
        self.name = str(name)
        self.speakers = checks.speaker_names(speakers)
        self.level_db = None
        if level_db is not None:
            self.level_db = checks.finite("level_db", level_db, low=-80, high=0)
        self.peak = checks.finite("peak", peak, low=0.01, high=1)
        self.pauses = checks.pauses(pauses)
        self.metadata = checks.metadata(metadata)
        checks.check_parts(
            tokenizer=tokenizer,
            acoustic_model=acoustic_model,
            vocoder=vocoder,
            spec=spec,
            speakers=self.speakers,
        )
        self.tokenizer = tokenizer

    @property
    def tokenizer(self):
        """As in the constructor; another may be put in its place."""
        return self._tokenizer

    @tokenizer.setter
    def tokenizer(self, tokenizer):
        self._tokenizer = tokenizer
        self.tokens_of = tokenizer  # until `warm_up` makes it a graph
        self.speakable = np.array([delivery.is_speakable(each) for each in tokenizer.symbols])

    @classmethod
    def from_preset(cls, preset):
        """Loads a bundled voice, or one from a directory that `save_to_preset` made.

        Args:
            preset: name of a bundled voice (`bundled_voices` lists them), or a directory.

        Returns: `Voice`.

        Raises:
            ValueError: when there is no such voice, or a file of it is missing or damaged; the
                message names it.
        """
        return presets.load(cls, preset)

    def save_to_preset(self, directory, *, weights_dtype="float32", overwrite=False):
        """Saves the voice as one directory, whole or not at all.

        Args:
            directory: path that does not exist yet, or is empty.
            weights_dtype: how weights are stored: `"float32"`; `"float16"`, half as large; or
                `"int8"`, about a quarter as large, with a scale for each channel of a kernel.
                Models load in their own dtype always. Defaults to `"float32"`.
            overwrite: replace the voice in `directory`, and all else in there. Defaults to `False`.

        Returns: `directory` as a `pathlib.Path`.

        Raises:
            ValueError: for a directory that may not be replaced, or weights that float16 cannot
                hold.
            OSError: when `directory` cannot be written.
        """
        return presets.save(self, directory, weights_dtype=weights_dtype, overwrite=overwrite)

    def with_vocoder(self, vocoder):
        """Returns this voice with another vocoder; all else is shared, and this one stays as it is.

        Args:
            vocoder: `keras.Model` like the one of the constructor; `"griffin-lim"`; or a model on
                disk: a directory that `keras_speech.models.save_model_preset` made, or a `.keras`
                file.

        Returns: `Voice`.

        Raises:
            ValueError: when there is no such vocoder, or it was made for another `AudioSpec`; the
                message has both values.

        Example:

        ```python
        rough = voice.with_vocoder("griffin-lim").speak("Hello.")
        ```
        """
        vocoder = vocoders.find(vocoder, self.spec, own=self.vocoder)
        names = "name", "speakers", "level_db", "peak", "pauses", "metadata"
        options = {name: getattr(self, name) for name in names}
        return type(self)(self.tokenizer, self.acoustic_model, vocoder, self.spec, **options)

    def warm_up(self, text="Ready."):
        """Compiles what the first call of `speak` would, so that it sounds as soon as the next.

        Args:
            text: str to speak, unheard, in the alphabet of the voice. Defaults to `"Ready."`.

        Returns: the voice itself.

        Example:

        ```python
        voice = keras_speech.voices.Voice.from_preset("kathleen").warm_up()
        ```
        """
        from keras_speech.text.token_graph import token_graph

        self.tokens_of = token_graph(self.tokenizer)
        self.speak(text)
        return self

    def sentences(self, text):
        """Returns the pieces that `stream` would speak one after another, as a list of str."""
        text = checks.text(text)
        return [sentence for sentence, _ in delivery.split_with_pauses(text, self.pauses)]

    def speak(
        self,
        text,
        *,
        speaker=None,
        speed=1.0,
        pitch=0.0,
        energy=0.0,
        seed=0,
        batch_size=8,
        max_frames=None,
    ):
        """Speaks text.

        Long text is split at sentence ends and joined with pauses. Text of more than 8 sentences
        keeps no mel and alignment; the samples of very long text (an hour is 300 MB) are better
        taken from `stream` or written by `speak_to_file`, which hold a few sentences at a time.

        Args:
            text: str.
            speaker: a name of `speakers`, or its index. Defaults to the first.
            speed: 2.0 is twice as fast, at the same pitch; from 0.25 to 4. Defaults to 1.
            pitch: semitones above the voice's own pitch, from -12 to 12. Defaults to 0; only a
                voice whose acoustic model has this control takes another.
            energy: dB above the voice's own loudness, from -20 to 20; `level_db` moves with it, as
                far as `peak` allows. Defaults to 0; as with `pitch`.
            seed: whole number; equal calls with equal seeds give equal samples. `None` draws one.
                Defaults to 0.
            batch_size: most sentences to generate at once. Changes speed and memory; a model whose
                rows do not depend on each other gives the same sound. Defaults to 8.
            max_frames: limit of mel frames per sentence. Defaults to the acoustic model's.

        Returns: `Speech`.

        Raises:
            ValueError: for text without anything speakable, an unknown speaker, a number out of
                range, or a control that the voice does not have.

        Warns: when characters of the text are unknown and dropped, and when a sentence does not
            stop by itself within `max_frames`.
        """
        options = dict(speaker=speaker, speed=speed, pitch=pitch, energy=energy)
        options |= dict(seed=seed, batch_size=batch_size, max_frames=max_frames)
        pieces, detailed = [], True
        for piece in self._stream(text, options, first=batch_size):
            pieces.append(piece if detailed else piece.samples_only())
            if detailed and len(pieces) > MAX_DETAILED_SENTENCES:
                pieces, detailed = [each.samples_only() for each in pieces], False
        return join(pieces, text=text, detailed=detailed)

    def speak_to_file(self, text, path, *, progress=None, **options):
        """Speaks text into a sound file, a few sentences at a time: memory stays bounded.

        Args:
            text: str.
            path: file name that ends in `.wav`, `.flac` or `.ogg`; it appears when complete.
            progress: function of (pieces of `sentences` done, pieces in all). Defaults to none.
            options: as in `speak`.

        Returns: seconds of sound written.

        Raises:
            ValueError: as `speak`, and for another suffix.
            OSError: when the file cannot be written.
        """
        stream = self.stream(text, **options)
        total = len(self.sentences(text)) if progress else 0
        n_samples = done = 0
        with sound_files.SoundWriter(path, self.spec.sample_rate) as writer:
            for done, piece in enumerate(stream, start=1):
                writer.write(piece.samples)
                n_samples += len(piece.samples)
                if progress:
                    progress(done, total)
            if progress and done < total:
                # Pieces without anything to say were passed over.
                progress(total, total)
        return n_samples / self.spec.sample_rate

    def stream(
        self,
        text,
        *,
        speaker=None,
        speed=1.0,
        pitch=0.0,
        energy=0.0,
        seed=0,
        batch_size=8,
        max_frames=None,
    ):
        """Yields a `Speech` per sentence, the pause after it included.

        Joined, the samples are those of `speak`. Sentences are generated when they are asked for:
        the first alone, so that it is heard soon, then two at once, four, up to `batch_size`.
        Bad arguments raise here, before the first sentence is asked for. Arguments are those of
        `speak`.
        """
        options = dict(speaker=speaker, speed=speed, pitch=pitch, energy=energy)
        options |= dict(seed=seed, batch_size=batch_size, max_frames=max_frames)
        return self._stream(text, options, first=1)

    def _stream(self, text, options, *, first):
        text = checks.text(text)
        asked = request.checked_request(self, **options)
        pieces = rendering.tokenized(self, text, asked.batch_size)
        groups = delivery.group(pieces, asked.batch_size, first)
        # The first group is tokenized here, so that unspeakable text raises at once.
        first_group = next(groups, None)
        if first_group is None:
            raise ValueError(
                "`text` must contain something that the voice can speak. "
                f"Received: text={checks.short(text)!r}."
            )
        return rendering.speak_groups(self, itertools.chain([first_group], groups), asked)
