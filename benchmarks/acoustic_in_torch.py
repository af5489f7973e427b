"""FastSpeech 2 and Transformer TTS in PyTorch as they are usually written.

The peers of `benchmarks/acoustic.py`: the layers and sizes of `fastspeech2_configs.PUBLISHED`
(pitch and energy by the token) and `transformer_tts_configs.PUBLISHED`, with PyTorch's own
attention, which holds no weights in memory. `acoustic_weights.py` gives them our weights.
"""

import math

import torch
from torch import nn
from torch.nn import functional

N_MELS, VOCABULARY = 80, 148
# Of the parts of FastSpeech 2's loss.
LOSS_WEIGHTS = {"mel": 1.0, "duration": 1.0, "pitch": 0.1, "energy": 0.1}


def positions(length, channels):
    half = channels // 2
    rates = torch.exp(-math.log(10000.0) * torch.arange(half) / half)
    angles = torch.arange(length)[:, None] * rates
    return torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)


def same(n_in, n_out, kernel):
    return nn.Conv1d(n_in, n_out, kernel, padding=kernel // 2)


class Attention(nn.Module):
    def __init__(self, channels, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.query, self.key, self.value, self.out = (
            nn.Linear(channels, channels) for _ in range(4)
        )

    def heads(self, x):  # [b, t, c] -> [b, h, t, c / h]
        return x.unflatten(2, (self.n_heads, -1)).transpose(1, 2)

    def memory(self, x):
        return self.heads(self.key(x)), self.heads(self.value(x))

    def attend(self, x, memory, mask=None):
        query = self.heads(self.query(x))
        y = functional.scaled_dot_product_attention(query, *memory, attn_mask=mask)
        return self.out(y.transpose(1, 2).flatten(2))

    def forward(self, x, mask=None):
        return self.attend(x, self.memory(x), mask)


class FFTBlock(nn.Module):
    def __init__(self, channels, n_heads, filters, kernels, dropout):
        super().__init__()
        self.attention = Attention(channels, n_heads)
        self.attention_norm, self.conv_norm = nn.LayerNorm(channels), nn.LayerNorm(channels)
        self.conv_in = same(channels, filters, kernels[0])
        self.conv_out = same(filters, channels, kernels[1])
        self.drop = nn.Dropout(dropout)

    def forward(self, x, real):  # [b, t, c], [b, t]
        x = self.attention_norm(x + self.drop(self.attention(x, real[:, None, None, :])))
        y = self.conv_in((x * real[:, :, None]).transpose(1, 2))
        y = self.conv_out(self.drop(torch.relu(y)) * real[:, None, :])
        return self.conv_norm(x + self.drop(y.transpose(1, 2)))


class FFTStack(nn.Module):
    def __init__(self, n_layers, channels, *block):
        super().__init__()
        self.blocks = nn.ModuleList([FFTBlock(channels, *block) for _ in range(n_layers)])
        self.register_buffer("table", positions(2048, channels), persistent=False)

    def forward(self, x, real):
        x = x + self.table[: x.shape[1]]
        for block in self.blocks:
            x = block(x, real)
        return x


class Predictor(nn.Module):
    def __init__(self, channels, filters, kernel, n_layers, dropout):
        super().__init__()
        sizes = [channels] + [filters] * n_layers
        self.convolutions = nn.ModuleList(
            [same(a, b, kernel) for a, b in zip(sizes, sizes[1:], strict=False)]
        )
        self.norms = nn.ModuleList([nn.LayerNorm(filters) for _ in range(n_layers)])
        self.dense, self.drop = nn.Linear(filters, 1), nn.Dropout(dropout)

    def forward(self, x, real):
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            y = convolution((x * real[:, :, None]).transpose(1, 2))
            x = self.drop(norm(torch.relu(y).transpose(1, 2)))
        return self.dense(x)[:, :, 0].float() * real


class FastSpeech2(nn.Module):
    def __init__(
        self, channels=256, n_layers=4, n_heads=2, filters=1024, kernels=(9, 1), dropout=0.1,
        predictor=(256, 3, 2, 0.5), pitch=(5.0, 0.25),
    ):  # fmt: skip
        super().__init__()
        self.pitch_mean, self.pitch_scale = pitch
        block = (channels, n_heads, filters, kernels, dropout)
        self.embedding = nn.Embedding(VOCABULARY, channels)
        self.encoder = FFTStack(n_layers, *block)
        self.duration, self.pitch, self.energy = (Predictor(channels, *predictor) for _ in range(3))
        self.tell_pitch, self.tell_energy = same(1, channels, 3), same(1, channels, 3)
        self.decoder = FFTStack(n_layers, *block)
        self.mel = nn.Linear(channels, N_MELS)

    def adapt(self, tokens, lengths, pitch=None, energy=None):
        real = (torch.arange(tokens.shape[1]) < lengths[:, None]).to(self.mel.weight.dtype)
        x = self.encoder(self.embedding(tokens), real)
        predicted = {"duration": self.duration(x, real), "pitch": self.pitch(x, real)}
        x = x + self.told(self.tell_pitch, predicted["pitch"] if pitch is None else pitch)
        predicted["energy"] = self.energy(x, real)
        x = x + self.told(self.tell_energy, predicted["energy"] if energy is None else energy)
        return x, predicted, real

    def told(self, convolution, value):
        return convolution(value[:, None].to(convolution.weight.dtype)).transpose(1, 2)

    def draw(self, x, durations):
        rows = [row.repeat_interleave(n, dim=0) for row, n in zip(x, durations, strict=True)]
        lengths = durations.sum(dim=1)
        frames = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        real = torch.arange(frames.shape[1]) < lengths[:, None]
        return self.mel(self.decoder(frames, real.to(frames.dtype))).float(), real

    def generate(self, tokens, lengths):
        x, predicted, real = self.adapt(tokens, lengths)
        durations = torch.expm1(predicted["duration"]).clamp(min=0).round() * real
        return self.draw(x, durations.long())[0]

    def losses(self, tokens, lengths, mel, durations, f0_hz):
        """Mean errors of mel, duration, pitch and energy, weighted."""
        owner = torch.arange(mel.shape[1])[None, :, None] < durations.cumsum(1)[:, None, :]
        owner = owner & ~functional.pad(owner, (1, -1))
        voiced = (f0_hz > 0).float()
        pitch = token_mean(torch.log(f0_hz.clamp(min=1.0)), voiced, owner)
        pitch = (pitch - self.pitch_mean) / self.pitch_scale
        level = 0.5 * torch.logsumexp(2.0 * mel, dim=2)
        energy = token_mean(level, torch.ones_like(level), owner)
        x, predicted, real = self.adapt(tokens, lengths, pitch, energy)
        said, real_frames = self.draw(x, durations)
        errors = {
            "duration": predicted["duration"] - torch.log1p(durations.float()),
            "pitch": predicted["pitch"] - pitch,
            "energy": predicted["energy"] - energy,
        }
        n = real.sum()
        parts = {k: (e.square() * real).sum() / n for k, e in errors.items()}
        parts["mel"] = (said - mel).abs()[real_frames].mean()
        return {name: LOSS_WEIGHTS[name] * value for name, value in parts.items()}


def token_mean(values, weights, owner):  # [b, t], [b, t], [b, t, n] -> [b, n]
    owner = owner.float().transpose(1, 2)
    sums, counts = owner @ (values * weights)[..., None], owner @ weights[..., None]
    return (sums / counts.clamp(min=1.0))[..., 0]


def training_step(model, optimizer, batch):
    optimizer.zero_grad()
    loss = sum(model.losses(**batch).values())
    loss.backward()
    optimizer.step()
    return loss.item()


class ConvNorm(nn.Module):
    def __init__(self, n_in, n_out, activation):
        super().__init__()
        self.conv, self.norm = same(n_in, n_out, 5), nn.BatchNorm1d(n_out)
        self.activation = activation

    def forward(self, x):  # [b, c, t]
        x = self.norm(self.conv(x))
        return x if self.activation is None else self.activation(x)


class TransformerBlock(nn.Module):
    """Of the encoder, or with `cross` of the decoder, one step at a time."""

    def __init__(self, channels, n_heads, units, cross=False):
        super().__init__()
        self.attention, self.norm = Attention(channels, n_heads), nn.LayerNorm(channels)
        if cross:
            self.cross, self.cross_norm = Attention(channels, n_heads), nn.LayerNorm(channels)
        self.inner, self.outer = nn.Linear(channels, units), nn.Linear(units, channels)
        self.last_norm = nn.LayerNorm(channels)

    def forward(self, x):
        x = self.norm(x + self.attention(x))
        return self.last_norm(x + self.outer(torch.relu(self.inner(x))))

    def step(self, x, t, past, memory):  # [b, 1, c]
        for kept, new in zip(past, self.attention.memory(x), strict=True):
            kept[:, :, t] = new[:, :, 0]
        seen = [kept[:, :, : t + 1] for kept in past]
        x = self.norm(x + self.attention.attend(x, seen))
        x = self.cross_norm(x + self.cross.attend(x, memory))
        return self.last_norm(x + self.outer(torch.relu(self.inner(x))))


class TransformerTTS(nn.Module):
    """Generation alone, of one row, with keys and values kept."""

    def __init__(self, channels=512, n_heads=8, n_blocks=6, units=2048, prenet=(256, 256)):
        super().__init__()
        self.n_heads, self.units = n_heads, prenet
        self.embedding = nn.Embedding(VOCABULARY, channels)
        self.convolutions = nn.Sequential(
            *[ConvNorm(channels, channels, torch.relu) for _ in range(3)]
        )
        self.projection = nn.Linear(channels, channels)
        sizes = (channels, n_heads, units)
        self.encoder = nn.Sequential(*[TransformerBlock(*sizes) for _ in range(n_blocks)])
        self.prenet = nn.ModuleList(
            [nn.Linear(a, b, False) for a, b in zip((N_MELS, *prenet), prenet, strict=False)]
        )
        self.decoder_projection = nn.Linear(prenet[-1], channels)
        self.decoder = nn.ModuleList([TransformerBlock(*sizes, True) for _ in range(n_blocks)])
        self.mel, self.stop = nn.Linear(channels, N_MELS), nn.Linear(channels, 1)
        sizes = [N_MELS] + [channels] * 4
        self.postnet = nn.Sequential(
            *[ConvNorm(n, channels, torch.tanh) for n in sizes[:4]],
            ConvNorm(channels, N_MELS, None),
        )
        self.scales = nn.Parameter(torch.ones(2))
        self.register_buffer("table", positions(2048, channels), persistent=False)

    def encode(self, tokens):
        x = self.convolutions(self.embedding(tokens).transpose(1, 2)).transpose(1, 2)
        x = self.projection(x)
        return self.encoder(x + self.scales[0] * self.table[: x.shape[1]])

    def generate(self, tokens, noise):
        """Mel `(1, frames, 80)` for uniform numbers `(frames, sum(prenet))` of the dropout."""
        memory = self.encode(tokens)
        memories = [block.cross.memory(memory) for block in self.decoder]
        shape = (1, self.n_heads, len(noise), memory.shape[2] // self.n_heads)
        pasts = [[memory.new_zeros(shape) for _ in range(2)] for _ in self.decoder]
        kept = (2.0 * (noise >= 0.5)).to(memory.dtype).split(self.units, dim=1)
        frame, frames, stops = memory.new_zeros(1, N_MELS), [], []
        for t in range(len(noise)):
            x = frame
            for layer, keep in zip(self.prenet, kept, strict=True):
                x = torch.relu(layer(x)) * keep[t]
            x = (self.decoder_projection(x) + self.scales[1] * self.table[t])[:, None]
            for block, past, read in zip(self.decoder, pasts, memories, strict=True):
                x = block.step(x, t, past, read)
            frame = self.mel(x[:, 0])
            frames.append(frame)
            stops.append(self.stop(x[:, 0]))
        mel = torch.stack(frames, dim=1)
        return (mel + self.postnet(mel.transpose(1, 2)).transpose(1, 2)).float()
