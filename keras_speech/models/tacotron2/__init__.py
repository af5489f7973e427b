from keras_speech.models.tacotron2 import tacotron2_configs
from keras_speech.models.tacotron2.tacotron2 import Tacotron2

__all__ = ["Tacotron2", "tacotron2_configs"]
