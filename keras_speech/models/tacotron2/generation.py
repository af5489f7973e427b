"""Decoding frame by frame until every row has said stop."""

import keras
from keras import ops

from keras_speech.ops import masking, portable, recurrence

# Steps between two looks at whether all rows have stopped, and between two writes to the result:
# large enough that copying the result costs little, small enough to waste few steps at the end.
CHUNK = 16


def decode(decoder, values, mask, noise, stop_threshold, end_patience=0):
    """Run a decoder on its own output.

    Args:
        decoder: `Tacotron2Decoder`.
        values, mask: the memory, `(batch, tokens, channels)` and bool `(batch, tokens)`.
        noise: `(max_steps, sum(prenet_units))`, `max_steps` a multiple of `CHUNK`; shared by all
            rows, so that a row sounds the same in any batch.
        stop_threshold: probability at which a row stops.
        end_patience: steps that a row may attend to its last token before it is stopped all the
            same; 0 for any number. Defaults to 0.

    Returns: `(mel, weights, n_steps, stopped)`: `(max_steps, batch, reduction * n_mels)`,
    `(max_steps, batch, tokens)`, int and bool `(batch,)`. What stands after `n_steps` is not
    speech.
    """
    memory = decoder.prepare(values, mask)
    batch, n_tokens = ops.shape(mask)
    max_steps = ops.shape(noise)[0]
    dtype = values.dtype
    width = decoder.reduction * decoder.n_mels
    chunk_places = ops.arange(CHUNK)
    last_token = ops.sum(ops.cast(mask, "int32"), axis=1) - 1

    def step(carry, inputs):
        frame, state, n_steps, n_last, stopped = carry
        row_noise, place = inputs
        (mel, stop_logits, weights), state = decoder.step(frame, memory, state, noise=row_noise)
        n_steps = ops.where(stopped, n_steps, place + 1)
        probability = ops.sigmoid(ops.cast(stop_logits, "float32"))
        stopped = ops.logical_or(stopped, probability > stop_threshold)
        if end_patience:
            at_last = portable.argmax(weights) == last_token
            # A monotonic attention that has left the text has no weight anywhere.
            at_last = ops.logical_or(at_last, ops.max(weights, axis=1) <= 0)
            n_last = n_last + ops.cast(at_last, "int32")
            stopped = ops.logical_or(stopped, n_last >= end_patience)
        carry = (mel[:, -1], state, n_steps, n_last, stopped)
        return carry, (ops.reshape(mel, (batch, width)), weights)

    def unfinished(start, mel, weights, carry):
        return ops.logical_and(start < max_steps, ops.logical_not(ops.all(carry[-1])))

    def run_chunk(start, mel, weights, carry):
        rows = ops.slice(noise, (start, 0), (CHUNK, sum(decoder.prenet_units)))
        carry, chunk = recurrence.scan(
            step, carry, (mel[0], weights[0]), (rows, start + chunk_places)
        )
        mel = ops.slice_update(mel, (start, 0, 0), chunk[0])
        weights = ops.slice_update(weights, (start, 0, 0), chunk[1])
        return start + CHUNK, mel, weights, carry

    carry = (
        ops.zeros((batch, decoder.n_mels), dtype=dtype),
        decoder.initial_state(memory),
        ops.zeros((batch,), dtype="int32"),
        ops.zeros((batch,), dtype="int32"),
        ops.zeros((batch,), dtype="bool"),
    )
    _, mel, weights, (_, _, n_steps, _, stopped) = ops.while_loop(
        unfinished,
        run_chunk,
        (
            ops.convert_to_tensor(0, dtype="int32"),
            ops.zeros((max_steps, batch, width), dtype=dtype),
            ops.zeros((max_steps, batch, n_tokens), dtype=dtype),
            carry,
        ),
    )
    return mel, weights, n_steps, stopped


def generate_mel(model, noise, tokens, token_lengths, stop_threshold, max_frames, speaker=None):
    """What `Tacotron2.generate` compiles; all arguments but `model` are arrays.

    Returns: dict of `"mel"`, `"lengths"`, `"alignment"` and `"stopped"`; on JAX `"mel"` and
    `"alignment"` reach to the last step that there is noise for.
    """
    values, mask = model.encode(tokens, token_lengths, speaker, training=False)
    mel, weights, n_steps, stopped = decode(
        model.decoder,
        values,
        mask,
        noise,
        stop_threshold,
        end_patience=-(-model.end_patience // model.reduction),
    )
    # Decoding goes on to the end of a chunk, rows to their stop token or to `max_frames`.
    stopped = ops.logical_and(stopped, n_steps * model.reduction <= max_frames)
    lengths = ops.minimum(n_steps * model.reduction, max_frames)
    # [steps, b, r * m] -> [b, steps * r, m], no further than the longest row
    mel, weights = ops.transpose(mel, (1, 0, 2)), ops.transpose(weights, (1, 0, 2))
    if keras.backend.backend() != "jax":  # whose shapes are fixed
        n = ops.max(n_steps)
        mel, weights = mel[:, :n], weights[:, :n]
    batch, n, _ = ops.shape(mel)
    mel = ops.reshape(mel, (batch, n * model.reduction, model.n_mels))
    frame_mask = masking.sequence_mask(lengths, ops.shape(mel)[1])
    mel = model.unscaled(mel + model.postnet(mel, mask=frame_mask, training=False))
    return {
        "mel": model.silenced(mel, lengths),
        "lengths": lengths,
        "alignment": ops.repeat(weights, model.reduction, axis=1),
        "stopped": stopped,
    }
