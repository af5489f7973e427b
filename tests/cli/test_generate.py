"""`keras-speech generate` from model to file."""

import functools
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import soundfile

import keras_speech as ks
from cli.conftest import TINY_WAVENET
from keras_speech.cli.main import main
from keras_speech.models import load_model_preset, save_model_preset

SPEC = ks.AudioSpec(
    sample_rate=8000, n_fft=256, hop_length=64, win_length=256, n_mels=20, fmax=4000.0
)
ROLL = {"kind": "note_roll", "lowest": 48, "highest": 72, "hop_length": 80}
# A level of 16 bits, which clipping may add to half of one for rounding.
LEVEL = 1.5 / 32768
N_KEYS = 72 - 48 + 1

MODELS = {
    "plain": ({"sample_rate": 8000}, {}),
    "duo": ({"sample_rate": 8000, "n_speakers": 2}, {"speakers": ["ann", "bob"]}),
    "organ": (
        {"sample_rate": 8000, "local_channels": N_KEYS + 6, "hop_length": 80},
        {"condition": ROLL},
    ),
    "vocoder": ({"spec": SPEC}, {}),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A directory of untrained models."""
    directory = tmp_path_factory.mktemp("models")
    for seed, (name, (config, card)) in enumerate(MODELS.items()):
        keras.utils.set_random_seed(seed)
        model = ks.WaveNet(**TINY_WAVENET, **config)
        # As large as after some training, so that every condition is heard.
        for weight in model.trainable_weights:
            weight.assign(keras.random.normal(weight.shape, stddev=0.5, seed=seed))
        save_model_preset(model, directory / name, **card)
    return directory


_loaded = functools.cache(load_model_preset)


@pytest.fixture
def generate(models, tmp_path, monkeypatch):
    """Runs the command with one of the models, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    # What a model compiles takes longer than what it makes.
    monkeypatch.setattr(ks.models, "load_model_preset", _loaded)

    def run(name, *argv):
        return main(["generate", str(models / name), *argv])

    return run


def load(models, name):
    return _loaded(str(models / name))[0]


def samples_of(path):
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == 8000
    return samples


def test_writes_the_file_and_says_where_how_long_and_how_fast(generate, models, tmp_path, capsys):
    assert generate("plain", "--seconds", "0.625", "--seed", "3") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{tmp_path / 'out.wav'}: 0.6 s of sound by plain, made in ")
    assert os.listdir(tmp_path) == ["out.wav"]
    expected = load(models, "plain").generate(5000, seed=3)[0]
    # 5,000 samples are more than one chunk; 16 bits keep them to a level.
    np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)


def test_seed_prime_temperature_and_top_p_reach_the_model(generate, models, tmp_path):
    prime = np.sin(np.arange(400) * 0.2).astype("float32") * 0.5
    ks.data.write_wav(tmp_path / "prime.wav", prime, 8000)
    prime = ks.data.read_audio(tmp_path / "prime.wav")
    model = load(models, "plain")
    plain = model.generate(400)[0]
    for options, keywords in (
        (["--seed", "5"], {"seed": 5}),
        (["--temperature", "0.5"], {"temperature": 0.5}),
        (["--top-p", "0.5"], {"top_p": 0.5}),
        (["--prime", "prime.wav"], {"prime": prime}),
    ):
        assert generate("plain", "--seconds", "0.05", *options) == 0
        expected = model.generate(400, **keywords)[0]
        np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)
        assert not np.allclose(expected, plain, atol=0.01)


def test_speaker_goes_by_name_or_number(generate, models, capsys):
    for options, speaker in (([], 0), (["--speaker", "bob"], 1), (["--speaker", "1"], 1)):
        assert generate("duo", "--seconds", "0.05", *options) == 0
        expected = load(models, "duo").generate(400, speaker=speaker)[0]
        np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)


def test_temperature_is_the_models_own_unless_told(generate, models, tmp_path):
    model = load(models, "plain")
    ks.models.save_model_preset(model, tmp_path / "calm", temperature=0.25)
    for options, temperature in (([], 0.25), (["--temperature", "0.75"], 0.75)):
        assert generate(tmp_path / "calm", "--seconds", "0.05", *options) == 0
        expected = model.generate(400, temperature=temperature)[0]
        np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)


def test_chord_becomes_the_models_note_roll(generate, models, tmp_path, monkeypatch):
    model = load(models, "organ")
    stream, given = model.stream, []

    def record(n_samples, **options):
        given.append(options["mel"])
        return stream(n_samples, **options)

    monkeypatch.setattr(model, "stream", record)
    assert generate("organ", "--chord", "C4:maj", "--seconds", "0.05") == 0
    roll = ks.data.note_roll((60, 64, 67), 5, frame_rate=100, lowest=48, highest=72)
    np.testing.assert_array_equal(given[0], roll[None])
    expected = model.generate(400, mel=roll[None])[0]
    np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)
    # After a prime of 100 samples the keys are struck 0.0125 s into the roll.
    ks.data.write_wav(tmp_path / "prime.wav", np.zeros(100), 8000)
    assert generate("organ", "--chord", "A3", "--seconds", "0.05", "--prime", "prime.wav") == 0
    roll = ks.data.note_roll((57,), 7, frame_rate=100, lowest=48, highest=72, onset_s=0.0125)
    np.testing.assert_array_equal(given[1], roll[None])


@pytest.mark.parametrize("seconds, n_samples", [(None, 960), (0.05, 400), (9, 960)])
def test_vocoder_makes_the_recording_again(generate, models, tmp_path, seconds, n_samples):
    """15 whole hops of 64 are in 1,000 samples; a recording at another rate is resampled."""
    ks.data.write_wav(tmp_path / "long.wav", 0.5 * np.sin(np.arange(2000) * 0.1), 16000)
    options = [] if seconds is None else ["--seconds", str(seconds)]
    assert generate("vocoder", "--mel-of", "long.wav", *options) == 0
    samples = ks.data.read_audio(tmp_path / "long.wav", 8000)
    mel = np.asarray(ks.ops.mel.log_mel_spectrogram(samples, SPEC))[None, :15]
    expected = load(models, "vocoder").generate(n_samples, mel=mel)[0]
    np.testing.assert_allclose(samples_of("out.wav"), expected, atol=LEVEL)


def test_file_of_a_model_alone_will_do(generate, models):
    assert generate("duo/model.keras", "--seconds", "0.05", "--speaker", "1") == 0
    assert len(samples_of("out.wav")) == 400


@pytest.mark.parametrize(
    "argv, message",
    [
        (["plain", "-o", "missing/a.wav"], "the directory `missing` does not exist"),
        (["plain", "-o", "a.mp3"], "--out `a.mp3` must end in .wav, .flac, .ogg"),
        (["plain", "--prime", "no.wav"], "--prime `no.wav` does not exist"),
        (["plain", "--mel-of", "no.wav"], "--mel-of `no.wav` does not exist"),
        (["nothing"], "nothing` is neither a directory, a .keras file, nor a model that comes"),
        (["plain", "--speaker", "ann"], "`plain` has no speakers to choose from"),
        (["duo", "--speaker", "eve"], "--speaker `eve` is none of `duo`'s speakers: ann, bob"),
        (["duo", "--speaker", "2"], "--speaker `2` is none of"),
        (["plain", "--chord", "C4"], "--chord is for models that play notes; `plain` does not"),
        (["organ"], "`organ` plays what it is told: give --chord"),
        (["organ", "--chord", "H4"], "--chord: A note must be a letter from A to G"),
        (
            ["organ", "--chord", "C4", "--seconds", "61"],
            "--seconds must be at most 60 with --chord",
        ),
        (["vocoder"], "`vocoder` turns mel spectrograms into sound: give --mel-of"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(argv, message, generate, tmp_path, capsys):
    assert generate(*argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and message in error
    assert list(tmp_path.iterdir()) == []


def test_prime_at_another_rate_names_both(generate, tmp_path, capsys):
    ks.data.write_wav(tmp_path / "cd.wav", np.zeros(100), 44100)
    assert generate("plain", "--prime", "cd.wav") == 1
    error = capsys.readouterr().err
    assert "--prime `cd.wav` has a sample rate of 44100 Hz and `plain` of 8000 Hz" in error
    assert os.listdir(tmp_path) == ["cd.wav"]


@pytest.mark.parametrize(
    "argv, message",
    [
        (["organ", "--chord", "C2"], "plays from C3 to C5; --chord C2 has C2"),
        (["vocoder", "--mel-of", "a.wav"], "must be at least 64 samples long"),
        (["plain", "--prime", "text.wav"], "text.wav is not audio that can be read"),
        (["organ/model.keras", "--chord", "C4"], "name the directory that has its model.json"),
    ],
    ids=str,
)
def test_what_cannot_be_done_exits_with_1(argv, message, generate, tmp_path, capsys):
    ks.data.write_wav(tmp_path / "a.wav", np.zeros(50), 8000)
    (tmp_path / "text.wav").write_text("no sound")
    assert generate(*argv) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out.wav").exists()


def test_damaged_model_exits_with_1(generate, tmp_path, capsys):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.json").write_text("{")
    assert main(["generate", "broken"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and "model.json" in error


def test_long_requests_are_streamed_and_an_interrupt_leaves_nothing(
    generate, models, tmp_path, monkeypatch, capsys
):
    asked = []

    def stream(n_samples, *, chunk_size, **options):
        asked.append(n_samples)
        yield np.zeros((1, chunk_size), "float32")
        assert len(os.listdir(tmp_path)) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(load(models, "plain"), "stream", stream)
    assert generate("plain", "--seconds", "1e7") == 130
    assert asked == [10**7 * 8000]
    assert os.listdir(tmp_path) == []


def test_weights_that_are_no_numbers_are_an_error(generate, tmp_path, capsys):
    sizes = dict(n_cycles=1, layers_per_cycle=1, residual_channels=2, gate_channels=2)
    model = ks.WaveNet(**sizes, skip_channels=2)
    model.weights[0].assign(np.full(model.weights[0].shape, np.nan))
    ks.models.save_model_preset(model, tmp_path / "broken")
    assert generate(tmp_path / "broken") == 1
    assert "`broken` has weights that are not finite numbers" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["broken"]


def test_from_a_shell_only_the_result_is_printed(models, environment, tmp_path):
    """Nothing of what TensorFlow and XLA write while they compile reaches the screen."""
    command = [sys.executable, "-m", "keras_speech.cli", "generate", str(models / "plain")]
    done = subprocess.run(
        [*command, "--seconds", "0.1"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "out.wav"))
    # A bar is drawn where it takes longer than two seconds.
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Generating: ")]
    assert lines == []


def test_help_lists_the_bundled_models(capsys):
    assert main(["generate", "--help"]) == 0
    names = [card["name"] for card in ks.models.bundled_models()]
    assert f"models that come with the package: {', '.join(names) or 'none'}" in (
        capsys.readouterr().out
    )
