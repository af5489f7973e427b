"""A voice that speaks through another vocoder than its own."""

import keras
import numpy as np
import pytest

from keras_speech.models import GriffinLim, Vocos, WaveNet, save_model_preset
from keras_speech.voices import Voice, vocoders
from voices.fake_models import SPEC

TINY = dict(channels=8, hidden_channels=8, n_blocks=1)


@keras.saving.register_keras_serializable("keras_speech_tests")
class Judge(keras.layers.Layer):
    """The least that a discriminator is."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(1000,), name="scale")

    def call(self, samples, training=None):
        score = samples * self.scale[0]
        return [(score, [score])]


@pytest.fixture(scope="module")
def vocos():
    keras.utils.set_random_seed(0)
    return Vocos(SPEC, **TINY, discriminators=[Judge()])


def test_all_but_the_vocoder_is_shared(make_voice, vocos):
    voice = make_voice(
        model={"n_speakers": 2}, speakers=["ann", "bob"], name="two", level_db=-30.0, peak=0.5,
        pauses={".": 1.0}, metadata={"license": "CC0"},
    )  # fmt: skip
    own = voice.vocoder
    other = voice.with_vocoder(vocos)
    assert (voice.vocoder, other.vocoder) == (own, vocos)
    for name in ("tokenizer", "acoustic_model", "spec"):
        assert getattr(other, name) is getattr(voice, name)
    for name in ("name", "speakers", "level_db", "peak", "pauses", "metadata"):
        assert getattr(other, name) == getattr(voice, name)
    ours, theirs = voice.speak("hello", speaker="bob"), other.speak("hello", speaker="bob")
    np.testing.assert_array_equal(ours.mel, theirs.mel)
    assert ours.samples.shape == theirs.samples.shape
    assert np.abs(ours.samples - theirs.samples).max() > 0.01


@pytest.mark.parametrize("form", ["directory", "file"])
def test_a_saved_model_gives_the_sound_of_the_model(make_voice, vocos, tmp_path, form):
    path = save_model_preset(vocos, tmp_path / "vocos")
    voice = make_voice(vocoder=vocos)
    other = voice.with_vocoder(path if form == "directory" else str(path / "model.keras"))
    np.testing.assert_allclose(
        other.speak("hello").samples, voice.speak("hello").samples, atol=1e-6
    )


def test_griffin_lim_is_the_voices_own_or_made_for_its_spec(make_voice, vocos):
    own = GriffinLim(SPEC, n_iter=2, power=1.2)
    assert make_voice(vocoder=own).with_vocoder("griffin-lim").vocoder is own
    made = make_voice(vocoder=vocos).with_vocoder("griffin-lim").vocoder
    assert isinstance(made, GriffinLim) and made.spec == SPEC
    for name, value in vocoders.GRIFFIN_LIM_SETTINGS.items():
        assert getattr(made, name) == value


def test_the_bundled_voice_sounds_through_griffin_lim_as_it_always_did():
    """With the settings that its files had when Griffin-Lim was its vocoder."""
    voice = Voice.from_preset("kathleen").with_vocoder("griffin-lim")
    assert (voice.vocoder.n_iter, voice.vocoder.power, voice.vocoder.momentum) == (60, 1.0, 0.99)
    assert voice.vocoder.spec == voice.spec


def test_another_spec_is_refused_with_both_values(make_voice, tmp_path):
    model = Vocos(SPEC.replace(hop_length=32, fmax=3000.0), **TINY)
    saved = save_model_preset(model, tmp_path / "vocos")
    for vocoder in (model, saved):
        with pytest.raises(ValueError) as error:
            make_voice().with_vocoder(vocoder)
        for part in ("hop_length: 64 (voice), 32 (vocoder)", "fmax: 4000.0 (voice), 3000.0"):
            assert part in str(error.value)


def test_a_model_that_reads_no_mel_is_refused(make_voice, tmp_path):
    sizes = dict(n_cycles=1, layers_per_cycle=1, residual_channels=2, gate_channels=2)
    save_model_preset(WaveNet(**sizes, skip_channels=2, sample_rate=8000), tmp_path / "music")
    with pytest.raises(ValueError, match="`vocoder` must make sound of mel .*music', a WaveNet"):
        make_voice().with_vocoder(tmp_path / "music")


def test_a_name_of_nothing_is_refused(voice):
    with pytest.raises(ValueError, match="`vocoder` must be 'griffin-lim' or .*'griffin'"):
        voice.with_vocoder("griffin")


def test_a_voice_is_saved_without_discriminators(make_voice, vocos, tmp_path):
    voice = make_voice(vocoder=vocos)
    loaded = Voice.from_preset(voice.save_to_preset(tmp_path / "voice"))
    assert loaded.vocoder.discriminators == [] and len(vocos.discriminators) == 1
    np.testing.assert_allclose(
        loaded.speak("hello").samples, voice.speak("hello").samples, atol=1e-6
    )
    generator = vocos.count_params() - vocos.discriminators[0].count_params()
    assert loaded.vocoder.count_params() == generator
