"""What a loss must know where several replicas share a batch: TensorFlow's `tf.distribute`.

Under a strategy each replica computes the loss of its own rows, and Keras adds the gradients up. So
that the sum is the gradient of the whole batch's loss, a mean over real frames divides by the
frames of all replicas, not of one; and each replica's loss is divided by their number.
"""

import keras
from keras import ops


def n_replicas():
    """Number of replicas that share a batch; 1 without a strategy, and on other backends."""
    # JAX's distribution needs none of this: there a batch is one array for the whole program.
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def mean_over_replicas(value):
    """Mean of a number over the replicas that share a batch.

    Every replica must come by here: they wait for one another.

    Args:
        value: float scalar, without a gradient: how much of the batch is this replica's.

    Returns: scalar; `value` itself where there is one replica.

    Example:

    >>> float(mean_over_replicas(3.0))
    3.0
    """
    if n_replicas() == 1:
        return value
    import tensorflow as tf

    if tf.distribute.in_cross_replica_context():
        return value
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, tf.convert_to_tensor(value))


def share_of_loss(loss):
    """A replica's part of the batch's loss, for `compute_loss` to return.

    Args:
        loss: float scalar, of the replica's rows.

    Returns: scalar, `loss` divided by the number of replicas, as Keras expects it.

    Example:

    >>> float(share_of_loss(3.0))
    3.0
    """
    n = n_replicas()
    return loss if n == 1 else ops.divide(loss, n)
