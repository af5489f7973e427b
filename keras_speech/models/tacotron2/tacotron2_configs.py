"""Settings for `Tacotron2(vocabulary_size=..., **config)`."""

# Shen et al. 2018 in the layer sizes that public checkpoints have: 28,193,153 trainable parameters
# with 148 symbols.
LJSPEECH = dict(
    n_mels=80,
    reduction=1,
    encoder_channels=512,
    encoder_convolutions=3,
    encoder_kernel_size=5,
    encoder_dropout=0.5,
    prenet_units=(256, 256),
    prenet_dropout=0.5,
    attention_lstm_units=1024,
    decoder_lstm_units=1024,
    zoneout=0.1,
    attention_units=128,
    attention_filters=32,
    attention_kernel_size=31,
    postnet_filters=512,
    postnet_kernel_size=5,
    postnet_layers=5,
    postnet_dropout=0.5,
)

# A quarter of the parameters and several frames a step: learns from an hour of speech on a CPU.
SMALL = dict(
    n_mels=80,
    reduction=3,
    encoder_channels=256,
    encoder_convolutions=3,
    encoder_kernel_size=5,
    encoder_dropout=0.5,
    prenet_units=(256, 128),
    prenet_dropout=0.5,
    attention_lstm_units=512,
    decoder_lstm_units=512,
    zoneout=0.1,
    attention_units=128,
    attention_filters=32,
    attention_kernel_size=31,
    postnet_filters=256,
    postnet_kernel_size=5,
    postnet_layers=5,
    postnet_dropout=0.5,
)
