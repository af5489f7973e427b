"""Reader of the VCTK layout."""

import os

from keras_speech.data import tables
from keras_speech.data.corpus import Corpus, Recording


def vctk(directory, *, microphone=1, speakers=None, on_error="raise", skipped=None):
    """Reads a corpus of many speakers in VCTK's layout.

    Audio is `wav48*/<speaker>/<id>.wav` or `.flac` (also `wav48_silence_trimmed`, where ids end
    in `_mic1` or `_mic2`), the text `txt/<speaker>/<id>.txt`.

    Args:
        directory: the corpus's directory.
        microphone: 1 (default) or 2: which one is taken where there are two.
        speakers: names of the speakers to read. Defaults to `None`, all.
        on_error: `"raise"` (default) at the first recording without text, or `"skip"`,
            with a warning. VCTK 0.92
            as published has one speaker, p315, whose texts were lost.
        skipped: list that what was left out is appended to, as `Skipped` entries.

    Returns: a `Corpus` with speakers. Ids are without the microphone.

    Raises:
        ValueError: the directory is not in this layout, a speaker asked for is missing, a text is
            missing, empty or not UTF-8, a recording is there twice, or nothing is left.

    Reference: [Yamagishi et al., CSTR VCTK Corpus](https://doi.org/10.7488/ds/2645).
    """
    directory = tables.require_directory(directory, what="vctk()")
    handle = tables.OnError(on_error, skipped)
    if microphone not in (1, 2):
        raise ValueError(f"`microphone` must be 1 or 2. Received: microphone={microphone}.")
    # "wav48_silence_trimmed" sorts after "wav48" and is the better of the two.
    audio_roots = [n for n in _directories(directory) if n.startswith("wav48")]
    if not audio_roots or not os.path.isdir(os.path.join(directory, "txt")):
        raise ValueError(
            f"vctk() needs a directory with wav48*/ and txt/. Received: {directory!r}."
        )
    root = os.path.join(directory, audio_roots[-1])
    found = _directories(root)
    if missing := sorted(set(speakers or ()) - set(found)):
        raise ValueError(f"`speakers` must be among {found}. Received also: {missing}.")
    recordings = {}
    for speaker in found if speakers is None else sorted(set(speakers)):
        stems = tables.audio_by_stem(os.path.join(root, speaker))
        for stem, path in sorted(stems.items()):
            name, is_other = _without_microphone(stem, microphone)
            if is_other:
                continue
            text_path = os.path.join(directory, "txt", speaker, name + ".txt")
            recording = Recording(name, path, speaker=speaker)
            text, problem = _read_text(text_path)
            if unnamable := tables.name_problem(os.path.join(speaker, name)):
                message = f"{path!r}: {unnamable}."
            elif name in recordings:
                message = f"{path}: recording {name!r} is also {recordings[name].path}."
            elif problem:
                message = f"Recording {name!r} has no usable text {text_path}: {problem}."
            else:
                recordings[name] = recording.replace(text=text)
                continue
            handle(ValueError(message), recording.where, recording)
    handle.warn(directory, stacklevel=2)
    tables.require_recordings(recordings, directory, looked_for="wav48*/<speaker>/<id>.flac")
    return Corpus(recordings.values(), name="vctk", root=directory)


def _directories(root):
    return sorted(n for n in os.listdir(root) if os.path.isdir(os.path.join(root, n)))


def _without_microphone(stem, microphone):
    for number in (1, 2):
        if stem.endswith(f"_mic{number}"):
            return stem.removesuffix(f"_mic{number}"), number != microphone
    return stem, False


def _read_text(path):
    if os.path.exists(path) and not os.path.isfile(path):
        return "", "it is not a file"
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = " ".join(file.read().split())
    except OSError as error:
        return "", error.strerror
    except UnicodeDecodeError:
        return "", "not UTF-8"
    return text, "" if text else "it is empty"
