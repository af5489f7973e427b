"""Apache Beam makes the same bytes as processes on one machine."""

import sys

import pytest

from keras_speech.data import AudioError, ljspeech, prepare


@pytest.fixture
def beam():
    return pytest.importorskip("apache_beam", reason="apache-beam is not installed")


@pytest.mark.parametrize(
    "options",
    [
        ["--runner=DirectRunner"],
        pytest.param(
            [
                "--runner=DirectRunner",
                "--direct_num_workers=2",
                "--direct_running_mode=multi_processing",
            ],
            marks=pytest.mark.slow,
        ),
    ],
    ids=["one process", "two processes"],
)
def test_bytes_are_those_of_one_machine(beam, lj_directory, tmp_path, options):
    corpus = ljspeech(lj_directory)
    prepare(corpus, tmp_path / "one", 16000, per_shard=2, processes=1)
    ours = prepare(corpus, tmp_path / "beam", 16000, per_shard=2, beam=options)
    assert ours.ids == corpus.ids
    for path in (tmp_path / "one").iterdir():
        assert (tmp_path / "beam" / path.name).read_bytes() == path.read_bytes()


def test_an_unreadable_recording_is_named_and_the_rest_goes_on(beam, lj_directory, tmp_path):
    clip = lj_directory / "wavs" / "clip3.wav"
    whole = clip.read_bytes()
    clip.write_bytes(b"")
    corpus, options = ljspeech(lj_directory), {"per_shard": 2, "beam": []}
    with pytest.raises(AudioError, match=r"^Recording 'clip3' .line 3 .* is empty \(0 bytes\).$"):
        prepare(corpus, tmp_path / "shards", 16000, **options)
    clip.write_bytes(whole)
    assert prepare(corpus, tmp_path / "shards", 16000, **options).ids == corpus.ids


def test_without_the_package_it_says_what_to_install(lj_directory, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    with pytest.raises(ImportError, match=r'pip install "keras-speech\[beam\]"'):
        prepare(ljspeech(lj_directory), tmp_path / "shards", beam=[])
