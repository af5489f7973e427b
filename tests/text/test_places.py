"""The nearest places are those that a search by hand finds."""

import numpy as np
import tensorflow as tf

from keras_speech.text.places import Places


def test_nearest_places_are_found_for_any_mask():
    rng = np.random.default_rng(0)
    for n in (0, 1, 2, 30):
        for share in (0.0, 0.3, 1.0):
            mask = rng.random(n) < share
            places, here = Places(tf.constant(mask, tf.bool)), np.arange(n + 1)
            inside = np.flatnonzero(mask)
            before = [max([p for p in inside if p < at], default=-1) for at in here]
            from_here = [min([p for p in inside if p >= at], default=n) for at in here]
            here = tf.constant(here, tf.int32)
            assert places.before(here).numpy().tolist() == before
            assert places.from_here(here).numpy().tolist() == from_here
            assert places.all().numpy().tolist() == inside.tolist()
