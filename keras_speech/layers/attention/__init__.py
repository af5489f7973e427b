from keras_speech.layers.attention.location_sensitive_attention import LocationSensitiveAttention

__all__ = ["LocationSensitiveAttention"]
