"""`AdversarialVocoder`: a generator and its discriminators, trained by plain `fit`."""

import keras
from keras import ops

from keras_speech.losses import adversarial, spectral
from keras_speech.models.vocoder import Vocoder
from keras_speech.ops import replicas

# kind -> (loss of the discriminator, loss of the generator, score between real and fake)
KINDS = {
    "least_squares": (
        adversarial.least_squares_discriminator,
        adversarial.least_squares_generator,
        0.5,
    ),
    "hinge": (adversarial.hinge_discriminator, adversarial.hinge_generator, 0.0),
}


class AdversarialVocoder(Vocoder):
    """Base of the vocoders that learn from discriminators what spectra do not tell.

    One loss serves both players: each one's part is computed where the other's weights are
    constants, so that `fit`, with one optimizer, is the published pair of updates made at once.

    Args:
        spec: `AudioSpec` (or its dict) of the mel spectrograms. Defaults to `AudioSpec()`.
        discriminators: list of built layers (or their configs) that map samples `(batch, n)` to a
            list of `(score, features)`. None of them: only the warm start's losses.
        discriminator_weights: factor of each one's losses. Defaults to 1 each.
        adversarial_loss: "least_squares" (default) or "hinge".
        adversarial: whether the discriminators take part. Defaults to `True`.
        mel_weight, feature_weight, adversarial_weight, stft_weight: factors of the generator's
            losses: mel spectrograms up to half the sample rate, discriminators' features and
            scores, magnitudes at several resolutions. Default to 45, 2, 1 and 0.

    A subclass's `call` takes a dict with `"mel"` and, where a loss is computed, `"samples"`, and
    returns samples.
    """

    def __init__(
        self,
        spec=None,
        discriminators=(),
        discriminator_weights=None,
        adversarial_loss="least_squares",
        adversarial=True,
        mel_weight=45.0,
        feature_weight=2.0,
        adversarial_weight=1.0,
        stft_weight=0.0,
        **kwargs,
    ):
        super().__init__(spec, **kwargs)
        if adversarial_loss not in KINDS:
            raise ValueError(
                f"`adversarial_loss` must be one of {sorted(KINDS)}. "
                f"Received: adversarial_loss={adversarial_loss!r}"
            )
        check_weights(
            mel_weight=mel_weight,
            feature_weight=feature_weight,
            adversarial_weight=adversarial_weight,
            stft_weight=stft_weight,
        )
        self.mel_weight, self.feature_weight = mel_weight, feature_weight
        self.adversarial_weight, self.stft_weight = adversarial_weight, stft_weight
        self.adversarial_loss = adversarial_loss
        self.discriminators = [
            keras.saving.deserialize_keras_object(d) if isinstance(d, dict) else d
            for d in discriminators
        ]
        n = len(self.discriminators)
        weights = [1.0] * n if discriminator_weights is None else list(discriminator_weights)
        if len(weights) != n:
            raise ValueError(
                f"`discriminator_weights` must hold one number for each of the {n} "
                f"discriminators. Received: discriminator_weights={discriminator_weights}"
            )
        check_weights(**{f"discriminator_weights[{i}]": w for i, w in enumerate(weights)})
        self.discriminator_weights = weights
        # What the ear hears above the vocoder's bands must be right too.
        self.mel_loss_spec = self.spec.replace(fmax=self.spec.sample_rate / 2)
        self._warm_trackers = self._trackers("mel_l1", *["stft"] * bool(stft_weight))
        self._adversarial_trackers = self._trackers(
            "feature_matching",
            "generator_adversarial",
            "discriminator",
            "real_accuracy",
            "fake_accuracy",
        )
        for discriminator in self.discriminators:
            if not discriminator.built:
                discriminator.build((None, None))
        self.adversarial = adversarial

    @staticmethod
    def _trackers(*names):
        return {name: keras.metrics.Mean(name=name) for name in names}

    @property
    def adversarial(self):
        """Whether the discriminators take part in training.

        `False` is the warm start: the generator alone learns from spectra. Compile the model again
        after a change: the optimizer then has other weights to take care of.
        """
        return self._adversarial

    @adversarial.setter
    def adversarial(self, adversarial):
        self._adversarial = bool(adversarial)
        for discriminator in self.discriminators:
            # TensorFlow passes over what is equal already, as in a layer made of its config, while
            # layers inside of it may differ.
            discriminator.trainable = not self._adversarial
            discriminator.trainable = self._adversarial

    def without_discriminators(self):
        """An equal model that makes sound and cannot train against discriminators.

        Returns: model of the same class with weights of its own, or itself if it has none to leave.
        """
        if not self.discriminators:
            return self
        left = {"discriminators": [], "discriminator_weights": None}
        model = type(self).from_config({**self.get_config(), **left})
        theirs = {id(v) for layer in self.discriminators for v in layer.variables}
        model.set_weights([ops.convert_to_numpy(v) for v in self.weights if id(v) not in theirs])
        return model

    @property
    def metrics(self):
        """Those that training as it stands shows."""
        plays = self.adversarial and self.discriminators
        hidden = [] if plays else self._adversarial_trackers.values()
        return [m for m in super().metrics if not any(m is h for h in hidden)]

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True, **kwargs
    ):
        if sample_weight is not None:
            raise ValueError(
                "`sample_weight` must be None: spectra and scores are averaged over whole batches. "
                "Received: a sample_weight"
            )
        return replicas.share_of_loss(self.objective(x, y_pred, training))

    def objective(self, x, y_pred, training=True):
        """All that the model learns from, a float32 scalar; the parts are shown as metrics."""
        samples = checked_samples(x, y_pred)
        loss = self.spectral_loss(samples, y_pred)
        if self.adversarial and self.discriminators:
            loss = loss + self.players_losses(samples, y_pred, training)
        return loss

    def spectral_loss(self, samples, predicted):
        """The generator's loss without discriminators, a float32 scalar."""
        mel_l1 = spectral.mel_l1(samples, predicted, self.mel_loss_spec)
        self._warm_trackers["mel_l1"].update_state(mel_l1)
        loss = self.mel_weight * mel_l1
        if self.stft_weight:
            stft = spectral.multi_resolution_stft(samples, predicted)
            self._warm_trackers["stft"].update_state(stft)
            loss = loss + self.stft_weight * stft
        return loss

    def players_losses(self, samples, predicted, training=True):
        """What both players lose on scores and features, a float32 scalar.

        Its gradient with respect to a player's weights is that of the player's own loss.
        """
        discriminator_loss, generator_loss, boundary = KINDS[self.adversarial_loss]
        losses = dict.fromkeys(("feature_matching", "generator_adversarial", "discriminator"), 0.0)
        real_scores, fake_scores = [], []
        for layer, weight in zip(self.discriminators, self.discriminator_weights, strict=True):
            real = layer(samples, training=training)
            fake = layer(ops.stop_gradient(predicted), training=training)
            # The same numbers once more, with the gradient flowing to the other side. Compiled by
            # XLA, this forward pass and the one before it are one.
            judged = with_constant_weights(layer, predicted, training=training)
            parts = {
                "feature_matching": adversarial.feature_matching(features(real), features(judged)),
                "generator_adversarial": generator_loss(scores(judged)),
                "discriminator": discriminator_loss(scores(real), scores(fake)),
            }
            for name, part in parts.items():
                losses[name] += weight * part
            real_scores += scores(real)
            fake_scores += scores(fake)
        shares = adversarial.shares_judged_rightly(real_scores, fake_scores, boundary)
        shown = {**losses, "real_accuracy": shares[0], "fake_accuracy": shares[1]}
        for name, tracker in self._adversarial_trackers.items():
            tracker.update_state(shown[name])
        return (
            losses["discriminator"]
            + self.adversarial_weight * losses["generator_adversarial"]
            + self.feature_weight * losses["feature_matching"]
        )

    def get_config(self):
        names = (
            "discriminator_weights", "adversarial_loss", "adversarial", "mel_weight",
            "feature_weight", "adversarial_weight", "stft_weight",
        )  # fmt: skip
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            "discriminators": [keras.saving.serialize_keras_object(d) for d in self.discriminators],
        }


def scores(outputs):
    """The score of each sub-discriminator."""
    return [score for score, _ in outputs]


def features(outputs):
    """The list of features of each sub-discriminator."""
    return [list(maps) for _, maps in outputs]


def with_constant_weights(layer, *arguments, **keywords):
    """What `layer` returns, with a gradient for its arguments and none for its weights."""
    constants = [(v, ops.stop_gradient(v.value)) for v in layer.variables]
    with keras.StatelessScope(state_mapping=constants):
        return layer(*arguments, **keywords)


def checked_samples(x, predicted):
    """The recording in a batch, as long as what was predicted; else `ValueError`."""
    samples = x.get("samples") if isinstance(x, dict) else None
    if samples is None:
        raise ValueError(
            'Training needs the recording: a dict with "mel" and "samples". '
            f"Received: {sorted(x) if isinstance(x, dict) else type(x).__name__}"
        )
    ours, theirs = tuple(samples.shape), tuple(predicted.shape)
    if len(ours) != 2 or None not in (ours[1], theirs[1]) and ours[1] != theirs[1]:
        raise ValueError(
            '"samples" must be (batch, frames * hop_length), as long as what "mel" gives. '
            f"Received: samples {ours}, made of mel {theirs}"
        )
    return ops.cast(samples, "float32")


def check_weights(**weights):
    """Raise `ValueError` for the first factor of a loss that is negative or not finite."""
    for name, weight in weights.items():
        if not 0 <= weight < float("inf"):
            raise ValueError(f"`{name}` must be a finite number from 0. Received: {name}={weight}")
