"""The fastest generation found for `wavenet_in_torch.WaveNet` within PyTorch.

A step as tensors, compiled ahead of time by inductor into one C++ function on one thread. What
made the difference, from 1,100 samples/s with queues to about 16,000 (30 layers, 64 channels):

- one ring buffer for all layers, read by one gather and written by one scatter;
- the products with past samples of all layers at once, as none waits for another; skips likewise;
- products with a vector written as multiply and sum: inductor fuses those, calls to MKL cost more;
- Gumbel noise drawn in blocks (argmax instead of multinomial), conditioning projected in blocks;
- the packaged runner (`torch.compile`'s call costs 35 us), temporaries on the stack.
"""

import tempfile
from pathlib import Path

import torch
from torch import nn
from wavenet_in_torch import Softmax

BLOCK = 1024  # samples for which noise is drawn and conditioning projected at once


def stacked(blocks, weight):
    return torch.stack([weight(block) for block in blocks]).detach().clone()


class Step(nn.Module):
    """One sample for a batch of one.

    Changes its arguments in place and returns nothing: a result on the stack would be gone.
    """

    def __init__(self, model):
        super().__init__()
        blocks = model.blocks
        self.n_layers, self.taps = len(blocks), blocks[0].kernel_size - 1
        self.is_softmax = isinstance(model.head, Softmax)
        self.levels = getattr(model.head, "levels", None)
        self.log_scale_min = getattr(model.head, "log_scale_min", None)
        dilation = torch.tensor([block.dilation for block in blocks])
        size = self.taps * dilation
        weights = {
            "past": stacked(blocks, lambda b: b.conv.weight[..., :-1].transpose(1, 2).flatten(1)),
            "now": stacked(blocks, lambda b: b.conv.weight[..., -1]),
            "gate_bias": stacked(blocks, lambda b: b.conv.bias),
            "residual": stacked(blocks, lambda b: b.residual.weight[..., 0]),
            "residual_bias": stacked(blocks, lambda b: b.residual.bias),
            "skip": stacked(blocks, lambda b: b.skip.weight[..., 0]).transpose(0, 1).flatten(1),
            "skip_bias": stacked(blocks, lambda b: b.skip.bias).sum(0),
            "input": model.input.weight[:, 0, 0],
            "input_bias": model.input.bias,
            "out1": model.out1.weight[..., 0],
            "out1_bias": model.out1.bias,
            "out2": model.out2.weight[..., 0],
            "out2_bias": model.out2.bias,
            "size": size,
            "start": size.cumsum(0) - size,
            # A tap `d` back lies `size - d` ahead in a ring.
            "ahead": size[:, None] - dilation[:, None] * torch.arange(self.taps, 0, -1),
        }
        for name, weight in weights.items():
            self.register_buffer(name, weight.detach().clone())

    def forward(self, rings, feature, t, noise, extra, features):
        row = t % BLOCK
        rows = self.start[:, None] + (t + self.ahead) % self.size[:, None]
        past = rings[rows].flatten(1)  # [layers, taps * c]
        gates = (self.past * past[:, None]).sum(-1) + self.gate_bias
        if extra is not None:
            gates = gates + extra[row][0]
        x = self.input * feature + self.input_bias
        inputs, hidden = [], []
        for i in range(self.n_layers):
            inputs.append(x)
            a, b = (gates[i] + (self.now[i] * x).sum(-1)).chunk(2)
            hidden.append(torch.tanh(a) * torch.sigmoid(b))
            x = x + self.residual_bias[i] + (self.residual[i] * hidden[-1]).sum(-1)
        rings.index_put_((self.start + t % self.size,), torch.stack(inputs))
        x = torch.relu((self.skip * torch.cat(hidden)).sum(-1) + self.skip_bias)
        x = torch.relu((self.out1 * x).sum(-1) + self.out1_bias)
        drawn = self.draw((self.out2 * x).sum(-1) + self.out2_bias, noise[row][0])
        features.index_put_((row,), drawn)
        feature.copy_(drawn)
        t.add_(1)

    def draw(self, parameters, noise):  # -> [1]
        if self.is_softmax:
            return (
                torch.argmax(parameters + noise, dim=0, keepdim=True) * (2 / (self.levels - 1)) - 1
            )
        weights, means, log_scales = parameters.chunk(3)
        chosen = torch.argmax(weights + noise[:-1], dim=0, keepdim=True)
        scale = torch.exp(log_scales.gather(0, chosen).clamp(min=self.log_scale_min))
        return (means.gather(0, chosen) + scale * noise[-1:]).clamp(-1, 1)


def draw_noise(head, n, generator=None):
    """`(n, p)`: Gumbel noise for the classes; for mixtures also, last, logistic noise."""
    n_classes = head.n_parameters if isinstance(head, Softmax) else head.n_parameters // 3
    u = torch.rand(n, n_classes + 1, generator=generator).clamp(1e-7, 1 - 1e-7)
    gumbel, logistic = (
        -torch.log(-torch.log(u[:, :-1])),
        torch.log(u[:, -1:]) - torch.log1p(-u[:, -1:]),
    )
    return gumbel if isinstance(head, Softmax) else torch.cat([gumbel, logistic], dim=1)


@torch.no_grad()
def compile_generation(model):
    """`generate_compiled(n_samples, condition=None, generator=None) -> (1, n_samples)`."""
    step, head = Step(model), model.head
    projections = [block.condition for block in model.blocks]
    conditioned = projections[0] is not None
    rings = torch.zeros(int(step.size.sum()), model.input.out_channels)
    feature, t, features = torch.zeros(1), torch.zeros(1, dtype=torch.long), torch.zeros(BLOCK)
    noise = draw_noise(head, BLOCK)
    if conditioned:
        projection = torch.cat([p.weight[..., 0] for p in projections])
        extra = torch.zeros(BLOCK, len(projections), step.now.shape[1])
    else:
        extra = None
    arguments = rings, feature, t, noise, extra, features
    with tempfile.TemporaryDirectory() as directory:
        package = torch._inductor.aoti_compile_and_package(
            torch.export.export(step, arguments),
            package_path=str(Path(directory) / "step.pt2"),
            inductor_configs={"cpp.threads": 1, "aot_inductor.allow_stack_allocation": True},
        )
        runner = torch._inductor.aoti_load_package(package).loader
    inputs = [argument for argument in arguments if argument is not None]

    @torch.no_grad()
    def generate_compiled(n_samples, condition=None, generator=None):
        for tensor in (rings, feature, t):
            tensor.zero_()
        pieces = []
        for start in range(0, n_samples, BLOCK):
            n = min(BLOCK, n_samples - start)
            noise.copy_(draw_noise(head, BLOCK, generator))
            if conditioned:
                now = condition[0, :, start : start + n].T
                extra[:n] = (now @ projection.T).unflatten(1, extra.shape[1:])
            for _ in range(n):
                runner.run(inputs)
            pieces.append(features[:n].clone())
        return head.expand(torch.cat(pieces))[None]

    return generate_compiled


@torch.no_grad()
def check_compiled_equals_parallel(model, generate_compiled, condition=None, seed=0):
    """Raises AssertionError unless the same noise added to `forward` draws the same samples."""
    n, head, step = 2 * model.receptive_field, model.head, Step(model)
    samples = generate_compiled(n, condition, torch.Generator().manual_seed(seed))
    generator = torch.Generator().manual_seed(seed)
    blocks = [draw_noise(head, BLOCK, generator) for _ in range(0, n, BLOCK)]
    noise = torch.cat(blocks)[:n]
    features = head.features(samples)
    before = torch.cat([torch.zeros(1, 1), features[:, :-1]], dim=1)
    parameters = model(before, None if condition is None else condition[..., :n])[0]
    expected = torch.cat([step.draw(p, u) for p, u in zip(parameters, noise, strict=True)])
    # Where two classes are almost equally good, rounding decides.
    same = ((features[0] - expected).abs() < 1e-4).float().mean().item()
    assert same > 0.999, f"Only {same:.2%} of the samples agree."
