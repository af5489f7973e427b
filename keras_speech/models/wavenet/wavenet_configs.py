"""Settings of WaveNet as keywords of the model: `WaveNet(**wavenet_configs.SMALL)`."""

from keras_speech.audio_spec import AudioSpec
from keras_speech.layers.heads import LogisticMixtureHead, MuLawHead

# What a processor trains in an afternoon and plays in real time at 16 kHz, 3,070 samples of memory.
SMALL = dict(
    n_cycles=3,
    layers_per_cycle=10,
    residual_channels=64,
    gate_channels=128,
    skip_channels=64,
)

# The paper's kind of network (arXiv:1609.03499), which states no sizes, with those of the widely
# used TensorFlow implementation: 50 blocks, past samples as one-hot vectors. 1.52 million
# parameters, a receptive field of 5,117 samples.
VAN_DEN_OORD_2016 = dict(
    n_cycles=5,
    layers_per_cycle=10,
    residual_channels=32,
    gate_channels=64,
    skip_channels=512,
    input_kernel_size=2,
    head=MuLawHead(256, one_hot=True),
)

# Tacotron 2's vocoder (arXiv:1712.05884, section 2.3): a mixture of 10 logistics over 16-bit
# samples, with the sizes of the widely used implementation. 24.7 million parameters.
TACOTRON2_VOCODER = dict(
    n_cycles=4,
    layers_per_cycle=6,
    residual_channels=512,
    gate_channels=512,
    skip_channels=256,
    kernel_size=3,
    head=LogisticMixtureHead(10),
    dropout=0.05,
    spec=AudioSpec(),
    upsampler_channels=80,
)
