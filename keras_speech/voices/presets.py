"""Voices on disk: those in the package, and directories of the same layout."""

import os
from pathlib import Path

from keras_speech.audio_spec import AudioSpec
from keras_speech.models import model_files, stored_weights
from keras_speech.voices import directories, preset_json

BUNDLED = Path(__file__).parent / "presets"

ACOUSTIC_MODEL, VOCODER, TOKENIZER = "acoustic.keras", "vocoder.keras", "tokenizer"


def bundled_voices():
    """Lists the voices that come with the package, sorted by name.

    Returns: list of dicts with `name`, `language`, `license`, `description`, `speakers` (list or
        `None`), `n_bytes` (on disk) and `directory`.

    Example:

    >>> [voice["name"] for voice in bundled_voices()]  # doctest: +SKIP
    ['kathleen', 'kathleen-tacotron2']
    """
    return [_card(directory) for directory in _bundled_directories()]


def load(cls, preset):
    """Makes a `cls` (a `Voice`) of a bundled voice's name or a directory."""
    from keras_speech import text

    directory = _find(preset)
    fields = preset_json.read(directory)
    path = directory / preset_json.FILE_NAME
    with _named(path, "spec"):
        spec = AudioSpec.from_dict(fields["spec"])
    with _named(path, "tokenizer"):
        tokenizer = text.tokenizer_from_config(fields["tokenizer"], str(directory / TOKENIZER))
    acoustic_model = model_files.load_model(
        directory / fields["acoustic_model"], role="voice's acoustic model"
    )
    vocoder = model_files.load_model(directory / fields["vocoder"], role="voice's vocoder")
    with _named(path, "voice"):
        return cls(
            tokenizer,
            acoustic_model,
            vocoder,
            spec,
            **{
                key: fields[key]
                for key in ("name", "speakers", "level_db", "peak", "pauses", "metadata")
            },
        )


def save(voice, directory, *, weights_dtype="float32", overwrite=False):
    """Writes `voice` as a directory that `load` reads, whole or not at all."""
    from keras_speech import text

    stored_weights.check_dtype(weights_dtype)
    with directories.written_whole(
        directory, overwrite=overwrite, marker=preset_json.FILE_NAME
    ) as temporary:
        preset_json.write(
            temporary,
            {
                "name": voice.name,
                "metadata": voice.metadata,
                "spec": voice.spec.to_dict(),
                "speakers": None if voice.speakers is None else list(voice.speakers),
                "level_db": voice.level_db,
                "peak": voice.peak,
                "pauses": voice.pauses,
                "acoustic_model": ACOUSTIC_MODEL,
                "vocoder": VOCODER,
                "weights_dtype": weights_dtype,
                "tokenizer": text.tokenizer_to_config(voice.tokenizer),
            },
        )
        assets = temporary / TOKENIZER
        assets.mkdir()
        voice.tokenizer.save_assets(str(assets))
        if not any(assets.iterdir()):
            assets.rmdir()
        for model, name in ((voice.acoustic_model, ACOUSTIC_MODEL), (voice.vocoder, VOCODER)):
            model_files.save_model(model, temporary / name, weights_dtype=weights_dtype)
    return Path(directory)


def _find(preset):
    if not isinstance(preset, str | os.PathLike):
        raise ValueError(
            f"`preset` must be a voice's name or a directory. Received: preset={preset!r}."
        )
    path = Path(preset).expanduser()
    bundled = {directory.name: directory for directory in _bundled_directories()}
    # A bundled name wins; "./kathleen" is how a directory of that name is meant.
    if str(preset) in bundled:
        return bundled[str(preset)]
    if path.is_dir():
        return path
    what = "is a file" if path.exists() else "is neither"
    raise ValueError(
        f"`preset` must be a bundled voice ({', '.join(bundled) or 'none is installed'}) or the "
        f"directory of a voice; {preset_json.CONTENTS}. "
        f"Received: preset={str(preset)!r}, which {what}."
    )


def _bundled_directories():
    if not BUNDLED.is_dir():
        return []
    return sorted(path for path in BUNDLED.iterdir() if (path / preset_json.FILE_NAME).is_file())


def _card(directory):
    fields = preset_json.read(directory)
    files = [path for path in directory.rglob("*") if path.is_file()]
    metadata = fields["metadata"]
    return {
        "name": fields["name"],
        "language": str(metadata.get("language", "?")),
        "license": str(metadata.get("license", "?")),
        "description": str(metadata.get("description", "")),
        "speakers": fields["speakers"],
        "n_bytes": sum(path.stat().st_size for path in files),
        "directory": str(directory),
    }


class _named:
    """Adds the file and the field to the message of an error in the block."""

    def __init__(self, path, field):
        self.path, self.field = path, field

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        # What a foreign config breaks may be of any kind; the reader needs the place.
        if isinstance(error, Exception):
            raise ValueError(f"In {str(self.path)!r}, {self.field}: {error}") from error
