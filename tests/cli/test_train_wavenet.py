"""`keras-speech train wavenet` from a folder to a model, interrupted and resumed."""

import csv
import os

import keras
import numpy as np
import pytest
import soundfile

import keras_speech as ks
from keras_speech.cli.main import main
from keras_speech.cli.train_wavenet import CONFIGS, HEADS
from keras_speech.models import load_model_preset
from keras_speech.training import read_checkpoint

HALF = 1000  # samples of a tone's half, as a segment


@pytest.fixture
def train(tones_directory, tiny_wavenet, tmp_path):
    """Runs the command on the tones with a tiny model, by default without audio samples."""

    def run(*argv, out="run", epochs=2, data=tones_directory, segment=HALF / 8000):
        options = ["--data", str(data), "--out", str(tmp_path / out), "--epochs", str(epochs)]
        options += ["--sample-rate", "8000", "--segment", str(segment), "--batch-size", "4"]
        options += ["--validation", "1", "--sample-every", "0", "--warmup-steps", "1"]
        return main(["train", "wavenet", *options, *argv])

    return run


def weights(directory):
    model, _ = load_model_preset(directory)
    return [keras.ops.convert_to_numpy(each) for each in model.weights]


class InterruptInEpoch(ks.callbacks.EventLog):
    """Presses Ctrl-C in the middle of an epoch."""

    epoch_to_interrupt = 2

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == self.epoch_to_interrupt:
            raise KeyboardInterrupt


def test_training_writes_what_its_help_says(train, tmp_path, capsys):
    assert train("--sample-every", "1", "--sample-seconds", "0.1") == 0
    out = tmp_path / "run"
    with open(out / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    for row in rows:
        # A nat is 1 / ln 2 bits.
        for name in ("", "val_"):
            bits, nats = float(row[f"{name}bits_per_sample"]), float(row[f"{name}loss"])
            assert bits == pytest.approx(nats / np.log(2), rel=1e-4)
    assert sorted(os.listdir(out / "samples")) == ["sample_epoch_0001.wav", "sample_epoch_0002.wav"]
    info = soundfile.info(out / "samples" / "sample_epoch_0001.wav")
    assert (info.samplerate, info.frames) == (8000, 800)
    assert sorted(os.listdir(out / "logs")) == ["samples", "train", "validation"]
    assert read_checkpoint(out / "checkpoint.npz")["epoch"] == 2
    printed = capsys.readouterr().out
    assert "3 recordings to train on, 1 kept out for validation" in printed
    assert f"{out}: trained for 2 epochs. Hear it:\nkeras-speech generate {out} " in printed

    model, card = load_model_preset(out)
    assert isinstance(model, ks.WaveNet)
    assert (card["name"], card["sample_rate"], model.sample_rate) == ("run", 8000, 8000)
    assert (card["speakers"], card["condition"]) == (None, None)


def test_interrupted_and_resumed_equals_uninterrupted(train, tmp_path, monkeypatch, capsys):
    """And audio samples, which only the resumed run makes, change nothing in it."""
    assert train(out="whole", epochs=3) == 0
    with monkeypatch.context() as patch:
        patch.setattr(ks.callbacks, "EventLog", InterruptInEpoch)
        assert train(out="parts", epochs=3) == 130
    error = capsys.readouterr().err
    assert "interrupted after 1 of 3 epochs; the same command goes on from there" in error
    assert f"So far: {tmp_path / 'parts'}" in error
    first = weights(tmp_path / "parts")
    assert train("--sample-every", "2", "--sample-seconds", "0.01", out="parts", epochs=3) == 0
    assert os.listdir(tmp_path / "parts" / "samples") == ["sample_epoch_0002.wav"]
    last = weights(tmp_path / "parts")
    # Adam moves a weight by about 1e-3 a step. TensorFlow adds up gradients in an order of its own,
    # so that two uninterrupted runs differ by 1e-9 now and then.
    for ours, theirs in zip(last, weights(tmp_path / "whole"), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    assert max(np.abs(a - b).max() for a, b in zip(first, last, strict=True)) > 1e-4


def test_interrupt_in_the_first_epoch_leaves_no_model(train, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(ks.callbacks, "EventLog", InterruptInEpoch)
    monkeypatch.setattr(InterruptInEpoch, "epoch_to_interrupt", 1)
    assert train() == 130
    assert "interrupted after 0 of 2 epochs" in capsys.readouterr().err
    assert not (tmp_path / "run" / "model.keras").exists()


def test_speakers_averages_and_the_best_epoch_make_a_model(train, tmp_path, capsys):
    """Two speakers in the layout of the Free Spoken Digit Dataset."""
    corpus = tmp_path / "fsdd"
    (corpus / "recordings").mkdir(parents=True)
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(1500) / 8000)
    for speaker in ("ann", "bob"):
        for take in range(5):
            path = corpus / "recordings" / f"7_{speaker}_{take}.wav"
            ks.data.write_wav(path, tone, 8000)
    options = ["--layout", "fsdd", "--average", "0.9", "--keep", "best", "--schedule", "cosine"]
    options += ["--sample-every", "2", "--sample-seconds", "0.01", "--steps-per-epoch", "2"]
    assert train(*options, "--balance", "seconds", "--silence-db", "-40", data=corpus) == 0
    model, card = load_model_preset(tmp_path / "run")
    assert card["speakers"] == ["ann", "bob"] and model.n_speakers == 2
    assert sorted(os.listdir(tmp_path / "run" / "samples")) == [
        "sample_epoch_0002_1.wav",
        "sample_epoch_0002_2.wav",
    ]
    assert "--speaker ann" in capsys.readouterr().out
    assert len(read_checkpoint(tmp_path / "run" / "checkpoint.npz")["history"]["loss"]) == 2


def test_vocoder_knows_its_spectrogram(train, tmp_path, capsys):
    options = ["--vocoder", "--head", "logistic_mixture", "--level-db", "-3"]
    options += ["--sample-every", "1", "--sample-seconds", "0.1"]
    assert train(*options, epochs=1) == 0
    model, card = load_model_preset(tmp_path / "run")
    spec = ks.AudioSpec.from_dict(card["condition"]["spec"])
    assert spec == model.spec and spec.sample_rate == 8000
    assert isinstance(model.head, ks.layers.LogisticMixtureHead)
    # Of log-mels of tones, which are mostly the floor of log(1e-5) = -11.5.
    assert -11.5 < model.mel_mean < -2 and model.mel_scale > 0.5
    info = soundfile.info(tmp_path / "run" / "samples" / "sample_epoch_0001.wav")
    assert info.frames == 800 // spec.hop_length * spec.hop_length
    assert "--mel-of" in capsys.readouterr().out


def test_other_settings_are_refused_by_name(train, tmp_path, capsys):
    assert train("--validation", "none", epochs=1) == 0
    assert "val_loss" not in (tmp_path / "run" / "log.csv").read_text()
    before = (tmp_path / "run" / "model.keras").read_bytes()
    assert train("--validation", "none", "--head", "logistic_mixture", epochs=2) == 2
    error = capsys.readouterr().err
    assert "--head was not given and is logistic_mixture" in error
    assert "keras-speech train wavenet --help explains the arguments" in error
    assert (tmp_path / "run" / "model.keras").read_bytes() == before


def test_files_shorter_than_a_segment_are_named_in_the_options_words(train, capsys):
    assert train(segment=1) == 1
    error = capsys.readouterr().err
    assert "Recordings must not be shorter than a segment of 8000 samples (1 s)" in error
    assert "2000 samples (0.25 s)" in error
    assert "Lower --segment, or leave them out with --on-error skip" in error


def test_folder_without_audio_is_named_and_nothing_made(train, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert train(data=tmp_path / "empty") == 1
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and str(tmp_path / "empty") in error
    assert not (tmp_path / "run").exists()


def test_corrupt_file_is_named_or_skipped(train, tones_directory, capsys):
    (tones_directory / "e.wav").write_bytes(b"RIFF")
    assert train("--validation", "none", epochs=1) == 1
    assert "e.wav" in capsys.readouterr().err
    assert train("--validation", "none", "--on-error", "skip", out="other", epochs=1) == 0
    error = capsys.readouterr().err
    assert "keras-speech: skipped 'e': " in error
    assert "keras-speech: 1 recordings skipped" in error


def test_choices_are_those_of_the_package():
    from keras_speech.models import wavenet_configs

    assert {name.upper() for name in CONFIGS} == {n for n in dir(wavenet_configs) if n.isupper()}
    for head in HEADS:
        assert hasattr(ks.layers, "".join(map(str.title, head.split("_"))) + "Head")
