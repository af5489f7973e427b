"""Training a model so that it can stop at any time and go on where it was."""

from pathlib import Path

from keras_speech import optimizers
from keras_speech.training.averaging import EvaluateAverages, averages
from keras_speech.training.checkpoint import read_checkpoint, restore_checkpoint, restore_weights
from keras_speech.training.run_callbacks import (
    BEST,
    CHECKPOINT,
    LOG,
    Checkpoint,
    OneRun,
    StopOnNaN,
)
from keras_speech.training.strategies import shared_by
from keras_speech.training.termination import Terminated, Termination
from keras_speech.whole_files import remove_leftovers

_BEGINNING = {"epoch": 0, "batch": 0, "history": {}, "seconds": 0.0}


def train(
    model,
    batches,
    validation=None,
    *,
    epochs,
    directory,
    optimizer="adam",
    steps_per_epoch=None,
    keep="last",
    checkpoint_every=200,
    jit_compile="auto",
    callbacks=(),
    watch=None,
    strategy=None,
    verbose="auto",
    **options,
):
    """Trains `model`, writing checkpoints on the way and a line of the log after every epoch.

    Called again with the same `directory` it goes on from the last checkpoint, whatever ended it.
    The result is then the same, to the last bit that the hardware repeats, as that of a run never
    interrupted, provided that `batches` is a function of the epoch. What `callbacks` remember is
    not kept.

    On SIGTERM, as schedulers send it, the batch at hand is finished, a checkpoint written and
    `Terminated` raised, which ends a program that does not catch it. After Ctrl-C
    (`KeyboardInterrupt`) and any of the errors below, the model is put back to the last checkpoint.

    Args:
        model: `keras.Model` that computes its own losses. It is compiled here.
        batches: those of an epoch, as `fit` takes them, with a known number; or a function that
            takes the number of the epoch, from 0, and returns them: then a resumed run sees the
            order that an uninterrupted one would have seen, whatever a dataset's shuffling keeps
            in memory.
        validation: batches as `evaluate` takes them; or a function like `batches`, of which the
            epoch 0 is taken. Defaults to none.
        epochs: total number of epochs, those of earlier calls included.
        directory: where `checkpoint.npz`, `log.csv` and `best.npz` are written; it is made.
        optimizer: a name that `optimizers.get` takes. Or a `keras.optimizers.Optimizer`, which is
            used as it is; there can be no `options` then. Defaults to `"adam"`.
        steps_per_epoch: batches in an epoch, where the data does not know; schedules that depend
            on it, cosine and exponential, need it then.
        keep: `"last"`, or `"best"` to end with the weights of the epoch with the least
            `val_loss`, which needs `validation`.
        checkpoint_every: batches after which there is a checkpoint within an epoch, 0 for none; for
            `batches` that are `tf.data.Dataset`s of known number. A run that goes on reads the
            batches before and leaves them out. Defaults to 200.
        jit_compile: as in `compile`. Defaults to `"auto"`: as the model itself prefers.
        callbacks: further Keras callbacks.
        watch: `data.BatchWatch` that the batches go through, without those left out. Defaults to
            none.
        strategy: `tf.distribute.Strategy` in whose scope the model (and an optimizer) was made, see
            `training.strategy`. `batches` and `validation` are then epochs that have a `shard`, as
            `data.acoustic_epochs` gives, whose size of a batch is that of all replicas together;
            each reads its own part, and the result is that of one replica with the whole batch. Of
            several workers the chief writes into `directory`, which all must share; its
            `callbacks` are for it alone to have. Defaults to none: one device, or the devices of
            `keras.distribution.DataParallel` where that is set.
        verbose: as in `fit`: 0 for silence, 1 for a progress bar, 2 for a line per epoch.
        options: of the optimizer, as `optimizers.get` takes them: `learning_rate`, `schedule`,
            `warmup_steps`, `final`, `decay_steps`, `decay_rate`, `clip_norm`, `clip_each_norm`,
            `clip_value`, `weight_decay`, `ema_momentum`, `lookahead`, `beta_1` and so on. Here
            `schedule` defaults to `"inverse_sqrt"` and, unless gradients are clipped in another
            way, `clip_norm` to `1.0`, as in Tacotron 2's reference implementations; `None` is no
            limit. A cosine depends on `epochs`: asked for more, a resumed run changes its learning
            rate. With `ema_momentum`, validation measures the averages of the weights, and the
            model has them in the end; checkpoints hold both.

    Returns: dict of metric name to list of values, one per epoch from the first one on.

    Raises:
        ValueError: an argument out of its range, or a checkpoint of another model.
        FloatingPointError: the loss, or a weight, is infinite or not a number; the checkpoint is
            of before.
        OSError: something cannot be written, for want of space for example; the checkpoint is the
            one before, and whole.
        Terminated: a `SystemExit`, after SIGTERM.

    Example:

    ```python
    history = train(
        model,
        waveform_epochs("piano", 16000, batch_size=8, sample_rate=16000, seed=0),
        epochs=100,
        directory="run",
    )
    ```
    """
    _check(epochs=epochs, keep=keep, validation=validation, checkpoint_every=checkpoint_every)
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    shared = shared_by(strategy)
    if shared.writes:
        for name in (CHECKPOINT, BEST, LOG):
            remove_leftovers(directory / name)
    state = read_checkpoint(directory / CHECKPOINT) or dict(_BEGINNING)

    n_batches = shared.n_batches(batches)
    first = None if n_batches else shared.batches(batches, state["epoch"])
    with shared.scope():
        shared.prepare(model)
        if isinstance(optimizer, str):
            steps_per_epoch = steps_per_epoch or n_batches
            optimizer = _optimizer(optimizer, options, first, epochs, steps_per_epoch)
        elif options:
            name, value = next(iter(options.items()))
            raise ValueError(
                f"`{name}` belongs to the `optimizer` that is given ready-made: set it there. "
                f"Received: {name}={value!r}, optimizer={type(optimizer).__name__}."
            )
        # What replicas tell one another is nothing that XLA compiles.
        model.compile(optimizer=optimizer, jit_compile=False if strategy else jit_compile)
        if not model.built:
            model.test_on_batch(next(iter(first)))
        # Not the one from above where `compile` has put a scale of losses around it.
        optimizer = model.optimizer
        shared.prepare_optimizer(optimizer)
        if not optimizer.built:
            optimizer.build(model.trainable_variables)
        if (directory / CHECKPOINT).exists():
            state = restore_checkpoint(directory / CHECKPOINT, model)
        shared.require_same(state)

        termination = Termination()
        checkpoint = Checkpoint(
            directory,
            state,
            termination,
            every=checkpoint_every,
            keep_best=keep == "best",
            n_batches=n_batches or _number_to_skip_in(first),
            writes=shared.writes,
        )
        averaging = [EvaluateAverages()] if averages(optimizer) else []
        run = OneRun(
            # The checkpoint comes last: random numbers that a callback draws belong to its epoch.
            [StopOnNaN(), *averaging, *callbacks, checkpoint],
            model=model,
            epochs=epochs,
            verbose=1 if verbose == "auto" else verbose,
            done=state["batch"],
        )
        if validation is not None:
            validation_batches = shared.batches(validation, 0)
            validation_steps = shared.n_batches(validation)
        try:
            with termination:
                run.begin()
                for epoch in range(state["epoch"], epochs):
                    done = state["batch"] if epoch == state["epoch"] else 0
                    model.fit(
                        shared.batches(batches, epoch, done, watch),
                        steps_per_epoch=n_batches and n_batches - done,
                        validation_data=None if validation is None else validation_batches,
                        validation_steps=None if validation is None else validation_steps,
                        initial_epoch=epoch,
                        epochs=epoch + 1,
                        callbacks=run,
                        # Order is the batches' own; a shuffled one could not be repeated.
                        shuffle=False,
                        verbose=verbose,
                    )
                    if averaging:
                        # `fit` ends with the averages in the model.
                        checkpoint.restore_weights()
                    if model.stop_training:
                        break
                run.end()
        except (KeyboardInterrupt, FloatingPointError, OSError, Terminated):
            # What the broken-off epoch did to the weights is undone.
            if (directory / CHECKPOINT).exists():
                restore_checkpoint(directory / CHECKPOINT, model)
                _leave_what_to_keep(model, directory, keep)
            raise
        _leave_what_to_keep(model, directory, keep)
    return checkpoint.history


def _check(*, epochs, keep, validation, checkpoint_every):
    if epochs < 1:
        raise ValueError(f"`epochs` must be at least 1. Received: epochs={epochs}.")
    if not isinstance(checkpoint_every, int) or checkpoint_every < 0:
        raise ValueError(
            "`checkpoint_every` must be a number of batches from 0. "
            f"Received: checkpoint_every={checkpoint_every!r}."
        )
    if keep not in ("last", "best"):
        raise ValueError(f"`keep` must be 'last' or 'best'. Received: keep={keep!r}.")
    if keep == "best" and validation is None:
        raise ValueError("`keep='best'` needs `validation`. Received: validation=None.")


def _optimizer(name, options, batches, epochs, steps_per_epoch):
    options = {"schedule": "inverse_sqrt", **options}
    if not options.keys() & {"clip_norm", "clip_each_norm", "clip_value"}:
        options["clip_norm"] = 1.0
    if options["schedule"] in ("cosine", "exponential"):
        options["steps_per_epoch"] = steps_per_epoch or _number_of_batches(
            batches, options["schedule"]
        )
        options["total_steps"] = epochs * options["steps_per_epoch"]
    return optimizers.get(name, **options)


def _number_to_skip_in(batches):
    """Number of batches of which the first can be left out; `None` where they cannot."""
    if not hasattr(batches, "skip"):
        return None
    number = int(batches.cardinality())
    return number if number > 0 else None


def _number_of_batches(batches, schedule):
    try:
        number = int(batches.cardinality())
    except AttributeError:
        number = len(batches)
    if number < 1:
        raise ValueError(
            f"The {schedule} schedule needs `steps_per_epoch`, for `batches` does not know its "
            f"number. Received: cardinality={number}."
        )
    return number


def _leave_what_to_keep(model, directory, keep):
    """Puts into the model the weights of the best epoch or, if there are any, the averages."""
    best = directory / BEST
    if keep == "best" and best.exists():
        restore_weights(best, model)
    elif averages(model.optimizer):
        for weight, average in zip(
            model.trainable_variables, averages(model.optimizer), strict=True
        ):
            weight.assign(average)
