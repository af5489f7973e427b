"""What goes wrong while shards are made: it is named, and shards that are whole stay."""

import errno
import os
import shutil
import signal

import pytest

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import (
    AudioError,
    Corpus,
    acoustic_batches,
    augmentation,
    ljspeech,
    prepare,
    shards,
    wav_folder,
)
from keras_speech.data.sharding import making, manifest, workers


@pytest.fixture
def out(tmp_path):
    return tmp_path / "shards"


@pytest.fixture
def call(lj_directory, out):
    """Prepares the five clips, one a shard; returns the corpus of the shards."""

    def run(**options):
        options = {"per_shard": 1, "processes": 1, **options}
        return prepare(ljspeech(lj_directory), out, **options)

    return run


def contents(out):
    """Bytes of the shards and indexes that are there, by name."""
    return {p.name: p.read_bytes() for p in out.glob("shard*")}


@pytest.fixture
def expected(lj_directory, tmp_path):
    """Contents of shards that were made in one go."""
    prepare(ljspeech(lj_directory), tmp_path / "expected", per_shard=1, processes=1)
    return contents(tmp_path / "expected")


@pytest.mark.parametrize("processes", [1, 2])
def test_an_unreadable_recording_is_named_and_may_be_repaired(
    call, out, expected, lj_directory, processes
):
    clip = lj_directory / "wavs" / "clip3.wav"
    whole = clip.read_bytes()
    clip.write_bytes(whole[:1000])
    with pytest.raises(AudioError, match=r"'clip3' \(line 3 of metadata.csv\): .*truncated"):
        call(processes=processes)
    assert not any(name.startswith("shard-00002") for name in contents(out))
    if processes == 1:
        assert len(contents(out)) == 4  # two shards and their indexes
    assert all(expected[name] == content for name, content in contents(out).items())
    clip.write_bytes(whole)
    call(processes=processes)
    assert contents(out) == expected


def test_recordings_are_left_out_by_choice(call, out, lj_directory):
    (lj_directory / "wavs" / "clip3.wav").write_bytes(b"RIFF")
    skipped = []
    with pytest.warns(UserWarning, match="1 recordings of corpus were skipped"):
        corpus = call(on_error="skip", skipped=skipped)
    assert corpus.ids == ["clip1", "clip2", "clip4", "clip5"]
    assert [entry.recording.id for entry in skipped] == ["clip3"]
    assert "'clip3' (line 3 of metadata.csv): File clip3.wav is not audio" in skipped[0].reason
    # They are listed again by a call that finds the shards whole, or raised if it is to raise.
    again = []
    with pytest.warns(UserWarning):
        call(on_error="skip", skipped=again)
    assert [entry.reason for entry in again] == [entry.reason for entry in skipped]
    with pytest.raises(AudioError, match="'clip3'"):
        call()


def test_a_name_that_is_no_text_is_named(tmp_path, out, write_tone):
    write_tone(tmp_path / "in" / "a.wav")
    shutil.copy(tmp_path / "in" / "a.wav", tmp_path / "in" / os.fsdecode(b"b\xff.wav"))
    corpus = wav_folder(tmp_path / "in", on_error="skip", skipped=[])
    # The reader leaves it out; a corpus that one makes oneself may still name it.
    strange = corpus[0].replace(id="b", path=os.fsdecode(os.fsencode(tmp_path) + b"/in/b\xff.wav"))
    skipped = []
    with pytest.warns(UserWarning):
        made = prepare(Corpus([*corpus, strange]), out, 22050, on_error="skip", skipped=skipped)
    assert made.ids == ["a"]
    assert "is not audio that can be read: 'utf-8' codec can't encode" in skipped[0].reason


def test_a_text_that_is_none_is_named(lj_directory, out):
    corpus = Corpus([r.replace(text="b\udcff") for r in ljspeech(lj_directory)])
    with pytest.raises(AudioError, match="'clip1'.*: Its name or text holds characters that UTF-8"):
        prepare(corpus, out, processes=1)


def test_where_all_are_left_out_there_are_no_shards(call, out, lj_directory):
    for clip in (lj_directory / "wavs").iterdir():
        clip.write_bytes(b"")
    with pytest.raises(ValueError, match="All 5 were skipped"):
        call(on_error="skip", sample_rate=8000)
    with pytest.raises(ValueError, match="are not whole"):
        shards(out)


def test_a_full_disk_is_said_and_what_is_whole_stays(call, out, expected, monkeypatch):
    """The disk is full at the first, second, ... moment when something must have reached it."""
    fsync, n_left = os.fsync, 0

    def full(handle):
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    n_errors = 0
    for _ in range(100):
        # Nothing is written; the plan; a shard as well; its index as well, which makes it whole.
        n_left = n_errors % 4
        try:
            call()
            break
        except OSError as error:
            assert "No space left on device" in str(error)
        n_errors += 1
        assert not any(p.name.endswith(".tmp") for p in out.iterdir())
        assert all(expected[name] == content for name, content in contents(out).items())
        with pytest.raises(ValueError):
            shards(out)
    # Four failures a clip, and the last of them at the manifest.
    assert n_errors > 16
    assert contents(out) == expected


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "index flipped", "index cut"])
def test_a_damaged_shard_is_made_again(call, out, expected, damage):
    call()
    name = "shard-00001-of-00005." + ("jsonl" if "index" in damage else "tfrecord")
    data = bytearray(expected[name])
    if damage == "gone":
        (out / name).unlink()
    else:
        data[100] ^= 1
        (out / name).write_bytes(data[:-1] if "cut" in damage else data)
    with pytest.raises(ValueError, match=name if "index" in damage else f"{name}.*|damaged"):
        shards(out, verify=True)
    with pytest.warns(UserWarning, match="It is made again."):
        call()
    assert contents(out) == expected
    shards(out, verify=True)


def test_a_changed_recording_is_not_mixed_with_what_was_made_of_it(
    call, out, expected, lj_directory, write_tone
):
    call()
    write_tone(lj_directory / "wavs" / "clip2.wav", seconds=0.5)
    message = r"Recording 'clip2' has changed \(its file .*clip2.wav\).*delete shard-00001-of-00005"
    with pytest.raises(ValueError, match=message):
        call()
    assert contents(out) == expected
    (out / "shard-00001-of-00005.jsonl").unlink()
    call()
    different = {name for name, content in contents(out).items() if content != expected[name]}
    assert different == {"shard-00001-of-00005.tfrecord", "shard-00001-of-00005.jsonl"}


def test_a_changed_text_is_noticed(call, out, expected, lj_directory):
    call()
    table = lj_directory / "metadata.csv"
    table.write_text(table.read_text().replace("Hello", "Hullo"))
    with pytest.raises(ValueError, match=r"'clip1' has changed \(its text, speaker"):
        call()
    assert contents(out) == expected


def test_a_recording_that_changes_while_it_is_read_is_noticed(call, monkeypatch, lj_directory):
    read = making.audio_files.read_audio

    def changing(path, *arguments):
        samples = read(path, *arguments)
        os.utime(path, ns=(0, 0))
        return samples

    monkeypatch.setattr(making.audio_files, "read_audio", changing)
    with pytest.raises(AudioError, match="'clip1'.*was changed meanwhile"):
        call()


def test_other_recordings_are_refused(call, out, expected, lj_directory):
    call()
    table = lj_directory / "metadata.csv"
    rows = table.read_text().splitlines()
    table.write_text("\n".join(rows[:-1]) + "\n")
    with pytest.raises(ValueError, match="begun with other recordings: 1 gone, such as 'clip5'"):
        call()
    table.write_text("\n".join(rows[::-1]) + "\n")
    with pytest.raises(ValueError, match="with other recordings: in another order"):
        call()
    assert contents(out) == expected


@pytest.mark.parametrize(
    "options, message",
    [
        ({"sample_rate": 16000}, "sample_rate was 22050 and is 16000"),
        ({"bits": 24}, "bits was 16 and is 24"),
        ({"per_shard": 2}, "per_shard was 1 and is 2"),
    ],
)
def test_other_settings_are_refused(call, out, expected, options, message):
    call()
    with pytest.raises(ValueError, match=f"begun with other settings: {message}. Repeat"):
        call(**options)
    assert contents(out) == expected


def test_a_directory_of_something_else_is_left_alone(call, out):
    out.mkdir()
    (out / "thesis.doc").write_text("years of work")
    with pytest.raises(ValueError, match="must be empty.*which holds 'thesis.doc'"):
        call()
    assert [p.name for p in out.iterdir()] == ["thesis.doc"]


@pytest.mark.parametrize("content", ["", "{}\n[1]", "nonsense", '{"version": 1}\n["clip1", 2]'])
def test_a_damaged_plan_is_refused(call, out, content):
    call()
    (out / "plan.jsonl").write_text(content)
    with pytest.raises(ValueError, match="plan.jsonl.* is damaged|other settings"):
        call()


def test_two_at_once_are_refused(call, out):
    fcntl = pytest.importorskip("fcntl")
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match="Another process is writing into"):
            call()
    finally:
        os.close(handle)
    call()


def test_what_a_killed_run_leaves_is_swept_away(call, out, expected):
    out.mkdir()
    for name in (".shard-00001-of-00005.tfrecord.ab12.tmp", ".plan.jsonl.cd34.tmp"):
        (out / name).write_bytes(b"half")
    call()
    assert contents(out) == expected
    assert not [p.name for p in out.iterdir() if p.name.startswith(".")]


def test_a_process_that_dies_is_noticed(call, out, expected, monkeypatch):
    """As where the system has no memory left and ends one."""
    make, made = workers._Worker.make, []

    def dying(self, task, report):
        if len(made) == 2:
            os.kill(self._process.pid, signal.SIGKILL)
        made.append(task["number"])
        make(self, task, report)

    monkeypatch.setattr(workers._Worker, "make", dying)
    with pytest.raises(RuntimeError, match="ended by itself .signal 9."):
        call(processes=2)
    assert all(expected[name] == content for name, content in contents(out).items())
    monkeypatch.undo()
    call(processes=2)
    assert contents(out) == expected
    assert manifest.is_sharded(out)


def test_a_changed_take_is_refused_and_shards_may_be_changed(lj_directory, out, letters):
    """A shard holds the sound of the file: a tempo would be forgotten in silence."""
    corpus, slower = ljspeech(lj_directory)[:1], dict(tempo=(0.8, 0.8), seed=0)
    with pytest.raises(ValueError, match="recordings as they are.*tempo=0.8"):
        prepare(augmentation.with_takes(corpus, 1, **slower), out, 16000)
    assert not out.exists()
    takes = augmentation.with_takes(prepare(corpus, out, 16000), 1, **slower)
    batches = acoustic_batches(takes, AudioSpec(sample_rate=16000), letters, 2, shuffle=False)
    (batch,) = batches
    plain, slow = batch["mel_lengths"].numpy()
    assert slow == pytest.approx(plain / 0.8, abs=2)
