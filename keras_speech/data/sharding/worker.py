"""A process that makes shards: `python -m keras_speech.data.sharding.worker`.

It reads a task as a line of JSON from standard input and writes lines of JSON to standard output:
`{}` after each recording, `{"done": true}` after the shard, `{"error": ..., "kind": ...}` instead
where that fails. It ends with its standard input, or when nobody reads its output any more.
"""

import json
import os
import signal
import sys

from keras_speech.data.sharding import making


def main():
    # Ctrl-C reaches every process of a terminal; whoever started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library may print must not come between the lines.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**fields):
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    for line in sys.stdin:
        try:
            making.make_shard(json.loads(line), report=answer)
            answer(done=True)
        except BrokenPipeError:
            os._exit(1)  # without a word: there is nobody to tell
        except Exception as error:
            errno, text = getattr(error, "errno", None), getattr(error, "strerror", None)
            answer(error=text or str(error), kind=type(error).__name__, errno=errno)


if __name__ == "__main__":
    main()
