"""WaveNet in PyTorch as it is usually written: `Conv1d` to train, a queue a layer to generate.

The peer of `benchmarks/wavenet.py`: the same layers and sizes. `wavenet_in_torch_compiled.py` holds
the fastest form of its generation that was found.
"""

import math
from collections import deque

import torch
from torch import nn
from torch.nn import functional


class Softmax(nn.Module):
    """A class for each mu-law level."""

    def __init__(self, levels=256):
        super().__init__()
        self.levels = self.n_parameters = levels

    def encode(self, samples):
        mu = self.levels - 1
        companded = torch.sign(samples) * torch.log1p(mu * samples.abs()) / math.log1p(mu)
        return torch.round((companded + 1) / 2 * mu).long()

    def expand(self, features):
        mu = self.levels - 1
        return torch.sign(features) * torch.expm1(features.abs() * math.log1p(mu)) / mu

    def features(self, samples):  # what the network reads of a sample: its level, in [-1, 1]
        return self.encode(samples) * (2 / (self.levels - 1)) - 1

    def loss(self, parameters, samples):
        return functional.cross_entropy(parameters.transpose(1, 2), self.encode(samples))

    def sample(self, parameters):
        level = torch.multinomial(torch.softmax(parameters, dim=1), 1)[:, 0]
        return level * (2 / (self.levels - 1)) - 1


class LogisticMixture(nn.Module):
    """Salimans et al., 2017: a mixture of logistics, discretized to `bits`."""

    def __init__(self, n_mixtures=10, bits=16, log_scale_min=-7.0):
        super().__init__()
        self.n_parameters, self.half = 3 * n_mixtures, 1 / (2**bits - 1)
        self.log_scale_min = log_scale_min

    def expand(self, features):
        return features

    def features(self, samples):
        return samples

    def split(self, parameters):
        weights, means, log_scales = parameters.chunk(3, dim=-1)
        return weights, means, log_scales.clamp(min=self.log_scale_min)

    def loss(self, parameters, samples):
        weights, means, log_scales = self.split(parameters)
        x = samples[..., None]
        centered, rate = x - means, torch.exp(-log_scales)
        above, below = rate * (centered + self.half), rate * (centered - self.half)
        inside = torch.sigmoid(above) - torch.sigmoid(below)
        middle = rate * centered
        density = middle - log_scales - 2 * functional.softplus(middle) + math.log(2 * self.half)
        log_prob = torch.where(inside > 1e-5, torch.log(inside.clamp(min=1e-12)), density)
        log_prob = torch.where(x > 1 - self.half, -functional.softplus(below), log_prob)
        log_prob = torch.where(x < self.half - 1, functional.logsigmoid(above), log_prob)
        log_prob = log_prob + functional.log_softmax(weights, dim=-1)
        return -torch.logsumexp(log_prob, dim=-1).mean()

    def sample(self, parameters):
        weights, means, log_scales = self.split(parameters)
        chosen = torch.multinomial(torch.softmax(weights, dim=1), 1)
        u = torch.rand(len(parameters), 1).clamp(1e-5, 1 - 1e-5)
        logistic = torch.log(u) - torch.log1p(-u)
        x = means.gather(1, chosen) + torch.exp(log_scales.gather(1, chosen)) * logistic
        return x[:, 0].clamp(-1, 1)


class Block(nn.Module):
    """One gated, dilated layer; `step` is `forward` for a single sample."""

    def __init__(self, residual, gate, skip, kernel_size, dilation, condition):
        super().__init__()
        self.kernel_size, self.dilation = kernel_size, dilation
        self.conv = nn.Conv1d(residual, gate, kernel_size, dilation=dilation)
        self.condition = nn.Conv1d(condition, gate, 1, bias=False) if condition else None
        self.residual = nn.Conv1d(gate // 2, residual, 1)
        self.skip = nn.Conv1d(gate // 2, skip, 1)

    def forward(self, x, condition):  # [b, c, t]
        gate = self.conv(functional.pad(x, ((self.kernel_size - 1) * self.dilation, 0)))
        if self.condition is not None:
            gate = gate + self.condition(condition)
        a, b = gate.chunk(2, dim=1)
        h = torch.tanh(a) * torch.sigmoid(b)
        return x + self.residual(h), self.skip(h)

    def start(self, batch):
        zeros = torch.zeros(batch, self.residual.out_channels)
        self.queue = deque([zeros] * ((self.kernel_size - 1) * self.dilation))
        # [out, in, k] -> [out, k * in], as the samples of a window are concatenated.
        self.kernel = self.conv.weight.transpose(1, 2).flatten(1)

    def step(self, x, condition):  # [b, c]
        window = [self.queue[i * self.dilation] for i in range(self.kernel_size - 1)]
        self.queue.popleft()
        self.queue.append(x)
        gate = functional.linear(torch.cat([*window, x], dim=1), self.kernel, self.conv.bias)
        if self.condition is not None:
            gate = gate + functional.linear(condition, self.condition.weight[..., 0])
        a, b = gate.chunk(2, dim=1)
        h = torch.tanh(a) * torch.sigmoid(b)
        residual = functional.linear(h, self.residual.weight[..., 0], self.residual.bias)
        return x + residual, functional.linear(h, self.skip.weight[..., 0], self.skip.bias)


class WaveNet(nn.Module):
    def __init__(
        self,
        n_cycles=3,
        layers_per_cycle=10,
        residual_channels=64,
        gate_channels=128,
        skip_channels=64,
        kernel_size=2,
        head=None,
        condition_channels=0,
    ):
        super().__init__()
        self.head = head or Softmax()
        self.input = nn.Conv1d(1, residual_channels, 1)
        sizes = residual_channels, gate_channels, skip_channels, kernel_size
        dilations = [2**i for _ in range(n_cycles) for i in range(layers_per_cycle)]
        self.blocks = nn.ModuleList([Block(*sizes, d, condition_channels) for d in dilations])
        self.out1 = nn.Conv1d(skip_channels, skip_channels, 1)
        self.out2 = nn.Conv1d(skip_channels, self.head.n_parameters, 1)
        self.receptive_field = 1 + (kernel_size - 1) * sum(dilations)

    def forward(self, features, condition=None):
        """Parameters `(b, n, p)` of the sample after each of `features` `(b, n)`."""
        x, total = self.input(features[:, None]), 0
        for block in self.blocks:
            x, skip = block(x, condition)
            total = total + skip
        return self.out2(torch.relu(self.out1(torch.relu(total)))).transpose(1, 2)

    def loss(self, samples, condition=None):
        features = self.head.features(samples)
        before = functional.pad(features[:, :-1], (1, 0))
        return self.head.loss(self(before, condition), samples)

    def start(self, batch):
        for block in self.blocks:
            block.start(batch)

    def step(self, feature, condition=None):  # [b], [b, c] -> [b, p]
        x = functional.linear(feature[:, None], self.input.weight[..., 0], self.input.bias)
        total = 0
        for block in self.blocks:
            x, skip = block.step(x, condition)
            total = total + skip
        x = torch.relu(
            functional.linear(torch.relu(total), self.out1.weight[..., 0], self.out1.bias)
        )
        return functional.linear(x, self.out2.weight[..., 0], self.out2.bias)

    @torch.no_grad()
    def generate(self, n_samples, batch=1, condition=None):
        """The usual way: a queue a layer; `condition` `(b, c, n)` at the sample rate."""
        self.start(batch)
        feature, features = torch.zeros(batch), []
        for t in range(n_samples):
            now = None if condition is None else condition[:, :, t]
            feature = self.head.sample(self.step(feature, now))
            features.append(feature)
        return self.head.expand(torch.stack(features, dim=1))

    @torch.no_grad()
    def generate_naively(self, n_samples, batch=1, condition=None):
        """The whole receptive field anew for every sample (before the start: silence)."""
        features = torch.zeros(batch, self.receptive_field)
        if condition is not None:
            condition = functional.pad(condition, (self.receptive_field - 1, 0))
        for t in range(n_samples):
            window = features[:, -self.receptive_field :]
            now = None if condition is None else condition[..., t : t + self.receptive_field]
            feature = self.head.sample(self(window, now)[:, -1])
            features = torch.cat([features, feature[:, None]], dim=1)
        return self.head.expand(features[:, self.receptive_field :])


def training_step(model, optimizer, samples, condition=None):
    optimizer.zero_grad()
    loss = model.loss(samples, condition)
    loss.backward()
    optimizer.step()
    return loss.item()


def check_cached_equals_parallel(model, condition_channels=0, tolerance=1e-4):
    """Raises AssertionError if `step` strays from `forward` over two receptive fields."""
    n = 2 * model.receptive_field
    features = torch.rand(2, n) * 2 - 1
    condition = torch.randn(2, condition_channels, n) if condition_channels else None
    with torch.no_grad():
        expected = model(features, condition)
        model.start(2)
        for t in range(n):
            now = None if condition is None else condition[..., t]
            error = (model.step(features[:, t], now) - expected[:, t]).abs().max().item()
            assert error < tolerance, f"Step {t} strays by {error}."
