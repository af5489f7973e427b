"""Vocos: a vocoder at the frame rate."""
