"""Tacotron 2 in PyTorch as it is usually written: `LSTMCell`s in a Python loop.

The peer of `benchmarks/tacotron2.py`: the same layers and sizes as `tacotron2_configs.LJSPEECH`.
"""

import torch
from torch import nn
from torch.nn import functional


class ConvNorm(nn.Module):
    def __init__(self, n_in, n_out, activation):
        super().__init__()
        self.conv = nn.Conv1d(n_in, n_out, 5, padding=2)
        self.norm = nn.BatchNorm1d(n_out)
        self.activation = activation

    def forward(self, x):  # [b, c, t]
        x = self.norm(self.conv(x))
        if self.activation is not None:
            x = self.activation(x)
        return functional.dropout(x, 0.5, self.training)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(148, 512)
        self.convolutions = nn.Sequential(*[ConvNorm(512, 512, torch.relu) for _ in range(3)])
        self.lstm = nn.LSTM(512, 256, batch_first=True, bidirectional=True)

    def forward(self, tokens, lengths):
        x = self.convolutions(self.embedding(tokens).transpose(1, 2)).transpose(1, 2)
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        return nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0]


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(1024, 128, bias=False)
        self.memory = nn.Linear(512, 128, bias=False)
        self.filters = nn.Conv1d(2, 32, 31, padding=15, bias=False)
        self.location = nn.Linear(32, 128, bias=False)
        self.score = nn.Linear(128, 1, bias=False)

    def forward(self, query, values, keys, mask, weights, cumulated):
        seen = torch.cat([weights[:, None], cumulated[:, None]], dim=1)
        location = self.location(self.filters(seen).transpose(1, 2))
        hidden = torch.tanh(self.query(query)[:, None] + keys + location)
        energies = self.score(hidden)[..., 0].masked_fill(~mask, -1e9)
        weights = torch.softmax(energies, dim=1)
        return torch.bmm(weights[:, None], values)[:, 0], weights


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.prenet = nn.ModuleList([nn.Linear(80, 256, False), nn.Linear(256, 256, False)])
        self.attention_cell = nn.LSTMCell(256 + 512, 1024)
        self.attention = Attention()
        self.decoder_cell = nn.LSTMCell(1024 + 512, 1024)
        self.mel = nn.Linear(1024 + 512, 80)
        self.stop = nn.Linear(1024 + 512, 1)

    def start(self, values, mask):
        batch, n, _ = values.shape
        zeros = values.new_zeros
        self.values, self.mask, self.keys = values, mask, self.attention.memory(values)
        self.attention_state = zeros(batch, 1024), zeros(batch, 1024)
        self.decoder_state = zeros(batch, 1024), zeros(batch, 1024)
        self.weights, self.cumulated = zeros(batch, n), zeros(batch, n)
        self.context = zeros(batch, 512)

    def read(self, frames):
        for layer in self.prenet:
            frames = functional.dropout(torch.relu(layer(frames)), 0.5, True)
        return frames

    def step(self, inputs):
        h, c = self.attention_cell(torch.cat([inputs, self.context], dim=1), self.attention_state)
        self.attention_state = functional.dropout(h, 0.1, self.training), c
        self.context, self.weights = self.attention(
            self.attention_state[0], self.values, self.keys, self.mask, self.weights, self.cumulated
        )
        self.cumulated = self.cumulated + self.weights
        seen = torch.cat([self.attention_state[0], self.context], dim=1)
        h, c = self.decoder_cell(seen, self.decoder_state)
        self.decoder_state = functional.dropout(h, 0.1, self.training), c
        said = torch.cat([self.decoder_state[0], self.context], dim=1)
        return self.mel(said), self.stop(said)[:, 0]


class Tacotron2(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()
        sizes = [80, 512, 512, 512, 512]
        self.postnet = nn.Sequential(
            *[ConvNorm(n, 512, torch.tanh) for n in sizes[:4]], ConvNorm(512, 80, None)
        )

    def forward(self, tokens, lengths, mel):
        mask = torch.arange(tokens.shape[1])[None] < lengths[:, None]
        self.decoder.start(self.encoder(tokens, lengths), mask)
        before = torch.cat([torch.zeros_like(mel[:, :1]), mel[:, :-1]], dim=1)
        inputs = self.decoder.read(before)
        steps = [self.decoder.step(inputs[:, t]) for t in range(mel.shape[1])]
        mel_before = torch.stack([frame for frame, _ in steps], dim=1)
        stop = torch.stack([logit for _, logit in steps], dim=1)
        after = mel_before + self.postnet(mel_before.transpose(1, 2)).transpose(1, 2)
        return mel_before, after, stop

    @torch.inference_mode()
    def generate(self, tokens, lengths, n_frames):
        mask = torch.arange(tokens.shape[1])[None] < lengths[:, None]
        self.decoder.start(self.encoder(tokens, lengths), mask)
        frame, frames = torch.zeros(len(tokens), 80), []
        for _ in range(n_frames):
            frame, _ = self.decoder.step(self.decoder.read(frame))
            frames.append(frame)
        mel = torch.stack(frames, dim=1)
        return mel + self.postnet(mel.transpose(1, 2)).transpose(1, 2)


def training_step(model, optimizer, tokens, lengths, mel, stop):
    optimizer.zero_grad()
    before, after, logits = model(tokens, lengths, mel)
    loss = functional.mse_loss(before, mel) + functional.mse_loss(after, mel)
    loss = loss + functional.binary_cross_entropy_with_logits(logits, stop)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()
