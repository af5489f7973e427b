"""Every key of an instrument as sound, made from the keys that were recorded."""

import numpy as np
import soxr

from keras_speech.data import audio_files, chords, tuning

FADE_IN_S = 0.001
FADE_OUT_S = 0.2
RELEASE_S = 0.05  # time constant of the damper: 60 dB in 0.35 s


def find_onset(samples, sample_rate, *, threshold_db=-26.0):
    """Where a note begins.

    Args:
        samples: float array `(samples,)`, silence or quiet noise and then a note.
        sample_rate: Hz.
        threshold_db: the onset is the first moment at which the envelope, the RMS of 2 ms, is
            within this of its maximum. Defaults to -26.

    Returns: int, sample; 0 for silence.
    """
    width = max(1, round(0.002 * sample_rate))
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype="float64"))])
    # Window `i` is the `width` samples up to and with sample `i`.
    last = np.arange(1, len(samples) + 1)
    envelope = energy[last] - energy[np.maximum(last - width, 0)]
    peak = envelope.max(initial=0.0)
    if peak <= 0.0:
        return 0
    return int(np.argmax(envelope >= peak * 10.0 ** (threshold_db / 10.0)))


class NoteBank:
    """The sound of every key from `lowest` to `highest`, all beginning with their onset.

    A key takes the recording nearest to it, resampled to its pitch, once for every velocity that
    was recorded. All have the same RMS over their first second. Where a recording ends, it fades
    over 0.2 s and silence follows.

    Args:
        notes: sequence of `Note`, as `note_corpus` reads.
        sample_rate: Hz. Defaults to 8000.
        lowest: MIDI number of the first key. Defaults to 36.
        highest: MIDI number of the last key. Defaults to 96.
        seconds: length of a key's sound. Defaults to 3.
        max_shift: semitones a recording may be shifted. Defaults to 3.
        tuning_tolerance_cents: a recording further than this from equal temperament is corrected;
            `None` for never. Defaults to 10.

    Attributes mirror the arguments; `velocities` is the ascending tuple of recorded velocities,
    `sounds` float32 `(velocities, keys, samples)`.

    Raises:
        AudioError: a recording cannot be read.
        ValueError: a key has no recording near it, or a recording is silent.
    """

    def __init__(
        self,
        notes,
        *,
        sample_rate=8000,
        lowest=36,
        highest=96,
        seconds=3.0,
        max_shift=3,
        tuning_tolerance_cents=10.0,
    ):
        self.notes = tuple(notes)
        if not self.notes:
            raise ValueError("`notes` must hold recordings. Received: an empty sequence.")
        if not 0 <= lowest <= highest <= 127:
            raise ValueError(
                "`lowest` and `highest` must be MIDI numbers, 0 <= lowest <= highest <= 127. "
                f"Received: lowest={lowest}, highest={highest}."
            )
        if not sample_rate > 0 or not seconds > 0:
            raise ValueError(
                "`sample_rate` and `seconds` must be positive. "
                f"Received: sample_rate={sample_rate}, seconds={seconds}."
            )
        self.sample_rate, self.lowest, self.highest = int(sample_rate), int(lowest), int(highest)
        self.seconds, self.max_shift = float(seconds), max_shift
        self.tuning_tolerance_cents = tuning_tolerance_cents
        self.velocities = tuple(sorted({note.velocity for note in self.notes}))
        self.n_samples = round(self.seconds * self.sample_rate)
        shape = (len(self.velocities), self.highest - self.lowest + 1, self.n_samples)
        self.sounds = np.zeros(shape, "float32")
        recorded = {}
        for layer, velocity in enumerate(self.velocities):
            for key in range(self.lowest, self.highest + 1):
                note = self._nearest(key, velocity)
                if note.id not in recorded:
                    recorded[note.id] = self._read(note)
                self.sounds[layer, key - self.lowest] = self._shift(*recorded[note.id], key)

    def _nearest(self, key, velocity):
        """The recording for a key: of this velocity if one is near enough, else of any."""

        def order(note):
            shift = abs(note.midi - key)
            return (shift > self.max_shift, note.velocity != velocity, shift, note.midi, note.id)

        note = min(self.notes, key=order)
        if abs(note.midi - key) > self.max_shift:
            note = min(self.notes, key=lambda other: abs(other.midi - key))
            raise ValueError(
                f"Every key from `lowest` to `highest` needs a recording within {self.max_shift} "
                f"semitones. Received: key {chords.note_name(key)} (MIDI {key}), nearest "
                f"recording {note.id!r} of {note.name} (MIDI {note.midi})."
            )
        return note

    def _read(self, note):
        """The recording from its onset on, its rate and the MIDI number (not whole) it sounds."""
        samples, rate = audio_files.decode_audio(note.path)
        samples = samples.mean(axis=1, dtype="float32")
        if not np.any(samples):
            raise ValueError(f"A note must not be silent. Received: {note.id!r}, {note.path}.")
        samples = samples[find_onset(samples, rate) :].copy()
        fade_in = min(round(FADE_IN_S * rate), len(samples))
        samples[:fade_in] *= np.linspace(0.0, 1.0, fade_in, endpoint=False, dtype="float32")
        fade_out = min(round(FADE_OUT_S * rate), len(samples) // 2)
        if fade_out:
            samples[-fade_out:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade_out, "float32"))
        cents = tuning.tuning_cents(samples, rate, note.midi)
        if self.tuning_tolerance_cents is None or abs(cents) <= self.tuning_tolerance_cents:
            cents = 0.0
        return samples, rate, note.midi + cents / 100.0

    def _shift(self, samples, rate, midi, key):
        """A recording at a key's pitch and the bank's sample rate, length and loudness."""
        ratio = 2.0 ** ((key - midi) / 12.0)
        # Played faster by `ratio`, then sampled at the bank's rate: one step.
        n_needed = int((self.seconds + 0.05) * rate * ratio)
        shifted = soxr.resample(samples[:n_needed], rate * ratio, self.sample_rate)
        sound = np.zeros(self.n_samples, "float32")
        sound[: len(shifted)] = shifted[: self.n_samples]
        first_second = sound[: self.sample_rate].astype("float64")
        return sound / max(np.sqrt(np.mean(first_second**2)), 1e-9)

    def mix(self, notes, *, velocity=None, release_s=None, peak=0.8):
        """The sound of keys struck together.

        Args:
            notes: MIDI numbers.
            velocity: one of `velocities`. Defaults to `None`, the highest.
            release_s: when the keys are let go, in seconds from the onset; the sound then decays
                with a time constant of 0.05 s. Defaults to `None`, they are held.
            peak: largest absolute sample. Defaults to 0.8.

        Returns: float32 `(n_samples,)`.
        """
        velocity = self.velocities[-1] if velocity is None else velocity
        if velocity not in self.velocities:
            raise ValueError(
                f"`velocity` must be one of {self.velocities}. Received: velocity={velocity}."
            )
        keys = [note - self.lowest for note in notes]
        if not keys or not all(0 <= key < self.sounds.shape[1] for key in keys):
            raise ValueError(
                f"`notes` must be from {self.lowest} to {self.highest}. Received: notes={notes}."
            )
        sounds = self.sounds[self.velocities.index(velocity)]
        samples = sounds[keys[0]].copy()
        for key in keys[1:]:
            samples += sounds[key]
        samples *= peak / max(np.max(np.abs(samples)), 1e-9)
        if release_s is not None:
            first = min(max(0, round(release_s * self.sample_rate)), self.n_samples)
            since = np.arange(self.n_samples - first) / self.sample_rate
            samples[first:] *= np.exp(-since / RELEASE_S).astype("float32")
        return samples
