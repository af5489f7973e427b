"""WaveGlow: the model, its parts and published settings."""
