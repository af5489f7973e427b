"""`keras-speech evaluate` hands over what it was given and says where the report is."""

import inspect

import pytest

import keras_speech as ks
from keras_speech.cli.main import main
from keras_speech.evaluation import voice_evaluation


@pytest.fixture
def calls(monkeypatch, loaded_once):
    """Keeps what `evaluate_voice` is called with; the measures have tests elsewhere."""
    calls = []
    signature = inspect.signature(voice_evaluation.evaluate_voice)

    def evaluate_voice(*args, **kwargs):
        calls.append(signature.bind(*args, **kwargs).arguments)
        kwargs["progress"](1, 1)
        out = kwargs["output_directory"]
        return {"files": {"json": out / "evaluation.json", "html": out / "evaluation.html"}}

    monkeypatch.setattr(ks.evaluation, "evaluate_voice", evaluate_voice)
    monkeypatch.setattr(ks.evaluation, "format_table", lambda result: "the table")
    return calls


@pytest.fixture
def evaluate(voice_directory, corpus_directory, tmp_path):
    (tmp_path / "split.txt").write_text("clip1\nclip2\n")

    def run(*argv, voice=str(voice_directory), split="split.txt"):
        options = ["--data", str(corpus_directory), "--split", str(tmp_path / split)]
        return main(["evaluate", voice, *options, *argv])

    return run


def test_arguments_reach_the_evaluation(evaluate, calls, tmp_path, capsys):
    (tmp_path / "prose.txt").write_text("A bee.\n\nA cab.\n")
    options = ["--out", str(tmp_path / "report"), "--sentences", str(tmp_path / "prose.txt")]
    assert evaluate(*options, "--limit", "5", "--seed", "3", "--speaker", "1") == 0
    (call,) = calls
    assert call["voice"].name == "tiny"
    # The whole corpus, for the language model holds all its texts; the tested part by its ids.
    assert len(call["corpus"]) == 8 and list(call["ids"]) == ["clip1", "clip2"]
    assert [text for text in call["sentences"] if text] == ["A bee.", "A cab."]
    assert (call["limit"], call["seed"], call["speaker"]) == (5, 3, 1)
    assert call["output_directory"] == tmp_path / "report"
    table, html, json = capsys.readouterr().out.splitlines()
    assert table == "the table"
    assert html.startswith(str(tmp_path / "report" / "evaluation.html"))
    assert json.startswith(str(tmp_path / "report" / "evaluation.json"))


def test_a_voice_is_evaluated_with_another_vocoder(evaluate, calls, tmp_path, monkeypatch):
    chosen = []

    def with_vocoder(voice, vocoder):
        chosen.append(vocoder)
        return voice

    monkeypatch.setattr(ks.Voice, "with_vocoder", with_vocoder)
    for options in ([], ["--vocoder", "griffin-lim"]):
        assert evaluate("--out", str(tmp_path / "report"), *options) == 0
    assert len(calls) == 2 and chosen == ["griffin-lim"]


def test_another_voice_beside_and_no_free_recognizer(evaluate, calls, tmp_path, voice_directory):
    report = ["--out", str(tmp_path / "report")]
    assert evaluate(*report) == 0
    assert evaluate(*report, "--beside", str(voice_directory), "--no-free-lm") == 0
    assert (calls[0]["beside"], calls[0]["free_lm"]) == (None, True)
    assert (calls[1]["beside"].name, calls[1]["free_lm"]) == ("tiny", False)
    assert evaluate(*report, "--beside", "nobody") == 2


@pytest.mark.parametrize(
    "options, message",
    [
        ({"voice": "nobody"}, "VOICE `nobody` is neither"),
        ({"split": "missing.txt"}, "missing.txt` does not exist"),
    ],
    ids=str,
)
def test_wrong_use_exits_with_2(evaluate, calls, options, message, capsys):
    assert evaluate(**options) == 2
    assert message in capsys.readouterr().err
    assert calls == []


def test_missing_extra_says_what_to_install(evaluate, monkeypatch, capsys, tmp_path):
    def evaluate_voice(*args, **kwargs):
        raise ImportError("Evaluation needs PocketSphinx: pip install 'keras-speech[evaluate]'")

    monkeypatch.setattr(ks.evaluation, "evaluate_voice", evaluate_voice)
    assert evaluate("--out", str(tmp_path / "report")) == 1
    error = capsys.readouterr().err
    assert error == (
        "keras-speech: error: Evaluation needs PocketSphinx: pip install 'keras-speech[evaluate]'\n"
    )
