"""FastSpeech 2."""
