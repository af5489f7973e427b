"""The vocoder of the bundled voice: its size, its joins, and recordings copied through it."""

import os
from pathlib import Path

import numpy as np
import pytest

from keras_speech import data, metrics, models
from keras_speech.voices import Voice, bundled_voices

SENTENCES = ("Good morning.", "How late is it?", "Seven or eight.", "I do not know.")


@pytest.fixture(scope="module")
def voice():
    return Voice.from_preset("kathleen")


@pytest.fixture(scope="module")
def speech(voice):
    return voice.speak("The quick brown fox jumps over the lazy dog.", seed=1)


def test_it_is_a_vocos_of_less_than_8_megabytes(voice):
    assert isinstance(voice.vocoder, models.Vocos)
    (card,) = [card for card in bundled_voices() if card["name"] == "kathleen"]
    assert (Path(card["directory"]) / "vocoder.keras").stat().st_size < 8e6
    assert not voice.vocoder.discriminators


def test_streaming_speech_leaves_no_joins(voice, speech):
    mel, hop = speech.mel[None], voice.spec.hop_length
    whole = voice.vocoder.generate(mel)
    pieces = list(voice.vocoder.stream(mel, chunk_frames=16))
    assert len(pieces) > 5
    streamed = np.concatenate(pieces, axis=1)
    np.testing.assert_allclose(streamed, whole, atol=1e-5)
    joins = np.arange(16 * hop, len(streamed[0]), 16 * hop)
    assert metrics.largest_step(streamed[0], joins) <= metrics.largest_step(whole[0])


def test_griffin_lim_can_still_be_asked_for(voice, speech):
    other = voice.with_vocoder("griffin-lim")
    assert isinstance(other.vocoder, models.GriffinLim) and other.vocoder.n_iter == 60
    samples = other.speak(speech.text, seed=1).samples
    assert len(samples) == len(speech.samples)
    assert np.abs(samples - speech.samples).max() > 1e-2


def test_it_copies_speech_better_than_griffin_lim(voice, speech):
    """Here of speech that it made itself, seen at another place of its frames' grid."""
    from keras_speech import ops

    samples = speech.samples[100:]
    samples = samples[: len(samples) // voice.spec.hop_length * voice.spec.hop_length]
    mel = np.asarray(ops.mel.log_mel_spectrogram(samples, voice.spec))[None, :-1]
    griffin_lim = voice.with_vocoder("griffin-lim").vocoder

    def distance(vocoder):
        return metrics.multi_resolution_stft_distance(samples, np.asarray(vocoder.generate(mel))[0])

    assert distance(voice.vocoder) < distance(griffin_lim)


@pytest.fixture
def corpus(tmp_path, voice):
    """The folder that `KERAS_SPEECH_KATHLEEN` names, else four sentences of the voice itself."""
    if "KERAS_SPEECH_KATHLEEN" in os.environ:
        directory = Path(os.environ["KERAS_SPEECH_KATHLEEN"])
        return data.ljspeech(directory), data.read_ids(directory / "val.txt")
    lines = []
    for i, sentence in enumerate(SENTENCES):
        voice.speak(sentence, seed=i).save(tmp_path / f"{i}.wav")
        lines.append(f"{i}|{sentence}|{sentence}")
    (tmp_path / "wavs").mkdir()
    for i in range(len(SENTENCES)):
        (tmp_path / f"{i}.wav").rename(tmp_path / "wavs" / f"{i}.wav")
    (tmp_path / "metadata.csv").write_text("\n".join(lines) + "\n")
    return data.ljspeech(tmp_path), None


@pytest.mark.slow
def test_recordings_are_copied_well(voice, corpus):
    """Closed-LM WER up to 4 %, PESQ-WB from 3.0, nearer in spectra than Griffin-Lim."""
    from keras_speech.evaluation import evaluate_vocoder

    recordings, ids = corpus
    level = data.Level(dbfs=-23.0, measure="rms")
    totals = evaluate_vocoder(voice.vocoder, recordings, ids=ids, level=level)["totals"]
    ours, theirs = totals["vocoder"], totals["griffin_lim"]
    assert ours["closed_lm_wer"] <= 0.04
    assert ours["pesq_wb"] >= 3.0
    assert ours["multi_resolution_stft"] < theirs["multi_resolution_stft"]
    assert ours["largest_step"] < 2 * totals["recording"]["largest_step"]
