"""The doctor knows each planted illness, and is silent about health."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from callbacks.events import read_scalars
from callbacks.planted import N_TOKENS, PATH, Planted, batch, weights_of
from keras_speech import AudioSpec
from keras_speech.callbacks import AlignmentDoctor, EventLog

# A hundred frames a second.
SPEC = AudioSpec(sample_rate=16000, hop_length=160, n_fft=512, win_length=512)
SYMBOLS = ["", *"abcdefghijklmnopqrstuvwxyz01234"]

SKIPPED = PATH[(PATH < 10) | (PATH > 15)]
BACK = np.concatenate([PATH[PATH < 20], PATH[PATH > 12]])
STUCK = np.insert(PATH, 60, [PATH[60]] * 105)
PAUSE = np.sort(np.append(np.full(110, 15), np.arange(N_TOKENS).repeat(3)))[: len(PATH)]
UNIFORM = np.full((len(PATH), N_TOKENS), 1 / N_TOKENS, "float32")


def examine(model, of=None, **options):
    doctor = AlignmentDoctor(of or batch(), spec=SPEC, **options)
    doctor.set_model(model)
    return doctor.examine()


def names(report):
    return [finding.name for finding in report.findings]


def test_health_is_said_in_one_line():
    report = examine(Planted())
    assert report.healthy and report.words("Alignment after epoch 3") == (
        "Alignment after epoch 3: healthy."
    )
    assert report.measures["alignment_healthy"] == report.measures["spoken_stopped"] == 1
    assert report.measures["spoken_pace"] == 1 and report.measures["alignment_coverage"] == 1


@pytest.mark.parametrize(
    "forced, expected",
    [
        (UNIFORM, ["diffuse"]),
        (weights_of(np.random.default_rng(0).permutation(PATH)), ["astray"]),
        (weights_of(np.zeros(len(PATH), int)), ["astray"]),
        (weights_of(PATH, sharp=0.15), ["diffuse"]),
        # Skipping beside the recording: the text is not what is said.
        (weights_of(np.append(SKIPPED, PATH[-36:])), ["unheard"]),
        # A pause of more than a second: 113 frames.
        (weights_of(PAUSE, sharp=1.0), ["stuck"]),
        (np.full_like(UNIFORM, np.nan), ["no_numbers"]),
    ],
)
def test_beside_recordings(forced, expected):
    model = Planted()
    # Both texts: medians over texts decide whether a model has learned to read.
    model.forced = np.stack([forced, forced])
    assert names(examine(model, speak=False)) == expected


def test_blurred_but_in_order():
    places = np.arange(N_TOKENS)[None]
    weights = np.exp(-0.5 * ((places - PATH[:, None]) / 4) ** 2)  # four tokens wide
    weights = (weights / weights.sum(axis=1, keepdims=True)).astype("float32")
    model = Planted()
    model.forced = np.stack([weights, weights])
    assert names(examine(model, speak=False)) == ["blurred"]


@pytest.mark.parametrize(
    "spoken, stopped, expected",
    [
        (SKIPPED, True, ["skipping"]),
        (BACK, True, ["going_back"]),
        (STUCK, True, ["stuck"]),
        (PATH[PATH < 25], True, ["cut"]),
        (np.append(PATH, [N_TOKENS - 1] * 150), False, ["endless"]),
        (np.append(PATH, [N_TOKENS - 1] * 104), True, ["hanging"]),
        (PATH.repeat(2), True, ["pace"]),
        (PATH[::2], True, ["pace"]),
        # It goes back by one token at a time, which as such would be wavering.
        (PATH[::-1], True, ["lost"]),
    ],
)
def test_on_its_own(spoken, stopped, expected):
    report = examine(Planted(spoken=weights_of(spoken), stopped=stopped))
    # Beside the recordings all is well, of which the last finding tells.
    assert names(report) == [*expected, "leaning"]
    assert report.measures["alignment_healthy"] == 0
    for finding in report.findings:
        assert finding.try_ and all(isinstance(way, str) for way in finding.try_)


def test_the_stop_token_in_the_midst_of_a_recording():
    stops = np.full(len(PATH), -6.0)
    stops[90] = 1.0
    assert names(examine(Planted(stops=stops), speak=False)) == ["stops_early"]


def test_a_sentence_that_patience_ended():
    held = weights_of(np.append(PATH, [N_TOKENS - 1] * 50))
    assert examine(Planted(spoken=held)).healthy
    # Twelve frames of its own and fifty more.
    assert examine(Planted(spoken=held, settings={"end_patience": 63})).healthy
    report = examine(Planted(spoken=held, settings={"end_patience": 62}))
    assert names(report) == ["no_stop", "leaning"]


def test_advice_fits_the_model():
    def ways(**settings):
        model = Planted(settings=settings)
        model.forced = np.stack([UNIFORM, UNIFORM])
        return " ".join(examine(model).findings[0].try_)

    assert "guided_attention_weight=2" in ways() and "(now 1)" in ways()
    assert "guided_attention_weight=1`." in ways(guided_attention_weight=0.0)
    assert "reduction=3" in ways() and "reduction=" not in ways(reduction=5)
    assert "dynamic_convolution" in ways()
    assert "dynamic_convolution" not in ways(attention="dynamic_convolution")
    gmm = {"class_name": "GMMAttention", "config": {}}
    assert "now GMMAttention" in ways(attention=gmm)
    sampled = examine(Planted(spoken=weights_of(SKIPPED), settings={"scheduled_sampling": 0.75}))
    assert "scheduled_sampling" not in sampled.words()
    assert "scheduled_sampling=0.75" in examine(Planted(spoken=weights_of(SKIPPED))).words()


def test_a_model_that_has_just_begun_is_told_to_go_on():
    model = Planted()
    model.forced = np.stack([UNIFORM, UNIFORM])
    model.optimizer = SimpleNamespace(iterations=400)
    (finding,) = examine(model).findings
    assert finding.name == "diffuse"
    assert len(finding.try_) == 1 and finding.try_[0].startswith("Train on: after 400 updates")


def test_texts_and_tokens_are_named():
    words = examine(Planted(spoken=weights_of(STUCK)), symbols=SYMBOLS).words()
    token = PATH[60]
    # Twelve frames of its own and 105 more, at 100 a second.
    assert f'1.2 s: token {token + 1}, "{SYMBOLS[token + 1]}", of text 2' in words
    words = examine(Planted(spoken=weights_of(SKIPPED)), symbols=SYMBOLS).words()
    assert '1 of 2 texts lose words, 6 tokens in runs: "abcdefghijklmnopqrstuvwxyz0123"' in words


def test_texts_without_recordings_are_only_spoken():
    texts = {name: batch()[name] for name in ("tokens", "token_lengths")}
    model = Planted(spoken=weights_of(SKIPPED))
    report = examine(model, of=texts)
    assert names(report) == ["skipping"] and "spoken_pace" not in report.measures
    # 20 frames for each of 30 tokens and 100 more
    assert model.calls == [20 * 30 + 100]


def test_padding_and_a_reduction_factor_are_taken_into_account():
    """Steps of two frames, the second text shorter than the batch."""
    model, half = Planted(), weights_of(PATH[::2])
    short = np.zeros_like(half)
    short[:50] = weights_of(PATH[:100:2])
    model.forced = np.stack([half, short])
    # A hundred frames are fifteen tokens and a third of the next.
    of = {**batch(), "token_lengths": np.array([30, 16])}
    assert PATH[99] == 15
    of["mel_lengths"] = np.array([len(PATH), 100])
    assert examine(model, of=of, speak=False).healthy


def test_an_hmm_is_judged_by_what_can_be_wrong_with_it():
    model = Planted(
        spoken=weights_of(SKIPPED), outputs={"log_likelihood": np.array([-3.0, -np.inf])}
    )
    report = examine(model)
    assert report.kind == "hmm" and names(report) == ["too_short"]
    assert "can neither skip nor go back" in report.words()
    assert "1 of 2 texts" in report.findings[0].what
    # What else there is, is found all the same.
    model.spoken, model.lengths = model.spoken[:, ::2], model.lengths // 2
    assert names(examine(model)) == ["too_short", "pace"]


def test_durations_are_judged_without_attention():
    frames = np.bincount(PATH)
    well = {"durations": np.stack([frames, frames])}
    assert examine(Planted(outputs=well)).kind == "durations"
    assert examine(Planted(outputs=well)).healthy
    # An aligner that has learned nothing: one token has nearly all frames.
    crushed = np.full(N_TOKENS, 2)
    crushed[7] = len(PATH) - 2 * (N_TOKENS - 1)
    report = examine(Planted(outputs={"durations": np.stack([crushed, crushed])}))
    assert names(report) == ["crushed"] and "aligner's durations" in report.words()
    given = {**batch(), "durations": np.stack([crushed, crushed])}
    report = examine(Planted(outputs={"durations": given["durations"]}), of=given)
    assert "durations of the batch" in report.words()
    # On its own it is only too fast.
    report = examine(Planted(spoken=weights_of(PATH[::2]), outputs=well))
    assert names(report) == ["pace"]


class Reader(keras.Model):
    """Trains on anything, and reads as a planted model does."""

    def __init__(self):
        super().__init__()
        self.planted = Planted(spoken=weights_of(SKIPPED))
        self.weight = self.add_weight(shape=(), initializer="ones")

    def call(self, inputs, training=None):
        return self.planted(inputs, False) if training is False else {"mel": inputs["mel"]}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return keras.ops.square(self.weight)

    def generate(self, *arguments, **options):
        return self.planted.generate(*arguments, **options)


def test_numbers_and_words_go_where_they_are_kept(tmp_path):
    said, model = [], Reader()
    model.compile("sgd", run_eagerly=True)
    doctor = AlignmentDoctor(batch(), every=2, spec=SPEC, report=said.append)
    history = model.fit(
        batch(), epochs=5, batch_size=2, verbose=0, callbacks=[doctor, EventLog(tmp_path)]
    )
    assert model.planted.calls.count("forced") == 2  # and no more: no cost when not due
    # Means over two texts, of which one lost six tokens.
    assert history.history["spoken_skipped_tokens"] == [3.0, 3.0]
    assert read_scalars(tmp_path / "train")["spoken_skipped_tokens"] == [(2, 3.0), (4, 3.0)]
    assert [words.splitlines()[0] for words in said] == [
        "Alignment after epoch 2:",
        "Alignment after epoch 4:",
    ]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: AlignmentDoctor(np.zeros(3)), "`batch` must be a dict"),
        (lambda: AlignmentDoctor({"mel": np.zeros(3)}), "`batch` must have `tokens`"),
        (lambda: AlignmentDoctor(batch(), every=0), "`every` must be a positive integer"),
        (lambda: AlignmentDoctor({"tokens": []}, speak=False), "`speak` must be True"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_model_without_alignment_is_refused():
    with pytest.raises(ValueError, match=r"has `alignment`. Received: output with \['mel'\]"):
        examine(lambda inputs, training: {"mel": inputs["mel"]})
