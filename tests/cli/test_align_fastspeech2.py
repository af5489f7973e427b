"""`keras-speech align` by a FastSpeech 2 that kept its aligner."""

import json

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech.cli.main import main

SPEC = ks.AudioSpec(
    sample_rate=16000, n_fft=512, hop_length=128, win_length=512, n_mels=10, fmax=8000.0
)
TINY = dict(
    n_mels=10, channels=8, encoder_layers=1, decoder_layers=1, filters=8, kernel_sizes=(3, 1),
    predictor_filters=8, pitch=False, mel_mean=-5.0, mel_scale=2.0,
)  # fmt: skip


def saved_voice(directory, **changes):
    """A voice that has learned nothing, in a directory."""
    keras.utils.set_random_seed(0)
    tokenizer = ks.text.CharacterTokenizer()
    model = ks.FastSpeech2(tokenizer.vocabulary_size, **TINY, **changes)
    voice = ks.Voice(tokenizer, model, ks.GriffinLim(SPEC, n_iter=2), SPEC, name="fast")
    return str(voice.save_to_preset(directory / "voice"))


@pytest.fixture(scope="module")
def aligner_voice(tmp_path_factory):
    return saved_voice(tmp_path_factory.mktemp("trained"))


def test_every_recording_is_aligned(aligner_voice, corpus_directory, tmp_path, capsys):
    out = tmp_path / "phones.jsonl"
    arguments = ["--model", aligner_voice, "--data", str(corpus_directory), "--out", str(out)]
    assert main(["align", *arguments]) == 0
    assert "8 recordings" in capsys.readouterr().out
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    for row, recording in zip(rows, ks.data.ljspeech(corpus_directory), strict=True):
        assert row["id"] == recording.id
        assert "".join(row["symbols"]) == recording.text
        n_samples = len(ks.data.read_audio(recording.path, SPEC.sample_rate))
        assert sum(row["durations"]) == SPEC.n_frames(n_samples)
        # Two states of each token, spaces included, a frame each at least.
        assert min(row["durations"]) >= 2
        np.testing.assert_allclose(np.add(row["starts"], row["lengths"])[:-1], row["starts"][1:])


def test_a_recording_too_short_for_its_text_is_named_or_skipped(
    aligner_voice, corpus_directory, tmp_path, capsys
):
    ks.data.write_wav(corpus_directory / "wavs" / "clip1.wav", np.zeros(800), 16000)
    out = tmp_path / "phones.jsonl"
    arguments = ["--model", aligner_voice, "--data", str(corpus_directory), "--out", str(out)]
    assert main(["align", *arguments]) == 1
    said = capsys.readouterr().err
    assert "'clip1' (line 2 of metadata.csv) cannot be aligned" in said
    assert "2 frames for each token" in said and not out.exists()
    assert main(["align", *arguments, "--on-error", "skip"]) == 0
    ids = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    assert ids == [f"clip{i}" for i in (0, 2, 3, 4, 5, 6, 7)]


def test_a_voice_without_the_aligner_is_refused(tmp_path, corpus_directory, capsys):
    voice, out = saved_voice(tmp_path, aligner=False), tmp_path / "phones.jsonl"
    arguments = ["--model", voice, "--data", str(corpus_directory), "--out", str(out)]
    # Not a fault of the recordings, of which none would be left.
    assert main(["align", *arguments, "--on-error", "skip"]) == 1
    assert "is a FastSpeech2 without its aligner, which cannot align" in capsys.readouterr().err
    assert not out.exists()
