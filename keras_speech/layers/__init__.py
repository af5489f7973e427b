"""Layers to build models from, on any Keras backend."""

__all__ = []
