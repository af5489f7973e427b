"""`keras-speech train --dry-run` says what a training would be, and writes nothing."""

import re

import pytest

import keras_speech as ks
from keras_speech.cli.main import main


def value(printed, name):
    """What is printed beside a name."""
    return re.search(rf"^  {name}  +(.*)$", printed, re.MULTILINE).group(1)


@pytest.fixture
def dry_run(corpus_directory, stand_in, tmp_path, capsys):
    def run(*argv, code=0):
        options = ["--data", str(corpus_directory), "--out", str(tmp_path / "run"), "--epochs", "7"]
        options += ["--batch-size", "4", "--sample-rate", "16000", "--validation", "2"]
        assert main(["train", "tacotron2", *options, "--dry-run", *argv]) == code
        return capsys.readouterr()

    return run


def test_model_data_and_memory_are_printed(dry_run, tmp_path, corpus_directory):
    before = sorted(tmp_path.rglob("*"))
    printed = dry_run("--optimizer", "sgd", "--on-error", "skip").out
    # Six sentences of 0.1 s a character are left to train on, of eight with 46 characters.
    assert value(printed, "to train on").startswith("6 recordings, ")
    assert value(printed, "for validation").startswith("2 recordings, ")
    assert value(printed, "an epoch") == "2 batches of up to 4 recordings"
    assert value(printed, "in all") == "14 updates in 7 epochs"
    assert re.match(r"clip\d \(0\.\d s\), clip", value(printed, "longest"))
    # Of the stand-in: an embedding and a dense layer.
    n_symbols = ks.text.CharacterTokenizer().vocabulary_size
    n = 4 * n_symbols + (4 + 1) * 80
    # Keras numbers the layers of a process.
    assert value(printed, r"embedding(?:_\d+)?") == f"{4 * n_symbols:,}"
    assert value(printed, "parameters") == f"{n:,}, of which {n:,} are trained"
    for name in ("weights", "gradients"):
        assert value(printed, name) == f"{4 * n / 1e6:.1f} MB"
    assert float(value(printed, "at the peak").split()[0]) > 0
    assert printed.endswith("Nothing was written.\n")
    assert sorted(tmp_path.rglob("*")) == before


def test_what_cannot_be_read_is_named_or_listed(dry_run, corpus_directory, tmp_path):
    with open(corpus_directory / "metadata.csv", "a") as file:
        file.write("clip9|an empty file\n")
    (corpus_directory / "wavs" / "clip9.wav").write_bytes(b"")
    assert "clip9.wav is empty" in dry_run("--validation", "none", code=1).err
    said = dry_run("--validation", "none", "--on-error", "skip")
    assert "skipped 'clip9' (line 9 of metadata.csv)" in said.err
    assert value(said.out, "to train on").startswith("8 recordings")
    assert not (tmp_path / "run").exists()


def test_arguments_are_checked_as_ever(dry_run):
    assert "--optimizer adam has no --rho" in dry_run("--rho", "0.5", code=2).err
    said = dry_run("--schedule", "cosine", "--warmup-steps", "14", code=1).err
    assert "`warmup_steps` must be less than the steps of the whole run" in said


def test_begun_training_is_left_as_it_is(dry_run, tmp_path, corpus_directory):
    options = ["--data", str(corpus_directory), "--out", str(tmp_path / "run"), "--epochs", "1"]
    options += ["--batch-size", "4", "--sample-rate", "16000", "--validation", "2"]
    assert main(["train", "tacotron2", *options, "--plot-every", "0"]) == 0
    before = {p: p.read_bytes() for p in (tmp_path / "run").rglob("*") if p.is_file()}
    dry_run("--plot-every", "0")
    after = {p: p.read_bytes() for p in (tmp_path / "run").rglob("*") if p.is_file()}
    assert before == after


def test_sound_is_counted_in_segments(tones_directory, tiny_wavenet, tmp_path, capsys):
    options = ["--data", str(tones_directory), "--out", str(tmp_path / "run"), "--epochs", "2"]
    options += ["--sample-rate", "8000", "--segment", "0.1", "--batch-size", "3"]
    options += ["--validation", "none", "--precision", "mixed_bfloat16"]
    assert main(["train", "wavenet", *options, "--dry-run"]) == 0
    printed = capsys.readouterr().out
    # Four tones of 0.25 s: ten segments of 0.1 s.
    assert value(printed, "an epoch") == "4 batches of 3 segments of 0.10 s"
    assert "model: WaveNet in mixed_bfloat16" in printed
    assert "samples (3, 800)" in printed
    assert not (tmp_path / "run").exists()

    ks.data.write_wav(tones_directory / "short.wav", [0.1] * 100, 8000)
    assert main(["train", "wavenet", *options, "--dry-run"]) == 0
    said = value(capsys.readouterr().out, "too short")
    assert said.startswith("1 for --segment, such as short; they stop the training without")
    assert main(["train", "wavenet", *options, "--segment", "1", "--dry-run"]) == 1
    assert "every recording is shorter than --segment" in capsys.readouterr().err
