"""From a text to its sentences' sound, all that may be wrong with a request found at the start."""

from keras_speech.serving.errors import RequestError
from keras_speech.voices import delivery, rendering, request
from keras_speech.voices.voice import Voice

# As `Voice.stream` does.
BATCH_SIZE = 8


def learned_controls(model):
    """Those of speed, pitch and energy that an acoustic model changes itself, a tuple."""
    return tuple(getattr(model, "controls", ()))


def options_of(voice, *, speaker=None, speed=1.0, pitch=0.0, energy=0.0, seed=0):
    """Checked options of `Voice.speak`; raises `RequestError` 400 with what is wrong."""
    learned = learned_controls(voice.acoustic_model)
    for name, value in (("pitch", pitch), ("energy", energy)):
        if name not in learned and value != 0:
            message = f"`{name}` must be 0: the voice has no control of it."
            raise RequestError(400, message, param=name)
    try:
        return request.checked_request(
            voice, speaker=speaker, speed=speed, pitch=pitch, energy=energy, seed=seed,
            batch_size=BATCH_SIZE, max_frames=None,
        )  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise RequestError(400, str(error)[:500]) from error


def spoken(voice, text, options):
    """Speaks a text sentence by sentence, as `Voice.stream` does.

    Args:
        voice: `Voice` or `ExportedVoice`.
        text: str; one without anything to speak has no sentence.
        options: what `options_of` gives.

    Returns: iterator of `Speech`.

    Raises:
        RequestError: 400, at once, for a text that the tokenizer refuses.
    """
    if not isinstance(voice, Voice):
        return voice.spoken(text, options)
    try:
        # All of them now: an answer that has begun cannot become an error any more.
        pieces = list(rendering.tokenized(voice, text, options.batch_size))
    except ValueError as error:
        raise RequestError(400, str(error)) from error
    groups = delivery.group(pieces, options.batch_size, 1)
    return rendering.speak_groups(voice, groups, options)


def require_length(texts, max_text):
    """Raises `RequestError` 400 where texts are longer than the limit, all together."""
    total = sum(map(len, texts))
    if total > max_text:
        raise RequestError(
            400, f"A request must have at most {max_text} characters of text, not {total}."
        )


def require_tokens(tokens, max_text):
    """As `require_length`, of an array of tokens, padding included; `None` has none."""
    if tokens is not None and tokens.size > max_text:
        raise RequestError(
            400, f"A request must have at most {max_text} tokens, not {tokens.size}.",
            param="tokens",
        )  # fmt: skip
