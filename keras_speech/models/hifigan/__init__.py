"""HiFi-GAN: the model, its parts and published settings."""
