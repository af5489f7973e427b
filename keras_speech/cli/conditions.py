"""What a model is conditioned on, from the options of `keras-speech generate`."""

from pathlib import Path

from keras_speech.cli.errors import CommandError, UsageError

# A struck string has died away long before; the roll of a whole hour would fill the memory.
LONGEST_CHORD_S = 60


def mel_of(samples, spec):
    """Returns the log-mel spectrogram `(1, frames, n_mels)` of whole hops of `samples`."""
    import numpy as np

    from keras_speech.ops import mel

    n_frames = len(samples) // spec.hop_length
    if n_frames == 0:
        raise CommandError(
            f"a recording must be at least {spec.hop_length} samples long for a mel spectrogram; "
            f"this one has {len(samples)}."
        )
    return np.asarray(mel.log_mel_spectrogram(samples, spec))[None, :n_frames]


def given_mel(arguments, spec):
    """Returns the mel `(1, frames, n_mels)` of --mel, or of the recording in --mel-of."""
    if arguments.mel is not None:
        return _read_mel(Path(arguments.mel).expanduser(), spec)
    from keras_speech import data

    return mel_of(data.read_audio(Path(arguments.mel_of).expanduser(), spec.sample_rate), spec)


def _read_mel(path, spec):
    import numpy as np

    try:
        mel = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CommandError(f"--mel `{path}` is no NumPy array that can be read.") from error
    # An .npz, of several arrays, has no shape.
    shape = getattr(mel, "shape", ())
    frames = shape[1:] if len(shape) == 3 and shape[0] == 1 else shape
    if len(frames) != 2 or not frames[0] or frames[1] != spec.n_mels:
        raise CommandError(
            f"--mel `{path}` must have the shape (frames, {spec.n_mels}), not {shape}."
        )
    if mel.dtype.kind not in "fiu" or not np.isfinite(mel).all():
        raise CommandError(f"--mel `{path}` holds values that are not finite numbers.")
    return mel.reshape(1, *frames).astype("float32")


def require_fitting(card, arguments):
    """Raises `UsageError` unless the options are those that the model's condition asks for."""
    name, kind = card["name"], (card["condition"] or {}).get("kind")
    chord, mel_of, mel = arguments.chord, arguments.mel_of, arguments.mel
    if kind == "note_roll" and chord is None:
        raise UsageError(f"`{name}` plays what it is told: give --chord, such as C4:maj or A3.")
    if kind == "mel" and mel_of is None and mel is None:
        raise UsageError(
            f"`{name}` turns mel spectrograms into sound: give --mel-of RECORDING or --mel FILE."
        )
    if mel_of is not None and mel is not None:
        raise UsageError("give --mel-of or --mel, not both.")
    if kind != "note_roll" and chord is not None:
        raise UsageError(f"--chord is for models that play notes; `{name}` does not.")
    if kind != "mel" and (mel_of is not None or mel is not None):
        option = "--mel-of" if mel is None else "--mel"
        raise UsageError(f"{option} is for vocoders; `{name}` is none.")


def chord_roll(chord, condition, *, sample_rate, n_samples, n_before):
    """Returns the note roll `(1, frames, channels)` of a chord struck after `n_before` samples."""
    from keras_speech import data

    try:
        notes = data.parse_chord(chord)
    except ValueError as error:
        raise UsageError(f"--chord: {error}") from error
    lowest, highest = condition["lowest"], condition["highest"]
    outside = [data.note_name(note) for note in notes if not lowest <= note <= highest]
    if outside:
        raise CommandError(
            f"the model plays from {data.note_name(lowest)} to {data.note_name(highest)}; "
            f"--chord {chord} has {', '.join(outside)}."
        )
    if n_samples > LONGEST_CHORD_S * sample_rate:
        raise UsageError(
            f"--seconds must be at most {LONGEST_CHORD_S} with --chord, not "
            f"{n_samples / sample_rate:g}: a note that is struck once dies away."
        )
    hop_length = condition["hop_length"]
    return data.note_roll(
        notes,
        -(-(n_before + n_samples) // hop_length),
        frame_rate=sample_rate / hop_length,
        lowest=lowest,
        highest=highest,
        onset_s=n_before / sample_rate,
        tones=condition.get("tones", False),
    )[None]


def speaker_index(speaker, card):
    """Returns a speaker's number, or `None` where there is no choice."""
    name, speakers = card["name"], card["speakers"]
    if speakers is None:
        if speaker is not None:
            raise UsageError(f"`{name}` has no speakers to choose from: leave out --speaker.")
        return None
    if speaker is None:
        return 0
    if speaker in speakers:
        return speakers.index(speaker)
    if speaker.isdecimal() and int(speaker) < len(speakers):
        return int(speaker)
    raise UsageError(
        f"--speaker `{speaker}` is none of `{name}`'s speakers: {', '.join(speakers)}."
    )
