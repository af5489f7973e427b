"""One call of `keras-speech train tacotron2`: recordings and texts to a voice."""

from keras_speech.cli import training_directory
from keras_speech.cli.specs import spec_for
from keras_speech.cli.training_run import TrainingRun

# Enough to see whether the model reads; one picture shows this many sentences.
PLOTTED = 4


class Tacotron2Run(TrainingRun):
    """Does what the arguments of `train tacotron2` say."""

    def configure(self, corpus):
        from keras_speech.models import tacotron2_configs

        arguments = self.arguments
        self.spec, self.tokenizer = spec_for(arguments.sample_rate), self._tokenizer()
        self.speakers = list(corpus.speakers) if len(corpus.speakers) > 1 else None
        self.config = dict(getattr(tacotron2_configs, arguments.config.upper()))
        if arguments.reduction:
            self.config["reduction"] = arguments.reduction
        if self.speakers:
            self.config["n_speakers"] = len(self.speakers)
        if arguments.scheduled_sampling:
            self.config["scheduled_sampling"] = arguments.scheduled_sampling
        self.config["vocabulary_size"] = self.tokenizer.vocabulary_size
        self.config["n_mels"] = self.spec.n_mels

    def _tokenizer(self):
        from keras_speech import text

        if self.arguments.tokenizer == "phones":
            return text.LexiconTokenizer.from_cmudict()
        if self.arguments.alphabet:
            return text.CharacterTokenizer(self.arguments.alphabet, normalizer=None, lowercase=True)
        return text.CharacterTokenizer()

    def batches(self, corpus, *, shuffle=True):
        from keras_speech import data

        arguments = self.arguments
        return data.acoustic_epochs(
            corpus,
            self.spec,
            self.tokenizer,
            arguments.batch_size,
            seed=arguments.seed,
            shuffle=shuffle,
            cache=self.out / "features",
            on_error=arguments.on_error,
            skipped=self.skipped,
            level=arguments.level_db,
            trim=arguments.trim_db,
            reduction=self.config["reduction"],
        )

    def make_model(self, train):
        from keras_speech.models import Tacotron2
        from keras_speech.training import mel_statistics

        def measured():
            mean, scale = mel_statistics(train(0))
            return {**self.config, "mel_mean": mean, "mel_scale": scale}

        return Tacotron2(**training_directory.model_config(self.out, measured))

    def callbacks(self, train, validation, directory):
        from keras_speech.callbacks import AlignmentPlot

        if not self.arguments.plot_every:
            return []
        batch = next(iter(validation if validation is not None else train(0)))
        batch = {name: value[:PLOTTED] for name, value in batch.items()}
        return [AlignmentPlot(batch, directory / "alignments", every=self.arguments.plot_every)]

    def save(self, model):
        from keras_speech.models import GriffinLim
        from keras_speech.voices import Voice

        voice = Voice(
            self.tokenizer,
            model,
            GriffinLim(self.spec),
            self.spec,
            name=self.out.resolve().name,
            speakers=self.speakers,
            metadata={"description": f"Trained on {self.data.resolve().name}"},
        )
        voice.save_to_preset(self.out / "voice", overwrite=True)
        return self.out / "voice"

    def advice(self, path):
        return f'keras-speech speak "Hello there." --voice {path}'
