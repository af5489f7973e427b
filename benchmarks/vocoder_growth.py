"""How generation grows with the length of the audio: `benchmarks/vocoders.py --growth`."""

from pathlib import Path

LENGTHS = (1, 3, 10, 30, 60)  # seconds of audio
PLOT = Path(__file__).parent / "vocoders_growth.png"


def growth(models, mode, measured):
    """Print and draw real-time factor and memory of `generate` and `stream`.

    `measured` runs `vocoder_sides` in a new process for each figure, so that memory is its own.
    """
    results = {}
    print(f"Ours, {mode}.\n")
    print("| | | audio (s) | real-time factor | first chunk (s) | memory (GiB) | of it the call |")
    print("|---|---|---|---|---|---|---|")
    for name in models:
        for how in ("generate", "stream"):
            for seconds in LENGTHS:
                r = measured("--grown", name, mode, how, seconds)
                if not r:
                    continue
                results[name, how, seconds] = r
                first = "" if r["first"] is None else f"{r['first']:.2f}"
                print(
                    f"| {name} | {how} | {seconds} | {r['seconds'] / seconds:.4f} | {first} | "
                    f"{r['memory']:.2f} | {r['memory'] - r['before']:.2f} |",
                    flush=True,
                )
    if results:
        draw(results, models)


def draw(results, models):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (speed, memory) = plt.subplots(1, 2, figsize=(10, 4))
    for i, name in enumerate(models):
        for how, style in (("generate", "o-"), ("stream", "s--")):
            lengths = [s for s in LENGTHS if (name, how, s) in results]
            kept = [results[name, how, s] for s in lengths]
            label = name if how == "generate" else None
            options = dict(color=f"C{i}", label=label, markersize=4)
            speed.plot(lengths, [r["seconds"] for r in kept], style, **options)
            memory.plot(lengths, [r["memory"] for r in kept], style, **options)
    speed.plot(LENGTHS, LENGTHS, color="gray", lw=0.8)
    speed.annotate("real time", (LENGTHS[1], LENGTHS[1]), color="gray", ha="right", va="bottom")
    speed.set(yscale="log", ylabel="seconds")
    memory.set(ylabel="highest memory of the process (GiB)", ylim=(0, None))
    for axis in (speed, memory):
        axis.set(xscale="log", xlabel="seconds of audio", xticks=LENGTHS, xticklabels=LENGTHS)
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    memory.legend(fontsize=8)
    figure.suptitle("One utterance at once (lines) and streamed (dashed)")
    figure.tight_layout()
    figure.savefig(PLOT, dpi=80)
