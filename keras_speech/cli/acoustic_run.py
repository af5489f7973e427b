"""One call of `keras-speech train tacotron2` or its like: recordings and texts to a voice."""

import math

from keras_speech.cli import tokenizers
from keras_speech.cli.acoustic_recipes import RECIPES
from keras_speech.cli.errors import UsageError
from keras_speech.cli.specs import spec_for
from keras_speech.cli.training_run import TrainingRun

# Enough to see whether the model reads; one picture shows this many sentences.
PLOTTED = 4

# Sentences that are spoken, each into a file of its own.
HEARD = 2


class AcousticRun(TrainingRun):
    """Does what the arguments of `train` say for one of the `RECIPES`."""

    def configure(self, corpus):
        arguments = self.arguments
        self.recipe = RECIPES[arguments.model]
        self.spec, self.tokenizer = spec_for(arguments.sample_rate), tokenizers.make(arguments)
        self.speakers = list(corpus.speakers) if len(corpus.speakers) > 1 else None
        self.config = self.recipe.config(arguments.config)
        for name in self.recipe.options:
            if getattr(arguments, name):
                self.config[name] = getattr(arguments, name)
        if self.speakers:
            self.config["n_speakers"] = len(self.speakers)
        self.linear = arguments.config in (self.recipe.linear or ())
        if self.recipe.linear is not None:
            self.config["n_freqs"] = self.spec.n_freqs if self.linear else 0
        self.phone_times = getattr(arguments, "phone_times", None)
        # Shards may hold them already.
        timed = self.phone_times or corpus[0].durations is not None
        if timed and arguments.trim_db is not None:
            raise UsageError("--trim-db would cut recordings whose phones' times are known.")
        if timed and self.recipe.class_name == "FastSpeech2":
            self.config["aligner"] = False
        elif timed and not self.config.get("attention_supervision_weight", 1):
            # Published without, but who gives the times wants them used.
            self.config["attention_supervision_weight"] = 1.0
        if arguments.model == "neural-hmm" and " " in self.tokenizer.symbols:
            # A word space has no sound of its own; pauses are the punctuation's.
            self.config["stateless_tokens"] = [list(self.tokenizer.symbols).index(" ")]
        self.config["vocabulary_size"] = self.tokenizer.vocabulary_size
        self.config["n_mels"] = self.spec.n_mels

    def prepared(self, corpus):
        if not self.phone_times:
            return corpus
        from keras_speech import data

        return data.with_phone_times(
            corpus,
            self.tokenizer,
            self.spec,
            self.phone_times,
            on_error=self.arguments.on_error,
            skipped=self.skipped,
        )

    def batches(self, corpus, *, shuffle=True):
        from keras_speech import data

        arguments = self.arguments
        epochs = data.linear_epochs if self.linear else data.acoustic_epochs
        return epochs(
            corpus,
            self.spec,
            self.tokenizer,
            arguments.batch_size,
            seed=arguments.seed,
            shuffle=shuffle,
            cache=self.features,
            on_error=arguments.on_error,
            skipped=self.skipped,
            level=arguments.level_db,
            trim=arguments.trim_db,
            f0=self.recipe.f0,
            reduction=self.config.get("reduction", 1),
        )

    def batches_in(self, seconds):
        size = self.arguments.batch_size
        return math.ceil(len(seconds) / size), f"up to {size} recordings"

    def longest(self, corpus, seconds):
        longest = sorted(corpus.ids, key=seconds.get, reverse=True)
        return corpus.subset(longest[: self.arguments.batch_size])

    def make_model(self, train):
        from keras_speech.training import mel_statistics, prosody_statistics

        def measured():
            mean, scale = mel_statistics(train(0))
            config = {**self.config, "mel_mean": mean, "mel_scale": scale}
            if self.linear:
                linear = ({**batch, "mel": batch["linear"]} for batch in train(0))
                config["linear_mean"], config["linear_scale"] = mel_statistics(linear)
            return {**config, **prosody_statistics(train(0))} if self.recipe.f0 else config

        return self.recipe.model_class()(**self.model_config(measured))

    def watch(self):
        from keras_speech import data

        return data.BatchWatch(frame_rate=self.spec.frame_rate)

    def callbacks(self, train, validation, directory):
        from keras_speech import callbacks
        from keras_speech.models import GriffinLim
        from keras_speech.training import OnAverages

        arguments = self.arguments
        # A short run is not left without any.
        plots, samples, checks = (
            min(every, arguments.epochs)
            for every in (arguments.plot_every, arguments.sample_every, arguments.check_every)
        )
        if not (plots or samples or checks):
            return []
        batch = next(iter((train if validation is None else validation)(0)))
        batch = {name: value[:PLOTTED] for name, value in batch.items()}
        logs, looking = directory / "logs", []
        if plots:
            options = {"every": plots, "log_directory": logs}
            looking += [
                callbacks.AlignmentPlot(batch, directory / "alignments", **options),
                callbacks.MelPlot(batch, directory / "mels", spec=self.spec, **options),
            ]
        if samples:
            heard = {
                name: value[:HEARD].numpy()
                for name, value in batch.items()
                if name in ("tokens", "token_lengths", "speaker")
            }
            looking.append(
                callbacks.AudioSample(
                    directory / "samples",
                    every=samples,
                    vocoder=GriffinLim(self.spec),
                    log_directory=logs,
                    # Twice as long as the longest recording, if it does not stop by itself.
                    max_frames=2 * int(batch["mel_lengths"][:HEARD].numpy().max()),
                    seed=arguments.seed,
                    **heard,
                )
            )
        if checks:
            symbols = self.tokenizer.symbols
            looking.append(
                callbacks.AlignmentDoctor(batch, every=checks, spec=self.spec, symbols=symbols)
            )
        return [OnAverages(looking)]

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
