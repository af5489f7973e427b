"""How a training is spread over devices and machines: `strategy`, and what `train` needs of it."""

import contextlib
import json
import os

import keras

from keras_speech.training.clipping import clip_whole_gradients

STRATEGIES = ("none", "mirrored", "multi_worker", "data_parallel")


def strategy(name):
    """Makes the strategy under which a model is to be made and trained.

    Args:
        name: `"mirrored"`, all GPUs of this machine, on TensorFlow; `"multi_worker"`, this process
            and others like it, as the variable `TF_CONFIG` of the environment tells them, on
            TensorFlow; `"data_parallel"`, all devices of this machine, on JAX; `"none"`, one
            device. `"multi_worker"` waits for the other workers, and must come before anything
            that TensorFlow computes.

    Returns: a `tf.distribute.Strategy`; `None` for `"data_parallel"`, which is set for Keras as a
        whole, and for `"none"`.

    Raises:
        ValueError: an unknown name, one of another backend, or a `TF_CONFIG` that is missing or no
            description of a cluster.

    Example:

    ```python
    strategy = ks.training.strategy("mirrored")
    with strategy.scope():
        model = ks.FastSpeech2(vocabulary_size=40)
    ks.training.train(model, epochs, strategy=strategy, epochs=100, directory="run")
    ```
    """
    if name not in STRATEGIES:
        raise ValueError(f"`name` must be one of {', '.join(STRATEGIES)}. Received: name={name!r}.")
    backend = keras.backend.backend()
    needed = "jax" if name == "data_parallel" else "tensorflow"
    if name != "none" and backend != needed:
        raise ValueError(
            f"`{name}` needs the {needed} backend (KERAS_BACKEND={needed}). Received: {backend}."
        )
    if name == "none":
        return None
    if name == "data_parallel":
        keras.distribution.set_distribution(keras.distribution.DataParallel())
        return None
    import tensorflow as tf

    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    check_cluster(os.environ.get("TF_CONFIG"))
    return tf.distribute.MultiWorkerMirroredStrategy()


def n_devices(strategy=None):
    """Returns how many devices share a batch under a strategy, or Keras's `DataParallel`."""
    if strategy is not None:
        return strategy.num_replicas_in_sync
    distribution = keras.distribution.distribution()
    if isinstance(distribution, keras.distribution.DataParallel):
        return distribution.device_mesh.devices.size
    return 1


def shared_by(strategy):
    """What `train` asks of a strategy: an object with the methods of `Alone`."""
    return Alone(n_devices()) if strategy is None else Replicas(strategy)


class Alone:
    """One process, which Keras feeds whole batches.

    Args:
        divisor: number by which every batch must be divisible. Defaults to 1.
    """

    writes = True

    def __init__(self, divisor=1):
        self._divisor = divisor

    def scope(self):
        """Returns the context in which to compile and fit."""
        return contextlib.nullcontext()

    def prepare(self, model):
        """Readies a model that was made under the strategy."""

    def prepare_optimizer(self, optimizer):
        """Readies the optimizer that the model is compiled with."""
        clip_whole_gradients(optimizer)

    def batches(self, epochs, epoch, done=0, watch=None):
        """Returns an epoch's batches for `fit`, without the first `done`, through `watch`."""
        if self._divisor > 1:
            epochs = _sharded(epochs, None, self._divisor)
        batches = epochs(epoch) if callable(epochs) else epochs
        if done and not hasattr(batches, "skip"):
            raise ValueError(
                "`batches` must be `tf.data.Dataset`s where a checkpoint is within an epoch. "
                f"Received: {type(batches).__name__}, and a checkpoint after {done} batches."
            )
        batches = batches.skip(done) if done else batches
        return batches if watch is None else watch(batches)

    def n_batches(self, epochs):
        """Number of batches where `fit` does not learn it from them; else `None`."""
        return None

    def require_same(self, state):
        """Raises `ValueError` where workers would go on from different checkpoints."""


class Replicas:
    """One of the processes, or the only one, of a `tf.distribute.Strategy`."""

    def __init__(self, strategy):
        self._strategy = strategy
        self._count = strategy.num_replicas_in_sync
        self.writes = bool(strategy.extended.should_checkpoint)

    def scope(self):
        return self._strategy.scope()

    def prepare(self, model):
        if not model.built:
            raise ValueError(
                "`model` must be built where there is a `strategy`. Received: one that is not."
            )
        # Keras would look at a first batch to build what is built, and cannot where it is a dict:
        # it wants to take the mean of it over replicas. What a model does not know it leaves.
        model._distribute_strategy = None
        if self._strategy.cluster_resolver and self._strategy.cluster_resolver.cluster_spec():
            # Of several workers Keras takes the mean of each measure's first axis: it needs one.
            compute_metrics = model.compute_metrics
            model.compute_metrics = lambda *args, **kwargs: keras.tree.map_structure(
                lambda value: keras.ops.reshape(value, (1,)), compute_metrics(*args, **kwargs)
            )

    def prepare_optimizer(self, optimizer):
        clip_whole_gradients(optimizer, self._count)

    def batches(self, epochs, epoch, done=0, watch=None):
        import tensorflow as tf

        n_batches = self.n_batches(epochs)

        def of_worker(context):
            local = self._count // context.num_input_pipelines
            first = context.input_pipeline_id * local
            parts = [
                _sharded(epochs, first + i, self._count)(epoch).skip(done) for i in range(local)
            ]
            # One after another: the replicas of a worker take their parts in turns.
            turns = tf.data.Dataset.range(local).repeat(n_batches - done)
            batches = tf.data.Dataset.choose_from_datasets(parts, turns)
            return batches if watch is None else watch(batches)

        return self._strategy.distribute_datasets_from_function(of_worker)

    def n_batches(self, epochs):
        return len(_sharded(epochs, 0, self._count))

    def require_same(self, state):
        import tensorflow as tf

        # Whole numbers of this size are exact.
        place = float(state["epoch"] * 1_000_000 + state["batch"])

        @tf.function
        def farthest():
            places = self._strategy.run(lambda: tf.constant(place, "float64"))
            return self._strategy.reduce("SUM", places, axis=None)

        if float(farthest()) != place * self._count:
            raise ValueError(
                "`directory` must be one that all workers share, with one checkpoint. Received: "
                f"a worker that finds epoch {state['epoch']}, batch {state['batch']}, and others "
                "that do not."
            )


def _sharded(epochs, index, count):
    if not hasattr(epochs, "shard"):
        raise ValueError(
            "`batches` and `validation` must be epochs with a `shard` where several devices share "
            "them, such as `data.acoustic_epochs` and `data.waveform_epochs` give. Received: "
            f"{type(epochs).__name__}."
        )
    return epochs.shard(index, count)


def check_cluster(text):
    """Raises `ValueError` for a `TF_CONFIG` (a string, or `None`) that is no worker's."""
    rule = (
        "`TF_CONFIG` must describe the cluster and this worker, such as "
        '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
        '"task": {"type": "worker", "index": 0}}.'
    )
    if text is None:
        raise ValueError(f"{rule} Received: no such variable in the environment.")
    try:
        config = json.loads(text)
        tasks = config["cluster"][config["task"]["type"]]
        known = 0 <= int(config["task"]["index"]) < len(tasks)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{rule} Received: TF_CONFIG={text!r}.") from error
    if not known:
        raise ValueError(f"{rule} Received: an index that is no worker's in TF_CONFIG={text!r}.")
