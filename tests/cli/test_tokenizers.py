"""How a voice that `keras-speech train` makes reads: phones, words of one's own, languages."""

import json
import shutil

import keras
import pytest

import keras_speech as ks
from cli.conftest import VOICE_SPEC, WORDS, StandIn
from keras_speech.cli.main import main
from keras_speech.text import letter_to_sound_training


@pytest.fixture
def train(train_acoustic, stand_in):
    """Runs `train tacotron2` with a model that is trained in no time."""
    return lambda *argv, **more: train_acoustic("tacotron2", "--plot-every", "0", *argv, **more)


@pytest.fixture
def names(tmp_path):
    """Words of one's own."""
    path = tmp_path / "names.txt"
    path.write_text(";;; names\nNGUYEN  W IH1 N\nBEE  B EY1\n")
    return path


def said(tokenizer, text):
    return tokenizer.detokenize(tokenizer(text)[0])


def test_words_of_ones_own_and_heteronyms_are_kept_in_the_voice(train, cmudict, names, tmp_path):
    options = ["--tokenizer", "phones", "--lexicon", str(names), "--heteronyms", "context"]
    assert train(*options) == 0
    names.unlink()  # the voice needs it no more
    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    assert said(voice.tokenizer, "Nguyen, a bee.") == "W IH N , AH | B EY ."
    assert said(voice.tokenizer, "I will read a bed.").split(" | ")[-3] == "R IY D"
    assert voice.speak("Nguyen.", max_frames=20).samples.size


def test_phones_alone_are_as_they_were(train, cmudict, tmp_path):
    assert train("--tokenizer", "phones") == 0
    tokenizer = ks.Voice.from_preset(tmp_path / "run" / "voice").tokenizer
    assert (tokenizer.extra, tokenizer.heteronyms) == ({}, "first")
    assert said(tokenizer, "I read a bee.") == "AY | R EH D | AH | B IY ."


def test_a_training_that_began_before_these_options_goes_on(train, cmudict, tmp_path):
    assert train("--tokenizer", "phones") == 0
    path = tmp_path / "run" / "training.json"
    settings = json.loads(path.read_text())
    for name in ("lexicon", "heteronyms", "language", "phone_times"):
        assert settings.pop(name) is None
    path.write_text(json.dumps(settings))
    assert train("--tokenizer", "phones", epochs=2) == 0


def test_another_way_to_read_is_another_training(train, cmudict, names, capsys):
    assert train("--tokenizer", "phones") == 0
    assert train("--tokenizer", "phones", "--lexicon", str(names)) == 2
    assert f"--lexicon was not given and is {names}" in capsys.readouterr().err


def test_a_bad_line_of_the_lexicon_is_named_before_anything_slow(
    train, names, tmp_path, capsys, monkeypatch
):
    monkeypatch.delattr(letter_to_sound_training, "learn_rules")
    names.write_text("nguyen W IH1 N\nnaguib N AH0 G IY1 BB\n")
    assert train("--tokenizer", "phones", "--lexicon", str(names)) == 1
    assert f"{names}, line 2: 'BB' is no phone of the table" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_espeak_reads_another_language_and_so_does_the_voice(train, tmp_path):
    pytest.importorskip("phonemizer")
    assert train("--tokenizer", "espeak", "--language", "de") == 0
    voice = ks.Voice.from_preset(tmp_path / "run" / "voice")
    assert voice.tokenizer.get_config() == {"language": "de", "stress": True}
    assert voice.acoustic_model.vocabulary_size == voice.tokenizer.vocabulary_size
    assert said(voice.tokenizer, "Guten Tag!") == "ɡˈuːtən tˈɑːk!"
    assert voice.speak("Guten Tag!", max_frames=20).samples.size


def test_a_language_that_espeak_does_not_speak_is_refused(train, tmp_path, capsys):
    pytest.importorskip("phonemizer")
    assert train("--tokenizer", "espeak", "--language", "xx-y") == 2
    assert "--language `xx-y` is not known: " in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--lexicon", "names.txt"], "--lexicon is for --tokenizer phones."),
        (["--heteronyms", "context"], "--heteronyms is for --tokenizer phones."),
        (["--tokenizer", "phones", "--heteronyms", "best"], "--heteronyms: invalid choice: 'best'"),
        (["--tokenizer", "phones", "--language", "de"], "--language is for --tokenizer espeak."),
        (["--tokenizer", "phones", "--lexicon", "no.txt"], "--lexicon `no.txt` does not exist."),
        (["--tokenizer", "espeak"], "--tokenizer espeak needs a --language, such as de or en-us."),
        (["--tokenizer", "runes"], "--tokenizer: invalid choice: 'runes'"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2_and_leaves_nothing(argv, message, train, tmp_path, capsys):
    assert train(*argv) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_text_with_bad_phones_in_braces_is_skipped_and_listed(
    train, cmudict, corpus_directory, tmp_path, capsys
):
    with open(corpus_directory / "metadata.csv", "a") as file:
        file.write("clip8|a {B IYY}\n")
    shutil.copy(corpus_directory / "wavs" / "clip7.wav", corpus_directory / "wavs" / "clip8.wav")
    assert train("--tokenizer", "phones") == 1
    error = capsys.readouterr().err
    assert "Recording 'clip8' (line 9 of metadata.csv) has a text that the tokenizer" in error
    assert train("--tokenizer", "phones", "--on-error", "skip") == 0
    error = capsys.readouterr().err
    assert "keras-speech: skipped 'clip8' (line 9 of metadata.csv): " in error
    assert "Received: 'IYY' in {B IYY}." in error and "1 recordings skipped" in error


@pytest.fixture
def phones_voice(tmp_path):
    """Saves a voice that reads phones; it says one short mel for each sentence."""
    keras.utils.set_random_seed(0)
    tokenizer = ks.text.LexiconTokenizer(WORDS, {"(n)": "1 N", "(g)": "1 G", "(e)": "1 EH"})
    model = StandIn(tokenizer.vocabulary_size, n_mels=20)
    vocoder = ks.models.GriffinLim(VOICE_SPEC, n_iter=1)
    voice = ks.Voice(tokenizer, model, vocoder, VOICE_SPEC, name="reader")
    return voice.save_to_preset(tmp_path / "reader")


def test_words_of_a_lexicon_are_said_this_time(phones_voice, names, tmp_path, monkeypatch):
    heard = []
    call = ks.text.LexiconTokenizer.__call__

    def listened(self, texts):
        tokens, lengths = call(self, texts)
        heard.extend(self.detokenize(tokens, lengths))
        return tokens, lengths

    monkeypatch.setattr(ks.text.LexiconTokenizer, "__call__", listened)
    before = {path: path.read_bytes() for path in phones_voice.rglob("*") if path.is_file()}
    argv = ["speak", "A bee.", "--voice", str(phones_voice), "-o", str(tmp_path / "out.wav")]
    assert main(argv) == 0
    assert main([*argv, "--lexicon", str(names)]) == 0
    assert heard == ["AH | B IY .", "AH | B EY ."]
    assert before == {path: path.read_bytes() for path in before}


def test_a_lexicon_with_a_bad_line_is_named(phones_voice, names, tmp_path, capsys):
    names.write_text("bee\n")
    argv = ["speak", "A bee.", "--voice", str(phones_voice), "-o", str(tmp_path / "out.wav")]
    assert main([*argv, "--lexicon", str(names)]) == 1
    assert f"{names}, line 1: " in capsys.readouterr().err
    assert not (tmp_path / "out.wav").exists()


def test_a_voice_that_reads_characters_takes_no_lexicon(voice_directory, names, tmp_path, capsys):
    argv = ["speak", "A bee.", "--voice", str(voice_directory), "-o", str(tmp_path / "out.wav")]
    assert main([*argv, "--lexicon", str(names)]) == 1
    assert "but the voice `tiny` reads characters: write" in capsys.readouterr().err
    assert main([*argv, "--lexicon", "no.txt"]) == 2
    assert "--lexicon `no.txt` does not exist." in capsys.readouterr().err
