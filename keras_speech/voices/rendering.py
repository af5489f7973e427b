"""From sentences to their sound, by the parts of a voice."""

import itertools
import math
import warnings

import keras
import numpy as np

from keras_speech.voices import checks, delivery
from keras_speech.voices.speech import Speech


def tokenized(voice, text, window):
    """Yields `(tokens, index, sentence, pause)` of each speakable sentence.

    So many sentences as `window` are normalized at once, which takes about as long as one.
    """
    pieces = enumerate(delivery.split_with_pauses(text, voice.pauses))
    reported = set()
    while block := list(itertools.islice(pieces, window)):
        sentences = [sentence for _, (sentence, _) in block]
        checks.report_unknown(voice, "\n\n".join(sentences), reported)
        tokens, lengths = (np.asarray(each) for each in voice.tokens_of(sentences))
        for (index, (sentence, pause)), row, length in zip(block, tokens, lengths, strict=True):
            row = row[:length].astype("int32")
            if voice.speakable[row].any():
                yield row, index, sentence, pause


def speak_groups(voice, groups, request):
    """Yields a `Speech` for each sentence of one group after another, see `speak_group`."""
    for group in groups:
        yield from speak_group(voice, group, request)


def speak_group(voice, group, request):
    """Yields a `Speech` for each sentence of a group, which the acoustic model speaks at once.

    Args:
        voice: `Voice`.
        group: list of `(tokens, index, sentence, pause)`; the pause follows, in seconds.
        request: `Request`.
    """
    spec, symbols = voice.spec, voice.tokenizer.symbols
    lengths = np.array([len(ids) for ids, *_ in group], "int32")
    tokens = np.zeros((len(group), lengths.max()), "int32")
    for row, (ids, *_) in enumerate(group):
        tokens[row, : len(ids)] = ids
    # Every sentence gets the same seed, so that it sounds the same wherever it stands.
    output = voice.acoustic_model.generate(tokens, lengths, **request.model_options(len(group)))
    output = {key: keras.ops.convert_to_numpy(value) for key, value in output.items()}
    per_step = max(1, round(output["mel"].shape[1] / max(1, output["alignment"].shape[1])))
    for row, (ids, index, sentence, pause) in enumerate(group):
        frames = int(output["lengths"][row])
        if "stopped" in output and not output["stopped"][row]:
            warnings.warn(
                f"Sentence {index + 1} did not stop by itself within {frames} frames: "
                f"{checks.short(sentence)!r}",
                stacklevel=4,
            )
        mel = output["mel"][row, : max(1, frames)]
        alignment = output["alignment"][row, : -(-frames // per_step), : len(ids)]
        mel = delivery.stretch(mel, request.stretch)
        samples = vocoded(voice, mel, seed=request.seed, energy=request.energy)
        # The pause is silence in every part, so that pieces can simply be joined.
        rest = round(pause / request.speed * spec.frame_rate)
        rows = round(rest * len(alignment) / len(mel))
        floor = math.log(spec.log_floor)
        yield Speech(
            np.pad(samples, (0, rest * spec.hop_length)),
            spec.sample_rate,
            mel=np.pad(mel, ((0, rest), (0, 0)), constant_values=floor),
            alignment=np.pad(alignment.astype("float32"), ((0, rows), (0, 0))),
            text=sentence,
            symbols=tuple(symbols[each] for each in ids),
        )


def vocoded(voice, mel, *, seed, energy=0.0):
    """Returns the samples of a mel `(frames, n_mels)` at the voice's level, float32.

    `energy`, in dB, moves that level.
    """
    samples = keras.ops.convert_to_numpy(voice.vocoder.generate(mel=mel[None], seed=seed))
    samples = samples[0, : voice.spec.n_samples(len(mel))].astype("float32")
    if not np.isfinite(samples).all():
        raise ValueError(
            f"The voice {voice.name!r} made samples that are not finite numbers: the weights "
            "of its acoustic model or vocoder are broken."
        )
    level_db = None if voice.level_db is None else voice.level_db + energy
    gain = delivery.level_gain(samples, level_db=level_db, peak=voice.peak)
    return samples * np.float32(gain)
