"""Multiplications that the vocoders of `benchmarks/vocoders.py` need, counted from their sizes.

    python benchmarks/vocoder_costs.py

Those of convolutions and matrix products alone. A product with a kernel whose stride is 1 counts
its taps at every step, edges included, as all implementations compute them.
"""

import itertools

SAMPLE_RATE, HOP, N_MELS, GROUP = 22050, 256, 80, 8


def waveglow(channels=256, n_layers=8, n_flows=12, kernel=3):
    """Multiplications per frame."""
    per_group = 0
    for i in range(n_flows):
        width = GROUP - 2 * (i // 4)
        gates = n_layers * (kernel * channels + N_MELS * GROUP) * 2 * channels
        outs = (2 * n_layers - 1) * channels**2
        ends = channels * width // 2 + channels * width
        per_group += gates + outs + ends + width**2
    return per_group * HOP // GROUP + 1024 * N_MELS**2


def hifigan(channels, rates, kernels, dilations, pairs=True):
    """Multiplications per frame. A rate's kernel is twice as long: two taps for each step."""
    total, steps = 7 * N_MELS * channels, 1
    for rate in rates:
        steps *= rate
        total += steps * 2 * channels * (channels // 2)
        channels //= 2
        for kernel, block in zip(kernels, dilations, strict=True):
            total += steps * kernel * channels**2 * len(block) * (2 if pairs else 1)
    return total + steps * 7 * channels


def vocos(channels=512, hidden=1536, n_blocks=8, n_freqs=513):
    """Multiplications per frame, without the inverse Fourier transform."""
    blocks = n_blocks * (7 * channels + 2 * channels * hidden)
    return 7 * N_MELS * channels + blocks + channels * 2 * n_freqs


ONE_TO_FIVE = ((1, 3, 5),) * 3
PER_FRAME = {
    "WaveGlow": waveglow(),
    "HiFi-GAN V1": hifigan(512, (8, 8, 2, 2), (3, 7, 11), ONE_TO_FIVE),
    "HiFi-GAN V2": hifigan(128, (8, 8, 2, 2), (3, 7, 11), ONE_TO_FIVE),
    "HiFi-GAN V3": hifigan(256, (8, 8, 4), (3, 5, 7), ((1, 2), (2, 6), (3, 12)), pairs=False),
    "Vocos": vocos(),
}


def per_second(name):
    return PER_FRAME[name] * SAMPLE_RATE / HOP


def out(n, kernel, stride):
    """Steps that a padded convolution leaves of `n`."""
    return (n + kernel // 2 * 2 - kernel) // stride + 1


def periods(n_samples):
    total = 0
    for period in (2, 3, 5, 7, 11):
        n = -(-n_samples // period)
        for a, b in itertools.pairwise((1, 32, 128, 512, 1024)):
            n = out(n, 5, 3)
            total += period * n * 5 * a * b
        total += period * n * (5 * 1024**2 + 3 * 1024)
    return total


# Kernel, stride, groups, channels in and out of the scales' convolutions.
SCALE = (
    (15, 1, 1, 1, 128),
    (41, 2, 4, 128, 128),
    (41, 2, 16, 128, 256),
    (41, 4, 16, 256, 512),
    (41, 4, 16, 512, 1024),
    (41, 1, 16, 1024, 1024),
    (5, 1, 1, 1024, 1024),
    (3, 1, 1, 1024, 1),
)


def scales(n_samples):
    total = 0
    for n in (n_samples, n_samples // 2 + 1, (n_samples // 2 + 1) // 2 + 1):
        steps = n
        for kernel, stride, groups, a, b in SCALE:
            steps = out(steps, kernel, stride)
            total += steps * kernel * a * b // groups
    return total


def resolutions(n_samples, channels=32):
    total = 0
    for n_fft in (2048, 1024, 512):
        frames, n_freqs = n_samples // (n_fft // 4) + 1, n_fft // 2 + 1
        edges = [int(edge * n_freqs) for edge in (0, 0.1, 0.25, 0.5, 0.75, 1)]
        for first, end in itertools.pairwise(edges):
            n = end - first
            total += frames * n * 27 * 2 * channels
            for _ in range(3):
                n = out(n, 9, 2)
                total += frames * n * 27 * channels**2
            total += frames * n * 9 * (channels**2 + channels)
    return total


def training_step(name, n_samples, rows):
    """The fewest multiplications of a training step.

    A layer costs as much forward as the gradient of its inputs, and as that of its weights. The
    discriminators see recording and copy with all three, and the copy's gradient goes through them
    once more to the generator: seven times in all.
    """
    generator = PER_FRAME[name] * n_samples // HOP
    judges = 0
    if name != "WaveGlow":
        judges = periods(n_samples)
        judges += resolutions(n_samples) if name == "Vocos" else scales(n_samples)
    return rows * (3 * generator + 7 * judges)


def main():
    for name in PER_FRAME:
        n_samples, rows = (16128, 1) if name == "WaveGlow" else (8192, 4)
        step = training_step(name, n_samples, rows)
        print(
            f"{name}: {per_second(name) / 1e9:.2f} G multiplications per second of audio, "
            f"{step / 1e9:.0f} G per training step of {rows} x {n_samples:,} samples"
        )


if __name__ == "__main__":
    main()
