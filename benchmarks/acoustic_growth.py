"""How generation grows with the length of the text: `benchmarks/acoustic.py --tasks growth`."""

import math
import time
from pathlib import Path

LENGTHS = (25, 50, 100, 200, 400)  # tokens
FRAMES_PER_TOKEN = 4
# Long enough that what a call costs by itself does not count.
FITTED = LENGTHS[2:]
PLOT = Path(__file__).parent / "acoustic_growth.png"
# Tacotron and Tacotron 2 and Transformer TTS stop by a token, which is ignored here; the neural HMM
# stays in its states so long that `max_frames` comes first; FastSpeech 2 is told how long to last.
MODELS = (
    "Tacotron",
    "Tacotron 2",
    "Transformer TTS",
    "Neural HMM",
    "FastSpeech 2",
    "FastSpeech 2, convolutional",
)


def speaker(name, policy):
    """A function that makes a model in its published size speak tokens as so many frames."""
    import acoustic_sides as sides

    if name.startswith("FastSpeech 2"):
        options = {"n_heads": 0} if "convolutional" in name else {}
        model, speed = sides.make_fastspeech2(policy, FRAMES_PER_TOKEN, **options)
        return lambda tokens, n_frames: model.generate(tokens, speed=speed)
    sides.start_ours()
    import keras_speech as ks

    if name == "Neural HMM":
        model = ks.NeuralHMMTTS(148, dtype=policy, **ks.neural_hmm_configs.LJSPEECH)
        options = {"quantile": 1 - 1e-6}
    else:
        makers = {
            "Tacotron": lambda **kw: ks.Tacotron(
                148, n_freqs=513, **ks.tacotron_configs.PUBLISHED, **kw
            ),
            "Tacotron 2": lambda **kw: ks.Tacotron2(148, **ks.tacotron2_configs.LJSPEECH, **kw),
            "Transformer TTS": lambda **kw: ks.TransformerTTS(
                148, **ks.transformer_tts_configs.PUBLISHED, **kw
            ),
        }
        model, options = makers[name](dtype=policy), {"stop_threshold": 1.0}
    return lambda tokens, n_frames: model.generate(tokens, max_frames=n_frames, **options)


def grown(name, policy, lengths=LENGTHS, least_seconds=1.0):
    """Median seconds for each number of tokens, and the memory of the process by then."""
    import statistics

    import acoustic_sides as sides

    speak, figures = speaker(name, policy), {"seconds": [], "memory": []}

    def call(n):
        tokens, start = sides.tokens_of(n), time.perf_counter()
        result = speak(tokens, FRAMES_PER_TOKEN * n)
        took = time.perf_counter() - start
        assert result["mel"].shape[1] == FRAMES_PER_TOKEN * n, (name, result["mel"].shape)
        return took

    call(lengths[0])  # traces, for all lengths
    for n in lengths:
        times = [call(n)]
        # A short call's first run is the allocator's too.
        while sum(times) < least_seconds and len(times) < 8:
            times.append(call(n))
        figures["seconds"].append(statistics.median(times))
        figures["memory"].append(sides.memory())
    return figures


def exponent(lengths, seconds):
    """The slope of a line through the logarithms, by least squares: 1 is linear."""
    x, y = [math.log(n) for n in lengths], [math.log(s) for s in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covered = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return covered / sum((a - mean_x) ** 2 for a in x)


def growth(mode, measured, models=MODELS):
    """Print and draw seconds and exponent of each model, measured in a process of its own."""
    results = {}
    print(f"Ours, {mode}; seconds for so many tokens, {FRAMES_PER_TOKEN} frames each.\n")
    lengths = " | ".join(map(str, LENGTHS))
    print(f"| | {lengths} | exponent from {FITTED[0]} on | memory (GiB) |")
    print("|---" * (len(LENGTHS) + 3) + "|")
    for name in models:
        figures = measured("--grown", name, mode)
        if not figures:
            continue
        results[name] = seconds = figures["seconds"]
        shown = " | ".join(f"{s:.3f}" for s in seconds)
        fitted = exponent(FITTED, seconds[-len(FITTED) :])
        memory = f"{figures['memory'][0]:.1f} to {figures['memory'][-1]:.1f}"
        print(f"| {name} | {shown} | {fitted:.2f} | {memory} |", flush=True)
    print()
    if results:
        draw(results)


def draw(results):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 4.5))
    for name, seconds in results.items():
        axis.plot(LENGTHS, seconds, "o-", markersize=4, label=name)
    frames = [FRAMES_PER_TOKEN * n for n in LENGTHS]
    axis.plot(LENGTHS, [256 * n / 22050 for n in frames], color="gray", lw=0.8)
    axis.annotate("real time", (LENGTHS[0], 256 * frames[0] / 22050), color="gray", va="bottom")
    axis.set(xscale="log", yscale="log", ylabel="seconds", xticks=LENGTHS, xticklabels=LENGTHS)
    axis.set(xlabel=f"tokens, {FRAMES_PER_TOKEN} frames each")
    axis.minorticks_off()
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(PLOT, dpi=80)
