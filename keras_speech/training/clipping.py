"""Clipping by the gradient of the whole batch, however it was computed."""

import keras

from keras_speech.training.averaging import innermost


def clip_whole_gradients(optimizer, n_replicas=1):
    """Lets an optimizer that clips do so by the norm of the whole batch's gradient.

    On TensorFlow Keras takes the norm of something else. Where a batch has a token several times,
    it is that of the parts of its embedding's gradient, not of their sum; and where replicas share
    a batch, each clips its own part. This makes one device, several, and JAX the same.

    Args:
        optimizer: built or not, of which nothing was used yet.
        n_replicas: that share a batch. Defaults to 1.
    """
    optimizer = innermost(optimizer)
    limits = (optimizer.clipnorm, optimizer.global_clipnorm, optimizer.clipvalue)
    if limits == (None,) * 3 or keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    apply = optimizer.apply

    def apply_clipped(grads, trainable_variables=None):
        grads = [None if each is None else tf.convert_to_tensor(each) for each in grads]
        if n_replicas > 1:
            context = tf.distribute.get_replica_context()
            known = [each for each in grads if each is not None]
            sums = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, known))
            grads = [None if each is None else next(sums) for each in grads]
            grads = optimizer._clip_gradients(grads)
            # Keras adds up what replicas bring. Clipped once more, each share stays as it is.
            grads = [None if each is None else each / n_replicas for each in grads]
        return apply(grads, trainable_variables)

    optimizer.apply = apply_clipped
