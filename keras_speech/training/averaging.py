"""Swapping a model's weights with the running averages that its optimizer keeps."""

import contextlib

import keras


@contextlib.contextmanager
def averaged_weights(model):
    """Puts the averages into the model for the length of a `with` block.

    Does nothing for a model whose optimizer was not made with `use_ema=True`.

    Args:
        model: compiled, built `keras.Model`.

    Example:

    ```python
    with averaged_weights(model):
        model.save("model.keras")
    ```
    """
    _swap(model)
    try:
        yield model
    finally:
        _swap(model)


class EvaluateAverages(keras.callbacks.Callback):
    """Lets the validation inside `fit` measure the averaged weights."""

    def on_test_begin(self, logs=None):
        _swap(self.model)

    def on_test_end(self, logs=None):
        _swap(self.model)


class OnAverages(keras.callbacks.CallbackList):
    """Callbacks that see, at the end of an epoch, the averaged weights: those that will be kept.

    Args:
        callbacks: list of Keras callbacks that write pictures or sounds, or judge the model.
    """

    def on_epoch_end(self, epoch, logs=None):
        with averaged_weights(self.model):
            for callback in self.callbacks:
                # With the very dict of the caller, to which they may add measures.
                callback.on_epoch_end(epoch, logs)


def averages(optimizer):
    """Returns the optimizer's averages, one per trainable variable; `[]` if it keeps none."""
    optimizer = innermost(optimizer)
    if not getattr(optimizer, "use_ema", False):
        return []
    return optimizer._model_variables_moving_average


def innermost(optimizer):
    """Returns the optimizer that Keras's loss scale and `Lookahead` go around, if they do."""
    while (inner := _inside(optimizer)) is not None:
        optimizer = inner
    return optimizer


def _inside(optimizer):
    return getattr(optimizer, "inner_optimizer", getattr(optimizer, "optimizer", None))


def _swap(model):
    for weight, average in zip(
        model.trainable_variables, averages(model.optimizer), strict=bool(averages(model.optimizer))
    ):
        value = keras.ops.convert_to_numpy(weight).copy()
        weight.assign(average)
        average.assign(value)
