from keras_speech.layers.heads.gaussian_head import GaussianHead
from keras_speech.layers.heads.logistic_mixture_head import LogisticMixtureHead
from keras_speech.layers.heads.mu_law_head import MuLawHead

__all__ = ["GaussianHead", "LogisticMixtureHead", "MuLawHead"]
