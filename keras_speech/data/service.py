"""Pipelines that other processes and machines run: TensorFlow's `tf.data` service."""

import tensorflow as tf

from keras_speech.data.named_functions import is_portable

_POLICIES = {
    "dynamic": tf.data.experimental.service.ShardingPolicy.DYNAMIC,
    "off": tf.data.experimental.service.ShardingPolicy.OFF,
}


def from_service(dataset, service, *, sharding="dynamic", job_name=None, compression="AUTO"):
    """The same dataset, made by the workers of a `tf.data` service.

    `keras-speech data-service dispatcher` starts a service and `keras-speech data-service worker`
    each of its workers. Those run what is in the graph up to here, on the files that it names: a
    path must mean the same on every machine. Of Python they have only what this package brings
    along, so that this takes `shard_dataset`, `audio_dataset` and whatever TensorFlow's own
    operations make of them, such as spectrograms, augmentation and batches.

    Args:
        dataset: `tf.data.Dataset`.
        service: address of the dispatcher, such as `"grpc://localhost:5050"`.
        sharding: `"dynamic"` (default) gives each file, or shard, to one of the workers, so that a
            pass has every element once; what a worker was at work on is missing when it fails.
            `"off"` lets every worker make all of it, for datasets that repeat and shuffle.
        job_name: str; trainings that give the same name share one pass. Defaults to `None`, one
            for each.
        compression: `"AUTO"` (default) or `None`, for what goes over the network.

    Returns: `tf.data.Dataset` in no fixed order. Its cardinality is not known: `model.fit` counts
        the steps of the first epoch.

    Raises:
        ValueError: an argument is out of range, or `dataset` calls Python that only this process
            has, as those of `acoustic_batches` and of the caller's `tf.numpy_function` do.

    Reference: [tf.data service](https://www.tensorflow.org/api_docs/python/tf/data/experimental/service).

    Example:

    >>> dataset = shard_dataset("/mnt/shards", shuffle=True, counted=False)  # doctest: +SKIP
    >>> dataset = from_service(dataset, "grpc://localhost:5050")  # doctest: +SKIP
    """
    if not isinstance(service, str) or "://" not in service:
        raise ValueError(
            "`service` must be the address of a dispatcher, such as 'grpc://localhost:5050'. "
            f"Received: service={service!r}."
        )
    if sharding not in _POLICIES:
        raise ValueError(
            f"`sharding` must be one of {tuple(_POLICIES)}. Received: sharding={sharding!r}."
        )
    _check(_nodes(dataset), sharding)
    return dataset.apply(
        tf.data.experimental.service.distribute(
            _POLICIES[sharding], service, job_name=job_name, compression=compression
        )
    )


def _nodes(dataset):
    """Every operation of a dataset and of its functions, as workers would be sent them."""
    graph = tf.raw_ops.DatasetToGraphV2(
        input_dataset=tf.data.experimental.to_variant(dataset),
        external_state_policy=1,  # Says nothing of state, such as that of a shuffle.
    )
    graph_def = tf.compat.v1.GraphDef.FromString(graph.numpy())
    return [*graph_def.node, *(n for f in graph_def.library.function for n in f.node_def)]


def _check(nodes, sharding):
    calls = [n for n in nodes if n.op in ("PyFunc", "PyFuncStateless", "EagerPyFunc")]
    others = sum(not is_portable(n.attr["token"].s) for n in calls)
    if others:
        raise ValueError(
            "`dataset` must not call Python that no other process has, as `acoustic_batches`, "
            "`waveform_batches`, `tf.numpy_function` and `Dataset.from_generator` do; "
            f"`shard_dataset` and `audio_dataset` can travel. Received: {others} such calls."
        )
    kinds = {node.op.rstrip("V0123456789") for node in nodes}
    if sharding == "dynamic" and "AssertCardinalityDataset" in kinds:
        raise ValueError(
            "`dataset` must not assert its cardinality where each worker makes a part of it: "
            "`shard_dataset(..., counted=False)`. Received: a dataset that does, and "
            "sharding='dynamic'."
        )
    # TensorFlow 2.16 to 2.21 then hand every file to every worker, and say nothing.
    if sharding == "dynamic" and {"InterleaveDataset", "ShuffleDataset"} <= kinds:
        raise ValueError(
            "`dataset` must give `interleave` its `num_parallel_calls` where it also shuffles, or "
            "each worker would make all of it. Received: sharding='dynamic', and an `interleave` "
            "without."
        )
