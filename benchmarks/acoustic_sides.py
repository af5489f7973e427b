"""The measurements of `benchmarks/acoustic.py`, each to be run in a process of its own.

python benchmarks/acoustic_sides.py --job ours speak bfloat16 --repeats 5
"""

import argparse
import contextlib
import json
import time

from vocoder_sides import THREADS, memory, start_ours, timed

TOKENS, FRAMES, BATCH = 100, 500, 16  # of FastSpeech 2
STEPS = 400  # frames that Transformer TTS generates
PER_TOKEN = FRAMES // TOKENS

# A mode is the name of a number format and how it is computed. Ours: a TensorFlow graph, or with
# "jit" compiled by XLA; bfloat16 holds the weights too in 16 bits, mixed_bfloat16 does not. The
# peer's: eager, in `inference_mode` where nothing is trained; "bfloat16" is autocast, as is usual,
# or "weights" are in 16 bits too; "compiled": encoder and decoder by `torch.compile`, in
# generation with weights frozen in. "uncached" computes all frames so far again for each frame.
MODES = {
    "speak": {
        "ours": ("float32", "float32 jit", "bfloat16", "mixed_bfloat16"),
        "peer": (
            "float32",
            "float32 compiled",
            "bfloat16",
            "bfloat16 weights",
            "bfloat16 weights compiled",
        ),
    },
    "train": {
        "ours": ("float32", "float32 jit", "mixed_bfloat16", "mixed_bfloat16 jit"),
        "peer": ("float32", "float32 compiled", "bfloat16", "bfloat16 compiled"),
    },
    "cache": {
        "ours": ("float32", "bfloat16", "float32 uncached", "bfloat16 uncached"),
        "peer": ("float32", "bfloat16 weights"),
    },
}


def tokens_of(n_tokens, rows=1):
    import numpy as np

    return np.random.default_rng(0).integers(1, 148, (rows, n_tokens)).astype("int32")


def noise_of(n_frames):
    """What `TransformerTTS.generate` draws for seed 0."""
    import numpy as np

    return np.random.default_rng(0).random((-(-n_frames // 16) * 16, 512), "float32")[:n_frames]


def batch(rows=BATCH):
    import numpy as np

    rng = np.random.default_rng(0)
    return {
        "tokens": tokens_of(TOKENS, rows),
        "token_lengths": np.full(rows, TOKENS, "int32"),
        "mel": rng.normal(-5, 2, (rows, FRAMES, 80)).astype("float32"),
        "mel_lengths": np.full(rows, FRAMES, "int32"),
        "durations": np.full((rows, TOKENS), PER_TOKEN, "int32"),
        "f0_hz": rng.uniform(80, 250, (rows, FRAMES)).astype("float32"),
    }


def in_torch(batch):
    """The peer's arguments from ours."""
    import torch

    x = {name: torch.from_numpy(value) for name, value in batch.items()}
    tokens, lengths, durations = (x[k].long() for k in ("tokens", "token_lengths", "durations"))
    return dict(tokens=tokens, lengths=lengths, durations=durations, mel=x["mel"], f0_hz=x["f0_hz"])


def lasting(model, frames):
    """The `speed` at which every token of FastSpeech 2 has so many frames, which it now predicts.

    In 16 bits the prediction is a little off; `speed` makes up for it.
    """
    import math

    from keras import ops

    dense = model.variance_adaptor.duration_predictor.dense
    dense.set_weights([w * 0 for w in dense.get_weights()])
    dense.bias.assign([math.log1p(frames)])
    said = ops.cast(ops.cast(dense.bias, dense.compute_dtype), "float32")
    return math.expm1(float(said[0])) / frames


def make_fastspeech2(policy, frames=PER_TOKEN, **options):
    """FastSpeech 2 in its published size, and what `lasting` says."""
    start_ours()
    import keras_speech as ks

    config = {**ks.fastspeech2_configs.PUBLISHED, **options}
    model = ks.FastSpeech2(148, aligner=False, dtype=policy, **config)
    return model, lasting(model, frames)


def speak_ours(mode, repeats):
    policy, *how = mode.split()
    model, speed = make_fastspeech2(policy)
    tokens = tokens_of(TOKENS)

    def speak():
        result = model.generate(tokens, speed=speed, jit="jit" in how)
        assert result["mel"].shape[1] == FRAMES, result["mel"].shape

    return timed(speak, repeats)


def train_ours(mode, repeats):
    policy, *how = mode.split()
    model, _ = make_fastspeech2(policy)
    import keras

    model.compile(keras.optimizers.Adam(1e-4), jit_compile="jit" in how)
    x = batch()
    return timed(lambda: model.train_on_batch(x), repeats)


def make_transformer_tts(policy):
    start_ours()
    import keras_speech as ks

    return ks.TransformerTTS(148, dtype=policy, **ks.transformer_tts_configs.PUBLISHED)


def uncached(model):
    """Generation that computes all frames so far again for each one, as training computes them."""
    import numpy as np
    import tensorflow as tf

    length = np.array([TOKENS], "int32")
    encode = tf.function(lambda tokens: model.encode(tokens, length, training=False)[0])
    kind = tf.as_dtype(model.compute_dtype)
    sizes = [(1, None, 80), (1, None, model.encoder.channels), (1, None, 512)]
    signature = [tf.TensorSpec(s, k) for s, k in zip(sizes, (kind, kind, "float32"), strict=True)]

    @tf.function(input_signature=signature, autograph=False)
    def last(before, values, noise):
        mask = tf.ones(tf.shape(values)[:2], "bool")
        return model.decoder(before, values, mask, noise=noise, training=False)[0][:, -1:]

    def generate(tokens, noise):
        values = encode(tokens)
        before = mel = tf.zeros((1, 1, 80), kind)
        for t in range(len(noise)):
            before = tf.concat([before, mel], axis=1) if t else before
            mel = last(before, values, noise[None, : t + 1])
        mel = tf.concat([before[:, 1:], mel], axis=1)
        mask = tf.ones(tf.shape(mel)[:2], "bool")
        return model.unscaled(mel + model.postnet(mel, mask=mask, training=False))

    return generate


def cache_ours(mode, repeats):
    policy, *how = mode.split()
    model, tokens, noise = make_transformer_tts(policy), tokens_of(TOKENS), noise_of(STEPS)
    if "uncached" in how:
        generate = uncached(model)
        generate(tokens, noise[:16])  # traces
        return timed_once(lambda: generate(tokens, noise))

    def speak():
        result = model.generate(tokens, max_frames=STEPS, stop_threshold=1.0)
        assert result["mel"].shape[1] == STEPS, result["mel"].shape

    return timed(speak, repeats)


def timed_once(function):
    start = time.perf_counter()
    function()
    return [time.perf_counter() - start]


def start_peer(mode):
    """What to call tensors' numbers, and under which context."""
    import torch

    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    kind, *how = mode.split()
    autocast = contextlib.nullcontext
    if kind == "bfloat16" and "weights" not in how:
        autocast = lambda: torch.autocast("cpu", torch.bfloat16)  # noqa: E731
    return ("bfloat16" if "weights" in how else "float32"), "compiled" in how, autocast


def make_peer(kind, compiled, train=False):
    import acoustic_in_torch
    import torch

    model = acoustic_in_torch.FastSpeech2()
    torch.nn.init.zeros_(model.duration.dense.weight)
    torch.nn.init.constant_(model.duration.dense.bias, torch.log1p(torch.tensor(PER_TOKEN)))
    assert sum(p.numel() for p in model.parameters()) == N_PARAMETERS
    model = model.train(train).to(getattr(torch, kind))
    if compiled:
        import torch._inductor.config

        torch._inductor.config.freezing = not train
        model.encoder, model.decoder = torch.compile(model.encoder), torch.compile(model.decoder)
    return model


# FastSpeech 2 of 148 symbols without an aligner: 24,323,411 with 80.
N_PARAMETERS = 24_323_411 + 68 * 256


def speak_peer(mode, repeats):
    import torch

    kind, compiled, autocast = start_peer(mode)
    model = make_peer(kind, compiled)
    tokens, lengths = torch.from_numpy(tokens_of(TOKENS)).long(), torch.tensor([TOKENS])

    def speak():
        assert model.generate(tokens, lengths).shape[1] == FRAMES

    with torch.no_grad() if compiled else torch.inference_mode(), autocast():
        return timed(speak, repeats)


def train_peer(mode, repeats):
    import torch
    from acoustic_in_torch import training_step

    kind, compiled, autocast = start_peer(mode)
    model = make_peer(kind, compiled, train=True)
    optimizer, x = torch.optim.Adam(model.parameters(), 1e-4), in_torch(batch())

    def step():
        with autocast():
            training_step(model, optimizer, x)

    return timed(step, repeats)


def cache_peer(mode, repeats):
    import acoustic_in_torch
    import torch

    kind, _, autocast = start_peer(mode)
    model = acoustic_in_torch.TransformerTTS().eval().to(getattr(torch, kind))
    tokens, noise = torch.from_numpy(tokens_of(TOKENS)).long(), torch.from_numpy(noise_of(STEPS))
    with torch.inference_mode(), autocast():
        return timed(lambda: model.generate(tokens, noise), repeats)


TASKS = {
    ("ours", "speak"): speak_ours,
    ("ours", "train"): train_ours,
    ("ours", "cache"): cache_ours,
    ("peer", "speak"): speak_peer,
    ("peer", "train"): train_peer,
    ("peer", "cache"): cache_peer,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", nargs=3, metavar=("SIDE", "TASK", "MODE"))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--grown", nargs=2, metavar=("MODEL", "MODE"))
    arguments = parser.parse_args()
    if arguments.grown:
        import acoustic_growth

        figures = acoustic_growth.grown(*arguments.grown)
    else:
        side, task, mode = arguments.job
        figures = {"times": TASKS[side, task](mode, arguments.repeats), "memory": memory()}
    print("FIGURES " + json.dumps(figures))


if __name__ == "__main__":
    main()
