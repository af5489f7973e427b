"""What a model is told about the pitch and the energy of its recordings."""

import numpy as np
from keras import ops

from keras_speech.ops import prosody


def prosody_statistics(batches, *, n_batches=20):
    """Measures pitch and energy of the first batches, for `FastSpeech2`'s means and scales.

    Args:
        batches: iterable of dicts with `mel` `(batch, frames, n_mels)`, `mel_lengths` and `f0_hz`
            `(batch, frames)`, 0 where unvoiced.
        n_batches: how many are looked at. Defaults to 20.

    Returns: dict of `"pitch_mean"`, `"pitch_scale"` (of the log-pitch, in log-hertz),
    `"energy_mean"` and `"energy_scale"` (of frames, in nats), floats rounded to two places.

    Raises:
        ValueError: there is no voiced frame.

    Example:

    ```python
    batches = acoustic_batches(corpus.train, spec, tokenizer, f0=True)
    model = FastSpeech2(vocabulary_size=40, **prosody_statistics(batches))
    ```
    """
    pitches, energies = [], []
    for _, batch in zip(range(n_batches), batches, strict=False):
        f0_hz = np.asarray(batch["f0_hz"])
        pitches.append(np.log(f0_hz[f0_hz > 0]))
        energy = ops.convert_to_numpy(prosody.frame_energy(np.asarray(batch["mel"])))
        real = np.arange(energy.shape[1]) < np.asarray(batch["mel_lengths"])[:, None]
        energies.append(energy[real])
    pitch = np.concatenate(pitches) if pitches else np.zeros(0)
    if not len(pitch):
        raise ValueError("`batches` must hold voiced frames. Received: none.")
    energy = np.concatenate(energies)
    return {
        "pitch_mean": round(float(pitch.mean()), 2),
        # Never 0: a voice that sings one note has a spread all the same, of a twentieth semitone.
        "pitch_scale": max(0.01, round(float(pitch.std()), 2)),
        "energy_mean": round(float(energy.mean()), 2),
        "energy_scale": max(0.01, round(float(energy.std()), 2)),
    }
