"""The measurements of `benchmarks/vocoders.py`, each to be run in a process of its own.

python benchmarks/vocoder_sides.py --job ours generate Vocos bfloat16 --repeats 5
"""

import argparse
import contextlib
import json
import resource
import time

THREADS = 2
FRAMES = 258  # 3 s at 22,050 Hz and a hop of 256

# A mode is the name of a number format and how it is computed. Ours: "jit" compiles by XLA, else a
# TensorFlow graph; bfloat16 holds the weights too in 16 bits, mixed_bfloat16 does not. The peer's:
# eager in `inference_mode`, channels first; "bfloat16" is autocast, as is usual, or "weights" are
# in 16 bits too; "compiled" by `torch.compile`, weights frozen in.
MODES = {
    "ours": ("float32", "float32 jit", "bfloat16", "bfloat16 jit", "mixed_bfloat16"),
    "peer": (
        "float32",
        "float32 compiled",
        "bfloat16",
        "bfloat16 weights",
        "bfloat16 weights compiled",
    ),
}
# "best" leaves out gradients that the published procedure computes and nobody reads.
TRAINING_MODES = {
    "ours": ("float32", "float32 jit", "mixed_bfloat16", "mixed_bfloat16 jit"),
    "peer": ("float32", "float32 best", "bfloat16", "bfloat16 best"),
}


def segment(name):
    """Samples per row and rows of a training step."""
    return (63 * 256, 1) if name == "WaveGlow" else (8192, 4)


def timed(function, repeats):
    function()  # traces, compiles, allocates
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return times


def memory():
    """GiB, the most that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def batch(name):
    """Mel `(rows, frames, 80)` and samples `(rows, n)` of a training step."""
    import numpy as np

    n, rows = segment(name)
    rng = np.random.default_rng(0)
    mel = rng.normal(-5, 2, (rows, n // 256, 80)).astype("float32")
    return mel, rng.normal(0, 0.1, (rows, n)).astype("float32")


def mel_of(frames):
    import numpy as np

    return np.random.default_rng(0).normal(-5, 2, (1, frames, 80)).astype("float32")


def start_ours():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    import keras

    keras.utils.set_random_seed(0)


def make_ours(name, policy, training=False):
    start_ours()
    import keras_speech as ks

    settings = {"dtype": policy}
    if name == "WaveGlow":
        # Without weight normalization, as the peer; `fold` gives the same from one with it.
        model = ks.WaveGlow(
            **ks.waveglow_configs.CHANNELS_256, weight_normalization=False, **settings
        )
    elif name == "Vocos":
        if training:
            settings["discriminators"] = [
                ks.layers.MultiPeriodDiscriminator(weight_normalization=False, dtype=policy),
                ks.layers.MultiResolutionDiscriminator(weight_normalization=False, dtype=policy),
            ]
            settings["discriminator_weights"] = [1.0, 0.1]
        model = ks.Vocos(**ks.vocos_configs.PUBLISHED_22K, **settings)
    else:
        if training:
            settings["discriminators"] = [
                ks.layers.MultiPeriodDiscriminator(weight_normalization=False, dtype=policy),
                ks.layers.MultiScaleDiscriminator(weight_normalization=False, dtype=policy),
            ]
        else:
            settings["discriminators"] = ()
        config = getattr(ks.hifigan_configs, name.removeprefix("HiFi-GAN "))
        model = ks.HiFiGAN(**config, weight_normalization=False, **settings)
    return model


def generate_ours(name, mode, repeats):
    policy, *how = mode.split()
    model, mel = make_ours(name, policy), mel_of(FRAMES)
    return timed(lambda: model.generate(mel, jit="jit" in how), repeats)


def train_ours(name, mode, repeats):
    policy, *how = mode.split()
    model = make_ours(name, policy, training=True)
    import keras

    if name == "WaveGlow":
        optimizer = keras.optimizers.Adam(1e-4)
    else:
        optimizer = keras.optimizers.AdamW(2e-4, weight_decay=0.01, beta_1=0.8, beta_2=0.99)
    model.compile(optimizer, jit_compile="jit" in how)
    mel, samples = batch(name)
    return timed(lambda: model.train_on_batch({"mel": mel, "samples": samples}), repeats)


def generate_peer(name, mode, repeats):
    import torch
    import vocoders_in_torch

    torch.set_num_threads(THREADS)
    kind, *how = mode.split()
    model = vocoders_in_torch.make(name).eval()
    mel = torch.tensor(mel_of(FRAMES)).transpose(1, 2).contiguous()
    autocast = contextlib.nullcontext
    if "weights" in how:
        model, mel = model.bfloat16(), mel.bfloat16()
    elif kind == "bfloat16":
        autocast = lambda: torch.autocast("cpu", torch.bfloat16)  # noqa: E731
    if name == "WaveGlow":
        model.invert_matrices()
    run = model
    if "compiled" in how:
        import torch._inductor.config

        torch._inductor.config.freezing = True
        run = torch.compile(model)
    with torch.inference_mode() if "compiled" not in how else torch.no_grad(), autocast():
        return timed(lambda: run(mel), repeats)


def train_peer(name, mode, repeats):
    import discriminators_in_torch
    import torch
    import vocoders_in_torch

    torch.set_num_threads(THREADS)
    kind, *how = mode.split()
    model = vocoders_in_torch.make(name)
    trained = discriminators_in_torch.training(name, model, best="best" in how)
    mel, samples = (torch.tensor(x) for x in batch(name))
    mel = mel.transpose(1, 2).contiguous()

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=kind == "bfloat16"):
            trained.step(mel, samples)

    return timed(step, repeats)


# Rows, inner and columns: a square, and a gated convolution of WaveGlow.
PRODUCTS = ((2048, 2048, 2048), (8256, 768, 512))


def rates_ours(repeats=20):
    start_ours()
    import tensorflow as tf

    best = {}
    for kind in ("float32", "bfloat16"):
        for n, k, m in PRODUCTS:
            a, b = (tf.cast(tf.random.normal(s), kind) for s in ((n, k), (k, m)))
            product = tf.function(tf.matmul)
            # The fastest call, as nothing can be faster than it.
            seconds = min(timed(lambda p=product, a=a, b=b: p(a, b), repeats))
            best[kind] = max(n * k * m / seconds, best.get(kind, 0.0))
    return best


def rates_peer(repeats=20):
    import torch

    torch.set_num_threads(THREADS)
    best = {}
    with torch.inference_mode():
        for kind in ("float32", "bfloat16"):
            for n, k, m in PRODUCTS:
                a, b = (torch.randn(s).to(getattr(torch, kind)) for s in ((n, k), (k, m)))
                seconds = min(timed(lambda a=a, b=b: a @ b, repeats))
                best[kind] = max(n * k * m / seconds, best.get(kind, 0.0))
    return best


def grown(name, mode, how, seconds):
    """Time, first chunk's time and highest memory of `seconds` of audio, at once or streamed."""
    policy, *rest = mode.split()
    model, jit = make_ours(name, policy), "jit" in rest
    chunk = max(32, 2 * model.context_frames)
    held = memory()

    def make(frames):
        mel, first, start = mel_of(frames), None, time.perf_counter()
        if how == "generate":
            model.generate(mel, jit=jit)
        else:
            # As an acoustic model would say them: 32 frames at a time.
            arriving = (mel[:, i : i + 32] for i in range(0, frames, 32))
            for _ in model.stream(arriving, chunk_frames=chunk, jit=jit):
                first = first or time.perf_counter() - start
        return time.perf_counter() - start, first

    make(86 if how == "generate" else 2 * chunk)  # traces and compiles
    took, first = make(round(seconds * 22050 / 256))
    return {"seconds": took, "first": first, "memory": memory(), "before": held, "chunk": chunk}


TASKS = {
    ("ours", "generate"): generate_ours,
    ("ours", "train"): train_ours,
    ("peer", "generate"): generate_peer,
    ("peer", "train"): train_peer,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--job", nargs=4, metavar=("SIDE", "TASK", "MODEL", "MODE"))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rates", choices=("ours", "peer"))
    parser.add_argument("--grown", nargs=4, metavar=("MODEL", "MODE", "HOW", "SECONDS"))
    arguments = parser.parse_args()
    if arguments.rates:
        figures = {"ours": rates_ours, "peer": rates_peer}[arguments.rates]()
    elif arguments.grown:
        *what, seconds = arguments.grown
        figures = grown(*what, float(seconds))
    else:
        side, task, name, mode = arguments.job
        times = TASKS[side, task](name, mode, arguments.repeats)
        figures = {"times": times, "memory": memory()}
    print("FIGURES " + json.dumps(figures))


if __name__ == "__main__":
    main()
