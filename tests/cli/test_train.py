"""`keras-speech train` from recordings to a voice, interrupted and resumed."""

import csv
import json

import keras
import numpy as np
import pytest

import keras_speech as ks
from callbacks.events import read_events, read_scalars
from keras_speech.cli.main import main
from keras_speech.training import read_checkpoint


@pytest.fixture
def train_tacotron2(corpus_directory, tiny_config, tmp_path):
    """Runs the command on the small corpus with a tiny model."""

    def run(*argv, out="run", epochs=2, data=corpus_directory):
        options = ["--data", str(data), "--out", str(tmp_path / out), "--epochs", str(epochs)]
        options += ["--batch-size", "4", "--sample-rate", "16000", "--validation", "2"]
        # Looking takes longer than training; who wants to see it says so.
        options += ["--sample-every", "0", "--check-every", "0"]
        return main(["train", "tacotron2", *options, *argv])

    return run


@pytest.fixture
def train(train_tacotron2, stand_in):
    """The same with a model that is trained in no time."""
    return train_tacotron2


def weights(directory):
    voice = ks.Voice.from_preset(directory / "voice")
    return [keras.ops.convert_to_numpy(each) for each in voice.acoustic_model.weights]


class InterruptInEpoch(ks.callbacks.AlignmentPlot):
    """Presses Ctrl-C in the middle of an epoch."""

    epoch_to_interrupt = 2

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == self.epoch_to_interrupt:
            raise KeyboardInterrupt


def test_training_writes_what_its_help_says(train_tacotron2, tmp_path, capsys):
    assert train_tacotron2("--plot-every", "1", "--sample-every", "9", "--check-every", "2") == 0
    out = tmp_path / "run"
    with open(out / "log.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert all(np.isfinite(float(row[name])) for row in rows for name in ("loss", "val_loss"))
    for folder, kind in (("alignments", "alignment"), ("mels", "mel")):
        names = sorted(path.name for path in (out / folder).iterdir())
        assert names == [f"{kind}_epoch_0001.png", f"{kind}_epoch_0002.png"]
    # Of two sentences; a short training is not left without any.
    names = sorted(path.name for path in (out / "samples").iterdir())
    assert names == ["sample_epoch_0002_1.wav", "sample_epoch_0002_2.wav"]
    # The doctor's numbers are of the epochs in which it came; speed is measured in all.
    assert [bool(row["alignment_diagonality"]) for row in rows] == [False, True]
    assert all(float(row["audio_per_second"]) > 0 for row in rows)
    assert all(0 <= float(row["data_wait"]) <= 1 for row in rows)
    assert "steps_per_second" in read_scalars(out / "logs" / "train")
    for kind in ("alignment", "mel"):
        events = read_events(out / "logs" / f"{kind}s")
        assert [(e.step, e.summary.value[0].tag) for e in events] == [(1, kind), (2, kind)]
    assert read_checkpoint(out / "checkpoint.npz")["epoch"] == 2
    printed = capsys.readouterr().out
    assert "Alignment after epoch 2:\n- It has not learned to read" in printed
    assert "6 recordings to train on, 2 kept out for validation" in printed
    assert f"--voice {out / 'voice'}" in printed

    voice = ks.Voice.from_preset(out / "voice")
    assert (voice.name, voice.spec.sample_rate) == ("run", 16000)
    speech = voice.speak("a bee", max_frames=40)
    assert speech.sample_rate == 16000 and np.isfinite(speech.samples).all()


def test_interrupted_and_resumed_equals_uninterrupted(train, tmp_path, monkeypatch, capsys):
    assert train(out="whole", epochs=3) == 0
    with monkeypatch.context() as patch:
        patch.setattr(ks.callbacks, "AlignmentPlot", InterruptInEpoch)
        assert train(out="parts", epochs=3) == 130
    error = capsys.readouterr().err
    assert "interrupted after 1 of 3 epochs; the same command goes on from there" in error
    first = weights(tmp_path / "parts")
    assert train(out="parts", epochs=3) == 0
    for ours, theirs in zip(weights(tmp_path / "parts"), weights(tmp_path / "whole"), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.array_equal(first[0], weights(tmp_path / "parts")[0])


def test_more_epochs_go_on_and_no_more_leave_all_as_it_is(train, tmp_path):
    assert train(epochs=1) == 0
    before = weights(tmp_path / "run")
    assert train(epochs=1) == 0
    np.testing.assert_array_equal(weights(tmp_path / "run")[0], before[0])
    assert train(epochs=2) == 0
    assert read_checkpoint(tmp_path / "run" / "checkpoint.npz")["epoch"] == 2


def test_other_settings_are_refused_by_name(train, tmp_path, capsys):
    assert train(epochs=1) == 0
    before = (tmp_path / "run" / "training.json").read_text()
    assert train("--learning-rate", "0.5", "--seed", "3", epochs=1) == 2
    error = capsys.readouterr().err
    assert "--learning-rate was 0.001 and is 0.5; --seed was 0 and is 3" in error
    assert (tmp_path / "run" / "training.json").read_text() == before


def test_bad_row_is_named_and_nothing_made(train, corpus_directory, tmp_path, capsys):
    with open(corpus_directory / "metadata.csv", "a") as file:
        file.write("clip8 without a bar\n")
    assert train() == 1
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ")
    assert "metadata.csv" in error and "line 9" in error
    assert not (tmp_path / "run").exists()


def test_skipped_recordings_are_listed(train, corpus_directory, capsys):
    with open(corpus_directory / "metadata.csv", "a") as file:
        file.write("clip8|there is no such file\nclip9|an empty file\n")
    (corpus_directory / "wavs" / "clip9.wav").write_bytes(b"")
    assert train("--on-error", "skip", "--plot-every", "0", epochs=1) == 0
    error = capsys.readouterr().err
    assert "keras-speech: skipped 'clip8' (line 9 of metadata.csv): " in error
    assert "keras-speech: skipped 'clip9' (line 10 of metadata.csv): " in error
    assert "keras-speech: 2 recordings skipped" in error


def test_speakers_averages_and_the_best_epoch_make_a_voice(train, tmp_path):
    """Two speakers in VCTK's layout."""
    corpus = tmp_path / "vctk"
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(8000) / 16000)
    for speaker in ("p1", "p2"):
        for folder in ("wav48", "txt"):
            (corpus / folder / speaker).mkdir(parents=True)
        for number in range(4):
            ks.data.write_wav(corpus / "wav48" / speaker / f"{speaker}_{number}.wav", tone, 16000)
            (corpus / "txt" / speaker / f"{speaker}_{number}.txt").write_text("a bee")
    options = ["--layout", "vctk", "--average", "0.9", "--keep", "best", "--schedule", "cosine"]
    options += ["--reduction", "5", "--scheduled-sampling", "0.75"]
    assert train(*options, data=corpus) == 0
    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    assert voice.speakers == ("p1", "p2")
    assert voice.acoustic_model.reduction == 5
    assert voice.acoustic_model.scheduled_sampling == 0.75


def test_validation_part_may_be_a_file_or_none(train, tmp_path, capsys):
    ids = tmp_path / "held_out.txt"
    ids.write_text("clip1\nclip3\nclip5\n")
    assert train("--validation", str(ids), "--plot-every", "0", epochs=1) == 0
    assert "5 recordings to train on, 3 kept out" in capsys.readouterr().out
    assert train("--validation", "none", "--plot-every", "0", out="all", epochs=1) == 0
    assert "8 recordings to train on\n" in capsys.readouterr().out
    log = (tmp_path / "all" / "log.csv").read_text()
    assert "val_loss" not in log


def test_alphabet_of_another_language_is_kept_in_the_voice(train, tmp_path):
    assert train("--alphabet", " abcdeß", "--plot-every", "0", epochs=1) == 0
    fields = json.loads((tmp_path / "run" / "voice" / "voice.json").read_text())
    assert fields["tokenizer"]["config"]["alphabet"] == list(" abcdeß")
    assert fields["tokenizer"]["config"]["normalizer"] is None


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--validation", "1.5"], "--validation must be"),
        (["--validation", "nowhere.txt"], "--validation `nowhere.txt` is neither"),
        (["--keep", "best", "--validation", "none"], "--keep best needs a --validation part"),
        (["--alphabet", "abc", "--tokenizer", "phones"], "--alphabet is for"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(train, argv, message, tmp_path, capsys):
    assert train(*argv) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
