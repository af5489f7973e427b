"""A dispatcher and two workers, each a process in which the command runs."""

import collections
import os
import signal
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest
import tensorflow as tf

from keras_speech.audio_spec import AudioSpec
from keras_speech.data import acoustic_batches, audio_dataset, from_service, ljspeech, prepare
from keras_speech.data import shard_dataset as read_shards
from keras_speech.ops.mel import log_mel_spectrogram
from keras_speech.text import CharacterTokenizer

# The commands, each in a process forked from one that has made the imports, which take longer than
# all else, and run nothing. In the end it prints their exit codes.
COMMANDS = """
import os, signal, sys
import keras_speech.voices
from keras_speech.cli.main import main
from keras_speech.data import service_processes

children = []
for arguments in sys.argv[1:]:
    children.append(os.fork())
    if not children[-1]:
        sys.exit(main(["data-service", *arguments.split()]))
signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in children])
print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


@pytest.fixture(scope="module")
def service():
    """The address of a dispatcher with two workers."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        address = f"localhost:{free.getsockname()[1]}"
    # All at once: workers wait for their dispatcher.
    process = subprocess.Popen(
        [sys.executable, "-c", COMMANDS, f"dispatcher --port {address.split(':')[1]}"]
        + 2 * [f"worker --dispatcher {address}"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        start_new_session=True,
    )
    # Whatever goes wrong, no test waits for them longer than this.
    killer = threading.Timer(240, lambda: os.killpg(process.pid, signal.SIGKILL))
    killer.start()
    try:
        dispatcher, *workers = sorted(process.stdout.readline() for _ in range(3))
        assert dispatcher == f"dispatcher: grpc://{address}\n"
        assert all(line.startswith(f"worker of {address}, decoding by ") for line in workers)
        yield f"grpc://{address}"
    finally:
        process.terminate()
        codes, _ = process.communicate()
        killer.cancel()
    assert codes == "143 143 143\n"


@pytest.fixture
def corpus(lj_directory):
    return ljspeech(lj_directory)


@pytest.fixture
def directory(corpus, tmp_path):
    prepare(corpus, tmp_path / "shards", per_shard=1, processes=1)
    return tmp_path / "shards"


def by_id(dataset):
    """`{id: record}`; an id that comes twice fails."""
    records = list(dataset.as_numpy_iterator())
    found = {record["id"].decode(): record for record in records}
    assert len(found) == len(records)
    return found


def with_mels(record):
    """What trainings want of a record, by operations of TensorFlow alone."""
    spec, tokenizer = AudioSpec(), CharacterTokenizer()
    tokens, _ = tokenizer(record["text"][None])
    mel = log_mel_spectrogram(record["samples"], spec)
    return {"id": record["id"], "tokens": tokens[0], "mel": mel}


def test_every_record_comes_once_and_is_the_same(service, corpus, directory):
    """Recordings and shards, decoded by the workers, in two passes."""
    for dataset in (
        audio_dataset(corpus),
        audio_dataset(directory, 16000, shuffle=True),
        read_shards(directory, counted=False),
        read_shards(directory, shuffle=True, counted=False),
    ):
        expected = by_id(dataset)
        for _ in range(2):
            found = by_id(from_service(dataset, service))
            assert found.keys() == expected.keys() == set(corpus.ids)
            for name, record in found.items():
                np.testing.assert_array_equal(record["samples"], expected[name]["samples"])


def test_workers_make_tokens_and_mels(service, directory):
    """Which are what trainings want, by operations of TensorFlow alone."""
    spec, tokenizer = AudioSpec(), CharacterTokenizer()

    def prepared(record):
        tokens, _ = tokenizer(record["text"][None])
        mel = log_mel_spectrogram(record["samples"], spec)
        return {"id": record["id"], "tokens": tokens[0], "mel": mel}

    dataset = read_shards(directory, counted=False).map(prepared)
    found, expected = by_id(from_service(dataset, service)), by_id(dataset)
    assert found.keys() == expected.keys()
    for name, record in found.items():
        np.testing.assert_array_equal(record["tokens"], expected[name]["tokens"])
        np.testing.assert_allclose(record["mel"], expected[name]["mel"], atol=1e-4)


def test_both_workers_have_a_part(service, tmp_path):
    """Each is slowed down so much that the other comes to its turn."""

    def slow(number):
        # A product of matrices takes its time; its sum is not used.
        with tf.control_dependencies([tf.reduce_sum(tf.ones([700, 700]) @ tf.ones([700, 700]))]):
            return tf.identity(number)

    dataset = tf.data.Dataset.range(60).map(slow)
    counts = collections.Counter(from_service(dataset, service).as_numpy_iterator())
    assert counts == collections.Counter(range(60))
    both = from_service(dataset, service, sharding="off").as_numpy_iterator()
    assert collections.Counter(both) == collections.Counter([*range(60), *range(60)])


def test_datasets_that_repeat_are_made_whole_by_every_worker(service, directory):
    dataset = read_shards(directory, shuffle=True).repeat().map(lambda record: record["id"])
    names = from_service(dataset, service, sharding="off").take(50).as_numpy_iterator()
    found = [name.decode() for name in names]
    assert len(found) == 50 and set(found) == {f"clip{n}" for n in range(1, 6)}


def test_damage_is_named_from_afar(service, corpus):
    dataset = audio_dataset(corpus, 22050, check=False)
    with open(corpus[1].path, "r+b") as file:
        file.truncate(3000)
    with pytest.raises(tf.errors.OpError, match="clip2.wav is truncated"):
        list(from_service(dataset, service))


def test_python_of_this_process_is_refused(corpus, letters):
    for dataset in (
        acoustic_batches(corpus, AudioSpec(), letters, 2),
        tf.data.Dataset.from_generator(lambda: iter([1]), output_signature=tf.TensorSpec([])),
        tf.data.Dataset.range(2).map(lambda x: tf.numpy_function(abs, [x], tf.int64)),
    ):
        with pytest.raises(ValueError, match="must not call Python that no other process has"):
            from_service(dataset, "grpc://localhost:1")


def test_what_would_go_wrong_silently_or_late_is_refused(directory):
    with pytest.raises(ValueError, match="must not assert its cardinality.*counted=False"):
        from_service(read_shards(directory), "grpc://localhost:1")
    files = tf.data.Dataset.range(3).shuffle(3)
    dataset = files.interleave(lambda x: tf.data.Dataset.range(x))
    with pytest.raises(ValueError, match="`interleave` its `num_parallel_calls`"):
        from_service(dataset, "grpc://localhost:1")


def test_arguments_are_checked():
    dataset = tf.data.Dataset.range(2)
    with pytest.raises(ValueError, match="`service` must be the address.*localhost:5050'"):
        from_service(dataset, "localhost:5050")
    with pytest.raises(ValueError, match="`sharding` must be one of.*sharding='auto'"):
        from_service(dataset, "grpc://localhost:5050", sharding="auto")
