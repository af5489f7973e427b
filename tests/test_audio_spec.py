import dataclasses
import json

import pytest

from keras_speech.audio_spec import AudioSpec


def test_dict_survives_json_and_gives_the_same_spec():
    spec = AudioSpec(sample_rate=16000, mel_scale="htk", mel_norm=None, padding="hop", fmin=50)
    assert AudioSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_missing_fields_keep_their_defaults():
    assert AudioSpec.from_dict({"n_mels": 40}) == AudioSpec(n_mels=40)


def test_spec_cannot_be_changed_and_can_be_a_key():
    with pytest.raises(dataclasses.FrozenInstanceError):
        AudioSpec().n_mels = 40
    assert {AudioSpec(): 1}[AudioSpec()] == 1


def test_numbers_of_other_types_compare_and_save_alike():
    # JSON turns 8000.0 into 8000 in some writers; that is no other convention.
    spec = AudioSpec(fmax=8000, sample_rate=22050.0)
    assert spec == AudioSpec() and type(spec.sample_rate) is int and type(spec.fmax) is float


def test_replace_validates():
    assert AudioSpec().replace(n_mels=40).n_mels == 40
    with pytest.raises(ValueError, match="`n_mels` must be a positive integer"):
        AudioSpec().replace(n_mels=0)


def test_properties():
    spec = AudioSpec()
    assert spec.n_freqs == 1024 // 2 + 1
    assert spec.frame_rate == 22050 / 256
    assert spec.pad_length == 1024 // 2
    assert spec.replace(padding="hop").pad_length == (1024 - 256) // 2


@pytest.mark.parametrize("frames", [1, 2, 57])
def test_frames_of_a_vocoders_samples(frames):
    center, hop = AudioSpec(), AudioSpec(padding="hop")
    assert center.n_samples(frames) == hop.n_samples(frames) == 256 * frames
    assert center.n_frames(center.n_samples(frames)) == frames + 1
    assert hop.n_frames(hop.n_samples(frames)) == frames


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"hop_length": 300, "win_length": 256}, "`hop_length` must not exceed `win_length`"),
        ({"win_length": 2048}, "`win_length` must not exceed `n_fft`"),
        ({"sample_rate": 0}, "`sample_rate` must be a positive integer.*sample_rate=0"),
        ({"sample_rate": "22050"}, "`sample_rate` must be a positive integer"),
        ({"n_fft": 1024.5}, "`n_fft` must be a positive integer"),
        ({"n_mels": True}, "`n_mels` must be a positive integer"),
        ({"n_mels": None}, "`n_mels` must be a positive integer"),
        ({"fmax": 12000}, "fmax <= sample_rate / 2.*fmax=12000"),
        ({"fmin": -1}, "0 <= fmin"),
        ({"fmin": 8000}, "fmin < fmax"),
        ({"fmax": float("nan")}, "`fmax` must be a finite number"),
        ({"fmax": None}, "`fmax` must be a finite number"),
        ({"log_floor": 0}, "`log_floor` must be positive"),
        ({"mel_scale": "mel"}, "`mel_scale` must be one of"),
        ({"mel_norm": "area"}, "`mel_norm` must be one of"),
        ({"padding": "same"}, "`padding` must be one of.*'same'"),
    ],
)
def test_bad_values_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        AudioSpec(**changes)


def test_unknown_fields_are_refused():
    with pytest.raises(ValueError, match=r"fields of AudioSpec only.*\['hop_size'\]"):
        AudioSpec.from_dict({"hop_size": 256})
    with pytest.raises(ValueError, match="`config` must be a dict. Received: list"):
        AudioSpec.from_dict([])


def test_require_equal_names_every_difference_with_both_values():
    with pytest.raises(ValueError) as error:
        AudioSpec().require_equal(AudioSpec(n_mels=100, padding="hop"), theirs="HiFi-GAN")
    message = str(error.value)
    assert "n_mels: 80 (acoustic model), 100 (HiFi-GAN)" in message
    assert "padding: 'center' (acoustic model), 'hop' (HiFi-GAN)" in message
    assert "sample_rate" not in message
    AudioSpec().require_equal(AudioSpec())
