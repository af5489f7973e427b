"""The two kinds of process that a `tf.data` service consists of."""

import tensorflow as tf

from keras_speech.data import graph_decoding, recordings_dataset, tfio_ops

# What graphs may call in a worker: in the table of TensorFlow since these modules were imported.
FUNCTIONS = (recordings_dataset._READ, graph_decoding._DECODE, graph_decoding._HEADER)


def start_dispatcher(port=0):
    """Starts what tells workers what to do.

    Args:
        port: to listen on. Defaults to 0, any that is free.

    Returns: the server, which lives as long as this object; `target` is its address.

    Raises:
        RuntimeError: it cannot be started, as where the port is taken.
    """
    # It looks into pipelines, to share out their files, and so must know their operations too.
    tfio_ops.available()
    service = tf.data.experimental.service
    return _started(lambda: service.DispatchServer(service.DispatcherConfig(port)))


def start_worker(dispatcher, port=0, address=None):
    """Starts what runs pipelines; waits for the dispatcher.

    Args:
        dispatcher: its host and port, such as `"localhost:5050"`.
        port: to listen on. Defaults to 0, any that is free.
        address: host and port where trainings reach it. Defaults to `None`, this machine's own.

    Returns: `(server, decoder)`: it lives as long as this object; and what decodes recordings in
        it, `"tensorflow-io"` or `"soundfile"`.

    Raises:
        RuntimeError: it cannot be started.
    """
    # Also brings the operations of tensorflow-io into this process.
    decoder = tfio_ops.chosen("auto")
    service = tf.data.experimental.service
    config = service.WorkerConfig(dispatcher, worker_address=address, port=port)
    return _started(lambda: service.WorkerServer(config)), decoder


def _started(make):
    try:
        return make()
    except (tf.errors.OpError, RuntimeError) as error:
        message = getattr(error, "message", str(error))
        raise RuntimeError(f"The service could not be started: {message}.") from error
