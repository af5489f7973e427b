"""What tensorflow-addons computes on small cases; runs with TensorFlow 2.15 and addons 0.23.

Called by `make_addons_golden.py` with the folder to write to. Each file holds the inputs, the
weights and the outputs of its cases, so that the tests need nothing else.
"""

import os
import sys
from pathlib import Path

import addons_problem as problem
import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from addons_attention_cases import attention, attention_wrapper
from addons_tools import fill, normal, short_name, weights_of

UNITS, CHANNELS, BATCH = 4, 6, 3


def weight_normalization():
    """Outputs, and `g` and `v` after five steps of gradient descent."""
    x, targets = normal(4, 4, 9, CHANNELS), normal(5, 4, 9, 5)
    saved = {"x": x, "targets": targets}
    layers = {
        "dense": lambda: tf.keras.layers.Dense(5, activation="tanh"),
        "conv1d": lambda: tf.keras.layers.Conv1D(5, 3, padding="causal", activation="tanh"),
    }
    for name, make in layers.items():
        layer = tfa.layers.WeightNormalization(make(), data_init=False)
        layer.build(x.shape)
        layer.v.assign(normal(50, *layer.v.shape))
        layer.layer.bias.assign(normal(51, 5))
        saved[f"{name}/kernel"], saved[f"{name}/bias"] = layer.v.numpy(), normal(51, 5)
        saved[f"{name}/outputs"] = layer(x).numpy()
        variables = [layer.g, layer.v, layer.layer.bias]
        for _ in range(5):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(layer(x) - targets))
            for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
                variable.assign_sub(0.5 * gradient)
        for key, variable in zip(("g", "v", "b"), variables, strict=True):
            saved[f"{name}/trained_{key}"] = variable.numpy()
        saved[f"{name}/trained_outputs"] = layer(x).numpy()
        # Columns of length 1, for addons measures the data with the kernel as it finds it.
        unit = normal(52, *layer.v.shape)
        unit /= np.sqrt(np.square(unit).reshape(-1, 5).sum(0))
        for kind, kernel in (("unit", unit), ("any", 3 * unit)):
            plain = make()
            plain.build(x.shape)
            plain.kernel.assign(kernel)
            layer = tfa.layers.WeightNormalization(plain, data_init=True)
            saved[f"{name}/{kind}_kernel"] = kernel
            saved[f"{name}/{kind}_outputs"] = layer(x).numpy()
    return saved


def layer_norm_lstm():
    """Outputs, last state, and gradients of the outputs' product with random numbers."""
    x, upstream = normal(6, BATCH, 6, 5), normal(7, BATCH, 6, UNITS)
    cell = tfa.rnn.LayerNormLSTMCell(UNITS)
    layer = tf.keras.layers.RNN(cell, return_sequences=True, return_state=True)
    layer(x)
    weights = {}
    for i, weight in enumerate(cell.weights):
        norm = next((n for n in ("kernel", "recurrent", "state") if f"{n}_norm" in weight.name), "")
        key = f"{norm}_{short_name(weight)}" if norm else short_name(weight)
        center = 1.0 if key.endswith("gamma") else 0.0
        weight.assign(center + normal(60 + i, *weight.shape, scale=0.4))
        weights[key] = weight
    with tf.GradientTape() as tape:
        outputs, h, c = layer(x)
        loss = tf.reduce_sum(outputs * upstream)
    gradients = tape.gradient(loss, list(weights.values()))
    return {
        "x": x,
        "upstream": upstream,
        "outputs": outputs.numpy(),
        "h": h.numpy(),
        "c": c.numpy(),
        **{f"weights/{key}": weight.numpy() for key, weight in weights.items()},
        **{f"gradients/{k}": g.numpy() for k, g in zip(weights, gradients, strict=True)},
    }


def decoding():
    """An LSTM that speaks token by token: the likeliest, and drawn ones; and one that is fed."""
    vocabulary, channels, start_token, end_token = 9, 5, 1, 2
    embedding = normal(70, vocabulary, channels)
    cell = tf.keras.layers.LSTMCell(6)
    cell.build((None, channels))
    dense = tf.keras.layers.Dense(vocabulary)
    dense.build((None, 6))
    lstm, output = fill(weights_of(cell), 1604, scale=1.2), fill(weights_of(dense), 1608)
    state = [tf.constant(normal(seed, 5, 6)) for seed in (80, 81)]
    saved = {
        "embedding": embedding,
        "h": state[0].numpy(),
        "c": state[1].numpy(),
        "start_token": start_token,
        "end_token": end_token,
        **{f"lstm/{key}": value for key, value in lstm.items()},
        **{f"dense/{key}": value for key, value in output.items()},
    }
    samplers = {
        "greedy": tfa.seq2seq.GreedyEmbeddingSampler(),
        "sample": tfa.seq2seq.SampleEmbeddingSampler(softmax_temperature=0.7, seed=3),
    }
    tf.random.set_seed(3)
    for name, sampler in samplers.items():
        decoder = tfa.seq2seq.BasicDecoder(cell, sampler, dense, maximum_iterations=12)
        outputs, last, lengths = decoder(
            embedding,
            initial_state=state,
            start_tokens=np.full(5, start_token, "int32"),
            end_token=end_token,
        )
        saved[f"{name}/logits"] = outputs.rnn_output.numpy()
        saved[f"{name}/tokens"] = outputs.sample_id.numpy()
        saved[f"{name}/lengths"] = lengths.numpy()
    inputs, lengths = normal(82, 5, 8, channels), np.array([8, 3, 5, 1, 8], "int32")
    decoder = tfa.seq2seq.BasicDecoder(cell, tfa.seq2seq.TrainingSampler(), dense)
    outputs, last, lengths = decoder(inputs, initial_state=state, sequence_length=lengths)
    targets = np.random.RandomState(83).randint(0, vocabulary, (5, 8)).astype("int32")
    mask = (np.arange(8) < lengths.numpy()[:, None]).astype("float32")
    loss = tfa.seq2seq.sequence_loss(outputs.rnn_output, targets, mask)
    saved.update({"fed/inputs": inputs, "fed/lengths": lengths.numpy(), "fed/targets": targets})
    saved.update({"fed/logits": outputs.rnn_output.numpy(), "fed/loss": loss.numpy()})
    return saved


def functions():
    """Activations, and normalizations with weights of their own."""
    x, sequence = normal(90, 6, 9, scale=2.0), normal(91, 3, 7, 6, scale=2.0)
    activations = tfa.activations
    saved = {
        "x": x,
        "gelu": activations.gelu(x),
        "gelu_exact": activations.gelu(x, approximate=False),
        "hardshrink": activations.hardshrink(x),
        "lisht": activations.lisht(x),
        "mish": activations.mish(x),
        "snake": activations.snake(x, frequency=3.0),
        "softshrink": activations.softshrink(x),
        "sparsemax": activations.sparsemax(x),
        "tanhshrink": activations.tanhshrink(x),
        "sequence": sequence,
        "gamma": normal(92, 6),
        "beta": normal(93, 6),
    }
    for name, layer in (
        ("group", tfa.layers.GroupNormalization(groups=3)),
        ("instance", tfa.layers.InstanceNormalization()),
    ):
        layer.build(sequence.shape)
        layer.gamma.assign(saved["gamma"])
        layer.beta.assign(saved["beta"])
        saved[name] = layer(sequence)
    return {key: np.asarray(value) for key, value in saved.items()}


def optimizers():
    """Weights, and averages where there are some, after each of twenty steps."""
    legacy, adam = tf.keras.optimizers.legacy, tfa.optimizers.RectifiedAdam
    kinds = {
        "rectified_adam": adam(0.05),
        "rectified_adam_amsgrad": adam(0.05, beta_1=0.8, beta_2=0.99, epsilon=1e-3, amsgrad=True),
        "rectified_adam_decay": adam(0.05, weight_decay=0.1),
        "rectified_adam_warmup": adam(
            0.05, total_steps=20, warmup_proportion=0.25, min_lr=1e-3, sma_threshold=4.5
        ),
        "lookahead_sgd": tfa.optimizers.Lookahead(legacy.SGD(0.1, momentum=0.9)),
        "lookahead_adam": tfa.optimizers.Lookahead(legacy.Adam(0.05), 4, 0.8),
        "ranger": tfa.optimizers.Lookahead(adam(0.05), sync_period=5),
        "moving_average": tfa.optimizers.MovingAverage(legacy.SGD(0.1), average_decay=0.9),
        "moving_average_later": tfa.optimizers.MovingAverage(
            legacy.SGD(0.1), average_decay=0.9, start_step=1
        ),
        "swa": tfa.optimizers.SWA(legacy.SGD(0.1), start_averaging=4, average_period=3),
        "lamb": tfa.optimizers.LAMB(0.05),
        "adamw": tfa.optimizers.AdamW(weight_decay=0.01, learning_rate=0.05),
    }
    saved = {}
    for name, optimizer in kinds.items():
        variables = [tf.Variable(w) for w in problem.start()]
        for step in range(problem.N_STEPS):
            gradients = map(tf.constant, problem.gradients([v.numpy() for v in variables], step))
            optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))
            for i, variable in enumerate(variables):
                saved.setdefault(f"{name}/{i}", []).append(variable.numpy())
                if name.startswith(("moving", "swa")):
                    average = optimizer.get_slot(variable, "average").numpy()
                    saved.setdefault(f"{name}/average_{i}", []).append(average)
    rate = tfa.optimizers.TriangularCyclicalLearningRate(1e-3, 1e-2, step_size=4)
    saved["cyclical"] = [float(rate(step)) for step in range(problem.N_STEPS)]
    return {key: np.stack(value) for key, value in saved.items()}


def write(path, arrays):
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **{key: arrays[key] for key in sorted(arrays)})
    os.replace(part, path)


def main(directory):
    cases = (
        attention,
        attention_wrapper,
        weight_normalization,
        layer_norm_lstm,
        decoding,
        functions,
        optimizers,
    )
    for case in cases:
        path = Path(directory) / f"addons_{case.__name__}.npz"
        write(path, case())
        print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
