"""Every rendition of a sentence that an evaluation compares, and its scores."""

import dataclasses
import warnings

import numpy as np

from keras_speech.evaluation import measures, prosody
from keras_speech.evaluation.page import Example
from keras_speech.evaluation.slips import count_slips
from keras_speech.metrics import word_errors

LEVEL_DB = -20.0
GRIFFIN_LIM_ROUNDS = 60
UNFINISHED = "did not stop by itself"  # in the words of `Voice.speak`'s warning


class Renditions:
    """Renders sentences and scores them.

    Args:
        spoken_by: dict of system to `Voice`; the first voice's `AudioSpec` is that of all measures.
        recognizer: `ClosedRecognizer`.
        free: `FreeRecognizer`, or `None`.
        speaker: of the first voice.
        seed: of the voices and of Griffin-Lim.

    Attributes:
        unfinished: names of the sentences at which a voice did not stop by itself.
    """

    def __init__(self, spoken_by, recognizer, free, *, speaker, seed):
        self.spoken_by, self.recognizer, self.free = spoken_by, recognizer, free
        self.speaker, self.seed = speaker, seed
        self.voice_spec = spoken_by["voice"].spec
        self.spec = self.voice_spec.replace(padding="center")
        self.unfinished = []

    def recording(self, recording):
        """`Example` of a recording: every system's samples, mels and scores."""
        from keras_speech.data import audio_files

        samples = _level(audio_files.read_recording(recording, self.spec.sample_rate))
        renditions = {
            "recording": samples,
            "griffin_lim": _level(self._griffin_lim(samples)),
        }
        renditions |= {
            name: _level(self._speak(name, recording.id, recording.text)) for name in self.spoken_by
        }
        trimmed = {name: self._trim(each) for name, each in renditions.items()}
        features = {name: measures.extract(each, self.spec) for name, each in trimmed.items()}
        scores = {}
        for name, each in renditions.items():
            distortion, f0 = measures.compare(features["recording"], features[name])
            score = self._heard(each, recording.text)
            said = self._prosody(trimmed[name], features[name].f0_hz, recording.text)
            score = dataclasses.replace(score, prosody=said)
            scores[name] = dataclasses.replace(score, mcd_db=distortion, f0=f0)
        mels = {name: each.mel for name, each in features.items()}
        return Example(recording.id, recording.text, scores, renditions, mels)

    def sentence(self, name, text):
        """`Example` of a sentence without a recording: the voices' scores."""
        scores = {}
        for system in self.spoken_by:
            samples = _level(self._speak(system, name, text))
            trimmed = self._trim(samples)
            said = self._prosody(trimmed, measures.pitch(trimmed, self.spec), text)
            scores[system] = dataclasses.replace(self._heard(samples, text), prosody=said)
        return Example(name, text, scores, {}, {})

    def _heard(self, samples, text):
        sample_rate, words = self.spec.sample_rate, self.recognizer.words(text)
        hypothesis = self.recognizer.transcribe(samples, sample_rate)
        score = measures.UtteranceScore(
            hypothesis,
            word_errors(words, hypothesis),
            len(samples) / sample_rate,
            slips=count_slips(words, hypothesis),
        )
        if self.free is None:
            return score
        hypothesis = self.free.transcribe(samples, sample_rate)
        return dataclasses.replace(
            score, free_hypothesis=hypothesis, free_words=word_errors(words, hypothesis)
        )

    def _prosody(self, samples, f0_hz, text):
        return prosody.measure(
            samples,
            f0_hz,
            sample_rate=self.spec.sample_rate,
            hop_length=self.spec.hop_length,
            n_words=len(self.recognizer.words(text).split()),
        )

    def _speak(self, system, name, text):
        voice = self.spoken_by[system]
        speaker = self.speaker if system == "voice" else None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            speech = voice.speak(text, speaker=speaker, seed=self.seed)
        name = name if system == "voice" else f"{name} ({voice.name})"
        for warning in caught:
            if UNFINISHED not in str(warning.message):
                warnings.warn(f"{name}: {warning.message}", warning.category, stacklevel=4)
            elif name not in self.unfinished:
                self.unfinished.append(name)
        samples = speech.samples
        if voice.spec.sample_rate != self.spec.sample_rate:
            import soxr

            samples = soxr.resample(samples, voice.spec.sample_rate, self.spec.sample_rate)
        return samples

    def _griffin_lim(self, samples):
        import keras

        from keras_speech.ops import griffin_lim, mel

        spec = self.voice_spec
        magnitude = mel.mel_to_magnitude(mel.log_mel_spectrogram(samples, spec), spec)
        signal = griffin_lim.griffin_lim(
            magnitude,
            n_fft=spec.n_fft,
            hop_length=spec.hop_length,
            win_length=spec.win_length,
            padding=spec.padding,
            n_iter=GRIFFIN_LIM_ROUNDS,
            seed=self.seed,
        )
        return keras.ops.convert_to_numpy(signal)

    def _trim(self, samples):
        from keras_speech.data import Trim

        return Trim()(samples, self.spec.sample_rate)


def _level(samples):
    from keras_speech.voices import delivery

    samples = np.asarray(samples, dtype="float32")
    return samples * np.float32(delivery.level_gain(samples, level_db=LEVEL_DB, peak=0.95))
