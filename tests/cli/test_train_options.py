"""All trainings take one set of options, by flags or from a file, and refuse what does not fit."""

import json

import pytest

from keras_speech import optimizers
from keras_speech.cli import main as cli
from keras_speech.cli import optimizer_arguments, training_run
from keras_speech.cli.acoustic_recipes import RECIPES
from keras_speech.cli.errors import UsageError
from keras_speech.cli.train_vocoders import CONFIGS
from keras_speech.training import precision

MODELS = (*RECIPES, "wavenet", *CONFIGS)


@pytest.fixture
def settings(tmp_path, capsys):
    """Returns what a call of `train` would do, by the name of the option; text for an error."""
    (tmp_path / "data").mkdir()

    def read(model, *argv, required=True):
        given = ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "run")]
        given += ["--epochs", "3"] if required else []
        try:
            arguments = cli._parser().parse_args(["train", model, *given, *argv])
            return training_run.TrainingRun(arguments).settings
        except SystemExit:
            return capsys.readouterr().err
        except UsageError as error:
            return str(error)

    return read


@pytest.fixture
def options_file(tmp_path):
    def write(**options):
        path = tmp_path / "options.json"
        path.write_text(json.dumps(options))
        return str(path)

    return write


def test_names_are_those_of_the_package():
    taken = optimizer_arguments.OF_OPTIMIZERS
    assert {name: set(takes) for name, takes in optimizer_arguments.OPTIMIZERS.items()} == {
        name: set(taken) & set(optimizers.takes(name)) for name in optimizers.OPTIMIZERS
    }
    assert optimizer_arguments.SCHEDULES == optimizers.SCHEDULES
    assert optimizer_arguments.PRECISIONS == precision.PRECISIONS


@pytest.mark.parametrize("model", MODELS)
def test_every_model_takes_the_options_of_all(model, settings):
    flags = ["--optimizer", "Lion", "--beta-1", "0.95", "--learning-rate", "2e-4", "--lookahead"]
    flags += ["--schedule", "exponential", "--warmup-steps", "0", "--decay-rate", "0.9"]
    flags += ["--clip-value", "0.5", "--weight-decay", "0.1", "--average", "0.99"]
    found = settings(model, *flags, "--precision", "mixed_bfloat16")
    assert found["model"] == model
    arguments = type("Arguments", (), found)
    assert optimizer_arguments.keywords(arguments) == {
        "optimizer": "lion", "beta_1": 0.95, "learning_rate": 2e-4, "lookahead": True,
        "schedule": "exponential", "warmup_steps": 0, "decay_rate": 0.9, "clip_value": 0.5,
        "weight_decay": 0.1, "ema_momentum": 0.99,
    }  # fmt: skip
    assert found["precision"] == "mixed_bfloat16"


def test_defaults_are_the_model_s_and_only_its_optimizer_s(settings):
    vocos = settings("vocos")
    assert (vocos["optimizer"], vocos["beta_1"], vocos["weight_decay"]) == ("adamw", 0.8, 1e-3)
    assert (vocos["clip_norm"], vocos["clip_value"]) == (100.0, None)
    other = settings("vocos", "--optimizer", "sgd", "--clip-each-norm", "1")
    assert (other["optimizer"], other["beta_1"], other["weight_decay"]) == ("sgd", None, None)
    assert (other["clip_norm"], other["clip_each_norm"]) == (None, 1.0)
    tacotron2 = settings("tacotron2")
    assert (tacotron2["optimizer"], tacotron2["clip_norm"]) == ("adam", 1.0)
    assert settings("tacotron2", "--clip-norm", "0")["clip_norm"] == 0


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--optimizer", "sdg"], "argument --optimizer: invalid choice: 'sdg'"),
        (["--rho", "0.9"], "--optimizer adam has no --rho"),
        (["--optimizer", "sgd", "--momentum", "0.9"], "--optimizer sgd has no --momentum"),
        (["--decay-rate", "0.9"], "--decay-rate is for --schedule exponential"),
        (["--final", "0.1"], "--final is for --schedule cosine"),
        (["--warmup-steps", "0"], "inverse_sqrt needs --warmup-steps of 1 or more"),
        (["--clip-norm", "1", "--clip-value", "1"], "give --clip-norm or --clip-value, not both"),
        (["--average", "1"], "must be a number above 0 to 0.99999"),
        (["--precision", "float16"], "argument --precision: invalid choice: 'float16'"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(flags, message, settings):
    assert message in settings("tacotron2", *flags)


def test_file_gives_options_and_flags_win(settings, options_file):
    path = options_file(epochs=9, batch_size=2, seed=5, optimizer="lion", average=0.5)
    found = settings("tacotron2", "--config-file", path, "--seed", "1", required=False)
    assert (found["epochs"], found["batch_size"], found["optimizer"]) == (9, 2, "lion")
    assert (found["seed"], found["average"], found["keep"]) == (1, 0.5, "last")
    # Where a required one is in neither, that is said as ever.
    path = options_file(seed=5)
    found = settings("tacotron2", "--config-file", path, required=False)
    assert "the following arguments are required: --epochs" in found


def test_flag_puts_out_of_force_what_the_file_says_of_the_optimizer_it_replaces(
    settings, options_file
):
    path = options_file(**settings("vocos", "--warmup-steps", "7"))
    assert settings("vocos", "--config-file", path) == settings("vocos", "--warmup-steps", "7")
    found = settings("vocos", "--config-file", path, "--optimizer", "sgd", "--clip-value", "1")
    assert (found["beta_1"], found["weight_decay"], found["warmup_steps"]) == (None, None, 7)
    assert (found["clip_norm"], found["clip_value"]) == (None, 1.0)
    found = settings("vocos", "--config-file", path, "--schedule", "constant")
    assert (found["warmup_steps"], found["beta_1"]) == (None, 0.8)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"lerning_rate": 1}, "`lerning_rate` is no option of `train tacotron2`; did you mean `l"),
        ({"remat": True}, "`remat` is no option of `train tacotron2`."),
        ({"epochs": "many"}, "`epochs` must be a whole number from 1, not 'many'"),
        ({"epochs": 2.5}, "`epochs` must be a whole number from 1, not '2.5'"),
        ({"epochs": [2]}, "`epochs` must be text in quotes, a number, true or false"),
        ({"keep": "worst"}, "`keep` must be one of last, best, not 'worst'"),
        ({"keep": False}, "`keep` cannot be false; put text such as no in quotes"),
        ({"lookahead": "yes"}, "`lookahead` must be true or false"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be a number above 0"),
        ({"dry_run": True}, "`dry_run` can only be given as a flag"),
        ({"model": "vocos"}, "is for `train vocos`, not `train tacotron2`"),
        ({"rho": 0.5}, "--optimizer adam has no --rho"),
    ],
    ids=str,
)
def test_what_is_wrong_in_a_file_is_named(options, message, settings, options_file):
    path = options_file(**options)
    said = settings("tacotron2", "--config-file", path)
    assert message in said
    assert path in said or "rho" in options


def test_a_training_from_before_an_option_goes_on_with_its_default(settings, tmp_path):
    before = settings("vocos")
    old = {"data", "model", "epochs", "learning_rate", "schedule", "clip_norm", "segment"}
    (tmp_path / "run").mkdir()
    kept = {name: value for name, value in before.items() if name in old}
    (tmp_path / "run" / "training.json").write_text(json.dumps(kept))
    assert settings("vocos") == before
    assert "--optimizer was adamw and is sgd" in settings("vocos", "--optimizer", "sgd")
    assert "--beta-1 was 0.8 and is 0.7" in settings("vocos", "--beta-1", "0.7")


def test_numbers_as_yaml_writes_them(settings, tmp_path):
    pytest.importorskip("yaml")
    path = tmp_path / "options.yaml"
    path.write_text("learning-rate: 1e-4\nvalidation: 0.1\nlookahead: yes\naverage: null\n")
    found = settings("tacotron2", "--config-file", str(path))
    assert (found["learning_rate"], found["validation"]) == (1e-4, "0.1")
    assert (found["lookahead"], found["average"]) == (True, None)
