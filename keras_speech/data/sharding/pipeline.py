"""Shards made by an Apache Beam pipeline, on the machines of a cluster."""

from keras_speech.data import audio_files
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
        AudioError: a recording cannot be used; or, as not every runner says what was raised,
        RuntimeError: that, or a shard cannot be written.
    """
    try:
        import apache_beam as beam
        from apache_beam.options.pipeline_options import PipelineOptions
    except ImportError as error:
        raise ImportError(
            '`beam` needs apache-beam: `pip install "keras-speech[beam]"`.'
        ) from error
    try:
        with beam.Pipeline(options=PipelineOptions(list(options))) as pipeline:
            _ = (
                pipeline
                | "Shards" >> beam.Create(tasks)
                | "Spread" >> beam.Reshuffle()
                | "Make" >> beam.Map(making.make_shard)
            )
    except (audio_files.AudioError, OSError, RuntimeError) as error:
        # Beam adds where it was, and some runners the whole traceback of the other machine.
        kind = audio_files.AudioError if isinstance(error, audio_files.AudioError) else RuntimeError
        raise kind(str(error).partition(" [while running")[0].strip()) from error
