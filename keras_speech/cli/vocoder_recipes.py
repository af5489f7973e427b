"""Discriminators and losses that `keras-speech train` gives a vocoder, by name."""

SIZES = ("none", "small", "published")

# What a small Vocos learned best from in trials on an hour of speech, besides the mel: magnitudes
# at several resolutions, and its own spectrum.
SMALL_VOCOS = {"stft_weight": 15.0, "magnitude_weight": 15.0, "phase_weight": 15.0}

SMALL_CHANNELS = (8, 16, 64, 128, 128)


def losses(model, config):
    """Returns keywords of a model, `"vocos"` or `"hifigan"`, for its losses."""
    return SMALL_VOCOS if (model, config) == ("vocos", "small") else {}


def discriminators(model, size):
    """Returns keywords of a model for its discriminators.

    Args:
        model: `"vocos"` or `"hifigan"`.
        size: `"none"`; `"small"`, which a processor can train; or `"published"`.
    """
    from keras_speech.layers import discriminators as layers
    from keras_speech.models import hifigan_configs

    if size == "none":
        return {"discriminators": []}
    small = size == "small"
    if model == "hifigan":
        if small:
            return {"discriminators": hifigan_configs.small_discriminators()}
        both = [layers.MultiPeriodDiscriminator(), layers.MultiScaleDiscriminator()]
        return {"discriminators": both}
    periods = {"channels": SMALL_CHANNELS} if small else {}
    resolutions = {"channels": 8} if small else {}
    return {
        "discriminators": [
            layers.MultiPeriodDiscriminator(**periods),
            layers.MultiResolutionDiscriminator(**resolutions),
        ],
        # The weight of the reference implementation: spectrograms are easily told apart.
        "discriminator_weights": [1.0, 0.1],
    }
