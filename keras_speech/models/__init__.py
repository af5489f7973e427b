"""Models, one folder each, on any Keras backend."""

__all__ = []
