"""How fast one thread reads a net's weights: the floor of a sample's time.

    python benchmarks/wavenet_floor.py

Every weight is used once a sample, and a sample waits for the one before it: for a batch of one, no
generation on one thread is faster than reading the weights, from whichever cache holds them.
"""

import time


def memory_floor(n_bytes, seconds=0.2, rounds=10):
    """GB/s at which one thread sums `n_bytes` of float32 again and again, and sums per second.

    A plain sum (vectorized, several accumulators) was the fastest of the reads tried: matrix-vector
    products of MKL reached three quarters of it. Of the rounds the best counts: others only wait.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    weights = torch.randn(n_bytes // 4)
    try:
        with torch.inference_mode():
            reads = max(calls_per_second(weights.sum, seconds) for _ in range(rounds))
    finally:
        torch.set_num_threads(threads)
    return reads * n_bytes / 1e9, reads


def calls_per_second(function, seconds):
    start, calls = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < seconds:
        function()
        calls += 1
    return calls / passed


def main():
    import wavenet_in_torch as peer

    for name, model in (
        ("30 layers, softmax 256", peer.WaveNet()),
        (
            "24 layers, 10 logistics, conditioning projected beforehand",
            peer.WaveNet(4, 6, head=peer.LogisticMixture()),
        ),
    ):
        n_bytes = 4 * sum(p.numel() for p in model.parameters())
        speed, samples = memory_floor(n_bytes)
        print(f"{name}: {n_bytes / 1e6:.2f} MB, {speed:.0f} GB/s, {samples:,.0f} samples/s")


if __name__ == "__main__":
    main()
