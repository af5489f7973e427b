"""`keras-speech generate` with vocoders: a mel spectrogram in, its sound out."""

import functools
import os

import keras
import numpy as np
import pytest
import soundfile

import keras_speech as ks
from cli.conftest import TINY_WAVENET, VOICE_SPEC
from keras_speech.cli import vocoding
from keras_speech.cli.main import main
from keras_speech.models import load_model_preset, save_model_preset

# A level of 16 bits, which clipping may add to half of one for rounding.
LEVEL = 1.5 / 32768
MODELS = {
    "vocos": functools.partial(ks.Vocos, VOICE_SPEC, channels=8, hidden_channels=8, n_blocks=1),
    "waveglow": functools.partial(
        ks.WaveGlow,
        VOICE_SPEC,
        n_flows=2,
        early_every=1,
        channels=8,
        n_layers=2,
        upsampler_frames=2,
    ),
    "wavenet": functools.partial(ks.WaveNet, spec=VOICE_SPEC, **TINY_WAVENET),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A directory of untrained vocoders."""
    directory = tmp_path_factory.mktemp("vocoders")
    for name, make in MODELS.items():
        keras.utils.set_random_seed(0)
        save_model_preset(make(), directory / name)
    return directory


_loaded = functools.cache(load_model_preset)


@pytest.fixture
def generate(models, tmp_path, monkeypatch):
    """Runs the command with one of the models, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    # What a model compiles takes longer than what it makes.
    monkeypatch.setattr(ks.models, "load_model_preset", _loaded)
    return lambda name, *argv: main(["generate", str(models / name), *argv])


def load(models, name):
    return _loaded(str(models / name))[0]


@pytest.fixture
def mel(tmp_path):
    """15 frames, in `mel.npy`: the whole hops of the 1,000 samples in `a.wav`."""
    samples = 0.5 * np.sin(np.arange(1000) * 0.2)
    ks.data.write_wav(tmp_path / "a.wav", samples, 8000)
    samples = ks.data.read_audio(tmp_path / "a.wav", 8000)
    mel = np.asarray(ks.ops.mel.log_mel_spectrogram(samples, VOICE_SPEC))[:15]
    np.save(tmp_path / "mel.npy", mel)
    return mel


def made():
    samples, rate = soundfile.read("out.wav", dtype="float32")
    assert rate == 8000
    return samples


@pytest.mark.parametrize("options", [["--mel-of", "a.wav"], ["--mel", "mel.npy"]], ids=str)
def test_recording_and_mel_give_what_the_model_gives(generate, models, mel, options, capsys):
    assert generate("vocos", *options) == 0
    expected = load(models, "vocos").generate(mel[None])[0]
    np.testing.assert_allclose(made(), np.clip(expected, -1, 1), atol=LEVEL)
    assert "0.1 s of sound by vocos, made in " in capsys.readouterr().out


def test_a_wavenet_reads_a_mel_file_too(generate, models, mel):
    assert generate("wavenet", "--mel", "mel.npy", "--seconds", "0.02") == 0
    expected = load(models, "wavenet").generate(160, mel=mel[None])[0]
    np.testing.assert_allclose(made(), expected, atol=LEVEL)


def test_long_mels_come_in_chunks_and_seconds_cut_them(generate, models, mel, monkeypatch):
    monkeypatch.setattr(vocoding, "CHUNK_FRAMES", 4)
    expected = np.clip(load(models, "vocos").generate(mel[None])[0], -1, 1)
    for options, n_samples in (([], 960), (["--seconds", "0.075"], 600), (["--seconds", "9"], 960)):
        assert generate("vocos", "--mel", "mel.npy", *options) == 0
        np.testing.assert_allclose(made(), expected[:n_samples], atol=LEVEL + 1e-5)


def test_sigma_denoise_and_seed_reach_waveglow(generate, models, mel):
    model = load(models, "waveglow")
    sounds = set()
    for options, keywords in (
        ([], {}),
        (["--seed", "3"], {"seed": 3}),
        (["--sigma", "0.2"], {"sigma": 0.2}),
        (["--denoise", "0.5"], {"denoise": 0.5}),
    ):
        assert generate("waveglow", "--mel", "mel.npy", *options) == 0
        expected = np.clip(model.generate(mel[None], **keywords)[0], -1, 1)
        np.testing.assert_allclose(made(), expected, atol=LEVEL + 1e-4)
        sounds.add(made().tobytes())
    assert len(sounds) == 4


@pytest.mark.parametrize(
    "argv, message",
    [
        (["vocos"], "`vocos` turns mel spectrograms into sound: give --mel-of RECORDING or --mel"),
        (["vocos", "--mel", "no.npy"], "--mel `no.npy` does not exist"),
        (["vocos", "--mel", "mel.npy", "--mel-of", "a.wav"], "give --mel-of or --mel, not both"),
        (["vocos", "--mel", "mel.npy", "--prime", "a.wav"], "--prime is not for `vocos`: a voc"),
        (["vocos", "--mel", "mel.npy", "--top-p", "0.5"], "--top-p is not for `vocos`"),
        (["vocos", "--mel", "mel.npy", "--temperature", "1"], "--temperature is not for `vocos`"),
        (["vocos", "--mel", "mel.npy", "--speaker", "ann"], "--speaker is not for `vocos`"),
        (["vocos", "--mel", "mel.npy", "--chord", "C4"], "--chord is for models that play notes"),
        (["vocos", "--mel", "mel.npy", "--sigma", "0.5"], "--sigma is not for `vocos`: it is for"),
        (["wavenet", "--mel", "mel.npy", "--denoise", "1"], "--denoise is not for `wavenet`"),
        (["waveglow", "--mel", "mel.npy", "--sigma", "-1"], "--sigma: must be a number from 0"),
    ],
    ids=str,
)
def test_options_that_do_not_apply_exit_with_2(argv, message, generate, mel, capsys):
    assert generate(*argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and message in error
    assert not os.path.exists("out.wav")


@pytest.mark.parametrize("model", ["vocos", "wavenet"])
@pytest.mark.parametrize(
    "array, message",
    [
        (np.zeros((5, 21)), "must have the shape (frames, 20), not (5, 21)"),
        (np.zeros((0, 20)), "must have the shape (frames, 20), not (0, 20)"),
        (np.zeros(20), "must have the shape (frames, 20), not (20,)"),
        (np.full((5, 20), np.nan), "holds values that are not finite numbers"),
        (np.full((5, 20), "a"), "holds values that are not finite numbers"),
        (b"no array", "is no NumPy array that can be read"),
        (b"", "is no NumPy array that can be read"),
    ],
    ids=["bands", "frames", "rank", "nan", "text", "bytes", "empty"],
)
def test_a_mel_that_is_none_exits_with_1(array, message, model, generate, tmp_path, capsys):
    if isinstance(array, bytes):
        (tmp_path / "bad.npy").write_bytes(array)
    else:
        np.save(tmp_path / "bad.npy", array)
    assert generate(model, "--mel", "bad.npy") == 1
    assert f"--mel `bad.npy` {message}" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["bad.npy"]


def test_a_recording_shorter_than_a_frame_exits_with_1(generate, tmp_path, capsys):
    ks.data.write_wav(tmp_path / "b.wav", np.zeros(50), 8000)
    assert generate("vocos", "--mel-of", "b.wav") == 1
    assert "must be at least 64 samples long" in capsys.readouterr().err
