"""The epochs of notes and triads, each a `tf.data.Dataset`."""

import itertools

import numpy as np
import tensorflow as tf

from keras_speech.data import chords as chord_names
from keras_speech.data.note_roll import note_roll, note_roll_channels


class ChordEpochs:
    """Batches of chords as a function of the epoch. Made by `chord_epochs`.

    Args:
        bank: the `NoteBank`.
        segment_length, batch_size, hop_length, chords, seed, steps_per_epoch, onset_share,
        max_onset_s, release_share, peak, tones: as in `chord_batches`.
    """

    def __init__(
        self,
        bank,
        *,
        segment_length,
        batch_size,
        hop_length,
        chords,
        seed,
        steps_per_epoch,
        onset_share,
        max_onset_s,
        release_share,
        peak,
        tones,
    ):
        self.bank, self.tones = bank, tones
        self.segment_length, self.hop_length = segment_length, hop_length
        self.batch_size, self.n_batches, self.seed = batch_size, steps_per_epoch, seed
        self.onset_share, self.release_share, self.peak = onset_share, release_share, peak
        self.max_onset = round(max_onset_s * bank.sample_rate)
        # For each kind, every chord that the keys allow.
        self.choices = {
            kind: [
                tuple(root + step for step in steps)
                for root in range(bank.lowest, bank.highest + 1 - max(steps))
            ]
            for kind, steps in ((kind, chord_names.CHORDS[kind]) for kind in chords)
        }
        if empty := [kind for kind, choices in self.choices.items() if not choices]:
            raise ValueError(
                "`lowest` to `highest` must hold every kind of `chords`. "
                f"Received: lowest={bank.lowest}, highest={bank.highest}, chords={empty}."
            )

    def __len__(self):
        """Batches an epoch."""
        return self.n_batches

    def __call__(self, epoch):
        """The batches of one epoch, from 0: the same in every pass over them."""
        if epoch < 0:
            raise ValueError(f"`epoch` must not be negative. Received: epoch={epoch}.")
        return self._dataset(lambda: epoch)

    def all_epochs(self):
        """A dataset that goes on to the next epoch with every pass, beginning with the first."""
        epochs = itertools.count()
        return self._dataset(lambda: next(epochs))

    def batch(self, epoch, step):
        """The arrays of one batch: `samples` and `mel`, as in `chord_batches`."""
        generator = np.random.default_rng([self.seed, int(epoch), int(step)])
        examples = [self._example(generator) for _ in range(self.batch_size)]
        samples, rolls = zip(*examples, strict=True)
        return np.stack(samples), np.stack(rolls)

    def _example(self, generator):
        bank, rate = self.bank, self.bank.sample_rate
        choices = list(self.choices.values())[generator.integers(len(self.choices))]
        notes = choices[generator.integers(len(choices))]
        velocity = bank.velocities[generator.integers(len(bank.velocities))]
        onset = int(generator.integers(self.max_onset + 1))
        last_frame = (onset + bank.n_samples - self.segment_length) // self.hop_length
        release = None
        if generator.random() < self.release_share:
            release = onset + int(generator.integers(round(0.1 * rate), bank.n_samples))
            # A crop in which it happens.
            start = release - int(generator.integers(self.segment_length))
            start = min(max(0, start // self.hop_length), last_frame)
        elif generator.random() < self.onset_share:
            start = 0
        else:
            start = int(generator.integers(last_frame + 1))
        start *= self.hop_length
        release_s = None if release is None else (release - onset) / rate
        sound = bank.mix(notes, velocity=velocity, release_s=release_s, peak=self.peak)
        samples = np.zeros(self.segment_length, "float32")
        n_silent = max(0, onset - start)
        first = max(0, start - onset)
        samples[n_silent:] = sound[first : first + self.segment_length - n_silent]
        roll = note_roll(
            notes,
            self.segment_length // self.hop_length,
            frame_rate=rate / self.hop_length,
            lowest=bank.lowest,
            highest=bank.highest,
            onset_s=(onset - start) / rate,
            release_s=None if release is None else (release - start) / rate,
            velocity=velocity,
            tones=self.tones,
        )
        return samples, roll

    def _dataset(self, epoch_of_pass):
        n_frames = self.segment_length // self.hop_length
        n_channels = note_roll_channels(self.bank.lowest, self.bank.highest, self.tones)

        def steps_of_pass(_):
            # Runs anew for every pass over the dataset.
            epoch = tf.numpy_function(lambda: np.int64(epoch_of_pass()), [], tf.int64)
            steps = tf.data.Dataset.range(self.n_batches)
            return steps.map(lambda step: (epoch, step))

        def make(epoch, step):
            samples, roll = tf.numpy_function(self.batch, [epoch, step], [tf.float32, tf.float32])
            samples.set_shape([self.batch_size, self.segment_length])
            roll.set_shape([self.batch_size, n_frames, n_channels])
            return {"samples": samples, "mel": roll}

        return (
            tf.data.Dataset.from_tensors(0)
            .flat_map(steps_of_pass)
            .map(make, num_parallel_calls=2, deterministic=True)
            .apply(tf.data.experimental.assert_cardinality(self.n_batches))
            .prefetch(tf.data.AUTOTUNE)
        )
