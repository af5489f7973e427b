"""Cases of layers that tensorflow-addons had, for the conformance table."""

import keras_speech as ks
from conformance_case import Case, normal

CASES = {
    "LayerNormLSTM": Case(
        make=lambda: ks.layers.LayerNormLSTM(4, epsilon=1e-2),
        inputs=lambda: normal(2, 7, 8),
    ),
}
