"""Draw what each augmentation does to speech: the pictures of docs/augmentation.md.

    python examples/augmentation_pictures.py --out docs/pictures

They are of a sentence by the voice that comes with the package, or of `--audio FILE`.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

import keras_speech as ks
from keras_speech import plots
from keras_speech.data import augmentation as aug

SPEC = ks.AudioSpec()
RATE = SPEC.sample_rate
SENTENCE = "Well, who would have thought it?"
HOP_S = SPEC.hop_length / RATE


def changed(function, samples, row=0, **entries):
    """One row after an augmentation, as a pipeline makes it; the batch has `samples` and more."""
    batch = {"samples": np.atleast_2d(samples).astype("float32"), **entries}
    (batch,) = tf.data.Dataset.from_tensors(batch).map(function)
    return {key: value.numpy()[row] for key, value in batch.items()}


def log_mel(samples):
    return np.asarray(ks.ops.mel.log_mel_spectrogram(samples, SPEC))


def draw_mel(ax, samples, title, f0=False):
    frames = log_mel(samples)
    seconds = len(frames) * HOP_S
    image = ax.imshow(
        frames.T, origin="lower", aspect="auto", vmin=-10, vmax=1, extent=(0, seconds, 0, 80)
    )
    ax.set(title=title, xlabel="s")
    if f0:
        hz = ks.data.track_f0(samples, RATE, hop_length=SPEC.hop_length)
        line = ax.twinx()
        line.plot(np.arange(len(hz)) * HOP_S, np.where(hz > 0, hz, np.nan), "w", lw=2)
        line.set(ylim=(50, 500), ylabel="F0 in Hz")
    return image


def draw_wave(ax, samples, title):
    plots.plot_waveform(samples, RATE, ax=ax)
    ax.set(title=title, ylim=(-1, 1))


def pictures(speech):
    """Yields the name, the number of panels and the function that draws each picture."""
    n = len(speech)
    others = np.roll(speech[::-1], n // 3)  # speech backwards, as if of somebody else

    def gain(axes):
        for ax, db in zip(axes, (0, -8, 4), strict=True):
            draw_wave(ax, changed(aug.Gain(db), speech)["samples"], f"{db:+d} dB")

    def noise(axes):
        draw_mel(axes[0], speech, "as recorded")
        for ax, db in zip(axes[1:], (25, 10), strict=True):
            draw_mel(ax, changed(aug.Noise(db, seed=1), speech)["samples"], f"SNR {db} dB")

    def mixing(axes):
        mixed = changed(aug.MixTakes(8, seed=1), np.stack([speech, others]))["samples"]
        for ax, samples, title in zip(
            axes, (speech, others, mixed), ("a take", "another", "mixed at 8 dB"), strict=True
        ):
            draw_mel(ax, samples, title)

    def crops(axes):
        draw_wave(axes[0], speech, "four crops of 0.4 s")
        length = int(0.4 * RATE)
        rows = np.tile(np.arange(n, dtype="float32"), (4, 1))  # of places, to show where they are
        for row in range(4):
            first = changed(aug.RandomCrop(length, seed=2), rows, row)["samples"][0] / RATE
            band = dict(ymin=row / 4, ymax=(row + 1) / 4, color=f"C{row + 1}", alpha=0.4, lw=0)
            axes[0].axvspan(first, first + 0.4, **band)

    def pitch(axes):
        for ax, semitones in zip(axes, (0, -3, 3), strict=True):
            samples = changed(aug.Pitch(RATE, semitones), speech)["samples"]
            draw_mel(ax, samples, f"{semitones:+d} semitones", f0=True)

    def tempo(axes):
        for ax, factor in zip(axes, (1.0, 0.8, 1.25), strict=True):
            silence = np.zeros(n)
            function = aug.Tempo(RATE, int(n / factor), factor)
            samples = changed(function, np.concatenate([speech, silence]))["samples"]
            draw_mel(ax, samples, f"tempo {factor:g}", f0=True)
            ax.set_xlim(0, n / RATE / 0.8)

    def masks(axes):
        frames = log_mel(speech)
        function = aug.MelMasks(max_frames=20, max_bands=15, seed=8)
        masked = changed(function, speech, mel=frames[None])["mel"]
        extent = (0, len(frames) * HOP_S, 0, 80)
        for ax, values, title in zip(axes, (frames, masked), ("as it is", "masked"), strict=True):
            ax.imshow(values.T, origin="lower", aspect="auto", vmin=-10, vmax=1, extent=extent)
            ax.set(title=title, xlabel="s")

    def punctuation(axes):
        tokenizer = ks.text.CharacterTokenizer()
        text = "well, who would have thought it? not me: never!"
        tokens, lengths = tokenizer([text] * 5)
        batch = {"tokens": tokens, "token_lengths": lengths}
        (batch,) = tf.data.Dataset.from_tensors(batch).map(
            aug.DropPunctuation(tokenizer, 0.5, seed=1)
        )
        axes[0].axis("off")
        for row, line in enumerate([text, *tokenizer.detokenize(batch["tokens"])]):
            color = "C0" if row == 0 else "black"
            axes[0].text(0, 1 - row / 5.5, line, family="monospace", size=10, color=color, va="top")

    yield "gain", 3, gain
    yield "noise", 3, noise
    yield "mix_takes", 3, mixing
    yield "random_crop", 1, crops
    yield "pitch", 3, pitch
    yield "tempo", 3, tempo
    yield "spec_augment", 2, masks
    yield "drop_punctuation", 1, punctuation


def main():
    parser = argparse.ArgumentParser(description="Draw what each augmentation does.")
    parser.add_argument("--out", required=True, help="folder for the pictures")
    parser.add_argument("--audio", help="sound file to change; by default the bundled voice speaks")
    options = parser.parse_args()
    if options.audio:
        speech = ks.data.read_audio(options.audio, RATE)
    else:
        speech = ks.voices.Voice.from_preset("kathleen").speak(SENTENCE, seed=1).samples
    speech = 0.5 * speech / np.abs(speech).max()
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    for name, n_panels, draw in pictures(speech):
        height = 1.6 if n_panels == 1 else 2.1
        figure, axes = plt.subplots(
            1, n_panels, figsize=(9, height), squeeze=False, layout="constrained"
        )
        draw(axes[0])
        figure.savefig(out / f"augmentation_{name}.png", dpi=72)
        plt.close(figure)


if __name__ == "__main__":
    main()
