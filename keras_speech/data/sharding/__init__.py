"""TFRecord shards of a corpus: how they are planned, made, described and read."""
