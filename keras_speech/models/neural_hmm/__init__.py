from keras_speech.models.neural_hmm import neural_hmm_configs
from keras_speech.models.neural_hmm.neural_hmm import NeuralHMMTTS

__all__ = ["NeuralHMMTTS", "neural_hmm_configs"]
