from keras_speech.models.transformer_tts import transformer_tts_configs
from keras_speech.models.transformer_tts.transformer_tts import TransformerTTS

__all__ = ["TransformerTTS", "transformer_tts_configs"]
