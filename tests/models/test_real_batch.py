"""Each deterministic acoustic model learns a batch of real speech by heart."""

import os

import keras
import numpy as np
import pytest

import keras_speech as ks
from keras_speech import data
from keras_speech.training import mel_statistics, prosody_statistics

SENTENCES = ("Good morning.", "How late is it?", "Seven or eight.", "I do not know.")
STEPS = {"FastSpeech2": 400, "Tacotron2": 1200}
STILL = dict(encoder_dropout=0.0, prenet_dropout=0.0, postnet_dropout=0.0, zoneout=0.0)

MODELS = {
    "FastSpeech2": lambda size, mel, prosody: ks.FastSpeech2(
        size,
        **{**ks.fastspeech2_configs.SMALL, "dropout": 0.0, "predictor_dropout": 0.0},
        **mel,
        **prosody,
    ),
    "Tacotron2": lambda size, mel, prosody: ks.Tacotron2(
        size, **{**ks.tacotron2_configs.SMALL, **STILL}, mel_loss="l1", **mel
    ),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Four short clips of `KERAS_SPEECH_KATHLEEN`, else four sentences of the bundled voice."""
    if "KERAS_SPEECH_KATHLEEN" in os.environ:
        clips = data.ljspeech(os.environ["KERAS_SPEECH_KATHLEEN"])
        return sorted(clips, key=lambda clip: len(clip.text))[:4]
    folder = tmp_path_factory.mktemp("spoken")
    voice = ks.Voice.from_preset("kathleen")
    for i, sentence in enumerate(SENTENCES):
        voice.speak(sentence).save(folder / f"{i}.wav")
    return [
        data.Recording(str(i), str(folder / f"{i}.wav"), text) for i, text in enumerate(SENTENCES)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_batch_of_recordings_is_learned_by_heart(name, corpus):
    """The mean error of the log-mels, in nats, falls under 0.1."""
    keras.utils.set_random_seed(0)
    tokenizer = ks.text.CharacterTokenizer()
    batches = data.acoustic_batches(
        corpus, ks.AudioSpec(), tokenizer, 4, shuffle=False, f0=True, reduction=6
    )
    mean, scale = mel_statistics(batches)
    model = MODELS[name](
        tokenizer.vocabulary_size,
        {"mel_mean": mean, "mel_scale": scale},
        prosody_statistics(batches),
    )
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, STEPS[name], warmup_target=2e-3, warmup_steps=20
    )
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    batch = next(iter(batches))
    for _ in range(STEPS[name]):
        model.train_on_batch(batch)
    predicted = np.asarray(model(batch, training=False)["mel"])
    errors = [
        np.abs(predicted[row, :n] - batch["mel"][row, :n]).mean()
        for row, n in enumerate(np.asarray(batch["mel_lengths"]))
    ]
    assert np.mean(errors) < 0.1
