"""What TensorFlow reads of the files that the callbacks write."""

import tensorflow as tf


def read_events(directory):
    """The events of a run that hold values; TensorFlow checks each record's checksums."""
    events = []
    for path in sorted(directory.iterdir()):
        records = [record.numpy() for record in tf.data.TFRecordDataset(str(path))]
        parsed = [tf.compat.v1.Event.FromString(record) for record in records]
        assert parsed[0].file_version == "brain.Event:2"
        events += parsed[1:]
    return events


def read_scalars(directory):
    """`{name: [(step, value), ...]}` of a run."""
    scalars = {}
    for event in read_events(directory):
        for value in event.summary.value:
            scalars.setdefault(value.tag, []).append((event.step, value.simple_value))
    return scalars
