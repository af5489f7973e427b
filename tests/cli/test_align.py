"""`keras-speech align`: a file of phone times, whole or not at all."""

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
    n_mels=10, reduction=2, states_per_token=1, encoder_channels=8, encoder_convolutions=1,
    encoder_dropout=0.0, prenet_units=(8, 8), prenet_dropout=0.0, lstm_units=8, hidden_units=8,
    std_floor=0.1, mel_mean=-5.0, mel_scale=2.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def aligner_directory(tmp_path_factory):
    """A training directory with a voice whose model can align; it has learned nothing."""
    keras.utils.set_random_seed(0)
    tokenizer = ks.text.CharacterTokenizer()
    space = tokenizer.symbols.index(" ")
    model = ks.NeuralHMMTTS(tokenizer.vocabulary_size, stateless_tokens=(space,), **TINY)
    kernel = model.decoder.output_kernel
    kernel.assign(0.3 * np.random.default_rng(0).normal(size=kernel.shape))
    voice = ks.Voice(tokenizer, model, ks.GriffinLim(SPEC, n_iter=2), SPEC, name="hmm")
    directory = tmp_path_factory.mktemp("trained")
    voice.save_to_preset(directory / "voice")
    (directory / "training.json").write_text(json.dumps({"level_db": -6.0}))
    return directory


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_recording_is_aligned(aligner_directory, corpus_directory, tmp_path, capsys):
    out = tmp_path / "phones.jsonl"
    model, data = str(aligner_directory), str(corpus_directory)
    assert main(["align", "--model", model, "--data", data, "--out", str(out)]) == 0
    assert "8 recordings" in capsys.readouterr().out
    corpus = ks.data.ljspeech(corpus_directory)
    for row, recording in zip(rows(out), corpus, strict=True):
        assert row["id"] == recording.id
        assert "".join(row["symbols"]) == recording.text
        n_samples = len(ks.data.read_audio(recording.path, SPEC.sample_rate))
        assert sum(row["durations"]) == SPEC.n_frames(n_samples)
        assert [n > 0 for n in row["durations"]] == [s != " " for s in row["symbols"]]
        assert row["hop_seconds"] == 128 / 16000
        np.testing.assert_allclose(np.add(row["starts"], row["lengths"])[:-1], row["starts"][1:])
        end = row["starts"][-1] + row["lengths"][-1]
        assert abs(end - n_samples / SPEC.sample_rate) <= row["hop_seconds"]
    # A training's directory and its voice are the same but for the level, which a share of the
    # frames may feel.
    voice, again = str(aligner_directory / "voice"), tmp_path / "again.jsonl"
    options = ["--level-db", "-6", "--batch-size", "3"]
    assert main(["align", "--model", voice, "--data", data, "--out", str(again), *options]) == 0
    assert rows(again) == rows(out)


def test_only_the_split_is_aligned(aligner_directory, corpus_directory, tmp_path):
    out, split = tmp_path / "phones.jsonl", tmp_path / "ids.txt"
    split.write_text("clip5\nclip2\n")
    model, data = str(aligner_directory), str(corpus_directory)
    arguments = ["--data", data, "--out", str(out), "--split", str(split)]
    assert main(["align", "--model", model, *arguments]) == 0
    assert sorted(row["id"] for row in rows(out)) == ["clip2", "clip5"]


def test_a_recording_too_short_for_its_text_stops_or_is_skipped(
    aligner_directory, corpus_directory, tmp_path, capsys
):
    ks.data.write_wav(corpus_directory / "wavs" / "clip1.wav", np.zeros(800), 16000)
    out = tmp_path / "phones.jsonl"
    arguments = ["align", "--model", str(aligner_directory), "--data", str(corpus_directory)]
    arguments += ["--out", str(out)]
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert "'clip1' (line 2 of metadata.csv) cannot be aligned" in said
    assert "as many steps as the tokens have states" in said
    assert not out.exists()
    assert main([*arguments, "--on-error", "skip"]) == 0
    assert [row["id"] for row in rows(out)] == [f"clip{i}" for i in (0, 2, 3, 4, 5, 6, 7)]
    assert "skipped 'clip1'" in capsys.readouterr().err


def test_a_failure_leaves_the_old_file_as_it_was(
    aligner_directory, corpus_directory, tmp_path, monkeypatch
):
    out = tmp_path / "phones.jsonl"
    out.write_text("old\n")

    def fail(self, *arguments, **options):
        raise MemoryError

    monkeypatch.setattr(ks.NeuralHMMTTS, "align", fail)
    model, data = str(aligner_directory), str(corpus_directory)
    assert main(["align", "--model", model, "--data", data, "--out", str(out)]) == 1
    assert out.read_text() == "old\n" and sorted(p.name for p in tmp_path.iterdir()) == [
        "corpus",
        "phones.jsonl",
    ]


@pytest.mark.parametrize(
    "option, value, message",
    [
        ("--out", "phones.txt", "must end in .jsonl"),
        ("--model", "nobody", "is neither a directory nor a voice"),
        ("--data", "nowhere", "does not exist"),
        ("--split", "nowhere.txt", "does not exist"),
    ],
)
def test_wrong_arguments_are_named(
    aligner_directory, corpus_directory, tmp_path, capsys, monkeypatch, option, value, message
):
    monkeypatch.chdir(tmp_path)
    arguments = {
        "--model": str(aligner_directory),
        "--data": str(corpus_directory),
        "--out": "phones.jsonl",
        option: value,
    }
    assert main(["align", *(part for pair in arguments.items() for part in pair)]) == 2
    assert message in capsys.readouterr().err


def test_a_model_that_cannot_align_is_refused(voice_directory, corpus_directory, tmp_path, capsys):
    out = str(tmp_path / "phones.jsonl")
    arguments = ["--model", str(voice_directory), "--data", str(corpus_directory), "--out", out]
    assert main(["align", *arguments]) == 1
    assert "is a Tacotron2, which cannot align" in capsys.readouterr().err
