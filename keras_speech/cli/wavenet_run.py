"""One call of `keras-speech train wavenet`: recordings to a model of sound."""

import shlex

from keras_speech.cli import training_directory
from keras_speech.cli.errors import CommandError
from keras_speech.cli.specs import spec_for
from keras_speech.cli.training_run import TrainingRun

# Speakers that are heard in an audio sample; each is made at the same time as the others.
HEARD_SPEAKERS = 4


class WaveNetRun(TrainingRun):
    """Does what the arguments of `train wavenet` say."""

    def configure(self, corpus):
        from keras_speech import layers
        from keras_speech.models import wavenet_configs

        arguments = self.arguments
        rate = arguments.sample_rate
        self.config = dict(getattr(wavenet_configs, arguments.config.upper()))
        self.spec = spec_for(rate) if arguments.vocoder or "spec" in self.config else None
        self.config |= {"spec": self.spec} if self.spec else {"sample_rate": rate}
        if arguments.head is not None:
            heads = {"mu_law": layers.MuLawHead, "logistic_mixture": layers.LogisticMixtureHead}
            self.config["head"] = heads[arguments.head]()
        self.speakers = list(corpus.speakers) if len(corpus.speakers) > 1 else None
        self.config["n_speakers"] = len(self.speakers or ())
        hop_length = self.spec.hop_length if self.spec else 1
        self.segment_length = max(1, round(arguments.segment * rate / hop_length)) * hop_length

    def batches(self, corpus, *, shuffle=True):
        from keras_speech import data

        arguments = self.arguments
        try:
            epochs = data.waveform_epochs(
                corpus,
                self.segment_length,
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
                cache=self.out / "features",
                on_error=arguments.on_error,
                skipped=self.skipped,
            )
        except ValueError as error:
            raise CommandError(_in_options(str(error))) from error
        # Validation's batches are the later ones: what is heard is then new to the model.
        self.heard = epochs.recordings[0]
        return epochs

    def make_model(self, train):
        from keras_speech.models import WaveNet
        from keras_speech.training import mel_statistics

        def measured():
            if self.spec is None:
                return {}
            mean, scale = mel_statistics(train(0))
            return {"mel_mean": mean, "mel_scale": scale}

        return WaveNet(**self.config, **training_directory.model_config(self.out, measured))

    def callbacks(self, train, validation):
        arguments = self.arguments
        if not arguments.sample_every:
            return []
        return [
            _averaged_audio_sample(
                self.out / "samples",
                every=arguments.sample_every,
                log_directory=self.out / "logs",
                seed=arguments.seed,
                **self._heard(),
            )
        ]

    def _heard(self):
        """What `generate` is to make an audio sample of."""
        n_samples = max(1, round(self.arguments.sample_seconds * self.arguments.sample_rate))
        if self.spec is None:
            if self.speakers is None:
                return {"n_samples": n_samples}
            speakers = list(range(min(HEARD_SPEAKERS, len(self.speakers))))
            return {"n_samples": n_samples, "speaker": speakers}
        from keras_speech import data
        from keras_speech.cli.conditions import mel_of

        samples = data.read_audio(self.heard.path, self.spec.sample_rate)[:n_samples]
        if self.arguments.level_db is not None:
            samples = data.Level(self.arguments.level_db)(samples)
        options = {"mel": mel_of(samples, self.spec)}
        if self.speakers is not None:
            options["speaker"] = [self.speakers.index(self.heard.speaker)]
        return options

    def save(self, model):
        from keras_speech.models import save_model_preset

        return save_model_preset(
            model,
            self.out,
            description=f"Trained on {self.data.resolve().name}",
            speakers=self.speakers,
            overwrite=True,
        )

    def advice(self, path):
        command = ["keras-speech", "generate", str(path)]
        if self.spec is not None:
            command += ["--mel-of", str(self.heard.path)]
        else:
            command += ["--speaker", self.speakers[0]] if self.speakers else []
            command += ["--seconds", "3"]
        return shlex.join([*command, "--out", "sound.wav"])


def _averaged_audio_sample(*arguments, **options):
    """An `AudioSample` of the averaged weights, where the optimizer keeps any."""
    from keras_speech import callbacks
    from keras_speech.training import averaged_weights

    class AveragedAudioSample(callbacks.AudioSample):
        def generate(self):
            with averaged_weights(self.model):
                return super().generate()

    return AveragedAudioSample(*arguments, **options)


def _in_options(message):
    """Says in the command's words what the library says in Python's."""
    return (
        message.replace("`segment_length`", "--segment")
        .replace("on_error='skip'", "--on-error skip")
        .replace("`silence_db`", "--silence-db")
    )
