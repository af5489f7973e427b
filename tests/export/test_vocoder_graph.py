"""What has no graph of a vocoder is refused, by name."""

import pytest

import keras_speech as ks
from export.server import SPEC
from export.tiny_models import VOCODERS
from keras_speech.export.vocoder_graph import VocoderGraph
from keras_speech.models.vocoder import Vocoder

SIZES = dict(n_cycles=1, layers_per_cycle=2, residual_channels=4, gate_channels=4)


def wavenet(**options):
    return ks.WaveNet(**SIZES, skip_channels=4, **options)


def test_every_vocoder_of_the_zoo_has_a_graph():
    public = [getattr(ks.models, name) for name in ks.models.__all__]
    kinds = (Vocoder, ks.GriffinLim, ks.WaveNet)
    public = [each for each in public if isinstance(each, type) and issubclass(each, kinds)]
    assert {each.__name__ for each in public} == {*VOCODERS, "LinearGriffinLim"}


@pytest.mark.parametrize("options", [{}, {"spec": SPEC, "n_speakers": 2}], ids=["plain", "choir"])
def test_a_wavenet_that_needs_more_than_a_mel_is_refused(options):
    with pytest.raises(ValueError, match="`vocoder` must be a GriffinLim.*Received: WaveNet"):
        VocoderGraph(wavenet(**options))


def test_numbers_of_a_wavenet_without_a_spec_are_its_own():
    graph = VocoderGraph(wavenet(local_channels=5, hop_length=6, sample_rate=4000))
    assert (graph.n_channels, graph.hop_length, graph.sample_rate) == (5, 6, 4000)
