"""The signatures of an exported voice, answered by the voice itself."""

import dataclasses

import numpy as np

from keras_speech.serving.errors import RequestError
from keras_speech.serving.speaking import learned_controls, options_of, spoken
from keras_speech.voices import sound_files

# Most numbers of an output, padding included: what more would be takes gigabytes as JSON.
MAX_NUMBERS = 10_000_000


@dataclasses.dataclass(frozen=True)
class Tensor:
    """Type and shape of an input or output.

    Attributes:
        dtype: `"string"`, `"float32"`, `"int32"`, `"int64"` or `"bool"`.
        shape: tuple; `None` for any size, and nothing of a scalar.
        name: in a graph. Defaults to none.
    """

    dtype: str
    shape: tuple = (None,)
    name: str = ""


@dataclasses.dataclass(frozen=True)
class Signature:
    """What can be asked of a model.

    Attributes:
        inputs, outputs: dicts from name to `Tensor`.
        run: generator function of the inputs as keywords, each a list with an item per row (an
            array of the mel). It yields the seconds of each sentence, then the dict of outputs.
    """

    inputs: dict
    outputs: dict
    run: object


AUDIO = {
    "audio": Tensor("float32", (None, None)),
    "audio_lengths": Tensor("int32"),
    "sample_rate": Tensor("int32"),
}


def signatures_of(voice):
    """The signatures that `keras_speech.export.saved_model` gives a voice.

    Args:
        voice: `Voice`; any, those that cannot be exported too.

    Returns: dict from name to `Signature`.
    """
    has = learned_controls(voice.acoustic_model)
    of = lambda names: {name: Tensor("float32") for name in names}  # noqa: E731
    text = {"text": Tensor("string")}
    speaker = {"speaker": Tensor("string")} if voice.speakers else {}
    controls = of(["speed", *(name for name in ("pitch", "energy") if name in has)])
    options = {**text, **speaker, **controls, "seed": Tensor("int64")}
    n_mels = voice.spec.n_mels
    mel = {
        "mel": Tensor("float32", (None, None, n_mels)),
        "lengths": Tensor("int32"),
        "alignment": Tensor("float32", (None, None, None)),
        "stopped": Tensor("bool"),
        **_with_mel(voice.acoustic_model),
    }
    of_mel = of([name for name in ("speed", "pitch", "energy") if name in has])
    wav = {"wav_bytes": Tensor("string")}
    answers = Answers(voice, tuple(mel))
    return {
        "serving_default": Signature(text, AUDIO, answers.audio),
        "speak": Signature(options, AUDIO, answers.audio),
        "wav_bytes": Signature(text, wav, answers.wav),
        "speak_wav_bytes": Signature(options, wav, answers.wav),
        "mel": Signature({**text, **speaker, **of_mel}, mel, answers.mel),
        "vocode": Signature(
            {name: mel[name] for name in ("mel", "lengths")}, AUDIO, answers.vocode
        ),
    }


def _with_mel(model):
    """What else an acoustic model gives with its mel."""
    from keras_speech.models.fastspeech2.fastspeech2 import FastSpeech2
    from keras_speech.models.tacotron.tacotron import Tacotron

    if isinstance(model, FastSpeech2):
        return {"durations": Tensor("int32", (None, None))}
    if isinstance(model, Tacotron):
        return {"linear": Tensor("float32", (None, None, model.n_freqs))}
    return {}


class Answers:
    """Answers to the signatures of a voice, row by row.

    Args:
        voice: `Voice`.
        mel_outputs: names of what it gives with its mel, that included.
    """

    def __init__(self, voice, mel_outputs):
        self.voice, self.mel_outputs = voice, mel_outputs

    def audio(self, text, **columns):
        rows = yield from self._rows(text, columns)
        return self._padded_audio(rows)

    def wav(self, text, **columns):
        rows = yield from self._rows(text, columns)
        rate = self.voice.spec.sample_rate
        return {"wav_bytes": [sound_files.wav_bytes(row, rate) for row in rows]}

    def mel(self, text, **columns):
        options = self._options(len(text), columns)
        rows = []
        for each, asked in zip(text, options, strict=True):
            rows.append(self._mel(each, asked))
            yield 0.0
        return {name: _padded([row[name] for row in rows]) for name in self.mel_outputs}

    def vocode(self, mel, lengths):
        spec = self.voice.spec
        if not np.isfinite(mel).all():
            raise RequestError(400, "`mel` must hold finite numbers.", param="mel")
        rows, n_frames = [], mel.shape[1]
        if not all(0 <= length <= n_frames for length in lengths):
            raise RequestError(
                400, f"`lengths` must be from 0 to the {n_frames} frames of the mel.",
                param="lengths",
            )  # fmt: skip
        require_numbers(len(mel) * n_frames * spec.hop_length)
        for row, length in zip(mel, lengths, strict=True):
            samples = np.zeros(n_frames * spec.hop_length, "float32")
            if length:
                made = self.voice.vocoder.generate(mel=row[None, :length], seed=0)
                made = np.asarray(made, "float32")[0, : length * spec.hop_length]
                samples[: len(made)] = made
            rows.append(samples)
            yield length / spec.frame_rate
        answer = self._padded_audio(rows)
        return answer | {"audio_lengths": np.array(lengths, "int32") * spec.hop_length}

    def _rows(self, text, columns):
        """Samples of each text; the options of all are checked before the first is spoken."""
        options = self._options(len(text), columns)
        rows = []
        for each, asked in zip(text, options, strict=True):
            row = []
            for speech in spoken(self.voice, each, asked):
                row.append(speech.samples)
                yield speech.duration
            rows.append(np.concatenate(row) if row else np.zeros(0, "float32"))
        return rows

    def _options(self, n_rows, columns):
        """Options of each row. No name stands for the first speaker."""
        rows = [{name: values[i] for name, values in columns.items()} for i in range(n_rows)]
        return [
            options_of(self.voice, **{**row, "speaker": row.get("speaker") or None}) for row in rows
        ]

    def _mel(self, text, asked):
        """What the acoustic model makes of a text as one sentence."""
        try:
            tokens, lengths = (np.asarray(each, "int32") for each in self.voice.tokenizer([text]))
        except ValueError as error:
            raise RequestError(400, str(error)) from error
        empty = lengths[0] == 0
        if empty:
            tokens = np.zeros((1, 1), "int32")
        lengths = np.maximum(lengths, 1)
        made = self.voice.acoustic_model.generate(tokens, lengths, **asked.model_options(1))
        made = {name: np.asarray(value)[0] for name, value in made.items()}
        made.setdefault("stopped", np.array(True))
        if empty:
            made["lengths"] = np.array(0)
        return made

    def _padded_audio(self, rows):
        rate = np.full(len(rows), self.voice.spec.sample_rate, "int32")
        lengths = np.array([len(row) for row in rows], "int32")
        audio = _padded(rows) if rows else np.zeros((0, 0), "float32")
        return {"audio": audio, "audio_lengths": lengths, "sample_rate": rate}


def _padded(rows):
    """Arrays of one rank as an array with an axis more, zeros after the end of each."""
    if not rows:
        return np.zeros((0,), "float32")
    shape = tuple(np.max([row.shape for row in rows], axis=0).astype(int))
    require_numbers(len(rows) * int(np.prod(shape, dtype="int64")))
    padded = np.zeros((len(rows), *shape), rows[0].dtype)
    for i, row in enumerate(rows):
        padded[(i, *map(slice, row.shape))] = row
    return padded


def require_numbers(number):
    """Raises `RequestError` 400 for an output of too many numbers."""
    if number > MAX_NUMBERS:
        raise RequestError(
            400,
            f"The answer would have {number} numbers, padding included, more than {MAX_NUMBERS}: "
            "ask for less at once, or for `wav_bytes`.",
        )
