"""WaveGlow, HiFi-GAN and Vocos in PyTorch as they are usually written, with plain weights.

The peers of `benchmarks/vocoders.py`: the published layers and sizes, channels first, no weight
normalization left. `discriminators_in_torch.py` holds what the latter two are trained against.
"""

import math

import torch
from torch import nn
from torch.nn import functional

HOP, N_MELS = 256, 80
HIFIGAN = {
    "V1": dict(channels=512, rates=(8, 8, 2, 2), kernels=(3, 7, 11), dilations=((1, 3, 5),) * 3),
    "V2": dict(channels=128, rates=(8, 8, 2, 2), kernels=(3, 7, 11), dilations=((1, 3, 5),) * 3),
    "V3": dict(
        channels=256,
        rates=(8, 8, 4),
        kernels=(3, 5, 7),
        dilations=((1, 2), (2, 6), (3, 12)),
        pairs=False,
    ),
}


def same(channels, kernel, dilation=1):
    padding = (kernel - 1) // 2 * dilation
    return nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=padding)


class ResidualBlock(nn.Module):
    """Dilated convolutions, each followed by a dense one if `pairs`, added to what they read."""

    def __init__(self, channels, kernel, dilations, pairs):
        super().__init__()
        self.dilated = nn.ModuleList([same(channels, kernel, d) for d in dilations])
        self.dense = nn.ModuleList([same(channels, kernel) for _ in dilations if pairs])

    def forward(self, x):
        for i, dilated in enumerate(self.dilated):
            y = dilated(functional.leaky_relu(x, 0.1))
            if self.dense:
                y = self.dense[i](functional.leaky_relu(y, 0.1))
            x = x + y
        return x


class HiFiGAN(nn.Module):
    """Generator: mel `(b, 80, t)` to samples `(b, 256 t)`. A rate's kernel is twice as long."""

    def __init__(self, channels, rates, kernels, dilations, pairs=True):
        super().__init__()
        self.before = nn.Conv1d(N_MELS, channels, 7, padding=3)
        self.ups, self.blocks = nn.ModuleList(), nn.ModuleList()
        for rate in rates:
            self.ups.append(nn.ConvTranspose1d(channels, channels // 2, 2 * rate, rate, rate // 2))
            channels //= 2
            blocks = [
                ResidualBlock(channels, k, d, pairs)
                for k, d in zip(kernels, dilations, strict=True)
            ]
            self.blocks.append(nn.ModuleList(blocks))
        self.after = nn.Conv1d(channels, 1, 7, padding=3)

    def forward(self, mel):
        x = self.before(mel)
        for up, blocks in zip(self.ups, self.blocks, strict=True):
            x = up(functional.leaky_relu(x, 0.1))
            x = sum(block(x) for block in blocks) / len(blocks)
        return torch.tanh(self.after(functional.leaky_relu(x, 0.01)))[:, 0]


class ConvNeXtBlock(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.expand, self.reduce = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
        self.scale = nn.Parameter(torch.full((channels,), 1 / 8))

    def forward(self, x):  # [b, c, t]
        y = self.norm(self.depthwise(x).transpose(1, 2))
        y = self.scale * self.reduce(functional.gelu(self.expand(y)))
        return x + y.transpose(1, 2)


class Vocos(nn.Module):
    """Mel `(b, 80, t)` to samples `(b, 256 t)`."""

    def __init__(self, channels=512, hidden=1536, n_blocks=8, n_fft=1024):
        super().__init__()
        self.n_fft = n_fft
        self.embed = nn.Conv1d(N_MELS, channels, 7, padding=3)
        self.first_norm = nn.LayerNorm(channels, eps=1e-6)
        self.blocks = nn.ModuleList([ConvNeXtBlock(channels, hidden) for _ in range(n_blocks)])
        self.last_norm = nn.LayerNorm(channels, eps=1e-6)
        self.head = nn.Linear(channels, n_fft + 2)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)

    def forward(self, mel):
        x = self.first_norm(self.embed(mel).transpose(1, 2)).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        x = self.head(self.last_norm(x.transpose(1, 2))).transpose(1, 2).float()
        log_magnitude, phase = x.chunk(2, dim=1)
        magnitude = torch.exp(log_magnitude).clamp(max=1e2)
        spectrum = torch.complex(magnitude * torch.cos(phase), magnitude * torch.sin(phase))
        # One frame more, for the last half window of the centered frames.
        spectrum = functional.pad(spectrum, (0, 1))
        window = self.window.float()
        return torch.istft(spectrum, self.n_fft, HOP, window=window, length=mel.shape[2] * HOP)


class GatedStack(nn.Module):
    """The non-causal WaveNet of a coupling: shifts, then logarithms of scales."""

    def __init__(self, half, channels=256, n_layers=8):
        super().__init__()
        self.channels, self.n_layers = channels, n_layers
        self.start = nn.Conv1d(half, channels, 1)
        self.condition = nn.Conv1d(8 * N_MELS, 2 * channels * n_layers, 1)
        self.gates = nn.ModuleList(
            [
                nn.Conv1d(channels, 2 * channels, 3, dilation=2**i, padding=2**i)
                for i in range(n_layers)
            ]
        )
        self.outs = nn.ModuleList(
            [nn.Conv1d(channels, 2 * channels, 1) for _ in range(n_layers - 1)]
            + [nn.Conv1d(channels, channels, 1)]
        )
        self.end = nn.Conv1d(channels, 2 * half, 1)
        nn.init.normal_(self.end.weight, std=1e-3)
        nn.init.zeros_(self.end.bias)

    def forward(self, x, condition):
        x, total = self.start(x), 0
        conditions = self.condition(condition).chunk(self.n_layers, dim=1)
        for i, (gates, out) in enumerate(zip(self.gates, self.outs, strict=True)):
            a, b = (gates(x) + conditions[i]).chunk(2, dim=1)
            y = out(torch.tanh(a) * torch.sigmoid(b))
            if i < self.n_layers - 1:
                residual, y = y.chunk(2, dim=1)
                x = x + residual
            total = total + y
        return self.end(total)


class WaveGlow(nn.Module):
    """12 flows on groups of 8 samples; 2 channels leave after 4 and after 8 flows."""

    def __init__(self, n_flows=12, early_every=4):
        super().__init__()
        self.early_every = early_every
        self.up = nn.ConvTranspose1d(N_MELS, N_MELS, 1024, HOP)
        self.matrices, self.stacks = nn.ParameterList(), nn.ModuleList()
        for i in range(n_flows):
            channels = 8 - 2 * (i // early_every)
            self.matrices.append(nn.init.orthogonal_(torch.empty(channels, channels)))
            self.stacks.append(GatedStack(channels // 2))

    def condition(self, mel):  # [b, 80, t] -> [b, 8 * 80, 32 t]
        up = self.up(mel)[:, :, : mel.shape[2] * HOP]
        return up.unflatten(2, (-1, 8)).permute(0, 1, 3, 2).flatten(1, 2)

    def leaves(self, i):
        return i > 0 and i % self.early_every == 0

    def loss(self, mel, samples):
        """Negative log-likelihood, in nats per sample."""
        condition = self.condition(mel)
        x = samples.unflatten(1, (-1, 8)).transpose(1, 2)
        early, log_det = [], 0.0
        for i, (matrix, stack) in enumerate(zip(self.matrices, self.stacks, strict=True)):
            if self.leaves(i):
                early.append(x[:, :2])
                x = x[:, 2:]
            x = functional.conv1d(x, matrix[..., None])
            a, b = x.chunk(2, dim=1)
            shift, log_scale = stack(a, condition).float().chunk(2, dim=1)
            x = torch.cat([a, torch.exp(log_scale) * b + shift], dim=1)
            # In float32 always: determinants do not exist in fewer bits.
            volume = torch.linalg.slogdet(matrix.float())[1] * x.shape[0] * x.shape[2]
            log_det = log_det + log_scale.sum() + volume
        z = torch.cat([*early, x], dim=1)
        return (0.5 * z.square().sum() - log_det) / z.numel() + 0.5 * math.log(2 * math.pi)

    def invert_matrices(self):
        """What `forward` multiplies by; to be called again if the matrices change."""
        dtype = self.matrices[0].dtype
        self.inverses = [
            torch.linalg.inv(m.detach().float()).to(dtype)[..., None] for m in self.matrices
        ]
        return self

    def forward(self, mel, sigma=0.6):
        """Samples `(b, 256 t)` of a mel `(b, 80, t)`."""
        condition = self.condition(mel)
        shape = condition.shape[0], 8, condition.shape[2]
        # Noise is float32, and so is what the couplings add to it, whatever the weights are.
        noise = sigma * torch.randn(shape)
        n_early = 2 * ((len(self.stacks) - 1) // self.early_every)
        x, early = noise[:, n_early:], noise[:, :n_early]
        for i in reversed(range(len(self.stacks))):
            a, b = x.chunk(2, dim=1)
            shift, log_scale = self.stacks[i](a.to(condition.dtype), condition).float().chunk(2, 1)
            x = torch.cat([a, (b - shift) * torch.exp(-log_scale)], dim=1)
            x = functional.conv1d(x, self.inverses[i].float())
            if self.leaves(i):
                x = torch.cat([early[:, -2:], x], dim=1)
                early = early[:, :-2]
        return x.transpose(1, 2).flatten(1)


def make(name):
    """The generator called `name` in `vocoders.MODELS`, with its number of parameters checked."""
    makers = {"WaveGlow": WaveGlow, "Vocos": Vocos}
    makers |= {f"HiFi-GAN {v}": lambda v=v: HiFiGAN(**HIFIGAN[v]) for v in HIFIGAN}
    model = makers[name]()
    n = sum(p.numel() for p in model.parameters())
    assert n == N_PARAMETERS[name], f"{name} has {n:,} parameters."
    return model


# As published, weight normalization folded in (Vocos: for 80 bands rather than 100).
N_PARAMETERS = {
    "WaveGlow": 87_731_816,
    "HiFi-GAN V1": 13_926_017,
    "HiFi-GAN V2": 925_985,
    "HiFi-GAN V3": 1_462_273,
    "Vocos": 13_459_970,
}
