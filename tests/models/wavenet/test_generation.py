import functools

import keras
import numpy as np
import pytest

from jax_process import run_on_jax
from keras_speech import AudioSpec
from keras_speech.models.wavenet import generation
from models.wavenet.tiny_wavenet import HEADS, tiny_inputs, tiny_wavenet

# Of the 96 samples of the tests' audio, with a prime of 19 and chunks of 48.
N_PRIME = 19


@functools.cache
def plain():
    return tiny_wavenet()


@functools.cache
def vocoder():
    return tiny_wavenet("mixture", "both")


def request_of(model):
    """Conditions of 2 rows of 96 samples, and their first 19 samples."""
    inputs = tiny_inputs(model, 96)
    inputs["prime"] = inputs.pop("samples")[:, :N_PRIME]
    return inputs


@pytest.mark.parametrize("chunk_size", [1, 7, 48, 1000])
@pytest.mark.parametrize("make", [plain, vocoder])
def test_stream_is_generate_in_pieces(make, chunk_size):
    """To the bit, whatever the pieces."""
    model, n_samples = make(), 96 - N_PRIME
    whole = model.generate(n_samples, **request_of(model), seed=3)
    assert whole.shape == (2, n_samples) and whole.dtype == np.float32
    pieces = list(model.stream(n_samples, **request_of(model), seed=3, chunk_size=chunk_size))
    assert [p.shape for p in pieces[:-1]] == [(2, chunk_size)] * ((n_samples - 1) // chunk_size)
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole)


def test_a_request_for_more_gives_the_same_beginning():
    long, short = (plain().generate(n, batch_size=2, seed=3) for n in (130, 50))
    np.testing.assert_array_equal(long[:, :50], short)


def test_size_of_compiled_chunks_changes_nothing():
    """To the bit; 2048 samples, the default, are compiled otherwise than 48."""
    model = tiny_wavenet()
    model.generator.chunk = generation.WaveNetGenerator(model).chunk
    assert model.generator.chunk == generation.CHUNK
    expected = model.generate(generation.CHUNK + 30, batch_size=2, seed=3)
    actual = plain().generate(generation.CHUNK + 30, batch_size=2, seed=3)
    np.testing.assert_array_equal(actual, expected)


def test_a_stream_begins_at_once_however_long():
    stream = plain().stream(10**15, chunk_size=16, batch_size=2)
    assert [next(stream).shape for _ in range(3)] == [(2, 16)] * 3


def test_a_request_longer_than_memory_is_told_to_stream():
    with pytest.raises(ValueError, match="`stream` gives .* Received: n_samples=1000000000000000"):
        plain().generate(10**15)


def test_the_loop_is_traced_once_for_all_chunks(monkeypatch):
    traces, run_chunk = [], generation.run_chunk

    def counted(*args, **kwargs):
        traces.append(1)
        return run_chunk(*args, **kwargs)

    monkeypatch.setattr(generation, "run_chunk", counted)
    model = tiny_wavenet(condition="speaker", layers_per_cycle=2)
    model.generate(5 * 48, speaker=1)
    assert len(traces) == 1
    # Nor is anything else a reason to trace again.
    model.generate(30, speaker=2, prime=np.zeros(60), temperature=0.5, seed=8)
    assert len(list(model.stream(90, speaker=0, chunk_size=10))) == 9
    assert len(traces) == 1


@pytest.mark.parametrize("make", [plain, vocoder])
def test_the_seed_decides(make):
    model = make()
    generate = functools.partial(model.generate, 96 - N_PRIME, **request_of(model))
    first = generate(seed=1)
    np.testing.assert_array_equal(generate(seed=1), first)
    for other in (2, 2**31, -1):
        assert (generate(seed=other) != first).mean() > 0.5
    np.testing.assert_array_equal(generate(seed=1 + 2**32), first)


def test_rows_differ_and_do_not_depend_on_one_another():
    audio = plain().generate(60, batch_size=2, seed=1)
    assert (audio[0] != audio[1]).mean() > 0.5
    np.testing.assert_array_equal(plain().generate(60, seed=1), audio[:1])
    model, request = vocoder(), request_of(vocoder())
    both = model.generate(**request, seed=1)
    request = {name: array.copy() for name, array in request.items()}
    request["speaker"][1], request["mel"][1], request["prime"][1] = 2, 0.0, 0.0
    other = model.generate(**request, seed=1)
    np.testing.assert_array_equal(other[0], both[0])
    assert (other[1] != both[1]).mean() > 0.5


@pytest.mark.parametrize("name", ["mel", "speaker", "prime"])
def test_a_single_row_serves_the_whole_batch(name):
    model, request = vocoder(), request_of(vocoder())
    row = request[name][:1]
    request[name] = np.concatenate([row, row])
    expected = model.generate(**request)
    single = {"mel": row, "speaker": int(row.flat[0]), "prime": row[0]}[name]
    np.testing.assert_array_equal(model.generate(**{**request, name: single}), expected)


@pytest.mark.parametrize("name", ["mel", "speaker", "prime"])
def test_what_is_given_matters(name):
    model, request = vocoder(), request_of(vocoder())
    other = {**request, name: request[name][::-1]}
    assert (model.generate(**request) != model.generate(**other)).any(axis=1).all()


def mode(model, parameters):
    """The likeliest sample of each distribution, in NumPy."""
    parameters = np.asarray(parameters)
    if parameters.shape[-1] == 32:
        y = parameters.argmax(-1) / 31 * 2 - 1
        return np.sign(y) * (32 ** np.abs(y) - 1) / 31  # mu-law, mu = 31
    if parameters.shape[-1] == 2:
        return parameters[..., 0]
    likeliest = parameters[..., :3].argmax(-1)[..., None]
    mean = np.take_along_axis(parameters[..., 3:6], likeliest, -1)[..., 0]
    return np.clip(np.round(mean * 2**15), -(2**15), 2**15 - 1) / 2**15


@pytest.mark.parametrize("head", ["mu-law", "mixture", "gaussian"])
def test_temperature_near_0_gives_the_mode(head):
    """Of what the parallel form says, given the samples that were generated."""
    model = tiny_wavenet(head)
    prime = tiny_inputs(model, 20)["samples"]
    audio = model.generate(50, prime=prime, temperature=1e-6)
    said = model({"samples": np.concatenate([prime, audio], axis=1)})[:, 20:]
    expected = mode(model, said)
    assert np.ptp(expected) > 0.1
    # One of 16-bit levels more or less: sums in another order.
    np.testing.assert_allclose(audio, expected, atol=3.2e-5)
    assert np.abs(audio - model.generate(50, prime=prime)).max() > 0.1


def test_top_p_draws_from_the_likeliest_only():
    model = plain()
    audio = model.generate(60, batch_size=2, top_p=0.5, seed=1)
    probabilities = np.asarray(keras.ops.softmax(model({"samples": audio})), "float64")
    codes = np.asarray(model.head.features(audio))[..., 0]
    codes = np.round((codes + 1) / 2 * 31).astype(int)
    drawn = np.take_along_axis(probabilities, codes[..., None], -1)
    # What is likelier than a drawn level must not reach the share by itself.
    likelier = np.where(probabilities > drawn + 1e-6, probabilities, 0).sum(-1)
    assert likelier.max() < 0.5 + 1e-5
    all_codes = model.generate(60, batch_size=2, seed=1)
    assert (all_codes != audio).any()


def test_first_samples_follow_the_distribution():
    """4,000 rows over 16 levels: chi-square below 37.7, the 99.9 % point of 15 degrees."""
    model = tiny_wavenet("one-hot")
    model.generator.chunk = 8
    audio = model.generate(1, batch_size=4000, seed=1)
    logits = np.asarray(model({"samples": audio[:1]}), "float64")[0, 0]
    expected = 4000 * np.exp(logits) / np.exp(logits).sum()
    codes = np.asarray(model.head.features(audio))[:, 0].argmax(-1)
    counts = np.bincount(codes, minlength=16)
    assert ((counts - expected) ** 2 / expected).sum() < 37.7


def test_frames_beyond_the_lengths_are_silent():
    model, request = vocoder(), request_of(vocoder())
    whole, cut = model.generate(**request), model.generate(**request, lengths=[16, 11])
    np.testing.assert_array_equal(cut[0], whole[0])
    # The first frames are those of the prime, which the result does not contain.
    end = 11 * model.hop_length - N_PRIME
    np.testing.assert_array_equal(cut[1, :end], whole[1, :end])
    assert whole[1, end - 1] != 0 and whole[1, end:].any() and not cut[1, end:].any()


def test_no_samples_are_no_samples():
    assert plain().generate(0).shape == (1, 0)
    assert list(plain().stream(0)) == []
    request = request_of(vocoder())
    request["mel"] = request["mel"][:, :4]
    request["prime"] = np.zeros((2, 24), "float32")
    assert vocoder().generate(**request).shape == (2, 0)


def test_progress_true_draws_a_bar(capsys):
    plain().generate(130, progress=True)
    assert "130/130" in capsys.readouterr().out


def test_progress_counts_to_the_end():
    told = []
    plain().generate(130, batch_size=2, progress=lambda *numbers: told.append(numbers))
    assert told[-1] == (130, 130) and len(told) == 3
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_is_a_vocoder():
    """`Voice` calls `generate(mel=, seed=)`; a frame is `hop_length` samples at the spec's rate."""
    spec = AudioSpec(
        sample_rate=8000, n_fft=64, hop_length=12, win_length=48, n_mels=5, fmax=4000.0
    )
    model = tiny_wavenet("mixture", spec=spec, upsampler_channels=4, context_size=1)
    assert model.spec == spec and model.sample_rate == 8000
    mel = np.random.default_rng(0).normal(size=(1, 9, 5)).astype("float32")
    audio = model.generate(mel=mel, seed=2)
    assert audio.shape == (1, 9 * 12) and np.abs(audio).max() <= 1
    np.testing.assert_array_equal(
        model.generate(mel=keras.ops.convert_to_tensor(mel), seed=2), audio
    )


def test_new_weights_are_used():
    """Though the loop was compiled before: after training, or loading."""
    model, other = tiny_wavenet(), tiny_wavenet()
    before = model.generate(60, seed=1)
    weights = [w[::-1].copy() for w in model.get_weights()]
    for each in (model, other):
        each.set_weights(weights)
    after = model.generate(60, seed=1)
    assert (after != before).mean() > 0.5
    np.testing.assert_array_equal(other.generate(60, seed=1), after)


ON_JAX = """
import sys, keras, numpy as np
from models.wavenet.tiny_wavenet import tiny_wavenet
from models.wavenet import test_generation as t
for path in sys.argv[1:]:
    with np.load(path) as saved:
        weights = [saved[f"arr_{i}"] for i in range(len(saved.files))]
    model = t.for_backends(path)
    model.set_weights(weights)
    np.save(path.replace("weights.npz", "audio.npy"), t.audio_of(model))
"""


def for_backends(path):
    """One model per head, each with another condition; `path` ends in its name."""
    name = path.split("/")[-1].split(".")[0]
    condition = dict(zip(HEADS, ["none", "speaker", "mel", "both"], strict=True))[name]
    return tiny_wavenet(name, condition)


def audio_of(model):
    return model.generate(96 - N_PRIME, **request_of(model), seed=5, top_p=0.9)


def test_jax_generates_the_same(tmp_path):
    models = {}
    for name in HEADS:
        path = str(tmp_path / f"{name}.weights.npz")
        models[path] = for_backends(path)
        np.savez(path, *models[path].get_weights())
    run_on_jax(ON_JAX, *models, optimize=False)
    for path, model in models.items():
        expected = np.load(path.replace("weights.npz", "audio.npy"))
        audio = audio_of(model)
        assert np.ptp(audio) > 0.1
        # Levels are the same; real numbers differ by rounding.
        np.testing.assert_allclose(audio, expected, atol=1e-4, err_msg=path)
