"""Intelligibility by a speech recognizer, with a closed or a free language model."""

import dataclasses
import os
import tempfile

import numpy as np

from keras_speech.evaluation import bigram_model, pronunciations
from keras_speech.evaluation.scoring_text import scoring_words
from keras_speech.metrics.word_error_rate import WordErrors, word_errors

SAMPLE_RATE = 16_000  # what the recognizer's acoustic model was trained on
LEVEL = 0.05  # RMS of the speech
EDGE_SECONDS = 0.25  # the recognizer drops words that begin at the very first sample
EDGE_NOISE = 1e-4  # exact zeros upset its energy features; -80 dBFS is not heard


@dataclasses.dataclass(frozen=True)
class SentenceScore:
    """One sentence's reference and recognized words, and the `WordErrors` between them."""

    reference: str
    hypothesis: str
    errors: WordErrors


@dataclasses.dataclass(frozen=True)
class RecognitionScore:
    """Scores of a set of sentences. `rate` is all edits over all words, not a mean of rates."""

    errors: WordErrors
    sentences: tuple

    @property
    def rate(self):
        return self.errors.rate


class Recognizer:
    """What both recognizers share: how audio is heard and words are counted.

    PocketSphinx with its US-English acoustic model. Audio is resampled to 16 kHz, brought to an RMS
    of 0.05, and gets 0.25 s of faint noise at both ends. Each utterance is decoded by itself: order
    does not matter.

    Args:
        normalize: function from text to speakable text, applied before `scoring_words`.
    """

    def __init__(self, normalize=None):
        self.normalize = normalize

    def words(self, text):
        """The words of a text as they are scored, separated by spaces."""
        return scoring_words(self.normalize(text) if self.normalize else text)

    def transcribe(self, samples, sample_rate):
        """Recognizes one utterance.

        Args:
            samples: float array `(samples,)`, at any level.
            sample_rate: in Hz.

        Returns: string of words, empty when nothing was heard.

        Raises:
            ValueError: when samples are not one-dimensional or not finite.
        """
        audio = prepare_audio(samples, sample_rate)
        decoder = self._decoder
        # Or its estimate of the noise would be that of the utterance before.
        decoder.reinit_feat()
        decoder.start_utt()
        # The whole utterance at once: its own cepstral mean is removed, not that of earlier ones.
        decoder.process_raw(audio.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""

    def word_error_rate(self, utterances):
        """Scores utterances against what they should say.

        Args:
            utterances: iterable of `(samples, sample_rate, text)`.

        Returns: `RecognitionScore`.
        """
        sentences = []
        for samples, sample_rate, text in utterances:
            reference = self.words(text)
            hypothesis = self.transcribe(samples, sample_rate)
            sentences.append(
                SentenceScore(reference, hypothesis, word_errors(reference, hypothesis))
            )
        total = sum((sentence.errors for sentence in sentences), WordErrors())
        return RecognitionScore(total, tuple(sentences))


class ClosedRecognizer(Recognizer):
    """Speech recognizer that knows which sentences may be said.

    PocketSphinx with its US-English acoustic model and a bigram language model of the given texts.
    The sentences to be scored **must** be among the texts; the result is a *closed-LM* word error
    rate. It falls to a few percent on clear speech and tells good synthesis from bad, where a free
    recognizer of this size has a quarter of the words wrong even on recordings. It is comparable
    only with scores taken with the same texts: quote the recording's beside it.

    Args:
        texts: iterable of strings, every sentence that may be said, those tested included.
        normalize: function from text to speakable text, applied before `scoring_words` to texts
            and references alike. Defaults to `None`.
        letter_to_sound: function from a word to ARPAbet phones, for words that neither
            dictionary nor rules know. Defaults to a crude table.

    Attributes:
        fallbacks: dict of each word that is not in PocketSphinx's dictionary to `(rule, phones)`.

    Raises:
        ImportError: when PocketSphinx is not installed.
        ValueError: when the texts have no words.

    Example:

    >>> recognizer = ClosedRecognizer(["Open the door.", "Close the window."])
    >>> recognizer.transcribe(np.zeros(16_000), 16_000)
    ''

    Reference: Huggins-Daines et al., "PocketSphinx: a free, real-time continuous speech
    recognition system for hand-held devices", 2006.
    """

    def __init__(self, texts, *, normalize=None, letter_to_sound=None):
        pocketsphinx = load_pocketsphinx()
        if isinstance(texts, str):
            raise ValueError(f"`texts` must be a list of sentences. Received: texts={texts!r}.")
        super().__init__(normalize)
        sentences = [self.words(text) for text in texts]
        dictionary = pronunciations.read_dictionary(
            pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")
        )
        self.fallbacks = {}
        entries = []
        for word in sorted({word for sentence in sentences for word in sentence.split()}):
            variants, rule = pronunciations.pronounce(word, dictionary, letter_to_sound)
            if rule != "dictionary":
                self.fallbacks[word] = (rule, variants[0] if variants else "")
            for number, phones in enumerate(variants, start=1):
                entries.append(f"{word} {phones}" if number == 1 else f"{word}({number}) {phones}")
        with tempfile.TemporaryDirectory() as folder:
            lm_path = os.path.join(folder, "closed.arpa")
            dict_path = os.path.join(folder, "closed.dict")
            with open(lm_path, "w", encoding="utf-8") as file:
                file.write(bigram_model.bigram_arpa(sentences))
            with open(dict_path, "w", encoding="utf-8") as file:
                file.write("\n".join(entries) + "\n")
            self._decoder = make_decoder(lm_path, dict_path)


class FreeRecognizer(Recognizer):
    """Speech recognizer for any English: PocketSphinx with the language model it comes with.

    It knows nothing of what is said, and so has about a quarter of the words wrong on good
    recordings: quote the recordings' rate beside a voice's. Names and other words that its
    dictionary lacks are always wrong.

    Args:
        normalize: function from text to speakable text, applied before `scoring_words` to
            references. Defaults to `None`.

    Raises:
        ImportError: when PocketSphinx is not installed.

    Example:

    >>> FreeRecognizer().transcribe(np.zeros(16_000), 16_000)
    ''
    """

    def __init__(self, *, normalize=None):
        pocketsphinx = load_pocketsphinx()
        super().__init__(normalize)
        self._decoder = make_decoder(
            pocketsphinx.get_model_path("en-us/en-us.lm.bin"),
            pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"),
        )


def load_pocketsphinx():
    """Returns the module pocketsphinx.

    Raises:
        ImportError: when it is not installed; says how to.
    """
    try:
        import pocketsphinx
    except ImportError as error:
        raise ImportError(
            'Word error rates need PocketSphinx: `pip install "keras-speech[evaluate]"`.'
        ) from error
    return pocketsphinx


def make_decoder(lm_path, dict_path):
    """A PocketSphinx decoder with a language model and a dictionary of one's own."""
    pocketsphinx = load_pocketsphinx()
    return pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"),
        lm=lm_path,
        dict=dict_path,
        samprate=SAMPLE_RATE,
        loglevel="FATAL",
    )


def prepare_audio(samples, sample_rate):
    """Audio as the recognizer hears it: 16 kHz, RMS 0.05, 0.25 s of faint noise at both ends.

    Args:
        samples: float array `(samples,)`.
        sample_rate: in Hz.

    Returns: int16 array.
    """
    samples = np.asarray(samples, dtype=np.float64)
    if samples.ndim != 1:
        raise ValueError(f"`samples` must be one-dimensional. Received: shape {samples.shape}.")
    if not np.all(np.isfinite(samples)):
        raise ValueError("`samples` must be finite. Received NaN or infinite values.")
    if sample_rate != SAMPLE_RATE and samples.size:
        import soxr

        samples = soxr.resample(samples, sample_rate, SAMPLE_RATE)
    rms = np.sqrt(np.mean(samples**2)) if samples.size else 0.0
    if rms > 0:
        samples = samples * (LEVEL / rms)
    edge = int(EDGE_SECONDS * SAMPLE_RATE)
    samples = np.pad(samples, edge)
    samples = samples + EDGE_NOISE * np.random.default_rng(0).standard_normal(samples.size)
    return np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
