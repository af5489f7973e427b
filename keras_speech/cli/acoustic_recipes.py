"""The acoustic models that `keras-speech train` knows, and how they differ for it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What `train` must know of an acoustic model.

    Args:
        class_name: of `keras_speech.models`.
        module: see `configs`.
        configs: dict from names of its settings in `keras_speech.models.<module>_configs` to what
            help says of each; the first is the default.
        help: a line for `keras-speech train --help`.
        about: a paragraph for its own help.
        options: which of `--reduction` and `--scheduled-sampling` it takes.
        f0: whether it learns from the recordings' pitch.
        durations: what it does with the times of phones, for help; empty where it takes none.
        linear: names of settings with which it learns linear spectrograms beside the mels; `None`
            for models that make none.
    """

    class_name: str
    module: str
    configs: dict
    help: str
    about: str
    options: tuple = ()
    f0: bool = False
    durations: str = ""
    linear: tuple | None = None

    def config(self, name):
        """Settings of the model by the name that `--config` takes."""
        from keras_speech import models

        return dict(getattr(getattr(models, f"{self.module}_configs"), name.upper()))

    def model_class(self):
        """The class of the model."""
        from keras_speech import models

        return getattr(models, self.class_name)


SMALL = "suits an hour of speech"
SIZES = "has the layer sizes of the paper, for a day of it"
TAUGHT = "a part of the loss holds the attention to them"

RECIPES = {
    "tacotron2": Recipe(
        "Tacotron2",
        "tacotron2",
        {"small": SMALL, "ljspeech": SIZES},
        "a voice: text to speech, with attention",
        "It reads by attention and speaks frame by frame: natural, and at times a word skipped.",
        options=("reduction", "scheduled_sampling"),
        durations=TAUGHT,
    ),
    "fastspeech2": Recipe(
        "FastSpeech2",
        "fastspeech2",
        {"small": SMALL, "published": SIZES},
        "a voice that is fast, skips no word, and takes --speed, --pitch and --energy",
        "It predicts how long, how high and how loud each symbol is, and draws all frames at "
        "once: no word is skipped or repeated. An aligner is trained along, unless --phone-times "
        'are given. Needs the package pyworld: `pip install "keras-speech[pitch]"`.',
        f0=True,
        durations="they take the place of the aligner, which is left out",
    ),
    "tacotron": Recipe(
        "Tacotron",
        "tacotron",
        {
            "small": f"{SMALL} and learns mels alone",
            "published": f"{SIZES}, and learns linear spectrograms beside the mels",
            "lstm": "learns them too, and has LSTMs in place of the paper's banks and GRUs",
        },
        "the first end-to-end voice, of 2017",
        "The voice speaks from mels, through a vocoder: Griffin-Lim unless `speak --vocoder` names "
        "another. The paper's way, Griffin-Lim with power 1.2 on a linear spectrogram, is left to "
        "Python: `keras_speech.LinearGriffinLim` makes sound of the spectrogram that "
        "`voice.acoustic_model.generate` returns beside the mel, with --config published and lstm; "
        "`keras_speech.data.linear_batches` makes such batches.",
        options=("reduction",),
        durations=TAUGHT,
        linear=("published", "lstm"),
    ),
    "transformer-tts": Recipe(
        "TransformerTTS",
        "transformer_tts",
        {"small": SMALL, "published": SIZES},
        "a voice from a Transformer",
        "It learns slower from little data than the others: hours of speech are better.",
        options=("reduction", "scheduled_sampling"),
        durations=TAUGHT,
    ),
    "neural-hmm": Recipe(
        "NeuralHMMTTS",
        "neural_hmm",
        {"small": SMALL, "ljspeech": SIZES},
        "a voice that reads in order by construction, and an aligner of recordings",
        "A hidden Markov model whose sounds a network makes: it reads from the first symbol to the "
        "last, and learns from little data. `keras-speech align` finds phones in recordings by it.",
        options=("reduction",),
    ),
}
