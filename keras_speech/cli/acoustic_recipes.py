"""The acoustic models that `keras-speech train` knows, and how they differ for it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What `train` must know of an acoustic model.

    Args:
        class_name: of `keras_speech.models`.
        configs: names of its settings in `keras_speech.models.<module>_configs`; the first is the
            default.
        module: see `configs`.
        help: a line for `keras-speech train --help`.
        about: a paragraph for its own help.
        options: which of `--reduction` and `--scheduled-sampling` it takes.
        f0: whether it learns from the recordings' pitch.
        fixed: settings that the command line leaves no choice of.
    """

    class_name: str
    module: str
    configs: tuple
    help: str
    about: str
    options: tuple = ()
    f0: bool = False
    fixed: dict = dataclasses.field(default_factory=dict)

    def config(self, name):
        """Settings of the model by the name that `--config` takes."""
        from keras_speech import models

        settings = getattr(getattr(models, f"{self.module}_configs"), name.upper())
        return {**settings, **self.fixed}

    def model_class(self):
        """The class of the model."""
        from keras_speech import models

        return getattr(models, self.class_name)


RECIPES = {
    "tacotron2": Recipe(
        "Tacotron2",
        "tacotron2",
        ("small", "ljspeech"),
        "a voice: text to speech, with attention",
        "It reads by attention and speaks frame by frame: natural, and at times a word skipped.",
        options=("reduction", "scheduled_sampling"),
    ),
    "fastspeech2": Recipe(
        "FastSpeech2",
        "fastspeech2",
        ("small", "published"),
        "a voice that is fast, skips no word, and takes --speed, --pitch and --energy",
        "It predicts how long, how high and how loud each symbol is, and draws all frames at "
        "once: no word is skipped or repeated. An aligner is trained along. Needs the package "
        'pyworld: `pip install "keras-speech[pitch]"`.',
        f0=True,
    ),
    "tacotron": Recipe(
        "Tacotron",
        "tacotron",
        ("small", "published", "lstm"),
        "the first end-to-end voice, of 2017",
        "Its spectrogram is the mel alone, as every vocoder here takes it; the linear spectrogram "
        "of the paper is left to Python (`keras_speech.data.linear_batches`).",
        options=("reduction",),
        fixed={"n_freqs": 0},
    ),
    "transformer-tts": Recipe(
        "TransformerTTS",
        "transformer_tts",
        ("small", "published"),
        "a voice from a Transformer",
        "It learns slower from little data than the others: hours of speech are better.",
        options=("reduction", "scheduled_sampling"),
    ),
    "neural-hmm": Recipe(
        "NeuralHMMTTS",
        "neural_hmm",
        ("small", "ljspeech"),
        "a voice that reads in order by construction, and an aligner of recordings",
        "A hidden Markov model whose sounds a network makes: it reads from the first symbol to the "
        "last, and learns from little data. `keras-speech align` finds phones in recordings by it.",
        options=("reduction",),
    ),
}
