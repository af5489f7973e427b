"""`keras-speech train --dry-run`: what a training would be, printed, with nothing written."""

import math
import tempfile
from pathlib import Path

from keras_speech.cli.errors import CommandError

SHOWN = 3  # of the longest recordings


def dry_run(run, corpus, validation):
    """Prints model, data and memory of a training.

    Args:
        run: `TrainingRun` that is configured.
        corpus, validation: recordings; the second may be `None`.

    Returns: the exit code.
    """
    from keras_speech.data.lengths import seconds_of

    how = {"on_error": run.arguments.on_error, "skipped": run.skipped}
    seconds = seconds_of(corpus, **how)
    if not seconds:
        raise CommandError(f"`{run.data}` leaves no recording to train on.")
    corpus = corpus.filter(seconds)
    held_out = None if validation is None else seconds_of(validation, **how)
    n_batches, of = run.batches_in(seconds)
    _print_data(run, corpus, seconds, held_out, f"{n_batches:,} batches of {of}")
    # Features are made of few recordings, in a place that does not stay.
    with tempfile.TemporaryDirectory() as features:
        run.features = Path(features)
        train = run.batches(run.prepared(run.longest(corpus, seconds)), shuffle=False)
        batch = next(iter(train(0)))
        with run.precision():
            model = run.make_model(train)
            run.compile(model, n_batches)
            if not model.built:
                model.test_on_batch(batch)
            _print_model(run, model, n_batches)
            _print_memory(run, model, batch, n_batches)
    run.list_skipped()
    print("Nothing was written.")
    return 0


def _print_data(run, corpus, seconds, held_out, epoch):
    speakers = f", {len(corpus.speakers)} speakers" if len(corpus.speakers) > 1 else ""
    rows = [
        ("to train on", f"{len(corpus):,} recordings, {_time(sum(seconds.values()))}{speakers}")
    ]
    if held_out:
        total = _time(sum(held_out.values()))
        rows.append(("for validation", f"{len(held_out):,} recordings, {total}"))
    rows.append(("an epoch", epoch))
    longest = sorted(seconds, key=seconds.get, reverse=True)[:SHOWN]
    rows.append(("longest", ", ".join(f"{name} ({_time(seconds[name])})" for name in longest)))
    rows += run.remarks(seconds)
    _print("data", rows)


def _print_model(run, model, n_batches):
    n, trained = _size(model.weights), _size(model.trainable_variables)
    parts = [(layer.name, _size(layer.weights)) for layer in model.layers]
    parts.append(("beside them", n - sum(size for _, size in parts)))
    rows = [(name, f"{size:,}") for name, size in parts if size > 0]
    rows.append(("parameters", f"{n:,}, of which {trained:,} are trained"))
    _print(f"model: {type(model).__name__} in {run.arguments.precision}", rows)
    arguments = run.arguments
    updates = f"{arguments.epochs * n_batches:,} updates in {arguments.epochs:,} epochs"
    optimizer = f"{arguments.optimizer}, up to a learning rate of {arguments.learning_rate:g}"
    _print("training", [("optimizer", f"{optimizer}, {arguments.schedule}"), ("in all", updates)])


def _print_memory(run, model, batch, n_batches):
    import keras

    from keras_speech.training import memory_of_training

    shapes = {name: tuple(value.shape) for name, value in batch.items()}
    longest = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if len(shape) > 1)
    print(f"A step on the longest batch ({longest}) ...", flush=True)
    found = memory_of_training(model, {name: value.numpy() for name, value in batch.items()})
    rows = [(name, _size_text(found[name])) for name in ("weights", "gradients", "optimizer")]
    if found["peak"] is not None:
        program = max(0, found["before"] - found["weights"] - found["optimizer"])
        rows += [
            ("activations", f"{_size_text(found['activations'])}, measured with what is temporary"),
            ("the program", f"{_size_text(program)}, measured"),
            ("at the peak", f"{_size_text(found['peak'])}, measured; allow a quarter more"),
        ]
        if keras.distribution.list_devices("gpu"):
            rows.append(("on the GPU", "not measured; with CUDA_VISIBLE_DEVICES= all is, here"))
    took = f"{found['seconds']:.2f} s for the longest batch"
    rows.append(("time", f"{took}, so at most {_time(found['seconds'] * n_batches)} an epoch"))
    _print("memory", rows)


def _print(title, rows):
    print(title)
    width = max(len(name) for name, _ in rows) + 2
    for name, said in rows:
        print(f"  {name:{width}}{said}")


def _size(variables):
    return sum(math.prod(variable.shape) for variable in variables)


def _size_text(n_bytes):
    return f"{n_bytes / 1e9:.2f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.1f} MB"


def _time(seconds):
    if seconds >= 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 60 else f"{seconds:.1f} s"
