"""A look at a corpus before a training is spent on it."""
