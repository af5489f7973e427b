"""Where the draws of augmentations come from."""

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import augmentation as aug
from keras_speech.data import waveform_batches, waveform_epochs
from keras_speech.text import CharacterTokenizer

RATE = 16000
SPEC = AudioSpec(sample_rate=RATE, n_fft=512, hop_length=100, win_length=400, n_mels=20)

# What each makes of a batch that has all it can ask for; made anew with a seed.
MAKERS = {
    "Gain": lambda seed: aug.Gain((-12, -1), seed=seed),
    "Noise": lambda seed: aug.Noise((5, 20), seed=seed),
    "MixTakes": lambda seed: aug.MixTakes((0, 20), seed=seed),
    "RandomCrop": lambda seed: aug.RandomCrop(4000, seed=seed),
    "Pitch": lambda seed: aug.Pitch(RATE, (-2, 2), seed=seed),
    "Tempo": lambda seed: aug.Tempo(RATE, 6000, (0.9, 1.2), seed=seed),
    "MelMasks": lambda seed: aug.MelMasks(max_frames=20, max_bands=8, seed=seed),
    "DropPunctuation": lambda seed: aug.DropPunctuation(CharacterTokenizer(), 0.5, seed=seed),
}
every_one = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())


@pytest.fixture
def equal_batches(samples):
    """A dataset of one batch again and again, with what `make` needs and does not refuse."""
    tokens, lengths = CharacterTokenizer()(["a, b, c, d, e, f, g, h, i, j."] * 3)
    mel = np.random.default_rng(1).normal(size=(3, 80, 20)).astype("float32")
    entries = {"samples": samples, "mel": mel, "tokens": tokens, "token_lengths": lengths}

    def of(function, n=4):
        batch = {key: entries[key] for key in function.needs}
        return tf.data.Dataset.from_tensors(batch).repeat(n)

    return of


def values(dataset):
    """All that is in a dataset, one flat array for each batch."""
    return [
        np.concatenate([np.ravel(batch[key]).astype("float64") for key in sorted(batch)])
        for batch in dataset.as_numpy_iterator()
    ]


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def all_differ(arrays):
    return all(not np.array_equal(a, b) for i, a in enumerate(arrays) for b in arrays[i + 1 :])


@every_one
def test_the_seed_decides_and_every_batch_of_every_epoch_is_drawn_for_itself(make, equal_batches):
    def passes(seed):
        function = make(seed)
        dataset = aug.augmented(equal_batches(function), function)
        assert int(dataset.cardinality()) == 4
        return [values(dataset) for _ in range(2)]

    first, again, other = passes(1), passes(1), passes(2)
    assert same(first[0] + first[1], again[0] + again[1])
    assert all_differ(first[0] + first[1] + other[0])


@every_one
def test_a_map_is_a_function_of_the_seed_and_the_batch(make, equal_batches):
    function = make(1)
    dataset = equal_batches(function, 2)
    mapped = values(dataset.map(function))
    assert same(mapped, values(dataset.map(make(1)))) and np.array_equal(*mapped)
    assert all_differ([mapped[0], values(dataset.map(make(2)))[0]])
    assert all_differ(values(dataset.enumerate().map(function)))


def test_parallel_calls_change_nothing(batches):
    function = aug.Noise((5, 20), seed=1)
    one_by_one = values(batches(12).map(function, num_parallel_calls=1))
    assert same(one_by_one, values(batches(12).map(function, num_parallel_calls=6)))
    assert all_differ(one_by_one)


def test_epochs_are_the_passes_and_can_be_taken_up_again(tmp_path, noises):
    epochs = waveform_epochs(noises, 800, 3, seed=0, steps_per_epoch=3)
    augmented = aug.augmented(epochs, aug.Gain((-12, -1), seed=1), aug.Noise(seed=1))
    dataset = augmented.all_epochs()
    for epoch in range(2):
        assert same(values(augmented(epoch)), values(dataset))
    assert len(augmented) == 3
    assert same(values(augmented(1)), values(augmented(1)))


def test_two_of_a_kind_with_one_seed_are_drawn_apart(equal_batches):
    """As one they would double every gain."""
    gain = aug.Gain((-12, -6), seed=1)
    dataset = equal_batches(gain)
    once = values(aug.augmented(dataset, gain))
    twice = values(aug.augmented(dataset, gain, gain))
    source = values(dataset)[0][0]
    factors = [(a[0] / source, b[0] / source) for a, b in zip(once, twice, strict=True)]
    assert all(abs(b - a * a) > 1e-3 for a, b in factors)


def test_plain_functions_take_part_in_their_turn(noises):
    dataset = waveform_batches(noises, 800, 3, sample_rate=RATE, seed=0, steps_per_epoch=2)
    halve = lambda batch: {**batch, "samples": batch["samples"] / 2}  # noqa: E731
    chain = aug.Noise(20, seed=1), halve, aug.AddMel(SPEC), aug.MelMasks(value=-20.0, seed=2)
    (batch, _) = aug.augmented(dataset, *chain)
    assert batch["mel"].shape == (3, 8, 20) and (batch["mel"].numpy() == -20).any()


@pytest.fixture
def noises(tmp_path, write_tone):
    for number in range(3):
        write_tone(tmp_path / "n" / f"{number}.wav", RATE, seconds=0.2, f0_hz=100 + 50 * number)
    return tmp_path / "n"


def test_a_mel_of_the_sound_as_it_was_is_refused(noises):
    dataset = waveform_batches(noises, 800, 3, spec=SPEC, seed=0)
    for function in (aug.Gain(), aug.Noise(), aug.MixTakes(), aug.Pitch(RATE)):
        with pytest.raises(ValueError, match=r"not 'mel', which is of it. .*`AddMel\(spec\)`"):
            dataset.map(function)


def test_batches_that_lack_something_are_named(noises):
    dataset = waveform_batches(noises, 800, 3, seed=0)
    with pytest.raises(ValueError, match=r"needs batches with \['mel'\]. Received: .*samples"):
        dataset.map(aug.MelMasks())
    with pytest.raises(ValueError, match="needs a batch that is a dict"):
        dataset.map(lambda batch: aug.Gain()(batch["samples"]))
    with pytest.raises(ValueError, match="`augmentations` must name one"):
        aug.augmented(dataset)
    with pytest.raises(TypeError, match="`batches` must be a tf.data.Dataset"):
        aug.augmented([1, 2], aug.Gain())
    with pytest.raises(ValueError, match="`seed` must be a non-negative integer"):
        aug.Gain(seed=-1)
    with pytest.raises(ValueError, match=r"`semitones` must be a number or a pair .* -12 and 12"):
        aug.Pitch(RATE, (-13, 2))
