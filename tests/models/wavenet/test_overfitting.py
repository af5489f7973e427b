"""A WaveNet learns a batch by heart, and goes on where the batch ends."""

import keras
import numpy as np

from keras_speech import WaveNet
from keras_speech.layers import MuLawHead


def test_one_batch_overfits_and_is_continued():
    """Two tones of 6 bits per sample: 0.2 after 200 steps, and their continuation correlates 0.99.

    At temperature 1, over 10 or more periods after the end of what was learned.
    """
    time, end = np.arange(360), 160
    periods = np.array([[12.3], [19.7]])
    tones = (0.8 * np.sin(2 * np.pi * time / periods)).astype("float32")
    model = WaveNet(
        n_cycles=1,
        layers_per_cycle=4,
        residual_channels=16,
        gate_channels=32,
        skip_channels=32,
        head=MuLawHead(levels=64),
    )
    model.compile(keras.optimizers.Adam(1e-2))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    batch = {"samples": tones[:, :end]}
    history = model.fit(batch, epochs=200, verbose=0).history
    assert history["bits_per_sample"][0] > 4
    assert history["bits_per_sample"][-1] < 0.7
    audio = model.generate(200, prime=batch["samples"])
    for row, expected in zip(audio, tones[:, end:], strict=True):
        assert np.corrcoef(row, expected)[0, 1] > 0.95
    # It is the prime that is continued: from elsewhere in the tone, at the phase of that place.
    audio = model.generate(200, prime=tones[:, 7 : end - 20])
    for row, expected in zip(audio, tones[:, end - 20 :], strict=True):
        assert np.corrcoef(row, expected[:200])[0, 1] > 0.95
