"""Speaking state by state until every row has left its last one."""

import keras
from keras import ops

from keras_speech.models.neural_hmm import states as hmm_states
from keras_speech.ops import masking, recurrence

# Steps between two looks at whether all rows are done, and between two writes to the result.
CHUNK = 16


def decode(model, states, hazard, n_states, uniform, normal, settings):
    """Run the decoder on its own output.

    Args:
        model: `NeuralHMMTTS`.
        states: `(batch, states, channels)`.
        hazard: `(batch, states)`, how much likelier than learned each state is left.
        n_states: int `(batch,)`.
        uniform: `(max_steps, sum(prenet_units) + 1)`, for the prenet and the transitions.
        normal: `(max_steps, channels)`, for the frames; `max_steps` is a multiple of `CHUNK`.
        settings: `(3,)`: `-log(1 - quantile)`, temperature, and 1 for durations by chance.

    Returns: `(frames, visited, n_steps, done)`: `(max_steps, batch, channels)`; int
    `(max_steps, batch)`, the state of each step; int and bool `(batch,)`. What stands after
    `n_steps` is not speech.
    """
    decoder = model.decoder
    batch = ops.shape(states)[0]
    said = decoder.state_dense(states)
    threshold, temperature, by_chance = settings[0], settings[1], settings[2]
    max_steps, _ = ops.shape(uniform)

    def step(carry, inputs):
        frame, lstm_state, state, spent, n_steps, done = carry
        uniform, normal, place = inputs
        past, lstm_state = decoder.step(frame, lstm_state, noise=uniform[:-1])
        mean, std, leave = decoder.parameters(past, _at(said, state))
        frames = mean + temperature * std * normal
        n_steps = ops.where(done, n_steps, place + 1)
        # -log of the probability that the state has lasted beyond this step
        now = ops.softplus(leave) * _at(hazard[:, :, None], state)[:, 0]
        spent = spent + now
        drawn = uniform[-1] < 1.0 - ops.exp(-now)
        leaves = ops.where(by_chance > 0, drawn, spent >= threshold)
        done = ops.logical_or(done, ops.logical_and(leaves, state >= n_states - 1))
        visited = state
        state = ops.minimum(state + ops.cast(leaves, "int32"), n_states - 1)
        spent = ops.where(leaves, 0.0, spent)
        frame = ops.cast(frames[:, -model.n_mels :], frame.dtype)
        frame = ops.zeros_like(frame) if model.data_dropout == 1 else frame
        return (frame, lstm_state, state, spent, n_steps, done), (frames, visited)

    def unfinished(start, frames, visited, carry):
        return ops.logical_and(start < max_steps, ops.logical_not(ops.all(carry[-1])))

    def run_chunk(start, frames, visited, carry):
        rows = (
            ops.slice(uniform, (start, 0), (CHUNK, sum(decoder.prenet_units) + 1)),
            ops.slice(normal, (start, 0), (CHUNK, decoder.channels)),
            start + ops.arange(CHUNK, dtype="int32"),
        )
        carry, chunk = recurrence.scan(step, carry, (frames[0], visited[0]), rows)
        frames = ops.slice_update(frames, (start, 0, 0), chunk[0])
        visited = ops.slice_update(visited, (start, 0), chunk[1])
        return start + CHUNK, frames, visited, carry

    first = ops.cast(model.first_frame, model.compute_dtype)
    zeros = ops.zeros((batch,), dtype="int32")
    carry = (
        ops.broadcast_to(first, (batch, model.n_mels)),
        decoder.initial_state(batch),
        zeros,
        ops.zeros((batch,), dtype="float32"),
        zeros,
        ops.zeros((batch,), dtype="bool"),
    )
    _, frames, visited, carry = ops.while_loop(
        unfinished,
        run_chunk,
        (
            ops.convert_to_tensor(0, dtype="int32"),
            ops.zeros((max_steps, batch, decoder.channels), dtype="float32"),
            ops.zeros((max_steps, batch), dtype="int32"),
            carry,
        ),
    )
    return frames, visited, carry[-2], carry[-1]


def _at(values, state):
    """`values[b, state[b]]`: `(batch, states, channels)` to `(batch, channels)`."""
    return ops.take_along_axis(values, state[:, None, None], axis=1)[:, 0]


def generate_mel(
    model, uniform, normal, settings, max_frames, speed, tokens, token_lengths, speaker=None
):
    """What `NeuralHMMTTS.generate` compiles; all arguments but `model` are arrays.

    Returns: dict of `"mel"`, `"lengths"`, `"alignment"` and `"stopped"`; on JAX `"mel"` and
    `"alignment"` reach to the last step that there is noise for.
    """
    states, has, n_states = model.encode(tokens, token_lengths, speaker, training=False)
    n_hmm_states = ops.shape(states)[1]
    per_token = n_hmm_states // model.states_per_token
    hazard = hmm_states.gather_rows(speed, hmm_states.states_first(has)[:, :per_token])
    hazard = ops.repeat(hazard, model.states_per_token, axis=1)
    frames, visited, n_steps, done = decode(
        model, states, hazard, n_states, uniform, normal, settings
    )
    # Decoding goes on to the end of a chunk, rows to their end or to `max_frames`.
    lengths = ops.minimum(n_steps * model.reduction, max_frames)
    done = ops.logical_and(done, n_steps * model.reduction <= max_frames)
    frames, visited = ops.transpose(frames, (1, 0, 2)), ops.transpose(visited)
    if keras.backend.backend() != "jax":  # whose shapes are fixed
        n = ops.max(n_steps)
        frames, visited = frames[:, :n], visited[:, :n]
    batch, n, _ = ops.shape(frames)
    mel = model.unscaled(ops.reshape(frames, (batch, n * model.reduction, model.n_mels)))
    of_state = visited[:, :, None] == ops.arange(n_hmm_states, dtype="int32")
    alignment = hmm_states.per_token(ops.cast(of_state, "float32"), has, model.states_per_token)
    alignment = ops.repeat(alignment, model.reduction, axis=1)
    is_frame = masking.sequence_mask(lengths, ops.shape(alignment)[1])[:, :, None]
    return {
        "mel": model.silenced(mel, lengths),
        "lengths": lengths,
        "alignment": ops.where(is_frame, alignment, 0.0),
        "stopped": done,
    }
