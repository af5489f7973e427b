"""WaveNet: the model, its generation sample by sample, and published settings."""
