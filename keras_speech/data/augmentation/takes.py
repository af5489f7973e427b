"""Further takes of a corpus, at other tempos and pitches."""

import hashlib

import numpy as np

from keras_speech.data.audio_change import AudioChange
from keras_speech.data.augmentation import ranges
from keras_speech.data.corpus import Corpus
from keras_speech.ops import pitch_shift, time_stretch


def with_takes(corpus, n_takes=1, *, tempo=1.0, semitones=0.0, seed=None):
    """A corpus with further takes of each recording, faster or slower, higher or lower.

    This is how acoustic models and whatever learns from kept features gets changed tempo and pitch:
    as more recordings. A take is its recording's file and what is to be done to it, which is done
    whenever the file is read; nothing is written, and caches keep takes and recordings apart. Take
    the training part of a corpus; in a whole one, takes of what is held out are held out.

    Args:
        corpus: `Corpus`, or a sequence of `Recording`.
        n_takes: further takes of each recording. Defaults to 1.
        tempo: number, or pair of the lowest and the highest, between 0.5 and 2. Above 1 is faster.
            Defaults to 1.
        semitones: number, or pair of the lowest and the highest, between -12 and 12. The voice is
            another one then: formants move along. Defaults to 0.
        seed: int. A take is a function of it, of the recording's id and of the number of the take.
            Defaults to one drawn from NumPy's global generator.

    Returns: `Corpus` of the recordings, then of their takes, `clip1~1`, `clip1~2`, ... of `clip1`.

    Raises:
        ValueError: an argument is out of range or changes nothing, recordings have durations, which
            another tempo would change, or are takes already.

    Example:

    >>> train = with_takes(corpus.train, 2, tempo=(0.9, 1.1), seed=1)  # doctest: +SKIP
    >>> batches = ks.data.acoustic_batches(train, spec, tokenizer, seed=0)  # doctest: +SKIP
    """
    if isinstance(n_takes, bool) or not isinstance(n_takes, (int, np.integer)) or n_takes < 1:
        raise ValueError(f"`n_takes` must be a positive integer. Received: n_takes={n_takes!r}.")
    tempo = ranges.as_range("tempo", tempo, time_stretch.SLOWEST, time_stretch.FASTEST)
    semitones = ranges.as_range("semitones", semitones, -pitch_shift.LARGEST, pitch_shift.LARGEST)
    if tempo == (1, 1) and semitones == (0, 0):
        raise ValueError(
            "`tempo` or `semitones` must change something. Received: tempo=1, semitones=0."
        )
    # The farthest corners: what lies between fits, too.
    for ends in ((tempo[0], semitones[1]), (tempo[1], semitones[0])):
        AudioChange(*ends)
    seed = int(np.random.randint(2**31)) if seed is None else int(seed)
    recordings = list(corpus)
    for recording in recordings:
        if recording.change is not None:
            raise ValueError(f"`corpus` must not hold takes already. Received: {recording.where}.")
        if recording.durations is not None and tempo != (1, 1):
            raise ValueError(
                "`tempo` must be 1 where recordings have durations, which it would change: add "
                f"takes first. Received: tempo={tempo}, and {recording.where} with durations."
            )
    takes = {
        r.id: [_take(r, number, tempo, semitones, seed) for number in range(1, n_takes + 1)]
        for r in recordings
    }
    everything = recordings + [take for of_one in takes.values() for take in of_one]
    if not isinstance(corpus, Corpus):
        return Corpus(everything)
    return corpus.with_recordings(everything, {k: [t.id for t in v] for k, v in takes.items()})


def _take(recording, number, tempo, semitones, seed):
    digest = hashlib.sha256(f"{seed}:{recording.id}:{number}".encode()).digest()
    generator = np.random.default_rng(list(digest))
    # Rounded, for these are read by people where caches and errors show them.
    change = AudioChange(
        tempo=round(float(generator.uniform(*tempo)), 4),
        semitones=round(float(generator.uniform(*semitones)), 4),
    )
    return recording.replace(id=f"{recording.id}~{number}", change=change)
