"""`keras-speech prepare` from the command line, and what reads the shards after it."""

import json
import subprocess
import sys

import pytest

from keras_speech.cli.main import main
from keras_speech.data import ljspeech, shards, with_phone_times


@pytest.fixture
def run(corpus_directory, tmp_path):
    """Runs `prepare` on the small corpus; `run.out` is where it writes."""

    def prepare(*argv, processes="1"):
        return main(
            ["prepare", str(corpus_directory), str(prepare.out), "--processes", processes, *argv]
        )

    prepare.out = tmp_path / "shards"
    return prepare


def test_it_says_what_it_made(run, capsys, corpus_directory):
    assert run("--per-shard", "3") == 0
    # Sentences of a letter each tenth of a second, see conftest.
    seconds = sum(len(r.text) for r in ljspeech(corpus_directory)) / 10
    output = capsys.readouterr().out
    assert output.startswith(f"{run.out}: 8 recordings, {seconds / 3600:.2f} hours at 16,000 Hz")
    assert "in 3 shards of 0." in output
    assert shards(run.out).ids == ljspeech(corpus_directory).ids


def log_of(directory):
    """Lines of the log without the time that an epoch took."""
    header, *rows = (line.split(",") for line in (directory / "log.csv").read_text().splitlines())
    clocked = {"seconds", "steps_per_second", "data_wait", "audio_per_second"}
    kept = [i for i, name in enumerate(header) if name not in clocked]
    return [[row[i] for i in kept] for row in (header, *rows)]


def test_training_is_the_same_from_shards(run, stand_in, corpus_directory, tmp_path):
    assert run() == 0
    for data, out in ((corpus_directory, "from_files"), (run.out, "from_shards")):
        argv = ["--data", str(data), "--out", str(tmp_path / out), "--sample-rate", "16000"]
        argv += ["--validation", "2", "--batch-size", "3", "--plot-every", "0"]
        assert main(["train", "tacotron2", *argv, "--epochs", "2"]) == 0
    assert log_of(tmp_path / "from_shards") == log_of(tmp_path / "from_files")


def test_other_commands_read_shards(run, tiny_wavenet, tmp_path, capsys):
    assert run("--sample-rate", "8000") == 0
    argv = ["--data", str(run.out), "--out", str(tmp_path / "model"), "--sample-rate", "8000"]
    argv += ["--segment", "0.05", "--steps-per-epoch", "1", "--batch-size", "1", "--vocoder"]
    assert main(["train", "wavenet", *argv, "--epochs", "1", "--sample-every", "0"]) == 0
    # The advice at the end, which names a recording, can be followed.
    advice = capsys.readouterr().out.splitlines()[-1]
    assert f"--mel-of {run.out / 'shard-00000-of-00001.tfrecord'}:" in advice
    place = shards(run.out)[1].path
    sound = ["--out", str(tmp_path / "sound.wav"), "--seconds", "0.02"]
    assert main(["generate", str(tmp_path / "model"), "--mel-of", place, *sound]) == 0
    assert main(["generate", str(tmp_path / "model"), "--mel-of", "no.tfrecord:0", *sound]) == 2
    assert "--mel-of `no.tfrecord` does not exist" in capsys.readouterr().err


def test_durations_are_kept_and_trained_on(run, corpus_directory, tmp_path, train_acoustic):
    from keras_speech.cli.specs import spec_for
    from keras_speech.text import CharacterTokenizer

    tokenizer, spec = CharacterTokenizer(), spec_for(16000)
    times = tmp_path / "times.jsonl"
    rows = []
    for recording in ljspeech(corpus_directory):
        tokens, _ = tokenizer([recording.text])
        symbols = [tokenizer.symbols[token] for token in tokens[0]]
        n_frames = spec.n_frames(1600 * len(recording.text))
        frames = [n_frames - len(symbols) + 1] + [1] * (len(symbols) - 1)
        rows.append({"id": recording.id, "symbols": symbols, "durations": frames})
    times.write_text("\n".join(map(json.dumps, rows)))
    assert run("--phone-times", str(times), "--f0", "--sample-rate", "16000") == 0
    corpus = with_phone_times(ljspeech(corpus_directory), tokenizer, spec, times)
    for ours, theirs in zip(shards(run.out), corpus, strict=True):
        assert ours.durations.tolist() == theirs.durations.tolist()

    assert train_acoustic("fastspeech2", "--data", str(run.out), "--plot-every", "0") == 0
    config = json.loads((tmp_path / "run" / "model_config.json").read_text())
    assert config["aligner"] is False
    assert train_acoustic("tacotron", "--data", str(run.out), "--trim-db", "-40", out="cut") == 2


def test_verify_names_what_is_damaged(run, capsys):
    assert run("--per-shard", "3", "--verify") == 0
    assert f"{run.out}: 3 shards of 8 recordings are whole\n" in capsys.readouterr().out
    assert main(["prepare", str(run.out), "--verify"]) == 0
    for number in (0, 2):
        path = run.out / f"shard-0000{number}-of-00003.tfrecord"
        data = bytearray(path.read_bytes())
        data[77] ^= 1
        path.write_bytes(data)
    capsys.readouterr()
    assert main(["prepare", str(run.out), "--verify"]) == 1
    error = capsys.readouterr().err
    assert "shard-00000-of-00003.tfrecord is damaged" in error
    assert "shard-00002-of-00003.tfrecord is damaged" in error
    assert "2 of 3 shards are damaged. The command that made them makes those again." in error
    assert run("--per-shard", "3", "--verify") == 0


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "OUT is missing"),
        (["{data}"], "OUT must be another directory than DATA"),
        (["{data}/metadata.csv"], "is a file; name a directory"),
        (["{out}", "--bits", "8"], "invalid choice"),
        (["{out}", "--tokenizer", "phones"], "--tokenizer and its like are for --phone-times"),
        (["{out}", "--phone-times", "no.jsonl"], "--phone-times `no.jsonl` does not exist"),
        (["{out}", "--layout", "shards", "--verify"], "manifest.json: No such file"),
        (["{data}/wavs"], "OUT must be empty, or begun by the same call. Received: "),
    ],
)
def test_wrong_calls_are_explained(corpus_directory, tmp_path, capsys, argv, message):
    places = {"data": corpus_directory, "out": tmp_path / "shards"}
    argv = [argument.format(**places) for argument in argv]
    assert main(["prepare", str(corpus_directory), *argv]) != 0
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not (tmp_path / "shards").exists()


def test_other_options_are_named_as_the_command_has_them(run, capsys):
    assert run() == 0
    assert run("--sample-rate", "8000", "--per-shard", "2") == 1
    error = capsys.readouterr().err
    assert "--per-shard was 256 and is 2; --sample-rate was 16000 and is 8000. Repeat" in error


def test_recordings_left_out_are_listed(run, capsys, corpus_directory):
    (corpus_directory / "wavs" / "clip3.wav").write_bytes(b"RIFF")
    assert run() == 1
    assert "error: Recording 'clip3' (line 4 of metadata.csv): File" in capsys.readouterr().err
    assert run("--on-error", "skip") == 0
    output = capsys.readouterr()
    assert "skipped 'clip3' (line 4 of metadata.csv): Recording 'clip3'" in output.err
    assert "7 recordings" in output.out


def test_a_disk_that_takes_no_more_is_said(run, corpus_directory, environment):
    """A limit of the system on the size of files, met by processes that write at once."""
    command = [sys.executable, "-m", "keras_speech.cli", "prepare", str(corpus_directory)]
    command += [str(run.out), "--per-shard", "2", "--processes", "2"]
    limited = subprocess.run(
        ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash", *command],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert limited.returncode == 1
    assert "Traceback" not in limited.stderr
    assert ".tfrecord: File too large. 0 of 4 shards are whole; the same" in limited.stderr
    assert [path.name for path in run.out.iterdir()] == ["plan.jsonl"]
    assert run("--per-shard", "2", processes="2") == 0
    assert len(shards(run.out, verify=True)) == 8
