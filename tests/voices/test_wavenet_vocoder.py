"""A WaveNet conditioned on mels is a vocoder like any other."""

import numpy as np
import pytest

from keras_speech.models import WaveNet
from keras_speech.voices import Voice
from voices.fake_models import SPEC

SIZES = dict(n_cycles=1, layers_per_cycle=4, residual_channels=4, gate_channels=8, skip_channels=4)


def test_a_voice_speaks_through_it_and_comes_back_from_disk(make_voice, tmp_path):
    voice = make_voice(vocoder=WaveNet(**SIZES, spec=SPEC, mel_mean=-5.0, mel_scale=2.0))
    speech = voice.speak("hello", seed=2)
    assert speech.samples.shape == (len(speech.mel) * SPEC.hop_length,)
    assert np.isfinite(speech.samples).all() and speech.samples.std() > 0
    loaded = Voice.from_preset(voice.save_to_preset(tmp_path / "voice"))
    np.testing.assert_allclose(loaded.speak("hello", seed=2).samples, speech.samples, atol=1e-5)


def test_another_spec_is_refused(make_voice):
    with pytest.raises(ValueError, match="hop_length"):
        make_voice(vocoder=WaveNet(**SIZES, spec=SPEC.replace(hop_length=SPEC.hop_length // 2)))
