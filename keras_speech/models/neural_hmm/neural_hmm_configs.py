"""Settings for `NeuralHMMTTS(vocabulary_size=..., **config)`."""

# Mehta et al. 2022, with two states per phone: 15,291,121 trainable parameters with 148 symbols
# (published as 15.3 million).
LJSPEECH = dict(
    n_mels=80,
    reduction=1,
    states_per_token=2,
    encoder_channels=512,
    encoder_convolutions=3,
    encoder_kernel_size=5,
    encoder_dropout=0.5,
    encoder_lstm=True,
    prenet_units=(256, 256),
    prenet_dropout=0.5,
    data_dropout=0.0,
    lstm_units=1024,
    hidden_units=1024,
    std_floor=0.001,
)

# An eleventh of the parameters (1,343,953 with 60 symbols), and two frames a step, which is as fine
# as two states of one frame: learns from an hour of speech on a CPU.
SMALL = dict(
    n_mels=80,
    reduction=2,
    states_per_token=1,
    encoder_channels=192,
    # Two phones to either side: with the whole sentence in view, alignments come late.
    encoder_convolutions=2,
    encoder_kernel_size=3,
    encoder_dropout=0.1,
    encoder_lstm=False,
    prenet_units=(256, 128),
    prenet_dropout=0.5,
    data_dropout=0.2,
    lstm_units=384,
    hidden_units=256,
    # Digital silence has no spread at all: without a floor, padding would be all that counts.
    std_floor=0.1,
)
