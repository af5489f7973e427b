"""Sound files with every kind of damage, and files that are odd but sound: made on the spot."""

import io
import json
import struct
import zipfile

import numpy as np
import soundfile

RATE = 22050
SUFFIXES = ("wav", "flac", "ogg", "mp3")


def tone(seconds=0.5, channels=1, rate=RATE):
    """A voice-like tone with some noise, so that no coder finds it too easy."""
    time = np.arange(round(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * 180 * k * time) / k for k in range(1, 6)) / 6
    wave += 0.01 * np.random.default_rng(0).standard_normal(len(time))
    wave *= np.minimum(1, 20 * np.minimum(time, time[::-1]))
    return np.repeat(wave[:, None], channels, 1).astype("float32")


def encoded(suffix, subtype=None, channels=1, rate=RATE, seconds=0.5, samples=None, endian=None):
    """The bytes of a good file."""
    buffer = io.BytesIO()
    samples = tone(seconds, channels, rate) if samples is None else samples
    soundfile.write(buffer, samples, rate, format=suffix.upper(), subtype=subtype, endian=endian)
    return buffer.getvalue()


def damaged():
    """Returns `{name with suffix: bytes}`: none of them may ever be taken for a recording."""
    return _with_different_stems(
        {
            **_truncated(),
            **_random(),
            **_not_audio(),
            **_overwritten(),
            **_wav_headers(),
            **_other_headers(),
            **_without_samples(),
            **_not_finite(),
        }
    )


def odd():
    """Returns `{name with suffix: bytes}`: unusual, yet every one must be read."""
    return _with_different_stems(_odd())


def _with_different_stems(files):
    """The same files, with their suffix in the name as well: ids are names without suffix."""
    parts = [(*name.rsplit(".", 1), content) for name, content in files.items()]
    return {f"{stem}_{suffix}.{suffix}": content for stem, suffix, content in parts}


def _odd():
    files = {}
    for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"):
        files[f"odd_{subtype}.wav"] = encoded("wav", subtype)
    files["odd_IMA_ADPCM.wav"] = encoded("wav", "IMA_ADPCM")
    for subtype in ("PCM_S8", "PCM_16", "PCM_24"):
        files[f"odd_{subtype}.flac"] = encoded("flac", subtype)
    for channels in (2, 6):
        for suffix in ("wav", "flac", "ogg"):
            files[f"odd_{channels}_channels.{suffix}"] = encoded(suffix, channels=channels)
    files["odd_2_channels.mp3"] = encoded("mp3", channels=2)
    for rate in (8000, 11025, 44100, 48000, 96000, 192000):
        files[f"odd_{rate}_Hz.wav"] = encoded("wav", rate=rate)
        files[f"odd_{rate}_Hz.flac"] = encoded("flac", rate=rate)
    for rate in (8000, 16000, 48000):
        files[f"odd_{rate}_Hz.mp3"] = encoded("mp3", rate=rate)
        files[f"odd_{rate}_Hz.ogg"] = encoded("ogg", rate=rate)
    files["odd_opus.ogg"] = encoded("ogg", "OPUS", rate=48000)
    for container in ("WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "FLAC", "OGG", "MP3"):
        files[f"odd_{container}_inside.wav"] = encoded(container)
    files["odd_big_endian.wav"] = encoded("wav", endian="BIG")
    files["odd_one_sample.wav"] = encoded("wav", samples=np.array([0.5]))
    files["odd_odd_length.wav"] = encoded("wav", "PCM_U8", samples=tone()[:1001])
    files["odd_silent.wav"] = encoded("wav", samples=np.zeros(5000))
    files["odd_clipped.flac"] = encoded("flac", samples=np.clip(8 * tone(), -1, 1))
    files["odd_too_loud.wav"] = encoded("wav", "FLOAT", samples=32768 * tone())
    wav = encoded("wav")
    note = b"LIST" + struct.pack("<I", 12) + b"INFOISFT" + bytes(4)
    files["odd_note_before.wav"] = _with_size(wav[:36] + note + wav[36:])
    files["odd_note_after.wav"] = _with_size(wav + note)
    files["odd_tag_after.wav"] = wav + b"TAG" + bytes(125)
    files["odd_zeros_after.wav"] = wav + bytes(5000)
    for length in (0x7FFFFFFF, 0xFFFFFFFF):
        files[f"odd_streamed_{length:x}.wav"] = _field(wav, 40, "<I", length)
    files["odd_tagged.mp3"] = b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256) + encoded("mp3")
    return files


def _truncated():
    whole = {suffix: encoded(suffix) for suffix in SUFFIXES}
    whole |= {"24.wav": encoded("wav", "PCM_24"), "stereo.flac": encoded("flac", channels=2)}
    files = {}
    for name, content in whole.items():
        suffix = name.rpartition(".")[2]
        for part in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98):
            cut = content[: int(part * len(content))]
            files[f"cut_{name.replace('.', '_')}_at_{part}.{suffix}"] = cut
        for n_bytes in (1, 4, 11):
            files[f"first_{n_bytes}_of_{name.replace('.', '_')}.{suffix}"] = content[:n_bytes]
    for n_bytes in (20, 36, 43, 44):
        files[f"first_{n_bytes}_of_wav.wav"] = whole["wav"][:n_bytes]
    for suffix in ("wav", "flac", "ogg"):
        files[f"last_byte_lost.{suffix}"] = whole[suffix][:-1]
        files[f"beginning_lost.{suffix}"] = whole[suffix][100:]
    return files


def _random():
    files = {}
    for suffix in SUFFIXES:
        for n_bytes in (1, 44, 1000, 30000):
            content = np.random.default_rng(n_bytes).bytes(n_bytes)
            files[f"random_{n_bytes}.{suffix}"] = content
        files[f"zeros.{suffix}"] = bytes(20000)
        files[f"ones.{suffix}"] = b"\xff" * 20000
    return files


def _not_audio():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.wav", encoded("wav"))
    others = {
        "text": b"This is not audio.\n" * 200,
        "html": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "json": json.dumps({"samples": [0, 1] * 500}).encode(),
        "zip": archive.getvalue(),
        "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 88244\n",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(2000),
        "empty": b"",
    }
    return {f"{kind}.{suffix}": content for kind, content in others.items() for suffix in SUFFIXES}


def _overwritten():
    rng, files = np.random.default_rng(5), {}
    for suffix in SUFFIXES:
        content = encoded(suffix)
        files[f"header_overwritten.{suffix}"] = rng.bytes(48) + content[48:]
        if suffix != "wav":  # Every bit pattern is a sample there.
            for number, place in enumerate((0.4, 0.6, 0.8)):
                at = int(place * len(content))
                lost = content[:at] + rng.bytes(400) + content[at + 400 :]
                files[f"middle_overwritten_{number}.{suffix}"] = lost
            files[f"middle_lost.{suffix}"] = content[: len(content) // 3] + content[-1500:]
    return files


def _wav_headers():
    wav = encoded("wav")
    fields = {
        "riff": (0, "4s", b"RIFT"),
        "wave": (8, "4s", b"WAVY"),
        "fmt": (12, "4s", b"fnt "),
        "data": (36, "4s", b"dart"),
        "format_0": (20, "<H", 0),
        "format_4660": (20, "<H", 0x1234),
        "channels_0": (22, "<H", 0),
        "channels_2": (22, "<H", 2),
        "channels_65535": (22, "<H", 65535),
        "rate_0": (24, "<I", 0),
        "rate_1": (24, "<I", 1),
        "rate_44100": (24, "<I", 44100),
        "rate_2000000000": (24, "<I", 2_000_000_000),
        "block_0": (32, "<H", 0),
        "block_4": (32, "<H", 4),
        "bits_0": (34, "<H", 0),
        "bits_7": (34, "<H", 7),
        "bits_32": (34, "<H", 32),
        "bits_64": (34, "<H", 64),
        "length_0": (40, "<I", 0),
        "length_short": (40, "<I", 1000),
        "length_long": (40, "<I", 10**6),
    }
    files = {f"wav_{name}.wav": _field(wav, *field) for name, field in fields.items()}
    # Rate and bytes per second agree, and are no rate of sound.
    files["wav_slow.wav"] = _field(_field(wav, 24, "<I", 2), 28, "<I", 4)
    files["wav_without_fmt.wav"] = _with_size(wav[:12] + wav[36:])
    files["wav_without_data.wav"] = _with_size(wav[:36])
    return files


def _other_headers():
    flac, ogg, mp3 = (encoded(suffix) for suffix in SUFFIXES[1:])
    # From byte 18 on: 20 bits of rate, 3 of channels, 5 of depth, 36 of the number of samples.
    return {
        "flac_magic.flac": b"fLaX" + flac[4:],
        "flac_rate_2.flac": _field(flac, 18, "3s", b"\0\0" + flac[20:21]),
        "flac_total_long.flac": _field(flac, 22, ">I", 10**9),
        "flac_channels_2.flac": _field(flac, 20, "B", flac[20] | 0x02),
        "ogg_magic.ogg": b"OggX" + ogg[4:],
        "ogg_version.ogg": _field(ogg, 4, "B", 9),
        "ogg_codec.ogg": ogg.replace(b"\x01vorbis", b"\x01walrus"),
        "mp3_tag_too_long.mp3": b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + mp3,
    }


def _without_samples():
    files = {f"no_samples.{s}": encoded(s, samples=np.zeros((0, 1))) for s in ("wav", "flac")}
    files["no_samples_stereo.wav"] = encoded("wav", samples=np.zeros((0, 2)))
    return files


def _not_finite():
    files = {}
    for subtype in ("FLOAT", "DOUBLE"):
        for name, value in (("nan", np.nan), ("infinite", np.inf), ("minus_infinite", -np.inf)):
            samples = tone().astype("float64")
            samples[5000] = value
            files[f"{name}_{subtype}.wav"] = encoded("wav", subtype, samples=samples)
    return files


def _field(content, at, layout, value):
    """The bytes with one field of the header changed."""
    packed = struct.pack(layout, value)
    return content[:at] + packed + content[at + len(packed) :]


def _with_size(content):
    """A RIFF file whose outermost length is right again."""
    return _field(content, 4, "<I", len(content) - 8)
