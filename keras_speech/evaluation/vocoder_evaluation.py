"""`evaluate_vocoder`: a vocoder against the recordings whose mel spectrograms it is given."""

import dataclasses
import functools
import time

import numpy as np

from keras_speech import metrics
from keras_speech.evaluation import copy_scores, perceptual, report
from keras_speech.evaluation.page import Example
from keras_speech.evaluation.recognizer import ClosedRecognizer


def evaluate_vocoder(
    vocoder,
    recordings,
    *,
    ids=None,
    level=None,
    lm_texts=(),
    output_directory=None,
    limit=None,
    seed=0,
    options=None,
    with_griffin_lim=True,
    with_perceptual=True,
    name=None,
    normalize=None,
    letter_to_sound=None,
    n_examples=10,
    progress=None,
):
    """Copies recordings through a vocoder and measures what is lost.

    The mel spectrogram of each recording goes through the vocoder and through Griffin-Lim. Each
    copy, cut to the recording's length, is compared with it sample beside sample:

    - *PESQ-WB* and *STOI*: see `pesq_wb` and `stoi`.
    - *mel-cepstral distortion* and *log-spectral distance* in dB, without warping: see
      `mel_cepstral_distortion` and `log_spectral_distance`.
    - *multi-resolution STFT distance*: see `multi_resolution_stft_distance`.
    - *largest step* between neighboring samples, a detector of clicks: see `largest_step`.
    - *real-time factor*: seconds of computing per second of sound, one recording at a time, the
      median over the recordings. The first is computed twice and its first time left out, as
      the backend compiles then; JAX compiles again for other lengths.
    - *closed-LM word error rate* where recordings have texts: see `ClosedRecognizer`. The language
      model holds all texts of `recordings` and `lm_texts`.

    Args:
        vocoder: `keras.Model` with `generate(mel=, seed=)` and an `AudioSpec` as `spec`, such as
            `GriffinLim`, or a `WaveNet` with mels.
        recordings: `Corpus`, or a sequence of `Recording`.
        ids: ids of the recordings to test. Defaults to all. Give the whole corpus and the tested
            ids rather than a part of it: with fewer texts the recognizer's task is easier.
        level: `data.Level`, or the peak in dBFS, that recordings are brought to before anything
            is computed: what the vocoder's training had. Defaults to `None`, left as recorded.
        lm_texts: more texts for the language model. Defaults to none.
        output_directory: where `evaluation.json` and `evaluation.html` go, made if need be; files
            of these names are replaced. Defaults to `None`: nothing is written.
        limit: the most recordings to test. Defaults to all.
        seed: of the vocoder and of Griffin-Lim. Defaults to 0.
        options: dict of more keywords for `vocoder.generate`. Defaults to none.
        with_griffin_lim: whether Griffin-Lim is measured too. Defaults to `True`; for a vocoder
            that is `GriffinLim` itself it is not.
        with_perceptual: whether PESQ and STOI are measured. Defaults to `True`.
        name: of the vocoder, for the report. Defaults to its class and the model's name.
        normalize: function from text to speakable text, for scoring; see `ClosedRecognizer`.
        letter_to_sound: function from a word to phones, for scoring; see `ClosedRecognizer`.
        n_examples: recordings with players and spectrograms on the page. Defaults to 10.
        progress: function of (recordings done, recordings in all). Defaults to none.

    Returns: dict that JSON can hold: `totals` by system (`recording`, `griffin_lim`, `vocoder`),
        `recordings` (a list, with the scores of each system), `fallback_words`, `settings`, and
        `files`, where written. `format_table` makes a table of it.

    Raises:
        ImportError: when a package of the extra `[evaluate]` is missing; says what to install.
        ValueError: for a vocoder without `spec`, one that gives too few samples or such that are
            not finite, for no recordings, unknown ids, or a limit below 1.
        OSError: when `output_directory` cannot be written; found out before the work begins.

    Example:

    ```python
    corpus = keras_speech.data.ljspeech("recordings")
    vocoder, _ = keras_speech.models.load_model_preset("my_vocoder")
    result = evaluate_vocoder(vocoder, corpus, ids=keras_speech.data.read_ids("val.txt"))
    print(format_table(result))
    ```
    """
    from keras_speech.audio_spec import AudioSpec
    from keras_speech.data import Corpus, Level

    if limit is not None and limit < 1:
        raise ValueError(f"`limit` must be at least 1. Received: limit={limit}.")
    spec = getattr(vocoder, "spec", None)
    if not isinstance(spec, AudioSpec):
        raise ValueError(
            "`vocoder` must have an AudioSpec as `spec`, for it is given mel spectrograms. "
            f"Received: {type(vocoder).__name__} with spec={spec!r}."
        )
    corpus = recordings if isinstance(recordings, Corpus) else Corpus(recordings)
    tested = list(corpus if ids is None else corpus.subset(ids))[:limit]
    if not tested:
        raise ValueError("There must be at least one recording to test. Received none.")
    output = None if output_directory is None else report.check_directory(output_directory)
    if with_perceptual:
        perceptual.load_pesq()
        perceptual.load_stoi()
    recognizer = None
    texts = [recording.text for recording in corpus if recording.text.strip()] + [*lm_texts]
    if all(recording.text.strip() for recording in tested):
        recognizer = ClosedRecognizer(texts, normalize=normalize, letter_to_sound=letter_to_sound)

    level = Level(level) if isinstance(level, (int, float)) else level
    systems = _systems(vocoder, spec, options or {}, with_griffin_lim)
    work = _Work(systems, spec, level, recognizer, seed, with_perceptual)
    examples, done = [], []
    for number, recording in enumerate(tested, start=1):
        example = work.recording(recording)
        if number <= n_examples:
            examples.append(example)
        # The others' audio is not needed again.
        done.append(dataclasses.replace(example, samples={}, mels={}))
        if progress:
            progress(number, len(tested))

    fallbacks = recognizer.fallbacks if recognizer else {}
    result = {
        "vocoder": name or f"{type(vocoder).__name__} {vocoder.name}",
        "corpus": corpus.name,
        "totals": {
            system: copy_scores.totals([each.scores[system] for each in done])
            for system in ("recording", *systems)
        },
        "recordings": [_to_dict(each, recognizer) for each in done],
        "fallback_words": {
            word: {"rule": rule, "phones": phones} for word, (rule, phones) in fallbacks.items()
        },
        "settings": {
            "seed": seed,
            "level": None if level is None else dataclasses.asdict(level),
            "options": {
                key: value if isinstance(value, (int, float, type(None))) else str(value)
                for key, value in (options or {}).items()
            },
            "lm_texts": len(set(texts)) if recognizer else 0,
            "audio_spec": spec.to_dict(),
        },
    }
    if output is not None:
        result["files"] = report.write(output, result, examples, spec)
    return result


def _systems(vocoder, spec, options, with_griffin_lim):
    """The vocoders to measure, by name: functions of `mel=` and `seed=`."""
    from keras_speech.models import GriffinLim

    systems = {}
    if with_griffin_lim and not isinstance(vocoder, GriffinLim):
        systems["griffin_lim"] = GriffinLim(spec).generate
    systems["vocoder"] = functools.partial(vocoder.generate, **options)
    return systems


class _Work:
    """Copies recordings and scores the copies."""

    def __init__(self, systems, spec, level, recognizer, seed, with_perceptual):
        self.systems, self.spec, self.level = systems, spec, level
        self.recognizer, self.seed, self.with_perceptual = recognizer, seed, with_perceptual
        self.compiled = set()

    def recording(self, recording):
        from keras_speech.data import audio_files

        samples = audio_files.read_recording(recording, self.spec.sample_rate)
        if self.level is not None:
            samples = self.level(samples)
        mel = copy_scores.log_mel(samples, self.spec)[None]
        renditions = {"recording": samples}
        scores = {"recording": self._score(samples, recording)}
        step = scores["recording"].largest_step
        for system in self.systems:
            copy, seconds = self._copy(system, mel, samples, recording)
            renditions[system] = copy
            score = self._score(copy, recording)
            scores[system] = dataclasses.replace(
                score,
                distances=copy_scores.distances(
                    samples, copy, self._centered, with_perceptual=self.with_perceptual
                ),
                largest_step_ratio=score.largest_step / step if step else None,
                real_time_factor=seconds * self.spec.sample_rate / len(copy),
            )
        mels = {name: copy_scores.log_mel(each, self.spec) for name, each in renditions.items()}
        return Example(recording.id, recording.text, scores, renditions, mels)

    @property
    def _centered(self):
        return self.spec.replace(padding="center")

    def _copy(self, system, mel, samples, recording):
        """The copy, as long as the recording, and the seconds that it took."""
        for _ in range(1 if system in self.compiled else 2):
            started = time.perf_counter()
            copy = _to_numpy(self.systems[system](mel=mel, seed=self.seed))[0]
            seconds = time.perf_counter() - started
        self.compiled.add(system)
        missing = len(samples) - len(copy)
        if missing > self.spec.win_length or not np.isfinite(copy).all():
            raise ValueError(
                "A vocoder must make a hop of finite samples for each frame. Received, from "
                f"{system} for {recording.where}: {len(copy)} samples for {mel.shape[1]} frames, "
                f"{np.count_nonzero(~np.isfinite(copy))} of them not finite."
            )
        # The recording's last samples, less than a hop, may have no frame of their own.
        return np.pad(copy, (0, max(missing, 0)))[: len(samples)].astype("float32"), seconds

    def _score(self, samples, recording):
        seconds = len(samples) / self.spec.sample_rate
        step = metrics.largest_step(samples)
        if self.recognizer is None:
            return copy_scores.CopyScore(seconds, step)
        hypothesis = self.recognizer.transcribe(samples, self.spec.sample_rate)
        errors = metrics.word_errors(self.recognizer.words(recording.text), hypothesis)
        return copy_scores.CopyScore(seconds, step, hypothesis, errors)


def _to_numpy(samples):
    import keras

    return np.atleast_2d(keras.ops.convert_to_numpy(samples))


def _to_dict(example, recognizer):
    result = {"id": example.id, "text": example.text}
    if recognizer is not None:
        result["reference"] = recognizer.words(example.text)
    result["systems"] = {name: score.to_dict() for name, score in example.scores.items()}
    return result
