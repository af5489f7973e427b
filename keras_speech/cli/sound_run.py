"""One call of `keras-speech train` for a model that learns from pieces of sound."""

import math

from keras_speech.cli.errors import CommandError
from keras_speech.cli.training_run import TrainingRun


class SoundRun(TrainingRun):
    """What WaveNet and the vocoders share.

    `configure` of a subclass sets `spec`, the `AudioSpec` of the mels or `None`, and `speakers`,
    their names or `None`.
    """

    def batches(self, corpus, *, shuffle=True):
        from keras_speech import data

        arguments = self.arguments
        try:
            epochs = data.waveform_epochs(
                corpus,
                self._segment_length(),
                arguments.batch_size,
                sample_rate=arguments.sample_rate,
                spec=self.spec,
                seed=arguments.seed,
                shuffle=shuffle,
                steps_per_epoch=arguments.steps_per_epoch if shuffle else None,
                balance=arguments.balance,
                silence_db=arguments.silence_db if shuffle else None,
                level=arguments.level_db,
                trim=arguments.trim_db,
                cache=self.features,
                on_error=arguments.on_error,
                skipped=self.skipped,
            )
        except ValueError as error:
            raise CommandError(_in_options(str(error))) from error
        # Validation's batches are the later ones: what is heard is then new to the model.
        self.heard = epochs.recordings[0]
        return epochs

    def _segment_length(self):
        """Samples of a segment: whole hops."""
        hop_length = self.spec.hop_length if self.spec else 1
        n_hops = max(1, round(self.arguments.segment * self.arguments.sample_rate / hop_length))
        return n_hops * hop_length

    def batches_in(self, seconds):
        arguments = self.arguments
        segment_s = self._segment_length() / arguments.sample_rate
        n_batches = math.ceil(sum(seconds.values()) / (arguments.batch_size * segment_s))
        of = f"{arguments.batch_size} segments of {segment_s:.2f} s"
        return arguments.steps_per_epoch or n_batches, of

    def longest(self, corpus, seconds):
        # All batches are equally long; what segments can be cut from is soonest read if short.
        long_enough = [name for name in corpus.ids if not self._is_short(seconds[name])]
        if not long_enough:
            raise CommandError("every recording is shorter than --segment.")
        return corpus.subset([min(long_enough, key=seconds.get)])

    def remarks(self, seconds):
        short = [name for name in seconds if self._is_short(seconds[name])]
        if not short:
            return []
        skip = self.arguments.on_error == "skip"
        then = "are left out" if skip else "stop the training without --on-error skip"
        return [("too short", f"{len(short)} for --segment, such as {short[0]}; they {then}")]

    def _is_short(self, seconds):
        return seconds * self.arguments.sample_rate < self._segment_length()

    def callbacks(self, train, validation, directory):
        from keras_speech.callbacks import AudioSample
        from keras_speech.training import OnAverages

        arguments = self.arguments
        if not arguments.sample_every:
            return []
        sample = AudioSample(
            directory / "samples",
            every=arguments.sample_every,
            log_directory=directory / "logs",
            seed=arguments.seed,
            **self.heard_options(),
        )
        return [OnAverages([sample])]

    def watch(self):
        from keras_speech import data

        return data.BatchWatch(sample_rate=self.arguments.sample_rate)

    def heard_options(self):
        """Returns what `generate` is to make an audio sample of."""
        return {"mel": self.heard_mel()}

    def heard_mel(self):
        """Returns the mel of the beginning of the recording that is heard in audio samples."""
        from keras_speech import data
        from keras_speech.cli.conditions import mel_of

        rate = self.spec.sample_rate
        n_samples = max(1, round(self.arguments.sample_seconds * rate))
        samples = data.read_audio(self.heard.path, rate)[:n_samples]
        if self.arguments.level_db is not None:
            samples = data.Level(self.arguments.level_db)(samples)
        return mel_of(samples, self.spec)

    def save(self, model):
        from keras_speech.models import save_model_preset

        return save_model_preset(
            model,
            self.out,
            description=f"Trained on {self.data.resolve().name}",
            speakers=self.speakers,
            overwrite=True,
        )


def _in_options(message):
    """Says in the command's words what the library says in Python's."""
    return (
        message.replace("`segment_length`", "--segment")
        .replace("on_error='skip'", "--on-error skip")
        .replace("`silence_db`", "--silence-db")
    )
