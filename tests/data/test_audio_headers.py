"""What is left to soundfile, and what the header says of all else."""

import pytest

import damaged_audio
from keras_speech.data import audio_headers

DAMAGED = damaged_audio.damaged()
ODD = damaged_audio.odd()


def kind(content, whole=True):
    number, rate, n_samples = audio_headers.header(content, whole)
    assert (rate, n_samples) == (0, 0) or number != audio_headers.SOUNDFILE
    return audio_headers.KINDS[number]


@pytest.mark.parametrize("name", [n for n in DAMAGED if not n.endswith(".flac")])
def test_damage_is_left_to_soundfile_which_names_it(name):
    """All but NaN and infinity, which are found among the samples."""
    found = kind(DAMAGED[name])
    assert found is None or (found == ("WAV", "FLOAT") and ("nan" in name or "infinite" in name))


@pytest.mark.parametrize("name", [n for n in ODD if n.endswith(".flac")])
def test_flac_is_left_to_soundfile_unless_known_as_whole(name):
    assert kind(ODD[name], whole=False) is None
    assert kind(ODD[name]) == (
        None if "S8" in name else ("FLAC", f"PCM_{24 if '24' in name else 16}")
    )


@pytest.mark.parametrize(
    "name, expected",
    [
        ("odd_PCM_16_wav.wav", ("WAV", "PCM_16")),
        ("odd_6_channels_wav.wav", ("WAV", "PCM_16")),
        ("odd_WAVEX_inside_wav.wav", ("WAV", "PCM_16")),
        ("odd_FLOAT_wav.wav", ("WAV", "FLOAT")),
        ("odd_FLAC_inside_wav.wav", ("FLAC", "PCM_16")),
        ("odd_MP3_inside_wav.wav", ("MP3", "MPEG_LAYER_III")),
        ("odd_tagged_mp3.mp3", ("MP3", "MPEG_LAYER_III")),
        # Read otherwise, or not at all, by tensorflow-io:
        ("odd_PCM_32_wav.wav", None),
        ("odd_DOUBLE_wav.wav", None),
        ("odd_ULAW_wav.wav", None),
        ("odd_odd_length_wav.wav", None),
        ("odd_streamed_ffffffff_wav.wav", None),
        ("odd_big_endian_wav.wav", None),
        ("odd_OGG_inside_wav.wav", None),
    ],
)
def test_content_decides_and_not_the_name(name, expected):
    assert kind(ODD[name]) == expected


@pytest.mark.parametrize("subtype, bits", [("PCM_U8", 8), ("PCM_24", 24)])
def test_an_even_number_of_bytes_is_for_tensorflow_io(subtype, bits):
    even, odd = damaged_audio.tone()[:1000], damaged_audio.tone()[:1001]
    assert kind(damaged_audio.encoded("wav", subtype, samples=even)) == ("WAV", subtype)
    assert kind(damaged_audio.encoded("wav", subtype, samples=odd)) is None


def test_rate_and_length_are_told():
    content = damaged_audio.encoded("wav", rate=48000, seconds=0.25)
    assert audio_headers.header(content, False)[1:] == (48000, 12000)
    content = damaged_audio.encoded("flac", rate=8000, channels=2, seconds=0.25)
    assert audio_headers.header(content, True)[1:] == (8000, 2000)
