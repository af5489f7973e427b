"""What a page is told of a voice is what the server takes."""

from types import SimpleNamespace

import keras_speech as ks
from export.tiny_models import tiny_voice
from keras_speech.serving.limits import Limits
from keras_speech.serving.voices import band_centers, of_voice


def test_voices_are_listed_with_what_they_take(client):
    (listed,) = client.http.get("/v1/voices").json()["voices"]
    assert listed["name"] == "tiny" and listed["speakers"] == ["ann", "bob", "cid"]
    assert (listed["sample_rate"], listed["hop_length"], listed["max_text"]) == (8000, 64, 4096)
    assert listed["pictures"] and len(listed["mel_hz"]) == 20
    # It was made without a control of energy.
    assert list(listed["controls"]) == ["speed", "pitch"]
    for name, control in listed["controls"].items():
        for value in (control["low"], control["high"], control["default"]):
            client.speech(**{name: value})
        client.speech(**{name: control["low"] - 0.1}, status=400)
        client.speech(**{name: control["high"] + 0.1}, status=400)
    for speaker in listed["speakers"]:
        client.speech(voice=speaker)


def test_metadata_is_told():
    voice = tiny_voice("TransformerTTS", "GriffinLim")
    voice.metadata = {"license": "CC0-1.0", "language": "en", "secret": "kept"}
    told = of_voice("it", voice, Limits(max_text=7))
    assert (told["license"], told["language"], told["description"]) == ("CC0-1.0", "en", None)
    assert told["speakers"] == [] and list(told["controls"]) == ["speed"]
    assert told["max_text"] == 7 and "secret" not in told


def test_what_gives_sound_alone_has_no_pictures():
    alone = SimpleNamespace(
        acoustic_model=SimpleNamespace(controls=("speed", "energy")),
        spec=ks.AudioSpec(), speakers=("a",), metadata={},
    )  # fmt: skip
    told = of_voice("it", alone, Limits())
    assert told["pictures"] is False and told["mel_hz"] is None
    assert told["speakers"] == ["a"] and list(told["controls"]) == ["speed", "energy"]


def test_centers_are_the_peaks_of_the_filters():
    for scale in ("slaney", "htk"):
        spec = ks.AudioSpec(n_mels=20, mel_scale=scale)
        filters = ks.ops.mel.filterbank_of(spec)
        peaks = filters.argmax(axis=0) * spec.sample_rate / spec.n_fft
        assert abs(peaks - band_centers(spec)).max() < spec.sample_rate / spec.n_fft
