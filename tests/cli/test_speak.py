"""`keras-speech speak` from text to file."""

import io
import os
import subprocess
import sys

import keras
import pytest
import soundfile

import keras_speech as ks
from cli.conftest import VOICE_SPEC
from keras_speech.cli import vocoders
from keras_speech.cli.main import main


@pytest.fixture
def speak(voice_directory, loaded_once, tmp_path, monkeypatch):
    """Runs the command with the tiny voice, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERAS_SPEECH_TEXT", raising=False)

    def run(*argv):
        return main(["speak", "--voice", str(voice_directory), *argv])

    return run


def test_writes_the_file_and_says_where_how_long_and_how_fast(speak, tmp_path, capsys):
    assert speak("A bee.") == 0
    info = soundfile.info(tmp_path / "out.wav")
    assert info.samplerate == 8000
    out = capsys.readouterr().out
    assert out.startswith(
        f"{tmp_path / 'out.wav'}: {info.duration:.1f} s of speech by tiny, made in"
    )


@pytest.mark.parametrize("source", ["argument", "file", "stdin", "environment"])
def test_text_comes_from_anywhere_with_equal_sound(source, speak, tmp_path, monkeypatch):
    assert speak("A bee.", "-o", "expected.wav") == 0
    if source == "argument":
        code = speak("-o", "out.wav", "--", "A bee.")
    elif source == "file":
        (tmp_path / "text.txt").write_text("\ufeffA bee.", encoding="utf-8")
        code = speak("--file", "text.txt")
    elif source == "stdin":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"A bee.")))
        code = speak("-")
    else:
        monkeypatch.setenv("KERAS_SPEECH_TEXT", "A bee.")
        code = speak()
    assert code == 0
    assert (tmp_path / "out.wav").read_bytes() == (tmp_path / "expected.wav").read_bytes()


def test_seed_speaker_and_speed_reach_the_voice(speak, tmp_path):
    sounds = set()
    for number, options in enumerate([[], ["--seed", "1"], ["--speaker", "7"], ["--speed", "2"]]):
        assert speak("A bee.", "-o", f"{number}.wav", *options) == 0
        sounds.add((tmp_path / f"{number}.wav").read_bytes())
    assert len(sounds) == 4
    slow, fast = (soundfile.info(tmp_path / f"{n}.wav").duration for n in (0, 3))
    assert fast == pytest.approx(slow / 2, rel=0.1)


@pytest.mark.parametrize("option", ["--pitch", "--energy"])
def test_a_voice_without_the_control_exits_with_1_and_says_so(option, speak, tmp_path, capsys):
    assert speak("A bee.", option, "0") == 0
    assert speak("A bee.", "-o", "b.wav", option, "-3") == 1
    error = capsys.readouterr().err
    name = option.removeprefix("--")
    assert f"`{name}` must be 0: the voice 'tiny' has an acoustic model (Tacotron2)" in error
    assert f"Received: {name}=-3.0." in error
    assert not (tmp_path / "b.wav").exists()


def test_controls_reach_the_voice(monkeypatch, tmp_path, voice_directory, capsys):
    from keras_speech.voices import Voice

    asked = {}

    def speak_to_file(self, text, path, *, progress=None, **options):
        asked.update(options)
        return 1.0

    monkeypatch.setattr(Voice, "speak_to_file", speak_to_file)
    monkeypatch.chdir(tmp_path)
    argv = ["speak", "A bee.", "--voice", str(voice_directory), "--pitch", "-2.5"]
    assert main([*argv, "--energy", "6", "--speed", "1.5"]) == 0
    assert (asked["pitch"], asked["energy"], asked["speed"]) == (-2.5, 6.0, 1.5)


def save_vocos(directory, **changes):
    keras.utils.set_random_seed(0)
    model = ks.Vocos(VOICE_SPEC.replace(**changes), channels=8, hidden_channels=8, n_blocks=1)
    return ks.models.save_model_preset(model, directory)


def test_vocoder_takes_the_place_of_the_voices_own(speak, tmp_path):
    save_vocos(tmp_path / "vocos")
    sounds = []
    for options in ([], ["griffin-lim"], ["vocos"], ["vocos/model.keras"]):
        assert speak("A bee.", *(["--vocoder", *options] if options else [])) == 0
        sounds.append((tmp_path / "out.wav").read_bytes())
    # The voice's own is a Griffin-Lim.
    assert sounds[0] == sounds[1] != sounds[2] == sounds[3]
    assert len(sounds[2]) == len(sounds[0])


def test_vocoder_of_another_spec_exits_with_1_and_says_both(speak, tmp_path, capsys):
    save_vocos(tmp_path / "other", fmax=3000.0)
    assert speak("A bee.", "--vocoder", "other") == 1
    error = capsys.readouterr().err
    assert "The voice and the vocoder must use the same AudioSpec" in error
    assert "fmax: 4000.0 (voice), 3000.0 (vocoder)" in error
    assert not (tmp_path / "out.wav").exists()


def test_griffin_lim_has_one_name():
    assert vocoders.GRIFFIN_LIM == ks.voices.vocoders.GRIFFIN_LIM


def test_plot_draws_a_picture_of_the_same_speech(speak, tmp_path, capsys):
    assert speak("A bee.", "-o", "a.wav") == 0
    assert speak("A bee.", "-o", "b.wav", "--plot", "b.png") == 0
    assert (tmp_path / "b.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    assert str(tmp_path / "b.png") in capsys.readouterr().out
    assert sorted(os.listdir(tmp_path)) == ["a.wav", "b.png", "b.wav"]


@pytest.mark.parametrize(
    "argv, message",
    [
        (["Hi.", "-o", "missing/out.wav"], "the directory `missing` does not exist"),
        (["Hi.", "-o", "."], "is a directory; name a file"),
        (["Hi.", "-o", "out.mp3"], "must end in .wav, .flac, .ogg"),
        (["Hi.", "--plot", "missing/a.png"], "--plot `missing/a.png` cannot be written"),
        (["Hi.", "--plot", "a.jpg"], "--plot `a.jpg` must end in .png"),
        (["Hi.", "--voice", "nobody"], "--voice `nobody` is neither"),
        (["Hi.", "--vocoder", "hifi"], "--vocoder `hifi` must be griffin-lim, the directory of"),
        (["Hi.", "--file", "a.txt"], "give TEXT or --file, not both"),
        (["--file", "a.txt"], "--file `a.txt` cannot be read: No such file"),
        (["Hi.", "--pitch", "13"], "--pitch: must be a number from -12 to 12, not '13'"),
        (["Hi.", "--energy", "loud"], "--energy: must be a number from -20 to 20, not 'loud'"),
        ([" "], "TEXT is empty"),
        ([], "there is no text to speak"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(argv, message, speak, tmp_path, capsys):
    assert speak(*argv) == 2
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and message in error
    assert list(tmp_path.iterdir()) == []


def test_text_without_a_speakable_character_exits_with_1(speak, tmp_path, capsys):
    assert speak("\u4e2d\u6587") == 1
    error = capsys.readouterr().err
    assert "keras-speech: error: `text` must contain something that the voice can speak" in error
    assert list(tmp_path.iterdir()) == []


def test_dropped_characters_are_a_warning(speak, capsys):
    assert speak("A bee \u4e2d.") == 0
    error = capsys.readouterr().err
    assert "keras-speech: warning: " in error and "\u4e2d" in error
    assert ".py" not in error


def test_file_that_is_no_text_exits_with_1(speak, tmp_path, capsys):
    (tmp_path / "text.txt").write_bytes(b"caf\xe9")
    assert speak("--file", "text.txt") == 1
    assert "`text.txt` is not UTF-8 text" in capsys.readouterr().err


def test_damaged_voice_exits_with_1(speak, tmp_path, capsys):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "voice.json").write_text("{")
    assert speak("Hi.", "--voice", "broken") == 1
    error = capsys.readouterr().err
    assert error.startswith("keras-speech: error: ") and "voice.json" in error
    assert not (tmp_path / "out.wav").exists()


def test_from_a_shell_only_the_result_is_printed(voice_directory, environment, tmp_path):
    """Nothing of what TensorFlow writes while it loads reaches the screen."""
    done = subprocess.run(
        [sys.executable, "-m", "keras_speech.cli", "speak", "-", "--voice", voice_directory],
        input="A bee.",
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "out.wav"))
    assert done.stderr == ""
    assert soundfile.info(tmp_path / "out.wav").frames > 0
