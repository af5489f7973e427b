"""The parser of all commands."""

import argparse

WRONG_USAGE = 2


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the list of all options."""

    def error(self, message):
        self.exit(
            WRONG_USAGE,
            f"keras-speech: error: {message}\n{self.prog} --help explains the arguments.\n",
        )
