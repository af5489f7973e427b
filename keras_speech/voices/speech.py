"""What a voice says: samples, and the spectrogram and alignment they came from."""

import base64
import dataclasses
import html
import io

import numpy as np

from keras_speech import plots
from keras_speech.voices import sound_files

# A notebook page stays small enough to open: five minutes are 13 MB of base64 at 16 bits.
MAX_EMBEDDED_SECONDS = 300


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Speech:
    """Spoken text.

    Args:
        samples: float32 array `(samples,)`, full scale at -1 and 1.
        sample_rate: in hertz.
        mel: float32 array `(frames, n_mels)` that the vocoder turned into `samples`, or `None`
            where the text was too long to keep it.
        alignment: float32 array `(steps, tokens)`, attention weights, or `None`.
        text: what was spoken, as given.
        symbols: the tokens that were read, one string each, in the order of `alignment`.

    Example:

    >>> speech = Speech(np.zeros(22050, "float32"), 22050, text="...")
    >>> speech.duration
    1.0
    """

    samples: np.ndarray
    sample_rate: int
    mel: np.ndarray | None = None
    alignment: np.ndarray | None = None
    text: str = ""
    symbols: tuple[str, ...] | None = None

    @property
    def duration(self):
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    def samples_only(self):
        """Returns the same speech without mel, alignment and symbols."""
        return dataclasses.replace(self, mel=None, alignment=None, symbols=None)

    def save(self, path):
        """Writes the sound to a file; the format follows the suffix.

        `.wav` and `.flac` hold 16-bit samples, `.ogg` is Vorbis. The file is written whole: an
        error or an interrupt leaves whatever was at `path` before.

        Args:
            path: file name that ends in `.wav`, `.flac` or `.ogg`.

        Returns: `path` as a `pathlib.Path`.

        Raises:
            ValueError: for another suffix.
            OSError: when the file cannot be written; the message names it.
        """
        with sound_files.SoundWriter(path, self.sample_rate) as writer:
            writer.write(self.samples)
        return writer.path

    def plot(self):
        """Draws waveform, mel spectrogram and alignment below each other.

        Returns: the `matplotlib.figure.Figure`; `figure.savefig("speech.png")` keeps it.
        """
        import matplotlib
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(10, 8), layout="constrained")
        self._draw(figure)
        if "inline" in matplotlib.get_backend():
            # A notebook shows both what is returned and what is open: once is enough.
            plt.close(figure)
        return figure

    def _draw(self, figure):
        panels = ["waveform"]
        panels += ["mel"] if self.mel is not None else []
        panels += ["alignment"] if self.alignment is not None else []
        axes = dict(zip(panels, np.atleast_1d(figure.subplots(len(panels))), strict=True))
        plots.plot_waveform(self.samples, self.sample_rate, ax=axes["waveform"])
        # A dollar sign would start a formula.
        title = self.text if len(self.text) <= 90 else self.text[:89] + "…"
        axes["waveform"].set_title(title.replace("$", r"\$"))
        if "mel" in axes:
            plots.plot_mel(self.mel, duration=self.duration, ax=axes["mel"])
        if "alignment" in axes:
            plots.plot_alignment(
                self.alignment,
                symbols=self.symbols,
                duration=self.duration,
                ax=axes["alignment"],
            )

    def _repr_html_(self):
        """Shows a player, and a picture of the spectrogram, in a notebook."""
        parts = [f"<div><p>{html.escape(self.text[:500])}</p>"]
        if self.duration <= MAX_EMBEDDED_SECONDS:
            wav = base64.b64encode(sound_files.wav_bytes(self.samples, self.sample_rate)).decode()
            parts.append(f'<audio controls src="data:audio/wav;base64,{wav}"></audio>')
        else:
            parts.append(
                f"<p>{self.duration:.0f} s are too long to embed; "
                "<code>speech.save('speech.wav')</code> writes them to a file.</p>"
            )
        if self.mel is not None:
            png = base64.b64encode(self._mel_png()).decode()
            parts.append(f'<br><img alt="mel spectrogram" src="data:image/png;base64,{png}">')
        return "".join(parts) + "</div>"

    def _mel_png(self):
        # Not through pyplot: showing an object should not change the user's current figure.
        from matplotlib.figure import Figure

        figure = Figure(figsize=(8, 2.5), layout="constrained")
        plots.plot_mel(self.mel, duration=self.duration, ax=figure.subplots())
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=80)
        return buffer.getvalue()

    def __repr__(self):
        text = self.text if len(self.text) <= 40 else self.text[:39] + "…"
        return f"<Speech {text!r}: {self.duration:.2f} s at {self.sample_rate} Hz>"


def join(pieces, *, text, detailed=True):
    """Joins what `Voice.stream` yields into one `Speech`.

    Args:
        pieces: non-empty sequence of `Speech` with equal sample rates.
        text: of the whole.
        detailed: keep mel and alignment too. Defaults to `True`. The joined alignment has a block
            per piece, so its size grows with the square of the text.

    Returns: `Speech`.
    """
    samples = np.concatenate([piece.samples for piece in pieces])
    if not detailed:
        return Speech(samples, pieces[0].sample_rate, text=text)
    return Speech(
        samples,
        pieces[0].sample_rate,
        mel=np.concatenate([piece.mel for piece in pieces]),
        alignment=_block_diagonal([piece.alignment for piece in pieces]),
        text=text,
        symbols=tuple(symbol for piece in pieces for symbol in piece.symbols),
    )


def _block_diagonal(blocks):
    joined = np.zeros(np.sum([block.shape for block in blocks], axis=0), "float32")
    row = column = 0
    for block in blocks:
        joined[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    return joined
