"""What HiFi-GAN and Vocos are trained against, in PyTorch as usually written, and their steps.

Sub-discriminators return a score and a list of features. Weights are plain.
"""

import itertools

import torch
from torch import nn
from torch.nn import functional


class Discriminator(nn.Module):
    """Convolutions with a leaky ReLU after each, and one more that gives the score."""

    def __init__(self, convolutions, score):
        super().__init__()
        self.convolutions, self.score = nn.ModuleList(convolutions), score

    def judge(self, x):
        features = []
        for convolution in self.convolutions:
            x = functional.leaky_relu(convolution(x), 0.1)
            features.append(x)
        x = self.score(x)
        return x, [*features, x]


class Period(Discriminator):
    """Samples in rows of `period`, with convolutions along the columns."""

    def __init__(self, period, channels=(32, 128, 512, 1024)):
        sizes = itertools.pairwise((1, *channels))
        layers = [nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0)) for a, b in sizes]
        layers.append(nn.Conv2d(channels[-1], 1024, (5, 1), 1, (2, 0)))
        super().__init__(layers, nn.Conv2d(1024, 1, (3, 1), 1, (1, 0)))
        self.period = period

    def forward(self, x):  # [b, n]
        x = functional.pad(x[:, None], (0, -x.shape[1] % self.period), "reflect")
        return self.judge(x.unflatten(2, (-1, self.period)))


class Scale(Discriminator):
    """Samples averaged `n_poolings` times over 4 of them, every second kept."""

    def __init__(self, n_poolings):
        layers = [nn.Conv1d(1, 128, 15, 1, 7)]
        # channels in and out, kernel, stride, groups
        for a, b, k, s, g in (
            (128, 128, 41, 2, 4),
            (128, 256, 41, 2, 16),
            (256, 512, 41, 4, 16),
            (512, 1024, 41, 4, 16),
            (1024, 1024, 41, 1, 16),
            (1024, 1024, 5, 1, 1),
        ):
            layers.append(nn.Conv1d(a, b, k, s, k // 2, groups=g))
        super().__init__(layers, nn.Conv1d(1024, 1, 3, 1, 1))
        self.n_poolings = n_poolings

    def forward(self, x):
        x = x[:, None]
        for _ in range(self.n_poolings):
            x = functional.avg_pool1d(x, 4, 2, 2)
        return self.judge(x)


class Resolution(nn.Module):
    """Five bands of one short-time Fourier transform, real and imaginary parts as channels."""

    EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)

    def __init__(self, n_fft, channels=32):
        super().__init__()
        self.n_fft = n_fft
        c, wide = channels, dict(kernel_size=(3, 9), padding=(1, 4))
        self.bands = nn.ModuleList()
        for _ in self.EDGES[1:]:
            layers = [nn.Conv2d(2, c, **wide)]
            layers += [nn.Conv2d(c, c, stride=(1, 2), **wide) for _ in range(3)]
            self.bands.append(nn.ModuleList([*layers, nn.Conv2d(c, c, 3, padding=1)]))
        self.score = nn.Conv2d(c, 1, 3, padding=1)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)

    def forward(self, x):  # [b, n]
        x = x - x.mean(dim=1, keepdim=True)
        x = 0.8 * x / (x.abs().amax(dim=1, keepdim=True) + 1e-9)
        x = torch.stft(x, self.n_fft, self.n_fft // 4, window=self.window, return_complex=True)
        x = torch.view_as_real(x.transpose(1, 2)).movedim(3, 1)  # [b, 2, frames, frequencies]
        edges = [int(edge * x.shape[3]) for edge in self.EDGES]
        features, ends = [], []
        for layers, (first, end) in zip(self.bands, itertools.pairwise(edges), strict=True):
            band = x[..., first:end]
            for i, layer in enumerate(layers):
                band = functional.leaky_relu(layer(band), 0.1)
                if i:
                    features.append(band)
            ends.append(band)
        score = self.score(torch.cat(ends, dim=3))
        return score, [*features, score]


def periods():
    return [Period(p) for p in (2, 3, 5, 7, 11)]


def hifigan_discriminators():
    return nn.ModuleList(periods() + [Scale(n) for n in range(3)])


def vocos_discriminators():
    return nn.ModuleList(periods() + [Resolution(n) for n in (2048, 1024, 512)])


class LogMel(nn.Module):
    """Log-mel spectrogram up to half the sample rate, for the generator's loss."""

    def __init__(self):
        super().__init__()
        import librosa

        bands = librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80)
        self.register_buffer("bands", torch.tensor(bands))
        self.register_buffer("window", torch.hann_window(1024))

    def forward(self, samples):
        x = torch.stft(samples, 1024, 256, window=self.window, return_complex=True)
        magnitude = torch.sqrt(x.real.square() + x.imag.square() + 1e-9)
        return torch.log(torch.clamp(self.bands @ magnitude, min=1e-5))


def least_squares(scores, target):
    return sum((score.float() - target).square().mean() for score in scores)


def hinge(scores, target):
    """Ones above 1 and zeros (here: -1) below -1 cost nothing."""
    sign = 1 if target else -1
    return sum(torch.relu(1 - sign * score.float()).mean() for score in scores)


class Adversaries:
    """A generator and its discriminators, with an optimizer each, updated in turns.

    `best=False` is the published procedure: the generator's backward pass also forms gradients of
    the discriminators' weights, which nobody reads, and their second look at the recording keeps
    what a gradient would need. `best=True` leaves both out.
    """

    def __init__(self, generator, kind, best=False):
        self.generator, self.best = generator, best
        hifigan = kind == "hifigan"
        self.discriminators = hifigan_discriminators() if hifigan else vocos_discriminators()
        self.loss = least_squares if hifigan else hinge
        # Scales and resolutions count as much as periods in HiFi-GAN, a tenth of them in Vocos.
        n_others = len(self.discriminators) - 5
        self.weights = [1.0] * 5 + [1.0 if hifigan else 0.1] * n_others
        self.feature_weight = 2.0 if hifigan else 1.0
        self.mel = LogMel()
        # Both players decay weights by 0.01.
        settings = dict(lr=2e-4, betas=(0.8, 0.99))
        self.generator_optimizer = torch.optim.AdamW(generator.parameters(), **settings)
        self.optimizer = torch.optim.AdamW(self.discriminators.parameters(), **settings)

    def judge(self, samples):
        return [discriminator(samples) for discriminator in self.discriminators]

    def weighted(self, loss, judged, target):
        pairs = zip(self.weights, judged, strict=True)
        return sum(weight * loss([score], target) for weight, (score, _) in pairs)

    def step(self, mel, samples):
        predicted = self.generator(mel).float()
        fake = self.judge(predicted.detach())
        real = self.judge(samples)
        loss = self.weighted(self.loss, real, 1) + self.weighted(self.loss, fake, 0)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

        if self.best:
            self.discriminators.requires_grad_(False)
        with torch.set_grad_enabled(not self.best):
            real = self.judge(samples)
        fake = self.judge(predicted)
        total = 45 * (self.mel(samples) - self.mel(predicted)).abs().mean()
        total = total + self.weighted(self.loss, fake, 1)
        for weight, (_, features), (_, targets) in zip(self.weights, fake, real, strict=True):
            for feature, target in zip(features, targets, strict=True):
                distance = (target.float() - feature.float()).abs().mean()
                total = total + self.feature_weight * weight * distance
        self.generator_optimizer.zero_grad()
        total.backward()
        self.generator_optimizer.step()
        self.discriminators.requires_grad_(True)
        return total.item()


class Likelihood:
    """WaveGlow and its optimizer."""

    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), 1e-4)

    def step(self, mel, samples):
        self.optimizer.zero_grad()
        loss = self.model.loss(mel, samples)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def training(name, generator, best=False):
    """What has a `step(mel, samples)` for the generator called `name`."""
    if name == "WaveGlow":
        return Likelihood(generator)
    return Adversaries(generator, "vocos" if name == "Vocos" else "hifigan", best)
