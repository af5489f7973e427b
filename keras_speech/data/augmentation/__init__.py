"""Changed sound and text for training, reproducible by seed."""

from keras_speech.data.augmentation.add_mel import AddMel
from keras_speech.data.augmentation.augmentation import Augmentation
from keras_speech.data.augmentation.augmented import AugmentedEpochs, augmented
from keras_speech.data.augmentation.drop_punctuation import DropPunctuation
from keras_speech.data.augmentation.gain import Gain
from keras_speech.data.augmentation.mel_masks import MelMasks
from keras_speech.data.augmentation.mix_takes import MixTakes
from keras_speech.data.augmentation.noise import Noise
from keras_speech.data.augmentation.pitch import Pitch
from keras_speech.data.augmentation.random_crop import RandomCrop
from keras_speech.data.augmentation.takes import with_takes
from keras_speech.data.augmentation.tempo import Tempo

__all__ = [
    "AddMel",
    "Augmentation",
    "AugmentedEpochs",
    "DropPunctuation",
    "Gain",
    "MelMasks",
    "MixTakes",
    "Noise",
    "Pitch",
    "RandomCrop",
    "Tempo",
    "augmented",
    "with_takes",
]
