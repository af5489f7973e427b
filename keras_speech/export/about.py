"""What a SavedModel says of itself, beside its graph: for servers that do more than predict."""

import dataclasses
from pathlib import Path

from keras_speech.audio_spec import AudioSpec
from keras_speech.models import json_fields
from keras_speech.models.acoustic import AcousticModel
from keras_speech.voices import checks
from keras_speech.voices.voice import Voice

# TF Serving does not look at it.
ABOUT_FILE = Path("assets.extra") / "keras_speech.json"

FORMAT, VERSION = "keras_speech.saved_model", 1
FIELDS = {
    "kind": str,
    "name": (str, type(None)),
    "spec": (dict, type(None)),
    "speakers": (list, type(None)),
    "pauses": dict,
    "metadata": dict,
}

KINDS = ("voice", "acoustic_model", "vocoder")


@dataclasses.dataclass(frozen=True)
class About:
    """What is exported.

    Attributes:
        kind: one of `KINDS`.
        name: of a voice; else `None`.
        spec: `AudioSpec` of a voice; else `None`.
        speakers, pauses, metadata: those of a voice; else empty.
    """

    kind: str
    name: str | None = None
    spec: AudioSpec | None = None
    speakers: tuple | None = None
    pauses: dict = dataclasses.field(default_factory=dict)
    metadata: dict = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, model):
        """What there is to say of a voice or a model."""
        if isinstance(model, Voice):
            names = ("name", "spec", "speakers", "pauses", "metadata")
            return cls("voice", **{name: getattr(model, name) for name in names})
        return cls("acoustic_model" if isinstance(model, AcousticModel) else "vocoder")

    def write(self, directory):
        """Writes it into the `pathlib.Path` of a SavedModel."""
        path = directory / ABOUT_FILE
        path.parent.mkdir(exist_ok=True)
        fields = {field: getattr(self, field) for field in FIELDS}
        fields["spec"] = self.spec and self.spec.to_dict()
        fields["speakers"] = self.speakers and list(self.speakers)
        json_fields.write(path, fields, format=FORMAT, version=VERSION)

    @classmethod
    def read(cls, directory):
        """Reads it from the `pathlib.Path` of a SavedModel.

        Raises:
            ValueError: there is none, or it is not as it has to be; the message names the file.
        """
        path = directory / ABOUT_FILE
        if not path.is_file():
            raise ValueError(
                "it was not written by `keras_speech.export.saved_model`, or by an older one: "
                f"{str(path)!r} is missing."
            )
        fields = json_fields.read(path, FIELDS, what="SavedModel", format=FORMAT, version=VERSION)
        if fields["kind"] not in KINDS:
            raise ValueError(
                f"`kind` in {str(path)!r} must be one of {', '.join(KINDS)}. "
                f"Received: {fields['kind']!r}."
            )
        is_voice = fields["kind"] == "voice"
        try:
            return cls(
                kind=fields["kind"],
                name=fields["name"],
                spec=AudioSpec.from_dict(fields["spec"]) if is_voice else None,
                speakers=checks.speaker_names(fields["speakers"]),
                pauses=checks.pauses(fields["pauses"]),
                metadata=checks.metadata(fields["metadata"]),
            )
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{str(path)!r} is damaged: {error}") from error
