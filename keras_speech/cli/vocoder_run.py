"""One call of `keras-speech train vocos`, `hifigan` or `waveglow`: recordings to a vocoder."""

import itertools
import math
import shlex

from keras_speech.cli import vocoder_recipes
from keras_speech.cli.errors import UsageError
from keras_speech.cli.layouts import FOLDER, is_sharded
from keras_speech.cli.models import require_model
from keras_speech.cli.progress import progress
from keras_speech.cli.sound_run import SoundRun
from keras_speech.cli.specs import spec_for, spec_of
from keras_speech.cli.training_run import position_in
from keras_speech.cli.voices import require_voice

# Of the first phase, in the directory of the training.
WARM = "warm"

# What a model that was saved without discriminators says of them.
OF_DISCRIMINATORS = ("discriminators", "discriminator_weights", "adversarial")


class VocoderRun(SoundRun):
    """Does what the arguments of `train` with a vocoder say.

    A model without discriminators trains once. One with them may train twice: first alone, on
    spectra, in OUT/warm; then against them, in OUT.
    """

    # A vocoder is of whoever speaks.
    speakers = None

    def __init__(self, arguments):
        super().__init__(arguments)
        if arguments.mels_of is not None:
            require_voice(arguments.mels_of, option="--mels-of")
            if arguments.layout == FOLDER and not is_sharded(self.data):
                raise UsageError(
                    "--mels-of needs the texts of the recordings: give another --layout than "
                    f"{FOLDER}, such as ljspeech."
                )
        if arguments.start is not None:
            require_model(arguments.start, option="--start")

    def configure(self, corpus):
        self.voice = self.start = None
        if self.arguments.mels_of is not None:
            from keras_speech.voices import Voice

            self.voice = Voice.from_preset(self.arguments.mels_of)
        if self.arguments.start is not None:
            self.start = self._loaded_start()
        self.spec = self._spec()
        self.config = self._config()

    def _loaded_start(self):
        from keras_speech.models import load_model_preset

        model, card = load_model_preset(self.arguments.start)
        if card["kind"].lower() != self.arguments.model:
            raise UsageError(
                f"--start `{self.arguments.start}` is a {card['kind']}; train it as one: "
                f"keras-speech train {card['kind'].lower()}."
            )
        return model

    def _spec(self):
        """The spec that every part has which an option names."""
        arguments = self.arguments
        found = {}
        if arguments.mels_like is not None:
            found["--mels-like"] = spec_of(arguments.mels_like, option="--mels-like")
        if self.voice is not None:
            found["--mels-of"] = self.voice.spec
        if self.start is not None:
            found["--start"] = self.start.spec
        if not found:
            return spec_for(arguments.sample_rate)
        (first, spec), *others = found.items()
        for option, other in others:
            spec.require_equal(other, ours=first, theirs=option)
        if spec.sample_rate != arguments.sample_rate:
            raise UsageError(
                f"{first} has a sample rate of {spec.sample_rate} Hz, not "
                f"{arguments.sample_rate}: give --sample-rate {spec.sample_rate}."
            )
        return spec

    def _config(self):
        from keras_speech import models

        arguments = self.arguments
        if self.start is not None:
            config = self.start.get_config()
            # Nor the precision it was saved in, which --precision says.
            left = (*OF_DISCRIMINATORS, "dtype")
            return {name: value for name, value in config.items() if name not in left}
        configs = getattr(models, f"{arguments.model}_configs")
        config = {**getattr(configs, arguments.config.upper()), "spec": self.spec}
        made = math.prod(config.get("rates", [self.spec.hop_length]))
        if made != self.spec.hop_length:
            raise UsageError(
                f"--config {arguments.config} makes {made} samples of a frame, and the mel "
                f"spectrograms at {self.spec.sample_rate} Hz have a hop of "
                f"{self.spec.hop_length}."
            )
        return config

    def batches(self, corpus, *, shuffle=True):
        epochs = super().batches(corpus, shuffle=shuffle)
        if self.voice is None:
            return epochs
        from keras_speech import training

        voice, done = self.voice, itertools.count(1)
        predict = training.teacher_forced(
            voice.acoustic_model, voice.tokenizer, voice.speakers or ()
        )
        with progress("Predicting mels") as report:

            def counted(recording, mel):
                report(next(done), len(epochs.recordings))
                return predict(recording, mel)

            return epochs.with_mels(counted)

    def make_model(self, train):
        from keras_speech.training import mel_statistics

        def measured():
            if self.start is not None or not self.measures_level:
                return {}
            mean, scale = mel_statistics(train(0))
            return {"mel_mean": mean, "mel_scale": scale}

        settings = self.model_config(measured)
        model = self.model_class().from_config({**self.config, **settings, **self.recipe()})
        if self.start is not None:
            # Discriminators, if there are any, begin anew: a saved model has none.
            begun = generator_weights(self.start)
            for ours, theirs in zip(generator_weights(model), begun, strict=True):
                ours.assign(theirs)
        return model

    def advice(self, path):
        command = ["keras-speech", "generate", str(path), "--mel-of", str(self.heard.path)]
        return shlex.join([*command, "--out", "sound.wav"])


class WaveGlowRun(VocoderRun):
    """Does what the arguments of `train waveglow` say."""

    measures_level = False

    def model_class(self):
        from keras_speech.models import WaveGlow

        return WaveGlow

    def recipe(self):
        return {"remat": self.arguments.remat}


class AdversarialRun(VocoderRun):
    """Does what the arguments of `train vocos` and `train hifigan` say."""

    measures_level = True

    @property
    def against_discriminators(self):
        return self.arguments.discriminators != "none"

    def __init__(self, arguments):
        super().__init__(arguments)
        if arguments.warm_epochs and not self.against_discriminators:
            raise UsageError(
                "--warm-epochs are those before discriminators join; with --discriminators none "
                "all --epochs are."
            )
        if arguments.keep == "best" and self.against_discriminators:
            raise UsageError(
                "--keep best is for --discriminators none: against discriminators the loss says "
                "who is ahead, not how it sounds."
            )

    def model_class(self):
        from keras_speech import models

        return {"vocos": models.Vocos, "hifigan": models.HiFiGAN}[self.arguments.model]

    def recipe(self):
        arguments = self.arguments
        judges = vocoder_recipes.discriminators(arguments.model, arguments.discriminators)
        if self.start is not None:
            # It knows which losses it has learned from.
            return judges
        return {**vocoder_recipes.losses(arguments.model, arguments.config), **judges}

    def fit(self, model, train, validation):
        warm_epochs, begun = self.arguments.warm_epochs, any(position_in(self.out))
        before = None
        if self.against_discriminators:
            if warm_epochs and not begun:
                model.adversarial = False
                self.train(
                    model, train, validation, epochs=warm_epochs, directory=self.out / WARM,
                    learning_rate=self.arguments.warm_learning_rate, keep="last",
                )  # fmt: skip
                before = model.get_weights()
            model.adversarial = True
        try:
            self.train(
                model,
                # What the warm start has heard in its epochs is not repeated.
                Later(train, warm_epochs),
                validation,
                epochs=self.arguments.epochs,
                directory=self.out,
            )
        except KeyboardInterrupt:
            if before is not None and not any(position_in(self.out)):
                # Before its first checkpoint nothing else undoes what the broken-off epoch did.
                model.set_weights(before)
            raise

    def progress(self):
        done, batch = position_in(self.out)
        if not (done or batch) and (warm := position_in(self.out / WARM)[0]):
            return warm, self.arguments.warm_epochs, "epochs of the warm start"
        return done, self.arguments.epochs, "epochs"


class Later:
    """Epochs without the first ones, whose numbers begin after those."""

    def __init__(self, epochs, first):
        self._epochs, self._first = epochs, first

    def __len__(self):
        return len(self._epochs)

    def __call__(self, epoch):
        return self._epochs(self._first + epoch)

    def shard(self, index, count):
        return Later(self._epochs.shard(index, count), self._first)


def generator_weights(model):
    """Returns the weights that are not a discriminator's, in the model's order."""
    judges = getattr(model, "discriminators", ())
    theirs = {id(weight) for judge in judges for weight in judge.weights}
    return [weight for weight in model.weights if id(weight) not in theirs]
