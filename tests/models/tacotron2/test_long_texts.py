"""Attentions that know places only read texts far longer than those trained on, on a generated
corpus of tones; see `token_tones`."""

import keras
import numpy as np
import pytest

import token_tones
from keras_speech import Tacotron2
from keras_speech.layers import DynamicConvolutionAttention, GMMAttention

LONGEST = 8  # tokens of the longest text trained on

# Both are told how fast the corpus goes: a token lasts three frames on average. One Gaussian, for
# several drift apart on the way through a text so long.
ATTENTIONS = {
    "dynamic_convolution": lambda: DynamicConvolutionAttention(
        32, prior_length=5, prior_alpha=0.3, prior_beta=3.3
    ),
    "gmm": lambda: GMMAttention(32, n_components=1, initial_delta=0.3, initial_sigma=1.0),
}


def trained(attention, epochs):
    keras.utils.set_random_seed(0)
    model = Tacotron2(
        token_tones.N_TOKENS, n_mels=token_tones.N_MELS, encoder_channels=32,
        encoder_convolutions=1, encoder_kernel_size=3, encoder_dropout=0.0, prenet_units=(16, 16),
        prenet_dropout=0.0, attention_lstm_units=48, decoder_lstm_units=32, postnet_filters=8,
        postnet_kernel_size=3, postnet_layers=2, postnet_dropout=0.0, zoneout=0.0, mel_mean=-3.0,
        guided_attention_sigma=0.3, attention=attention,
    )  # fmt: skip
    corpus = token_tones.batch(np.random.default_rng(0), 320, 4, LONGEST)
    corpus.pop("durations")
    schedule = keras.optimizers.schedules.CosineDecay(4e-3, 20 * epochs)
    model.compile(keras.optimizers.Adam(schedule, global_clipnorm=1.0))
    model.optimizer.build(model.trainable_variables)  # else `fit` is compiled twice
    model.fit(corpus, batch_size=16, epochs=epochs, verbose=0)
    return model


def test_what_reads_the_frames_hears_every_token():
    rng = np.random.default_rng(0)
    for _ in range(20):
        text = token_tones.text(rng, 30)
        assert token_tones.errors(token_tones.read(token_tones.sound(text)), text) == 0


@pytest.mark.parametrize(
    "name", ["dynamic_convolution", pytest.param("gmm", marks=pytest.mark.slow)]
)
def test_a_text_ten_times_longer_is_read_to_its_end(name):
    model = trained(ATTENTIONS[name](), epochs=25)
    rng = np.random.default_rng(7)
    texts = np.stack([token_tones.text(rng, 10 * LONGEST) for _ in range(4)])
    said = model.generate(texts, max_frames=5 * texts.shape[1])
    for row, text in enumerate(texts):
        n = int(said["lengths"][row])
        assert said["stopped"][row]
        # Every token in its turn, none left out, never back, to the last one.
        read = np.argmax(said["alignment"][row, :n], axis=-1)
        assert set(np.diff(read)) <= {0, 1} and read[0] == 0 and read[-1] == len(text) - 1
        # And heard as well: at most two of 80 are not.
        assert token_tones.errors(token_tones.read(np.asarray(said["mel"][row, :n])), text) <= 2
        # Each token takes the time that it took in training.
        assert abs(n - len(token_tones.sound(text))) <= 0.1 * n
