"""Our weights for the models of `acoustic_in_torch.py`: the proof that the layers are the same.

    python benchmarks/acoustic_weights.py    # the largest differences of what both give

Needs `torch`.
"""

import acoustic_in_torch as peers
import numpy as np
import torch


def put(tensor, array):
    array = np.ascontiguousarray(array, dtype="float32")
    assert tuple(tensor.shape) == array.shape, (tuple(tensor.shape), array.shape)
    with torch.no_grad():
        tensor.copy_(torch.from_numpy(array))


def dense(theirs, ours):
    # Heads have axes of their own in Keras: (channels, heads, dim), or (heads, dim, channels).
    n_out, n_in = theirs.weight.shape
    put(theirs.weight, np.asarray(ours.kernel).reshape(n_in, n_out).T)
    if theirs.bias is not None:
        put(theirs.bias, np.asarray(ours.bias).reshape(-1))


def conv(theirs, ours):
    put(theirs.weight, np.asarray(ours.kernel).transpose(2, 1, 0))
    put(theirs.bias, ours.bias)


def norm(theirs, ours):
    put(theirs.weight, ours.gamma)
    put(theirs.bias, ours.beta)


def conv_norm(theirs, ours):
    conv(theirs.conv, ours.conv)
    norm(theirs.norm, ours.norm)
    put(theirs.norm.running_mean, ours.norm.moving_mean)
    put(theirs.norm.running_var, ours.norm.moving_variance)


def attention(theirs, ours):
    dense(theirs.query, ours.query_dense)
    dense(theirs.key, ours.key_dense)
    dense(theirs.value, ours.value_dense)
    dense(theirs.out, ours.output_dense)


def in_pairs(copy, theirs, ours):
    for a, b in zip(theirs, ours, strict=True):
        copy(a, b)


def fft_block(theirs, ours):
    attention(theirs.attention, ours.attention)
    norm(theirs.attention_norm, ours.attention_norm)
    conv(theirs.conv_in, ours.conv_in)
    conv(theirs.conv_out, ours.conv_out)
    norm(theirs.conv_norm, ours.conv_norm)


def predictor(theirs, ours):
    in_pairs(conv, theirs.convolutions, ours.convolutions)
    in_pairs(norm, theirs.norms, ours.norms)
    dense(theirs.dense, ours.dense)


def fastspeech2(ours, **sizes):
    """The peer with the weights of `ours`."""
    theirs, adaptor = peers.FastSpeech2(**sizes), ours.variance_adaptor
    put(theirs.embedding.weight, ours.embedding.embeddings)
    in_pairs(fft_block, theirs.encoder.blocks, ours.encoder.blocks)
    in_pairs(fft_block, theirs.decoder.blocks, ours.decoder.blocks)
    predictor(theirs.duration, adaptor.duration_predictor)
    predictor(theirs.pitch, adaptor.predictors["pitch"])
    predictor(theirs.energy, adaptor.predictors["energy"])
    conv(theirs.tell_pitch, adaptor.embeddings["pitch"])
    conv(theirs.tell_energy, adaptor.embeddings["energy"])
    dense(theirs.mel, ours.mel_dense)
    return theirs


def transformer_block(theirs, ours):
    cross = hasattr(theirs, "cross")
    attention(theirs.attention, ours.self_attention if cross else ours.attention)
    norm(theirs.norm, (ours.around_self if cross else ours.around_attention).norm)
    if cross:
        attention(theirs.cross, ours.cross_attention)
        norm(theirs.cross_norm, ours.around_cross.norm)
    dense(theirs.inner, ours.feed_forward.inner)
    dense(theirs.outer, ours.feed_forward.outer)
    norm(theirs.last_norm, ours.around_feed_forward.norm)


def transformer_tts(ours, **sizes):
    """The peer with the weights of `ours`."""
    theirs, encoder, decoder = peers.TransformerTTS(**sizes), ours.encoder, ours.decoder
    put(theirs.embedding.weight, encoder.embedding.embeddings)
    in_pairs(conv_norm, theirs.convolutions, encoder.convolutions)
    dense(theirs.projection, encoder.projection)
    in_pairs(transformer_block, theirs.encoder, encoder.blocks)
    in_pairs(dense, theirs.prenet, decoder.prenet.dense)
    dense(theirs.decoder_projection, decoder.projection)
    in_pairs(transformer_block, theirs.decoder, decoder.blocks)
    dense(theirs.mel, decoder.mel_dense)
    dense(theirs.stop, decoder.stop_dense)
    in_pairs(conv_norm, theirs.postnet, ours.postnet.convolutions)
    put(theirs.scales, [float(encoder.positions.scale), float(decoder.positions.scale)])
    return theirs


def check_fastspeech2():
    import acoustic_sides as sides

    model, speed = sides.make_fastspeech2("float32")
    theirs = fastspeech2(model).eval()
    n, tokens = sides.TOKENS, sides.tokens_of(sides.TOKENS)
    said = np.asarray(model.generate(tokens, speed=speed)["mel"])
    with torch.inference_mode():
        heard = theirs.generate(torch.from_numpy(tokens).long(), torch.tensor([n]))
    show("FastSpeech 2, generated mel", said, heard)
    batch = sides.batch(2)
    model.compile("sgd")
    losses = model.test_on_batch(batch, return_dict=True)
    with torch.inference_mode():
        parts = theirs.losses(**sides.in_torch(batch))
    for name, value in parts.items():
        show(f"FastSpeech 2, {name} loss", losses[f"{name}_loss"], value)


def check_transformer_tts(n_frames=48):
    import acoustic_sides as sides

    model, tokens = sides.make_transformer_tts("float32"), sides.tokens_of(sides.TOKENS)
    theirs, noise = transformer_tts(model).eval(), sides.noise_of(n_frames)
    said = np.asarray(model.generate(tokens, max_frames=n_frames, stop_threshold=1.0)["mel"])
    with torch.inference_mode():
        heard = theirs.generate(torch.from_numpy(tokens).long(), torch.from_numpy(noise))
    show("Transformer TTS, generated mel", said, heard)
    again = sides.uncached(model)(tokens, noise)
    show("Transformer TTS, without a cache", said, again)


def show(name, ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
    print(f"{name}: {np.abs(ours - theirs).max():.1e} of {np.abs(ours).max():.2f}", flush=True)
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3, err_msg=name)


if __name__ == "__main__":
    check_fastspeech2()
    check_transformer_tts()
