"""One call of `keras-speech train`, as far as all models share it."""

import argparse
import contextlib
import sys
from pathlib import Path

from keras_speech.cli import arguments as kinds
from keras_speech.cli import optimizer_arguments, training_directory
from keras_speech.cli.dry_run import dry_run
from keras_speech.cli.errors import CommandError, UsageError, sentence
from keras_speech.cli.quiet import load_quietly
from keras_speech.cli.training_corpora import corpora

INTERRUPTED = 130
NOT_SETTINGS = (
    "run", "command", "debug", "out", "config_file", "dry_run", "defaults", "of_model"
)  # fmt: skip


class TrainingRun:
    """Does what the arguments of `train` say; calling it returns the exit code.

    A model's own run says how it is made and fed, and what is left of it in the end: `configure`,
    `batches`, `make_model`, `callbacks`, `save` and `advice`.
    """

    def __init__(self, arguments):
        self.arguments = arguments
        self.out = Path(arguments.out).expanduser()
        self.data = kinds.require_directory(arguments.data, what="--data")
        if arguments.keep == "best" and arguments.validation in ("none", "0"):
            raise UsageError("--keep best needs a --validation part.")
        optimizer_arguments.settle(arguments, **arguments.of_model)
        self.settings = _settings(arguments)
        self.settings["data"] = str(self.data.resolve())
        defaults = argparse.Namespace(**arguments.defaults)
        optimizer_arguments.settle(defaults, **arguments.of_model)
        training_directory.check(self.out, self.settings, _settings(defaults))
        self.skipped = []
        self.strategy, self.writes = None, True
        # Where what is measured of the recordings is kept.
        self.features = self.out / "features"

    def __call__(self):
        # The corpus comes first: a bad row is found before anything slow or lasting happens.
        train_corpus, validation_corpus = corpora(self.arguments, self.data, self.skipped)
        load_quietly(debug=self.arguments.debug)
        import keras

        from keras_speech.training import Terminated

        self._share()
        keras.utils.set_random_seed(self.arguments.seed)
        self.configure(train_corpus)
        if self.arguments.dry_run:
            return dry_run(self, train_corpus, validation_corpus)
        train_corpus = self.prepared(train_corpus)
        if validation_corpus is not None:
            validation_corpus = self.prepared(validation_corpus)
        # From here on there is something to keep, so the directory is made.
        training_directory.begin(self.out, self.settings)
        train = self.batches(train_corpus)
        validation = None
        if validation_corpus is not None:
            validation = self.batches(validation_corpus, shuffle=False)
        with self.scope(), self.precision():
            model = self.make_model(train)
            self.list_skipped()
            try:
                self.fit(model, train, validation)
                interrupted = False
            except KeyboardInterrupt:
                interrupted = True
            except Terminated as stop:
                # Whoever sent SIGTERM waits for the end: nothing more is made.
                print(f"\nkeras-speech: terminated {self._where()}", file=sys.stderr)
                return stop.code
            except (CommandError, UsageError, ValueError):
                raise
            except Exception as error:
                raise CommandError(
                    f"{sentence(error)}\nTraining stopped {self._where()}"
                ) from error
        return self._end(model, interrupted)

    def _share(self):
        """Makes the strategy; of several workers this one may then be one that is not to write."""
        from keras_speech import training

        if self.arguments.dry_run:
            return
        try:
            self.strategy = training.strategy(self.arguments.strategy)
        except ValueError as error:
            raise UsageError(f"--strategy {self.arguments.strategy}: {error}") from error
        if self.strategy is not None:
            self.writes = self.strategy.extended.should_checkpoint
        n_devices, batch_size = training.n_devices(self.strategy), self.arguments.batch_size
        if batch_size % n_devices:
            raise UsageError(
                f"--batch-size {batch_size} is that of all {n_devices} devices together, and must "
                "be a multiple of their number."
            )

    def scope(self):
        """Returns the context in which the model is made and trained on several devices."""
        return contextlib.nullcontext() if self.strategy is None else self.strategy.scope()

    def configure(self, corpus):
        """Settles all that can be settled, or refused, before the directory is made."""

    def prepared(self, corpus):
        """Returns the corpus as the batches need it; what is wrong with it raises here."""
        return corpus

    def batches(self, corpus, *, shuffle=True):
        """Returns batches as a function of the epoch."""
        raise NotImplementedError

    def batches_in(self, seconds):
        """Returns how many batches an epoch has, and what of; `seconds` by recording's id."""
        raise NotImplementedError

    def longest(self, corpus, seconds):
        """Returns the recordings that a batch as large as any is made of."""
        raise NotImplementedError

    def remarks(self, seconds):
        """Returns pairs of what else a dry run should say of the data."""
        return []

    def model_config(self, make):
        """Returns the begun training's configuration of the model, else a new one, kept there."""
        if self.arguments.dry_run and not (self.out / training_directory.MODEL_FILE).exists():
            return make()
        return training_directory.model_config(self.out, make)

    def precision(self):
        """Returns the context in which the model is made and trained."""
        from keras_speech.training import dtype_policy

        return dtype_policy(self.arguments.precision)

    def make_model(self, train):
        """Returns the model; `train` gives batches to measure."""
        raise NotImplementedError

    def callbacks(self, train, validation, directory):
        """Returns the model's own Keras callbacks, which write into `directory`."""
        return []

    def watch(self):
        """Returns the `BatchWatch` that counts what training hears, and how long it waits."""
        raise NotImplementedError

    def fit(self, model, train, validation):
        """Trains the model in one go; a subclass may have several."""
        self.train(model, train, validation, epochs=self.arguments.epochs, directory=self.out)

    def progress(self):
        """Returns epochs done, epochs wanted, and what to call them."""
        return position_in(self.out)[0], self.arguments.epochs, "epochs"

    def _where(self):
        """Says how far a broken-off training came, and how to go on."""
        done, wanted, epochs = self.progress()
        batch = position_in(self.out)[1]
        batches = f" and {batch} batches" if batch else ""
        return f"after {done} of {wanted} {epochs}{batches}; the same command goes on from there."

    def save(self, model):
        """Writes what the user is after, and returns its path."""
        raise NotImplementedError

    def advice(self, path):
        """Returns the command that tries what was saved."""
        raise NotImplementedError

    def list_skipped(self):
        """Prints what was left out of the recordings."""
        for entry in self.skipped:
            print(f"keras-speech: skipped {entry.where}: {entry.reason}", file=sys.stderr)
        if self.skipped:
            print(f"keras-speech: {len(self.skipped)} recordings skipped", file=sys.stderr)

    def train(self, model, train, validation, *, epochs, directory, **options):
        """Trains into a directory, or goes on there; `options` replace those of the arguments."""
        from keras_speech import training
        from keras_speech.callbacks import EventLog, Throughput

        arguments, watch = self.arguments, self.watch()
        settings = {
            **optimizer_arguments.keywords(arguments),
            "keep": arguments.keep,
            "verbose": (1 if sys.stdout.isatty() else 2) if self.writes else 0,
        }
        writing = []
        if self.writes:
            # What adds measures comes before what writes them.
            writing = self.callbacks(train, validation, directory)
            writing = [*writing, EventLog(directory / "logs")]
        training.train(
            model,
            train,
            validation,
            epochs=epochs,
            directory=directory,
            checkpoint_every=arguments.checkpoint_every,
            watch=watch,
            strategy=self.strategy,
            callbacks=[Throughput(watch), *writing],
            **{**settings, **options},
        )

    def compile(self, model, n_batches):
        """Compiles the model as training does, for epochs of `n_batches`."""
        from keras_speech import optimizers

        settings = optimizer_arguments.keywords(self.arguments)
        total_steps = self.arguments.epochs * n_batches
        name = settings.pop("optimizer")
        model.compile(
            optimizers.get(name, total_steps=total_steps, steps_per_epoch=n_batches, **settings),
            jit_compile="auto",
        )

    def _end(self, model, interrupted):
        from keras_speech.training import in_float32

        if not self.writes:
            return INTERRUPTED if interrupted else 0
        done, wanted, epochs = self.progress()
        # Interrupted within the first epoch there is nothing that has learned anything.
        path = self.save(in_float32(model)) if done else None
        if interrupted:
            so_far = f" So far: {path}" if done else ""
            print(f"\nkeras-speech: interrupted {self._where()}{so_far}", file=sys.stderr)
            return INTERRUPTED
        print(f"{path}: trained for {done} {epochs}. Hear it:")
        print(self.advice(path))
        return 0


def _settings(arguments):
    """What a training depends on: the options but for those of one call."""
    return {name: value for name, value in vars(arguments).items() if name not in NOT_SETTINGS}


def position_in(directory):
    """Returns how many epochs of a training in `directory` are done, and batches of the next."""
    from keras_speech.training import read_checkpoint

    state = read_checkpoint(directory / "checkpoint.npz") or {"epoch": 0, "batch": 0}
    return state["epoch"], state["batch"]
