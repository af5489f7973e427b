"""The case of `SpecAugment` in the conformance table."""

import keras_speech as ks
from conformance_case import Case, integers, normal

CASES = {
    "SpecAugment": Case(
        make=lambda: ks.layers.SpecAugment(
            time_masks=1,
            max_frames=3,
            band_masks=3,
            max_bands=4,
            max_fraction=0.5,
            value=-1.0,
            seed=7,
        ),
        inputs=lambda: {"mel": normal(2, 7, 8), "lengths": integers(2, below=8)},
    ),
}
