"""The conformance table's cases of Tacotron and its layers."""

import keras_speech as ks
from conformance_case import Case, mask, normal

CASES = {
    "CBHG": Case(
        make=lambda: ks.layers.CBHG(
            bank_size=3,
            bank_channels=4,
            projection_channels=5,
            highway_layers=2,
            highway_units=6,
            gru_units=3,
        ),
        inputs=lambda: {"inputs": normal(2, 7, 8), "mask": mask(7, 4)},
    ),
    "GRU": Case(
        make=lambda: ks.layers.GRU(4),
        inputs=lambda: normal(2, 7, 8),
    ),
    "Highway": Case(
        make=lambda: ks.layers.Highway(activation="tanh", gate_bias=-2.0),
        inputs=lambda: normal(2, 7, 8),
    ),
}
