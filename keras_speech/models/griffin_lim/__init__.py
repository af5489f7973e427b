"""Griffin-Lim as a vocoder: no weights, no training."""
