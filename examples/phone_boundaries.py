"""How far the phone boundaries that a model finds are from given ones, for the recipes."""

import numpy as np

from keras_speech.metrics import BoundaryErrors, boundary_errors


def phones_of(tokenizer):
    """bool `(vocabulary,)`: the symbols that are phones, not punctuation or spaces."""
    return np.array([symbol[:1].isalpha() for symbol in tokenizer.symbols])


def boundaries(model, batches, is_phone, spec):
    """Where `model.align` finds the phones of `batches`, against their `"durations"`.

    Args:
        model: with `align`, as `FastSpeech2` and `NeuralHMMTTS` have it.
        batches: of `data.acoustic_batches`, with durations.
        is_phone: see `phones_of`.
        spec: `AudioSpec` of the mels.

    Returns: `BoundaryErrors`.
    """
    errors = BoundaryErrors(np.zeros(0))
    for batch in batches:
        batch = {name: value.numpy() for name, value in batch.items()}
        found = np.asarray(
            model.align(batch["tokens"], batch["token_lengths"], batch["mel"], batch["mel_lengths"])
        )
        for row, length in enumerate(batch["token_lengths"]):
            errors += boundary_errors(
                batch["durations"][row, :length],
                found[row, :length],
                frame_seconds=1 / spec.frame_rate,
                compared=is_phone[batch["tokens"][row, :length]],
            )
    return errors


def described(errors):
    """The figures of `BoundaryErrors` in milliseconds."""
    return {
        "boundaries": len(errors.seconds),
        "median_ms": round(1000 * errors.median, 1),
        "mean_ms": round(1000 * errors.mean, 1),
        "bias_ms": round(1000 * errors.bias, 1),
        "within_20_ms": round(errors.within(0.02), 3),
        "within_30_ms": round(errors.within(0.03), 3),
        "within_50_ms": round(errors.within(0.05), 3),
    }
