"""`POST /v1/audio/speech`, as OpenAI's clients call it."""

from keras_speech.serving import encoders
from keras_speech.serving.errors import RequestError, short
from keras_speech.serving.speaking import options_of, require_length, spoken

# The last three are ours.
FIELDS = ("model", "input", "voice", "response_format", "speed", "stream_format")
FIELDS += ("seed", "pitch", "energy")


class SpeechRequests:
    """Speaks what is asked for, sentence by sentence.

    Args:
        models: dict of `Model`s by name, of which some have a voice.
        worker: `Worker`.
        limits: `Limits`.
        metrics: `Metrics`.
    """

    def __init__(self, models, worker, limits, metrics):
        self.models = {name: each for name, each in models.items() if each.voice is not None}
        self.worker, self.limits, self.metrics = worker, limits, metrics
        self.formats = encoders.formats()

    async def answer(self, content):
        """Begins to speak.

        Args:
            content: dict, the request.

        Returns: `(content_type, chunks)`: str, and an async iterator of bytes, the first of which
            waits already.

        Raises:
            RequestError: 400 or 404, for what is not asked as it has to be.
        """
        voice, text, options, format = self._checked(content)
        encoder = encoders.encoder(format, voice.spec.sample_rate)
        seconds = self.metrics.audio_seconds.labels(content["model"])
        sentences = await self.worker.run(spoken, voice, text, options)

        def sentence():
            speech = next(sentences, None)
            if speech is None:
                return None
            seconds.inc(speech.duration)
            return encoder.sentence(speech)

        first = await self.worker.run(sentence)
        if first is None:
            message = "`input` must contain something that the voice can speak."
            raise RequestError(400, message, param="input")
        return encoders.CONTENT_TYPES[format], self._chunks(first, sentence, encoder)

    async def _chunks(self, first, sentence, encoder):
        yield first
        # The next is made when this one is sent: who reads slowly does not fill the memory.
        while (chunk := await self.worker.run(sentence)) is not None:
            yield chunk
        yield await self.worker.run(encoder.end)

    def _checked(self, content):
        unknown = sorted(content.keys() - set(FIELDS))
        if unknown:
            raise RequestError(
                400, f"There is no parameter {short(unknown[0])}; there are {', '.join(FIELDS)}.",
                code="unknown_parameter",
            )  # fmt: skip
        name, text = _text(content, "model"), _text(content, "input")
        if name not in self.models:
            raise RequestError(
                404, f"There is no model {short(name)} that speaks; {', '.join(self.models)} "
                "can be asked.", param="model", code="model_not_found",
            )  # fmt: skip
        voice = self.models[name].voice
        if not text.strip():
            raise RequestError(400, "`input` must not be empty.", param="input")
        require_length([text], self.limits.max_text)
        format = _text(content, "response_format", self.formats[0])
        if format not in self.formats:
            raise RequestError(
                400, f"`response_format` must be one of {', '.join(self.formats)}, "
                f"not {short(format)}.", param="response_format",
            )  # fmt: skip
        if _text(content, "stream_format", "audio") != "audio":
            raise RequestError(400, "`stream_format` must be audio.", param="stream_format")
        names = ("speed", "pitch", "energy", "seed")
        given = {name: content[name] for name in names if content.get(name) is not None}
        if isinstance(given.get("seed"), int) and given["seed"] >= 2**63:
            raise RequestError(400, "`seed` must be below 2**63.", param="seed")
        speaker = _speaker(content, name, voice.speakers or ())
        options = options_of(voice, speaker=speaker, **given)
        return voice, text, options, format


def _speaker(content, model, speakers):
    """The name of a speaker, or `None` for the first, for which the model's own name stands too."""
    name = _text(content, "voice", model)
    if name in speakers:
        return name
    if name in ("", "default", model):
        return None
    known = ", ".join(speakers or (model,))
    raise RequestError(400, f"`voice` must be one of {known}, not {short(name)}.", param="voice")


def _text(content, name, default=None):
    value = content.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        received = f" Received: {short(value)}." if name in content else ""
        raise RequestError(400, f"`{name}` must be a string.{received}", param=name)
    try:
        return value.encode("utf-8").decode("utf-8")
    except UnicodeEncodeError as error:
        message = f"`{name}` must not hold halves of characters (surrogates)."
        raise RequestError(400, message, param=name) from error
