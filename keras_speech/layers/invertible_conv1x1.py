"""`InvertibleConv1x1`: channels mixed by a matrix whose determinant is known."""

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("keras_speech")
class InvertibleConv1x1(keras.layers.Layer):
    """Mixes the channels of each step by a square matrix, `z = W x`.

    `W` starts as a random rotation. It is trained as the product of a lower triangular matrix with
    ones on its diagonal and an upper one with the exponentials of weights on its own. So it is
    invertible whatever its weights are, its determinant keeps its sign (positive at the start),
    and `log |det W|` is a sum of weights. All is float32 whatever the policy.

    Args:
        order: the rows of the product of triangles in `W`, counted from 1 and negative where the
            sign changes: what `set_matrix` notes of a matrix that has no such factors as it is.
            Defaults to `None`, all as they are.

    Call arguments:
        inputs: float tensor `(batch, time, channels)`.
        mask: bool or float tensor `(batch, time)`, 0 for padding, which does not count in the
            log-determinant. Defaults to `None`.

    Returns: pair of float32 tensors: `z` `(batch, time, channels)`, and the log-determinant
        `(batch,)` in nats, summed over time. `inverse(z)` gives `inputs`.

    Raises:
        ValueError: `order` does not name each channel once.

    Example:

    >>> import numpy as np
    >>> layer = InvertibleConv1x1()
    >>> x = np.random.default_rng(0).normal(size=(2, 10, 4)).astype("float32")
    >>> z, log_det = layer(x)
    >>> bool(np.allclose(layer.inverse(z), x, atol=1e-5))
    True
    >>> round(float(np.linalg.det(layer.matrix())), 4)
    1.0

    Reference: [Kingma & Dhariwal, 2018](https://arxiv.org/abs/1807.03039), section 3.2 and eq. 10;
    in [Prenger et al., 2019](https://arxiv.org/abs/1811.00002), section 2.2, `W` itself is trained.
    Deviation: the rotation at the start is one that needs neither permutation nor signs beside its
    factors, and the fixed signs of the diagonal are those of exponentials.
    """

    def __init__(self, order=None, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.order = None if order is None else tuple(int(i) for i in order)
        self.supports_masking = True

    def build(self, input_shape):
        channels = input_shape[-1]
        if self.order is not None and sorted(map(abs, self.order)) != list(range(1, channels + 1)):
            raise ValueError(
                f"`order` must name each of the {channels} channels once. "
                f"Received: order={self.order}"
            )
        # Below the diagonal the lower triangle, above it the upper one, on it logarithms.
        self.kernel = self.add_weight(
            shape=(channels, channels),
            initializer=random_rotation,
            dtype="float32",
            autocast=False,
            name="kernel",
        )

    def matrix(self):
        """`W`, a float32 tensor `(channels, channels)`."""
        kernel = ops.convert_to_tensor(self.kernel, dtype="float32")
        n = kernel.shape[0]
        lower = kernel * np.tri(n, k=-1, dtype="float32") + np.eye(n, dtype="float32")
        diagonal = ops.exp(ops.sum(kernel * np.eye(n, dtype="float32"), axis=1))
        upper = kernel * np.tri(n, k=-1, dtype="float32").T + diagonal * np.eye(n, dtype="float32")
        matrix = _product(lower, ops.transpose(upper))
        if self.order is None:
            return matrix
        rows = np.zeros((n, n), "float32")
        rows[np.abs(self.order) - 1, np.arange(n)] = np.sign(self.order)
        return _product(rows, ops.transpose(matrix))

    def log_det(self):
        """`log |det W|` in nats, a float32 scalar tensor."""
        kernel = ops.convert_to_tensor(self.kernel, dtype="float32")
        return ops.sum(kernel * np.eye(kernel.shape[0], dtype="float32"))

    def set_matrix(self, matrix):
        """Makes `matrix` the layer's `W`: the layer must be built, and not yet compiled.

        Args:
            matrix: float array `(channels, channels)` that can be inverted.

        Raises:
            ValueError: it has another shape, or cannot be inverted.
        """
        matrix = np.asarray(ops.convert_to_numpy(matrix), "float64")
        if matrix.shape != tuple(self.kernel.shape):
            raise ValueError(
                f"`matrix` must have the shape {tuple(self.kernel.shape)}. "
                f"Received: shape={matrix.shape}"
            )
        self.order, kernel = factors(matrix)
        self.kernel.assign(kernel)

    def call(self, inputs, mask=None):
        inputs = ops.cast(inputs, "float32")
        if mask is None:
            steps = ops.ones((ops.shape(inputs)[0],)) * ops.cast(ops.shape(inputs)[1], "float32")
        else:
            steps = ops.sum(ops.cast(mask, "float32"), axis=1)
        return _product(inputs, self.matrix()), steps * self.log_det()

    def inverse(self, z):
        """The `inputs` that `z` was made of.

        Args:
            z: float tensor `(batch, time, channels)`.

        Returns: float32 tensor `(batch, time, channels)`.
        """
        return _product(ops.cast(z, "float32"), ops.inv(self.matrix()))

    def get_config(self):
        return {**super().get_config(), "order": self.order}


def random_rotation(shape, dtype=None):
    """The kernel of a random orthogonal matrix of determinant 1."""
    normal = ops.convert_to_numpy(keras.random.normal(shape, dtype="float32")).astype("float64")
    # Orthogonal whatever the order and the signs of its rows: so it may have those it likes.
    _, kernel = factors(np.linalg.qr(normal)[0])
    return ops.convert_to_tensor(kernel, dtype=dtype)


def factors(matrix):
    """The `order` and the kernel (NumPy float32) with which a layer has the matrix.

    Gaussian elimination with the largest pivots; the signs of the pivots go into the order.
    """
    a, n = np.array(matrix, "float64"), len(matrix)
    rows = np.arange(n)
    for j in range(n):
        pivot = j + np.argmax(np.abs(a[j:, j]))
        a[[j, pivot]], rows[[j, pivot]] = a[[pivot, j]], rows[[pivot, j]]
        if not np.isfinite(a).all() or a[j, j] == 0:
            raise ValueError("`matrix` must be one that can be inverted. Received: a singular one")
        a[j + 1 :, j] /= a[j, j]
        a[j + 1 :, j + 1 :] -= np.outer(a[j + 1 :, j], a[j, j + 1 :])
    signs = np.sign(np.diag(a))
    lower, upper = np.tril(a, -1) * signs[:, None] * signs, np.triu(a) * signs[:, None]
    kernel = lower + np.triu(upper, 1) + np.diag(np.log(np.diag(upper)))
    return tuple(int(i) for i in signs * (rows + 1)), kernel.astype("float32")


def _product(x, matrix):
    """`W x` for the rows of `x`. Not a matrix product: accelerators round its factors."""
    return ops.sum(ops.expand_dims(x, -2) * matrix, axis=-1)
