"""Plans of crops: who is visited how often, and when it is the same again."""

import numpy as np
import pytest

from keras_speech.data.crops import plan_crops

LENGTHS = np.array([30, 100, 1000])
SEGMENT = 20
N_STARTS = LENGTHS - SEGMENT + 1


def plans(n_epochs, n_crops=24, **options):
    return np.concatenate(
        [plan_crops(LENGTHS, N_STARTS, n_crops, epoch=e, **options) for e in range(n_epochs)]
    )


def share_of_files(plan):
    return np.bincount(plan[:, 0], minlength=len(LENGTHS)) / len(plan)


def test_files_are_equally_likely_whatever_their_length():
    """Rounds go on over the ends of epochs: 9 epochs of 7 crops are exactly 21 rounds."""
    np.testing.assert_array_equal(share_of_files(plans(9, n_crops=7)), [1 / 3] * 3)


@pytest.mark.parametrize("n_files", [3, 5000])
def test_a_round_is_every_file_once(n_files):
    """Also where rounds are not drawn many at a time."""
    lengths = np.full(n_files, 10)
    plan = plan_crops(lengths, lengths, 4 * n_files, seed=1)
    rounds = plan[:, 0].reshape(4, n_files)
    np.testing.assert_array_equal(np.sort(rounds, axis=1), np.tile(np.arange(n_files), (4, 1)))
    assert len(np.unique(rounds, axis=0)) > 1


def test_seconds_are_equally_likely():
    """113 parts of 10 units: each file has its parts in every epoch, not on average alone."""
    plan = plans(1, n_crops=113, balance="seconds")
    np.testing.assert_array_equal(share_of_files(plan) * 113, [3, 10, 100])


@pytest.mark.parametrize("balance", ["files", "seconds"])
def test_samples_are_visited_as_often_as_they_should(balance):
    """Every place of a file is equally likely, so a sample is in its crops' share of places."""
    plan = plans(800, balance=balance, seed=3)
    weights = np.ones(3) if balance == "files" else LENGTHS / LENGTHS.sum()
    for file, (length, n_starts) in enumerate(zip(LENGTHS, N_STARTS, strict=True)):
        places = plan[plan[:, 0] == file, 1]
        expected_crops = len(plan) * weights[file] / weights.sum()
        covering = np.convolve(np.ones(n_starts), np.ones(SEGMENT))
        assert len(covering) == length
        chance = covering / n_starts
        seen = np.convolve(np.bincount(places, minlength=n_starts), np.ones(SEGMENT))
        # Five standard deviations of independent places, and of what chance decides of the number
        # of crops: in an epoch, one at each end of the file, with a variance of at most 1 / 4.
        variance = expected_crops * chance * (1 - chance) + 800 * 2 / 4
        assert np.all(np.abs(seen - expected_crops * chance) < 5 * np.sqrt(variance))


def test_an_epoch_of_seconds_goes_over_everything():
    """One crop in each tenth of the only file, in an order that is not the file's."""
    plan = plan_crops([1000], [1000], 10, balance="seconds", seed=0)
    np.testing.assert_array_equal(np.sort(plan[:, 1] // 100), np.arange(10))
    assert (np.diff(plan[:, 1]) < 0).any()


@pytest.mark.parametrize("balance", ["files", "seconds"])
@pytest.mark.parametrize("shuffle", [True, False])
def test_places_are_in_their_file(balance, shuffle):
    lengths, n_starts = np.array([5, 6, 50]), np.array([1, 2, 46])
    plan = plan_crops(lengths, n_starts, 2000, balance=balance, shuffle=shuffle, n_tries=3)
    assert plan.shape == (2000, 4) and plan.dtype == np.int64
    assert (plan[:, 1:] >= 0).all() and (plan[:, 1:] < n_starts[plan[:, :1]]).all()
    for file in range(3):
        assert set(plan[plan[:, 0] == file, 1]) == set(range(n_starts[file]))


@pytest.mark.parametrize("balance", ["files", "seconds"])
def test_seed_and_epoch_decide_everything(balance):
    def plan(seed, epoch):
        return plan_crops(LENGTHS, N_STARTS, 24, balance=balance, seed=seed, epoch=epoch).tolist()

    assert plan(1, 2) == plan(1, 2)
    assert len({str(plan(seed, epoch)) for seed in (1, 2) for epoch in (1, 2)}) == 4


def test_unshuffled_crops_cover_each_file_from_its_start():
    plan = plan_crops(LENGTHS, N_STARTS, 9, shuffle=False)
    # Three crops a file, first, middle and last place of 11, 81 and 981.
    assert plan.tolist() == [
        *([0, 0], [0, 5], [0, 10]),
        *([1, 0], [1, 40], [1, 80]),
        *([2, 0], [2, 490], [2, 980]),
    ]


def test_unshuffled_crops_by_seconds():
    """1130 units in 12 crops: a crop begins every 94 units, of which the second lies in file 1."""
    plan = plan_crops(LENGTHS, N_STARTS, 12, balance="seconds", shuffle=False)
    np.testing.assert_array_equal(np.bincount(plan[:, 0]), [1, 1, 10])
    np.testing.assert_array_equal(plan[2:, 1], np.arange(10) * 980 // 9)


def test_unshuffled_crops_have_no_chance_in_them():
    plan = plan_crops(LENGTHS, N_STARTS, 9, shuffle=False, n_tries=4, seed=1, epoch=1).tolist()
    assert plan == plan_crops(LENGTHS, N_STARTS, 9, shuffle=False, n_tries=4).tolist()
    assert len(set(plan[-1][1:])) == 4


def test_fewer_unshuffled_crops_than_files_are_spread_over_them():
    lengths = np.full(10, 50)
    assert plan_crops(lengths, lengths, 5, shuffle=False)[:, 0].tolist() == [0, 2, 4, 6, 8]
