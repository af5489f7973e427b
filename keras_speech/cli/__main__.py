"""Lets `python -m keras_speech.cli` run the command line."""

import sys

from keras_speech.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
