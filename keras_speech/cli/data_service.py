"""`keras-speech data-service`: the processes of TensorFlow's `tf.data` service."""

import argparse
import os
import socket
import sys
import threading
import time

from keras_speech.cli import arguments as kinds
from keras_speech.cli.errors import CommandError, UsageError
from keras_speech.cli.quiet import load_quietly

DESCRIPTION = """\
Run a part of a `tf.data` service, which prepares batches on other processes and machines than the
one that trains. One dispatcher tells any number of workers what to do; a training takes what they
make with `ks.data.from_service(dataset, "grpc://HOST:PORT")`. It runs until it is stopped.

Whoever reaches the ports can have the workers read any file that they may read: there is no
password and no encryption. Use it within a network that you trust.
"""

EPILOG = """\
examples:
  keras-speech data-service dispatcher --port 5050
  keras-speech data-service worker --dispatcher localhost:5050
  keras-speech data-service worker --dispatcher trainer:5050 --port 5051 --address machine2:5051
"""

# Seconds for an answer, and between two attempts to reach a dispatcher.
PATIENCE, PAUSE = 5, 0.5


def add_parser(commands, parents):
    parser = commands.add_parser(
        "data-service",
        help="let other processes and machines prepare batches",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument("part", choices=("dispatcher", "worker"), help="what this process is")
    parser.add_argument(
        "--port",
        type=kinds.whole_number(0),
        default=0,
        metavar="N",
        help="port to listen on; default: any that is free, which is printed",
    )
    parser.add_argument(
        "--dispatcher",
        type=kinds.host_and_port,
        metavar="HOST:PORT",
        help="of a worker: where the dispatcher is, or will be",
    )
    parser.add_argument(
        "--address",
        type=kinds.host_and_port,
        metavar="HOST:PORT",
        help="of a worker: where trainings reach it; default: localhost, on its port",
    )
    parser.set_defaults(run=run)


def run(arguments):
    is_worker = arguments.part == "worker"
    if is_worker and arguments.dispatcher is None:
        raise UsageError("a worker needs --dispatcher HOST:PORT.")
    if not is_worker and (arguments.dispatcher or arguments.address):
        raise UsageError("--dispatcher and --address are options of a worker.")
    if arguments.port > 65535:
        raise UsageError(f"--port must not exceed 65535. Received: {arguments.port}.")
    if is_worker:
        _await(arguments.dispatcher)
    load_quietly(debug=arguments.debug)
    from keras_speech.data import service_processes

    try:
        if is_worker:
            server, decoder = service_processes.start_worker(
                arguments.dispatcher, arguments.port, arguments.address
            )
            line = f"worker of {arguments.dispatcher}, decoding by {decoder}"
        else:
            server = service_processes.start_dispatcher(arguments.port)
            line = f"dispatcher: {server.target}"
    except RuntimeError as error:
        raise CommandError(str(error)) from error
    print(line, flush=True)
    _wait(server)


def _await(dispatcher):
    """Until somebody listens there, and says whom it waits for.

    TensorFlow would wait as well, but without a word, and no signal would reach Python.
    """
    host, _, port = dispatcher.rpartition(":")
    reason = None
    while True:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
            return
        except OSError as error:
            if str(error) != reason:
                reason = str(error)
                print(f"waiting for the dispatcher {dispatcher} ({reason})", file=sys.stderr)
        time.sleep(PAUSE)


def _wait(server):
    """Until a signal ends the process; `server` lives as long."""
    from keras_speech.cli import main

    try:
        # Not `server.join()`, during which no signal would reach Python.
        threading.Event().wait()
    except KeyboardInterrupt:
        code = main.INTERRUPTED
    except SystemExit as stop:
        code = stop.code
    # At once: as it is taken down, a server waits for functions of Python that are still to come,
    # and those for the interpreter, which it holds. There is nothing to be written or tidied.
    os._exit(code)
