"""Shards made by an Apache Beam pipeline, on the machines of a cluster."""

from keras_speech.data.sharding import making


def make_shards(tasks, options):
    """Makes the shards of all tasks.

    What makes a shard is the function that processes on one machine call, so the bytes are equal.
    A task that a runner repeats replaces its shard by an equal one.

    Args:
        tasks: list of dict, see `making.make_shard`.
        options: list of str, options of the pipeline; without a `--runner` it runs here.

    Raises:
        ImportError: Apache Beam is not installed; says how to.
        RuntimeError, OSError, ValueError: as `making.make_shard`, as far as the runner lets
            through what was raised.
    """
    try:
        import apache_beam as beam
        from apache_beam.options.pipeline_options import PipelineOptions
    except ImportError as error:
        raise ImportError(
            '`beam` needs apache-beam: `pip install "keras-speech[beam]"`.'
        ) from error
    with beam.Pipeline(options=PipelineOptions(list(options))) as pipeline:
        _ = (
            pipeline
            | "Shards" >> beam.Create(tasks)
            | "Spread" >> beam.Reshuffle()
            | "Make" >> beam.Map(making.make_shard)
        )
