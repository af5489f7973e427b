"""One call of `keras-speech train wavenet`: recordings to a model of sound."""

import shlex

from keras_speech.cli.sound_run import SoundRun
from keras_speech.cli.specs import spec_for

# Speakers that are heard in an audio sample; each is made at the same time as the others.
HEARD_SPEAKERS = 4


class WaveNetRun(SoundRun):
    """Does what the arguments of `train wavenet` say."""

    def configure(self, corpus):
        from keras_speech.models import wavenet_configs

        arguments = self.arguments
        rate = arguments.sample_rate
        self.config = dict(getattr(wavenet_configs, arguments.config.upper()))
        self.spec = spec_for(rate) if arguments.vocoder or "spec" in self.config else None
        self.config |= {"spec": self.spec} if self.spec else {"sample_rate": rate}
        self.speakers = list(corpus.speakers) if len(corpus.speakers) > 1 else None
        self.config["n_speakers"] = len(self.speakers or ())

    def make_model(self, train):
        from keras_speech.models import WaveNet
        from keras_speech.training import mel_statistics

        def measured():
            if self.spec is None:
                return {}
            mean, scale = mel_statistics(train(0))
            return {"mel_mean": mean, "mel_scale": scale}

        return WaveNet(
            **{**self.config, **self._head()},
            **self.model_config(measured),
        )

    def _head(self):
        """The head as a keyword of the model; a new one, which computes as the model does."""
        from keras_speech import layers

        heads = {"mu_law": layers.MuLawHead, "logistic_mixture": layers.LogisticMixtureHead}
        if self.arguments.head is not None:
            return {"head": heads[self.arguments.head]()}
        if (head := self.config.get("head")) is None:
            return {}
        config = {name: value for name, value in head.get_config().items() if name != "dtype"}
        return {"head": type(head).from_config(config)}

    def heard_options(self):
        if self.spec is None:
            n_samples = max(1, round(self.arguments.sample_seconds * self.arguments.sample_rate))
            if self.speakers is None:
                return {"n_samples": n_samples}
            speakers = list(range(min(HEARD_SPEAKERS, len(self.speakers))))
            return {"n_samples": n_samples, "speaker": speakers}
        options = {"mel": self.heard_mel()}
        if self.speakers is not None:
            options["speaker"] = [self.speakers.index(self.heard.speaker)]
        return options

    def advice(self, path):
        command = ["keras-speech", "generate", str(path)]
        if self.spec is not None:
            command += ["--mel-of", str(self.heard.path)]
        else:
            command += ["--speaker", self.speakers[0]] if self.speakers else []
            command += ["--seconds", "3"]
        return shlex.join([*command, "--out", "sound.wav"])
