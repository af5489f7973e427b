"""Which frames belong to which token, along the likeliest path."""

from keras import ops

from keras_speech.models.neural_hmm import states as hmm_states
from keras_speech.ops import hmm


def align(model, noise, tokens, token_lengths, mel, mel_lengths, speaker=None):
    """What `NeuralHMMTTS.align` compiles; all arguments but `model` are arrays.

    Returns: int32 `(batch, tokens)`, steps of each token; int32 `(batch,)`, states of each row.
    """
    states, has, n_states = model.encode(tokens, token_lengths, speaker, training=False)
    before, targets, n_steps = model.steps(mel, mel_lengths)
    probabilities = model.decoder(before, states, targets, noise=noise)
    path, _ = hmm.viterbi(*probabilities, n_steps, n_states)
    durations = hmm.state_durations(path, ops.shape(states)[1])
    return hmm_states.per_token(durations, has, model.states_per_token), n_states
