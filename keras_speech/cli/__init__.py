"""The command line, `keras-speech`. TensorFlow loads only once a command has work for it."""
