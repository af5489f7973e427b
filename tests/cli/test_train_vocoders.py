"""`keras-speech train vocos`, `hifigan` and `waveglow`: from a folder to a vocoder."""

import csv
import functools
import os

import keras
import numpy as np
import pytest
import soundfile

import keras_speech as ks
from cli.conftest import TINY as TACOTRON2
from keras_speech.cli import train_vocoders, vocoder_recipes
from keras_speech.cli.main import main
from keras_speech.layers import discriminators as judges
from keras_speech.models import load_model_preset
from keras_speech.training import read_checkpoint

TINY = {
    "vocos": dict(channels=8, hidden_channels=8, n_blocks=1),
    # 64 samples a frame, the hop at 8,000 Hz.
    "hifigan": dict(
        channels=8, rates=(8, 8), kernel_sizes=(16, 16), resblock=2, resblock_kernel_sizes=(3,),
        resblock_dilations=((1,),),
    ),
    "waveglow": dict(n_flows=2, early_every=1, channels=4, n_layers=2, upsampler_frames=2),
}  # fmt: skip


@pytest.fixture
def train(tones_directory, tmp_path, monkeypatch):
    """Runs the command on tones with a tiny model and a tiny discriminator."""
    for name, config in TINY.items():
        monkeypatch.setattr(getattr(ks.models, f"{name}_configs"), "SMALL", config)

    def discriminators(model, size):
        assert (model in ("vocos", "hifigan"), size) in ((True, "small"), (True, "none"))
        judge = judges.MultiPeriodDiscriminator(periods=(2,), channels=(4,))
        return {"discriminators": [judge] if size == "small" else []}

    monkeypatch.setattr(vocoder_recipes, "discriminators", discriminators)
    # So few steps are not worth compiling for.
    quick = functools.partial(ks.training.train, jit_compile=False)
    monkeypatch.setattr(ks.training, "train", quick)

    def run(model, *argv, out="run", epochs=1):
        options = ["--data", str(tones_directory), "--out", str(tmp_path / out)]
        options += ["--epochs", str(epochs), "--sample-rate", "8000", "--segment", "0.16"]
        options += ["--batch-size", "2", "--steps-per-epoch", "2", "--validation", "1"]
        return main(["train", model, *options, "--sample-every", "0", *argv])

    return run


def columns(path):
    with open(path, newline="") as file:
        return next(csv.reader(file))


def weights(directory):
    model, _ = load_model_preset(directory)
    return [keras.ops.convert_to_numpy(each) for each in model.weights]


class InterruptInEpoch(ks.callbacks.EventLog):
    """Presses Ctrl-C in the epoch `n` of all that this process trains, those of both phases."""

    n = begun = 0

    def on_epoch_begin(self, epoch, logs=None):
        InterruptInEpoch.begun += 1

    def on_train_batch_end(self, batch, logs=None):
        if self.begun == self.n:
            raise KeyboardInterrupt


def test_vocos_trains_on_spectra_and_then_against_discriminators(train, tmp_path, capsys):
    options = ["--warm-epochs", "1", "--average", "0.9", "--sample-every", "1"]
    assert train("vocos", *options, "--sample-seconds", "0.1", "--level-db", "-3") == 0
    out = tmp_path / "run"
    for directory, plays in ((out / "warm", False), (out, True)):
        assert read_checkpoint(directory / "checkpoint.npz")["epoch"] == 1
        shown = columns(directory / "log.csv")
        assert {"mel_l1", "stft", "phase", "val_loss"} <= set(shown)
        assert ("fake_accuracy" in shown) == plays
        info = soundfile.info(directory / "samples" / "sample_epoch_0001.wav")
        # 0.1 s are 12 whole hops of 64.
        assert (info.samplerate, info.frames) == (8000, 768)
    printed = capsys.readouterr().out
    assert f"{out}: trained for 1 epochs. Hear it:\nkeras-speech generate {out} --mel-of" in printed

    model, card = load_model_preset(out)
    assert isinstance(model, ks.Vocos) and model.discriminators == []
    assert ks.AudioSpec.from_dict(card["condition"]["spec"]) == model.spec
    assert (model.sample_rate, card["name"]) == (8000, "run")
    # Of log-mels of tones, which are mostly the floor of log(1e-5) = -11.5.
    assert -11.5 < model.mel_mean < -2 and model.mel_scale > 0.5


def test_a_voice_speaks_with_what_was_trained(train, tmp_path, voice_directory, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ["--mels-like", str(voice_directory), "--discriminators", "none"]
    assert train("vocos", *options) == 0
    assert "fake_accuracy" not in columns(tmp_path / "run" / "log.csv")
    assert not (tmp_path / "run" / "warm").exists()
    assert load_model_preset(tmp_path / "run")[0].spec.n_mels == 20
    assert main(["speak", "A bee.", "--voice", str(voice_directory), "--vocoder", "run"]) == 0
    assert soundfile.info("out.wav").duration == pytest.approx(0.32)


def test_a_trained_model_is_tuned_to_the_mels_of_a_voice(
    train, tmp_path, voice_directory, corpus_directory, monkeypatch
):
    """The recordings have texts, which the voice reads; so small a rate leaves the weights."""
    voice = ks.Voice.from_preset(voice_directory)
    model = ks.Tacotron2(voice.tokenizer.vocabulary_size, **{**TACOTRON2, "n_mels": 20})
    alone = ks.Voice(voice.tokenizer, model, voice.vocoder, voice.spec)
    alone.save_to_preset(tmp_path / "voice")
    given, fit = [], ks.training.train

    def recorded(model, batches, *arguments, **options):
        given.append(batches)
        return fit(model, batches, *arguments, **options)

    monkeypatch.setattr(ks.training, "train", recorded)
    alike = ["--mels-like", str(voice_directory), "--discriminators", "none"]
    assert train("vocos", *alike, out="first") == 0
    first = load_model_preset(tmp_path / "first")[0]
    options = ["--start", str(tmp_path / "first"), "--mels-of", str(tmp_path / "voice")]
    options += ["--data", str(corpus_directory), "--layout", "ljspeech"]
    assert train("vocos", *options, "--learning-rate", "1e-9", out="second") == 0
    second = load_model_preset(tmp_path / "second")[0]
    assert second.get_config() == first.get_config()
    for ours, theirs in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    # An untrained voice says something else than the recordings, of the same length.
    for batches, low, high in ((given[0], 0, 0.5), (given[-1], 1, 20)):
        batch = {name: np.asarray(value) for name, value in next(iter(batches(0))).items()}
        real = np.asarray(ks.ops.mel.log_mel_spectrogram(batch["samples"], voice.spec))
        assert batch["mel"].shape == real[:, :20].shape
        # At the edges of a piece, its recording goes on.
        assert low <= np.abs(batch["mel"] - real[:, :20])[:, 3:-3].mean() < high


def test_interrupted_in_either_phase_and_resumed_equals_uninterrupted(
    train, tmp_path, monkeypatch, capsys
):
    options = ["vocos", "--warm-epochs", "2", "--validation", "none"]
    assert train(*options, out="whole") == 0
    parts = tmp_path / "parts"
    for n, done in ((2, 1), (2, 2)):
        with monkeypatch.context() as patch:
            patch.setattr(InterruptInEpoch, "n", n)
            patch.setattr(InterruptInEpoch, "begun", 0)
            patch.setattr(ks.callbacks, "EventLog", InterruptInEpoch)
            assert train(*options, out="parts") == 130
        error = capsys.readouterr().err
        assert f"interrupted after {done} of 2 epochs of the warm start; the same com" in error
        # What the broken-off epoch did to the weights is undone before they are saved.
        with np.load(parts / "warm" / "checkpoint.npz") as file:
            kept = [file[name] for name in file.files if name.startswith("model/")]
        for weight in weights(parts):
            assert any(weight.shape == w.shape and np.array_equal(weight, w) for w in kept)
    so_far = weights(parts)
    assert train(*options, out="parts") == 0
    whole, resumed = weights(tmp_path / "whole"), weights(parts)
    # Adam moves a weight by about 1e-3 a step; TensorFlow adds up gradients in any order.
    for ours, theirs in zip(resumed, whole, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    assert max(np.abs(a - b).max() for a, b in zip(so_far, resumed, strict=True)) > 1e-5


def test_hifigan_and_waveglow_train_and_make_sound(train, tmp_path, tones_directory, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, options in (("hifigan", ["--warm-epochs", "1"]), ("waveglow", ["--remat"])):
        assert train(name, *options, out=name) == 0
        model, card = load_model_preset(tmp_path / name)
        assert type(model).__name__ == card["kind"]
        assert card["kind"].lower() == name
        tone = str(tones_directory / "a.wav")
        assert main(["generate", name, "--mel-of", tone, "--out", f"{name}.wav"]) == 0
        assert soundfile.info(f"{name}.wav").frames == 2000 // 64 * 64
    assert "fake_accuracy" in columns(tmp_path / "hifigan" / "log.csv")
    assert "z_energy" in columns(tmp_path / "waveglow" / "log.csv")


@pytest.mark.parametrize(
    "argv, message",
    [
        (["hifigan", "--config", "v1"], "--config v1 makes 256 samples of a frame, and the mel sp"),
        (["vocos", "--discriminators", "none", "--warm-epochs", "1"], "--warm-epochs are those"),
        (["vocos", "--keep", "best"], "--keep best is for --discriminators none"),
        (["vocos", "--mels-like", "kathleen"], "has a sample rate of 22050 Hz, not 8000: give"),
        (["vocos", "--mels-of", "kathleen"], "--mels-of needs the texts of the recordings"),
        (["vocos", "--start", "nothing"], "--start `nothing` is neither"),
        (["vocos", "--start", "waveglow"], "--start `waveglow` is a WaveGlow; train it as one"),
        (["waveglow", "--warm-epochs", "1"], "unrecognized arguments: --warm-epochs"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(
    argv, message, train, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    if "waveglow" in argv[1:]:
        ks.models.save_model_preset(ks.WaveGlow(**TINY["waveglow"]), "waveglow")
    assert train(*argv) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_other_settings_are_refused_by_name(train, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "training.json").write_text('{"model": "waveglow"}')
    assert train("vocos") == 2
    assert "--model was waveglow and is vocos" in capsys.readouterr().err
    assert os.listdir(tmp_path / "run") == ["training.json"]


def test_choices_are_those_of_the_package():
    for name, choices in train_vocoders.CONFIGS.items():
        configs = getattr(ks.models, f"{name}_configs")
        assert all(isinstance(getattr(configs, choice.upper()), dict) for choice in choices)


@pytest.mark.parametrize("model", ["vocos", "hifigan"])
def test_recipes_have_two_discriminators_of_each_size(model):
    kinds = {
        "vocos": judges.MultiResolutionDiscriminator,
        "hifigan": judges.MultiScaleDiscriminator,
    }
    sizes = []
    for size in ("small", "published"):
        periods, other = vocoder_recipes.discriminators(model, size)["discriminators"]
        assert isinstance(periods, judges.MultiPeriodDiscriminator)
        assert isinstance(other, kinds[model])
        sizes.append(max(periods.channels))
    assert sizes == [128, 1024]
    assert vocoder_recipes.discriminators(model, "none") == {"discriminators": []}
