"""From frames to the groups of samples that the flows work on."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class GroupedUpsampler(keras.layers.Layer):
    """A transposed convolution from frames to samples, whose output is squeezed to groups.

    Samples of a frame depend on that frame and those before it. Equal to
    `keras.layers.Conv1DTranspose(n_mels, n_frames * hop_length, hop_length)`, cut at the end to
    `hop_length` samples per frame, and then `ops.squeeze`; computed as one matrix product.

    Args:
        hop_length: samples per frame, a multiple of `n_groups`.
        n_groups: samples per group.
        n_frames: frames that a sample depends on. Defaults to 4.

    Call arguments:
        mel: float tensor `(batch, frames, n_mels)`.

    Returns: float tensor `(batch, frames * hop_length / n_groups, n_groups * n_mels)`.
    """

    def __init__(self, hop_length, n_groups, n_frames=4, **kwargs):
        super().__init__(**kwargs)
        self.hop_length, self.n_groups, self.n_frames = hop_length, n_groups, n_frames

    def build(self, input_shape):
        n_mels = input_shape[-1]
        # The range that PyTorch gives to a transposed convolution of this size.
        limit = (n_mels * self.n_frames * self.hop_length) ** -0.5
        start = keras.initializers.RandomUniform(-limit, limit)
        # Rows: the bands of each frame, oldest first. Columns: the bands at each sample.
        shape = (self.n_frames * n_mels, self.hop_length * n_mels)
        self.kernel = self.add_weight(shape=shape, initializer=start, name="kernel")
        self.bias = self.add_weight(shape=(n_mels,), initializer="zeros", name="bias")

    def call(self, mel):
        batch, frames = ops.shape(mel)[:2]
        n_mels, before = mel.shape[-1], self.n_frames - 1
        x = ops.pad(mel, [[0, 0], [before, 0], [0, 0]])
        x = [ops.slice(x, [0, i, 0], (batch, frames, n_mels)) for i in range(self.n_frames)]
        x = ops.reshape(ops.concatenate(x, axis=-1), (-1, self.n_frames * n_mels))
        x = ops.matmul(x, self.kernel)
        groups, channels = self.hop_length // self.n_groups, self.n_groups * n_mels
        x = ops.reshape(x, (batch, frames * groups, channels))
        return x + ops.tile(self.bias, self.n_groups)

    def compute_output_shape(self, input_shape):
        batch, frames, n_mels = input_shape
        groups = None if frames is None else frames * self.hop_length // self.n_groups
        return batch, groups, self.n_groups * n_mels

    def get_config(self):
        return {
            **super().get_config(),
            "hop_length": self.hop_length,
            "n_groups": self.n_groups,
            "n_frames": self.n_frames,
        }
