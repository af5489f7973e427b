"""The golden files are what tensorflow-addons gives today, in an environment of its own."""

import numpy as np
import pytest

from golden.make_addons_golden import HERE, main


@pytest.mark.slow
def test_addons_gives_the_files_again(tmp_path):
    main(["--output", str(tmp_path)])
    files = sorted(path.name for path in HERE.glob("addons_*.npz"))
    assert files == sorted(path.name for path in tmp_path.glob("*.npz")) and len(files) == 7
    for file in files:
        with np.load(HERE / file) as kept, np.load(tmp_path / file) as made:
            assert sorted(kept.files) == sorted(made.files)
            for key in kept.files:
                # Processors add up in different orders.
                np.testing.assert_allclose(made[key], kept[key], atol=1e-5, err_msg=key)


def test_files_are_small_and_hold_plain_arrays():
    for path in HERE.glob("addons_*.npz"):
        assert path.stat().st_size < 40_000
        with np.load(path, allow_pickle=False) as saved:
            assert all(np.isfinite(saved[key]).all() for key in saved.files)
