"""What `generate` and `stream` refuse, and say of it."""

import functools

import numpy as np
import pytest

from models.wavenet.tiny_wavenet import tiny_wavenet

MEL = np.zeros((2, 8, 5), "float32")


@functools.cache
def model_with(condition):
    return tiny_wavenet(condition=condition)


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
    assert message == (f"`temperature` must be greater than 0. Received: temperature={temperature}")


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
        {"batch_size": 0, "speaker": 0, "mel": MEL[:1]},
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_numbers_of_rows_that_differ(arguments):
    message = refused("both", **{"speaker": 0, **arguments})
    assert message.startswith("All arguments must have one number of rows (or a single one). Rec")


@pytest.mark.parametrize("chunk_size", [0, -5])
def test_chunk_size(chunk_size):
    with pytest.raises(ValueError, match="`chunk_size` must be greater than 0. Received: chunk_"):
        model_with("none").stream(5, chunk_size=chunk_size)


@pytest.mark.parametrize("lengths", [[8], [8, -1], [[8, 8]]])
def test_lengths(lengths):
    with pytest.raises(ValueError, match="`lengths` must hold the number of frames of each row"):
        model_with("mel").generate(mel=MEL, lengths=lengths)
    with pytest.raises(ValueError, match="`lengths` must hold the number of frames of each row"):
        model_with("none").generate(5, batch_size=2, lengths=[1, 1])
