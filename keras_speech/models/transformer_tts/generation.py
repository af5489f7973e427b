"""Speaking step by step until every row has said stop."""

import keras
from keras import ops

from keras_speech.ops import masking, portable, recurrence

# Steps between two looks at whether all rows have stopped, between two writes to the result, and
# between two to the large cache: large enough that copying these costs little, small enough to
# waste few steps at the end.
CHUNK = 16

# A window that allows everything.
ANYWHERE = 2**30


def decode(decoder, values, mask, noise, stop_threshold, window):
    """Run a decoder on its own output.

    Args:
        decoder: `TransformerTTSDecoder`.
        values, mask: the memory, `(batch, tokens, channels)` and bool `(batch, tokens)`.
        noise: `(max_steps, sum(prenet_units))`, `max_steps` a multiple of `CHUNK`; shared by all
            rows, so that a row sounds the same in any batch.
        stop_threshold: probability at which a row stops.
        window: int scalar, how many tokens past the last one attended to the guided heads may look,
            or `ANYWHERE`.

    Returns: `(mel, weights, n_steps, stopped)`: `(max_steps, batch, reduction * n_mels)`,
    `(max_steps, batch, heads, tokens)`, int and bool `(batch,)`. What stands after `n_steps` is not
    speech.
    """
    memory = decoder.prepare(values)
    batch, n_tokens = ops.shape(mask)
    max_steps = ops.shape(noise)[0]
    dtype = values.dtype
    width = decoder.reduction * decoder.n_mels
    n_heads = decoder.n_watched_heads
    tokens = ops.arange(n_tokens, dtype="int32")[None, :]

    def run_chunk(start, mel, weights, past, carry):
        n_chunks = start // CHUNK
        # Where sizes may change, and be 0, later steps' room is not even looked at.
        filled = past
        if keras.backend.backend() != "jax" and not portable.is_portable():
            filled = keras.tree.map_structure(lambda x: x[:n_chunks], past)

        def step(carry, inputs):
            frame, recent, token, n_steps, stopped = carry
            step_noise, place = inputs
            here = token[:, None]
            near = ops.logical_and(tokens >= here - 1, tokens <= here + window)
            near = ops.logical_or(near, window >= ANYWHERE)
            step_mel, stop_logits, step_weights, recent = decoder.step(
                frame, memory, mask, filled, recent, n_chunks, place, window=near, noise=step_noise
            )
            token = portable.argmax(ops.mean(step_weights, axis=1))
            n_steps = ops.where(stopped, n_steps, start + place + 1)
            probability = ops.sigmoid(ops.cast(stop_logits, "float32"))
            stopped = ops.logical_or(stopped, probability > stop_threshold)
            carry = (step_mel[:, -1], recent, token, n_steps, stopped)
            return carry, (ops.reshape(step_mel, (batch, width)), step_weights)

        rows = ops.slice(noise, (start, 0), (CHUNK, sum(decoder.prenet_units)))
        places = ops.arange(CHUNK, dtype="int32")
        carry, chunk = recurrence.scan(step, carry, (mel[0], weights[0]), (rows, places))
        mel = ops.slice_update(mel, (start, 0, 0), chunk[0])
        weights = ops.slice_update(weights, (start, 0, 0, 0), chunk[1])
        past = decoder.remember(past, carry[1], n_chunks)
        return start + CHUNK, mel, weights, past, carry

    def unfinished(start, mel, weights, past, carry):
        return ops.logical_and(start < max_steps, ops.logical_not(ops.all(carry[-1])))

    carry = (
        ops.zeros((batch, decoder.n_mels), dtype=dtype),
        decoder.initial_recent(batch, CHUNK),
        ops.zeros((batch,), dtype="int32"),
        ops.zeros((batch,), dtype="int32"),
        ops.zeros((batch,), dtype="bool"),
    )
    _, mel, weights, _, (_, _, _, n_steps, stopped) = ops.while_loop(
        unfinished,
        run_chunk,
        (
            ops.convert_to_tensor(0, dtype="int32"),
            ops.zeros((max_steps, batch, width), dtype=dtype),
            ops.zeros((max_steps, batch, n_heads, n_tokens), dtype=dtype),
            decoder.initial_past(batch, max_steps // CHUNK, CHUNK),
            carry,
        ),
    )
    return mel, weights, n_steps, stopped


def generate_mel(
    model, noise, tokens, token_lengths, stop_threshold, max_frames, window, speaker=None
):
    """What `TransformerTTS.generate` compiles; all arguments but `model` are arrays.

    Returns: dict of `"mel"`, `"lengths"`, `"alignment"` and `"stopped"`; on JAX `"mel"` and
    `"alignment"` reach to the last step that there is noise for.
    """
    values, mask = model.encode(tokens, token_lengths, speaker, training=False)
    mel, weights, n_steps, stopped = decode(
        model.decoder, values, mask, noise, stop_threshold, window
    )
    # Decoding goes on to the end of a chunk, rows to their stop token or to `max_frames`.
    stopped = ops.logical_and(stopped, n_steps * model.reduction <= max_frames)
    lengths = ops.minimum(n_steps * model.reduction, max_frames)
    # [steps, b, r * m] -> [b, steps * r, m], no further than the longest row
    mel, weights = ops.transpose(mel, (1, 0, 2)), ops.transpose(weights, (1, 2, 0, 3))
    if keras.backend.backend() != "jax":  # whose shapes are fixed
        n = ops.max(n_steps)
        mel, weights = mel[:, :n], weights[:, :, :n]
    batch, n, _ = ops.shape(mel)
    mel = ops.reshape(mel, (batch, n * model.reduction, model.n_mels))
    frame_mask = masking.sequence_mask(lengths, ops.shape(mel)[1])
    mel = model.unscaled(mel + model.postnet(mel, mask=frame_mask, training=False))
    alignment = model.alignment(weights, -(-lengths // model.reduction), token_lengths)
    return {
        "mel": model.silenced(mel, lengths),
        "lengths": lengths,
        "alignment": ops.repeat(alignment, model.reduction, axis=1),
        "stopped": stopped,
    }
