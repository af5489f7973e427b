"""How long recordings are, by their headers."""

import soundfile

from keras_speech.data import audio_files, tables


def seconds_of(recordings, *, on_error="raise", skipped=None):
    """Reads how long recordings are, without decoding them; takes at the tempo they have.

    Args:
        recordings: iterable of `Recording`.
        on_error: `"raise"` (default), or `"skip"`, which lists a file that cannot be read in
            `skipped`.
        skipped: list that `Skipped` entries are appended to.

    Returns: dict from ids to seconds, of the recordings that can be read.

    Raises:
        AudioError: a file cannot be read (with `on_error="raise"`); named.

    Example:

    >>> sum(seconds_of(corpus).values()) / 3600  # doctest: +SKIP
    0.98
    """
    handle, seconds = tables.OnError(on_error, skipped), {}
    for recording in recordings:
        try:
            try:
                info = soundfile.info(recording.path)
            except (soundfile.SoundFileError, OSError, TypeError):
                # Says what is wrong with it.
                samples, rate = audio_files.decode_audio(recording.path)
                seconds[recording.id] = len(samples) / rate
            else:
                seconds[recording.id] = info.frames / info.samplerate
            if recording.change is not None:
                seconds[recording.id] /= recording.change.tempo
        except audio_files.AudioError as error:
            error = audio_files.AudioError(f"Recording {recording.where}: {error}")
            handle(error, recording.where, recording)
    return seconds
