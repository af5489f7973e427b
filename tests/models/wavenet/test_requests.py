"""What `generate` and `stream` refuse, and say of it."""

import functools

import numpy as np
import pytest

from models.wavenet.tiny_wavenet import tiny_wavenet

MEL = np.zeros((2, 8, 5), "float32")


@functools.cache
def model_with(condition):
    return tiny_wavenet(condition=condition)


SPEAKER = np.array([0])


def refused(condition, **arguments):
    """The message of both `generate` and `stream`, which compile nothing before they check."""
    messages = []
    for method in ("generate", "stream"):
        with pytest.raises(ValueError) as error:
            getattr(model_with(condition), method)(**arguments)
        messages.append(str(error.value))
    assert messages[0] == messages[1] and not model_with(condition).generator._compiled
    return messages[0]


@pytest.mark.parametrize("temperature", [0, 0.0, -1.0, float("nan"), float("inf")])
def test_temperature(temperature):
    message = refused("none", n_samples=5, temperature=temperature)
    assert message == (
        f"`temperature` must be a finite number above 0. Received: temperature={temperature}"
    )


@pytest.mark.parametrize("top_p", [0, -0.1, 1.1, float("nan")])
def test_top_p(top_p):
    message = refused("none", n_samples=5, top_p=top_p)
    assert message == f"`top_p` must be in (0, 1]. Received: top_p={top_p}"


@pytest.mark.parametrize("n_samples", [None, -1, 2.5])
def test_number_of_samples(n_samples):
    message = refused("none", n_samples=n_samples)
    assert message.endswith(f"must be a whole number from 0. Received: n_samples={n_samples}")


def test_speakers():
    message = refused("speaker", n_samples=5)
    assert message == "`speaker` must be given: the model has 3 speakers. Received: speaker=None"
    for speaker in (3, -1, [0, 3]):
        rows = speaker if isinstance(speaker, list) else [speaker]
        message = refused("speaker", n_samples=5, speaker=speaker)
        assert message == f"`speaker` must be in [0, 3). Received: speaker={rows}"
    message = refused("none", n_samples=5, speaker=0)
    assert "`speaker` must be None for a model without speakers. Received: speaker=0" in message


def test_mel():
    needed = r"`mel` must have the shape (batch, frames, 5), none of them 0. Received: shape="
    assert refused("mel", n_samples=5) == needed + "None"
    for shape in [(2, 8, 4), (8, 5), (2, 0, 5), (0, 8, 5)]:
        assert refused("mel", mel=np.zeros(shape, "float32")) == needed + str(shape)
    assert "without a local condition" in refused("none", n_samples=5, mel=MEL)


@pytest.mark.parametrize("n_prime, n_samples", [(0, 49), (10, 39), (49, None), (49, 0)])
def test_mel_too_short(n_prime, n_samples):
    message = refused("mel", mel=MEL, n_samples=n_samples, prime=np.zeros(n_prime))
    assert message.startswith("`mel` must last for the prime and `n_samples`. Received: 8 frames")
    assert f"6 samples, a prime of {n_prime} samples, n_samples=" in message


@pytest.mark.parametrize(
    "prime", [np.array([0.1, np.nan]), np.array([np.inf]), np.zeros((1, 2, 3)), np.float32(1.0)]
)
def test_prime(prime):
    message = refused("none", n_samples=5, prime=prime)
    assert message.startswith("`prime` must be finite samples of shape (samples,) or (batch, ")


@pytest.mark.parametrize(
    "arguments",
    [
        {"prime": np.zeros((3, 4)), "mel": MEL},
        {"speaker": [0, 1, 2], "mel": MEL},
        {"batch_size": 3, "mel": MEL},
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_numbers_of_rows_that_differ(arguments):
    message = refused("both", **{"speaker": 0, **arguments})
    assert message.startswith("All arguments must have one number of rows (or a single one). Rec")


@pytest.mark.parametrize("chunk_size", [0, -5])
def test_chunk_size(chunk_size):
    with pytest.raises(
        ValueError, match="`chunk_size` must be a whole number from 1. Received: chunk_"
    ):
        model_with("none").stream(5, chunk_size=chunk_size)


@pytest.mark.parametrize("lengths", [[8], [8, -1], [[8, 8]]])
def test_lengths(lengths):
    with pytest.raises(ValueError, match="`lengths` must hold the frames of each row"):
        model_with("mel").generate(mel=MEL, lengths=lengths)
    with pytest.raises(ValueError, match="`lengths` must hold the frames of each row"):
        model_with("none").generate(5, batch_size=2, lengths=[1, 1])


@pytest.mark.parametrize("batch_size", [0, 2.5, True])
def test_batch_size(batch_size):
    message = refused("none", n_samples=5, batch_size=batch_size)
    assert message.startswith("`batch_size` must be a whole number from 1. Received: batch_size=")


@pytest.mark.parametrize(
    "prime", [np.array([3, -70], "int16"), np.array([0.5, 1.5]), np.zeros(4, "int32")]
)
def test_prime_on_another_scale(prime):
    """Sixteen-bit integers, as other packages read them, would all be clipped."""
    message = refused("none", n_samples=5, prime=prime)
    assert message.startswith("`prime` must be floats from -1 to 1. Received: dtype=")


@pytest.mark.parametrize("seed", [None, 1.5])
def test_seed(seed):
    message = refused("none", n_samples=5, seed=seed)
    assert message.startswith("`seed` must be a whole number. Received: seed=")


def test_mel_given_as_the_first_argument():
    with pytest.raises(ValueError, match="A local condition is given as `mel=`"):
        model_with("none").generate(MEL)


def test_mel_that_is_no_number():
    mel = np.full_like(MEL, np.nan)
    message = refused("both", speaker=0, mel=mel)
    assert message.startswith("`mel` must be finite")


@pytest.mark.parametrize("speaker", [1.7, [[0, 1]], "bob"])
def test_speaker_of_another_kind(speaker):
    message = refused("both", speaker=speaker, mel=MEL)
    assert message.startswith("`speaker` must be one whole number, or one for each row.")


@pytest.mark.parametrize(
    "inputs, message",
    [
        (np.zeros((1, 16), "float32"), "`inputs` must be a dict of samples, mel, speaker"),
        ({"samples": np.zeros((1, 16))}, "`inputs` must be a dict of samples, mel, speaker"),
        (
            {"samples": np.zeros(16), "mel": MEL, "speaker": SPEAKER},
            "must have the shape (batch, sam",
        ),
        (
            {"samples": np.zeros((1, 7)), "mel": MEL, "speaker": SPEAKER},
            "must have a frame for each",
        ),
    ],
)
def test_call_names_what_is_wrong_with_its_inputs(inputs, message):
    with pytest.raises(ValueError) as error:
        model_with("both")(inputs)
    assert message in str(error.value)
