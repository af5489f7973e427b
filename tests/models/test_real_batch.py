"""Each deterministic acoustic model learns a batch of real speech, four clips, by heart."""

import os

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech import data
from keras_speech.training import mel_statistics, prosody_statistics

SENTENCES = ("Good morning.", "How late is it?", "Seven or eight.", "I do not know.")
N_CLIPS = len(SENTENCES)
# Steps, and the highest rate of learning.
TRAINING = {
    "FastSpeech2": (400, 2e-3),
    "Tacotron": (1200, 2e-3),
    "Tacotron2": (1200, 2e-3),
    "TransformerTTS": (1600, 1e-3),
}

# Nothing is drawn in training, and what is measured is learned: the mel's mean error.
STILL = {
    "FastSpeech2": dict(dropout=0.0, predictor_dropout=0.0),
    "Tacotron": dict(encoder_dropout=0.0, prenet_dropout=0.0, n_freqs=0),
    "Tacotron2": dict(
        encoder_dropout=0.0, prenet_dropout=0.0, postnet_dropout=0.0, zoneout=0.0, mel_loss="l1"
    ),
    "TransformerTTS": dict(
        dropout=0.0, convolution_dropout=0.0, prenet_dropout=0.0, postnet_dropout=0.0,
        mel_loss="l1",
    ),
}  # fmt: skip
CONFIGS = {
    "FastSpeech2": ks.fastspeech2_configs.SMALL,
    "Tacotron": ks.tacotron_configs.SMALL,
    "Tacotron2": ks.tacotron2_configs.SMALL,
    "TransformerTTS": ks.transformer_tts_configs.SMALL,
}


def made(name, vocabulary_size, batches):
    """The small model, scaled to the batch; FastSpeech 2 is told its pitch and energy, too."""
    mean, scale = mel_statistics(batches)
    options = {**CONFIGS[name], **STILL[name], "mel_mean": mean, "mel_scale": scale}
    if name == "FastSpeech2":
        options |= prosody_statistics(batches)
    return getattr(ks, name)(vocabulary_size, **options)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """`N_CLIPS` short ones of `KERAS_SPEECH_KATHLEEN`, else sentences of the bundled voice."""
    if "KERAS_SPEECH_KATHLEEN" in os.environ:
        clips = data.ljspeech(os.environ["KERAS_SPEECH_KATHLEEN"])
        return sorted(clips, key=lambda clip: len(clip.text))[:N_CLIPS]
    folder = tmp_path_factory.mktemp("spoken")
    voice = ks.Voice.from_preset("kathleen")
    for i, sentence in enumerate(SENTENCES):
        voice.speak(sentence).save(folder / f"{i}.wav")
    return [
        data.Recording(str(i), str(folder / f"{i}.wav"), text) for i, text in enumerate(SENTENCES)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINING)
def test_a_batch_of_recordings_is_learned_by_heart(name, corpus):
    """The mean error of the log-mels, in nats, falls under 0.1."""
    keras.utils.set_random_seed(0)
    tokenizer = ks.text.CharacterTokenizer()
    batches = data.acoustic_batches(
        corpus, ks.AudioSpec(), tokenizer, N_CLIPS, shuffle=False, f0=True, reduction=6
    )
    model = made(name, tokenizer.vocabulary_size, batches)
    steps, highest = TRAINING[name]
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=highest, warmup_steps=20
    )
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    batch = next(iter(batches))
    for _ in range(steps):
        model.train_on_batch(batch)
    predicted = np.asarray(model(batch, training=False)["mel"])
    errors = [
        np.abs(predicted[row, :n] - batch["mel"][row, :n]).mean()
        for row, n in enumerate(np.asarray(batch["mel_lengths"]))
    ]
    assert np.mean(errors) < 0.1
