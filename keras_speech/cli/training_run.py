"""One call of `keras-speech train`: corpus to batches to model to voice."""

import sys
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import training_directory
from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.layouts import read_corpus
from keras_speech.cli.quiet import load_quietly

INTERRUPTED = 130
NOT_SETTINGS = ("run", "command", "debug", "out")
# Enough to see whether the model reads; one picture shows this many sentences.
PLOTTED = 4


class TrainingRun:
    """Does what the arguments of `train` say; calling it returns the exit code."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.out = Path(arguments.out).expanduser()
        self.data = kinds.require_directory(arguments.data, what="--data")
        self.settings = {
            name: value for name, value in vars(arguments).items() if name not in NOT_SETTINGS
        }
        self.settings["data"] = str(self.data.resolve())
        training_directory.check(self.out, self.settings)
        self.skipped = []

    def __call__(self):
        # The corpus comes first: a bad row is found before anything slow or lasting happens.
        train_corpus, validation_corpus = self._corpora()
        load_quietly(debug=self.arguments.debug)
        import keras

        keras.utils.set_random_seed(self.arguments.seed)
        spec, tokenizer = self._spec(), self._tokenizer()
        config = self._config(spec, tokenizer, train_corpus.speakers)
        # From here on there is something to keep, so the directory is made.
        training_directory.begin(self.out, self.settings)
        train = self._batches(train_corpus, spec, tokenizer, config)
        validation = None
        if validation_corpus is not None:
            validation = self._batches(validation_corpus, spec, tokenizer, config, shuffle=False)(0)
        model = self._model(config, train)
        self._list_skipped()
        try:
            self._fit(model, train, validation)
            interrupted = False
        except KeyboardInterrupt:
            interrupted = True
        self._save_voice(model, spec, tokenizer, train_corpus.speakers)
        return self._report(interrupted)

    def _corpora(self):
        from keras_speech import data

        corpus = read_corpus(
            self.arguments.layout,
            self.data,
            on_error=self.arguments.on_error,
            skipped=self.skipped,
        )
        part = self.arguments.validation
        if part is None:
            train, validation = corpus.train, corpus.validation
        elif part == "none" or _amount(part) == 0:
            train, validation = corpus, None
        elif (amount := _amount(part)) is not None:
            train, validation = corpus.split(amount)
        elif Path(part).expanduser().is_file():
            validation = corpus.subset(data.read_ids(Path(part).expanduser()))
            held_out = set(validation.ids)
            train = corpus.filter(lambda recording: recording.id not in held_out)
        else:
            raise UsageError(
                f"--validation `{part}` is neither a fraction, a number, a file, nor `none`."
            )
        if validation is not None and len(validation) == 0:
            validation = None
        if validation is None and self.arguments.keep == "best":
            raise UsageError("--keep best needs a --validation part.")
        if len(train) == 0:
            raise CommandError(f"`{self.data}` leaves no recording to train on.")
        held = "" if validation is None else f", {len(validation)} kept out for validation"
        print(f"{self.data}: {len(train)} recordings to train on{held}")
        return train, validation

    def _spec(self):
        from keras_speech.audio_spec import AudioSpec

        rate = self.arguments.sample_rate
        if rate == 22050:
            return AudioSpec()
        # The published window and hop, 46 and 12 ms, at another rate; a power of two is fast.
        n_fft = 2 ** round(rate * 1024 / 22050).bit_length() // 2
        n_fft = min((n_fft, 2 * n_fft), key=lambda size: abs(size - rate * 1024 / 22050))
        return AudioSpec(
            sample_rate=rate,
            n_fft=n_fft,
            hop_length=n_fft // 4,
            win_length=n_fft,
            fmax=min(8000.0, rate / 2),
        )

    def _tokenizer(self):
        from keras_speech import text

        if self.arguments.tokenizer == "phones":
            return text.LexiconTokenizer.from_cmudict()
        if self.arguments.alphabet:
            return text.CharacterTokenizer(self.arguments.alphabet, normalizer=None, lowercase=True)
        return text.CharacterTokenizer()

    def _config(self, spec, tokenizer, speakers):
        from keras_speech.models import tacotron2_configs

        config = dict(getattr(tacotron2_configs, self.arguments.config.upper()))
        if self.arguments.reduction:
            config["reduction"] = self.arguments.reduction
        if len(speakers) > 1:
            config["n_speakers"] = len(speakers)
        if self.arguments.scheduled_sampling:
            config["scheduled_sampling"] = self.arguments.scheduled_sampling
        return config | {"vocabulary_size": tokenizer.vocabulary_size, "n_mels": spec.n_mels}

    def _model(self, config, train):
        from keras_speech.models import Tacotron2
        from keras_speech.training import mel_statistics

        def measured():
            mean, scale = mel_statistics(train(0))
            return {**config, "mel_mean": mean, "mel_scale": scale}

        return Tacotron2(**training_directory.model_config(self.out, measured))

    def _batches(self, corpus, spec, tokenizer, config, *, shuffle=True):
        from keras_speech import data

        arguments = self.arguments
        return data.acoustic_epochs(
            corpus,
            spec,
            tokenizer,
            arguments.batch_size,
            seed=arguments.seed,
            shuffle=shuffle,
            cache=self.out / "features",
            on_error=arguments.on_error,
            skipped=self.skipped,
            level=arguments.level_db,
            trim=arguments.trim_db,
            reduction=config["reduction"],
        )

    def _list_skipped(self):
        for entry in self.skipped:
            print(f"keras-speech: skipped {entry.where}: {entry.reason}", file=sys.stderr)
        if self.skipped:
            print(f"keras-speech: {len(self.skipped)} recordings skipped", file=sys.stderr)

    def _fit(self, model, train, validation):
        from keras_speech import training
        from keras_speech.callbacks import AlignmentPlot

        arguments = self.arguments
        callbacks = []
        if arguments.plot_every:
            batch = next(iter(validation if validation is not None else train(0)))
            batch = {name: value[:PLOTTED] for name, value in batch.items()}
            directory = self.out / "alignments"
            callbacks.append(AlignmentPlot(batch, directory, every=arguments.plot_every))
        training.train(
            model,
            train,
            validation,
            epochs=arguments.epochs,
            directory=self.out,
            learning_rate=arguments.learning_rate,
            schedule=arguments.schedule,
            warmup_steps=arguments.warmup_steps,
            clip_norm=arguments.clip_norm,
            ema_momentum=arguments.average,
            keep=arguments.keep,
            callbacks=callbacks,
            verbose=1 if sys.stdout.isatty() else 2,
        )

    def _save_voice(self, model, spec, tokenizer, speakers):
        from keras_speech.models import GriffinLim
        from keras_speech.voices import Voice

        voice = Voice(
            tokenizer,
            model,
            GriffinLim(spec),
            spec,
            name=self.out.resolve().name,
            speakers=list(speakers) if len(speakers) > 1 else None,
            metadata={"description": f"Trained on {self.data.resolve().name}"},
        )
        voice.save_to_preset(self.out / "voice", overwrite=True)

    def _report(self, interrupted):
        from keras_speech.training import read_checkpoint

        state = read_checkpoint(self.out / "checkpoint.npz")
        done = state["epoch"] if state else 0
        voice = self.out / "voice"
        if interrupted:
            print(
                f"\nkeras-speech: interrupted after {done} of {self.arguments.epochs} epochs; "
                f"the same command goes on from there. The voice so far: {voice}",
                file=sys.stderr,
            )
            return INTERRUPTED
        print(f"{voice}: trained for {done} epochs. Hear it:")
        print(f'keras-speech speak "Hello there." --voice {voice}')
        return 0


def _amount(text):
    """Returns a fraction below 1 or a number of recordings; `None` for text that is no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    if not (0 <= value < 1 or (value >= 1 and value.is_integer())):
        raise UsageError(
            f"--validation must be a fraction below 1 or a number of recordings, not {text}."
        )
    return value if value < 1 else int(value)
