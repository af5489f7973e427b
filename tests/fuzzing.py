"""Properties of the readers and of the text front end that hold for whatever comes in."""

import contextlib
import functools
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

import damaged_audio
from keras_speech import data, text
from keras_speech.data import phone_time_files, textgrid
from keras_speech.data.inspection import clip_measures
from keras_speech.text import extra_words

MARKS = list("{}|$€£%°.,:;!?'’\"-–—/@#&*_^~½²5 \n\t") + [
    "Dr. ",
    "3:45 ",
    "{L IY1 D}",
    "{XY}",
    "1,000",
]
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.lists(st.sampled_from(MARKS), max_size=8).map("".join),
        st.text("abcdefghij ABC.", max_size=20),
    ),
    min_size=1,
    max_size=4,
).map("".join)

CELLS = st.one_of(
    st.sampled_from([b"clip1", b"clip2", b"../wavs/clip1", b"0", b"zero", b"one", b"ann", b""]),
    st.binary(max_size=8),
    st.text(max_size=8).map(lambda cell: cell.encode("utf-8", "surrogatepass")),
)
ROWS = st.lists(CELLS, max_size=5).map(b"|".join)
TABLES = st.lists(ROWS, max_size=8).map(b"\n".join)

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["overwrite", "insert", "delete", "cut", "flip"]),
        st.floats(0, 1),
        st.binary(min_size=1, max_size=40),
    ),
    min_size=1,
    max_size=4,
)


@functools.cache
def good_files():
    """Small files in every format, to be damaged."""
    short = damaged_audio.tone(0.1)
    files = [(suffix, damaged_audio.encoded(suffix, samples=short)) for suffix in ("flac", "mp3")]
    files += [("ogg", damaged_audio.encoded("ogg", samples=short))]
    for container in ("wav", "wavex", "rf64", "w64", "aiff", "au", "caf"):
        files.append(("wav", damaged_audio.encoded(container, samples=short[:500])))
    for subtype in ("FLOAT", "PCM_24", "IMA_ADPCM", "ULAW"):
        files.append(("wav", damaged_audio.encoded("wav", subtype, samples=short[:500])))
    return files


AUDIO = st.one_of(
    st.tuples(st.sampled_from(damaged_audio.SUFFIXES), st.binary(max_size=300)),
    st.builds(
        lambda file, edits: (file[0], functools.reduce(_edited, edits, file[1])),
        st.sampled_from(good_files()),
        EDITS,
    ),
)


def _edited(content, edit):
    kind, place, new = edit
    # The beginning, where headers are, as often as all the rest.
    at = int(2 * place * 64) if place < 0.5 else int((2 * place - 1) * len(content))
    at = min(at, len(content))
    if kind == "overwrite":
        return content[:at] + new + content[at + len(new) :]
    if kind == "insert":
        return content[:at] + new + content[at:]
    if kind == "delete":
        return content[:at] + content[at + len(new) :]
    if kind == "flip" and at < len(content):
        return content[:at] + bytes([content[at] ^ new[0]]) + content[at + 1 :]
    return content[:at]


@contextlib.contextmanager
def corpus_of(metadata):
    """A directory with a table and two recordings."""
    with tempfile.TemporaryDirectory() as directory, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        directory = Path(directory)
        (directory / "wavs").mkdir()
        for name in ("clip1", "clip2"):
            (directory / "wavs" / f"{name}.wav").touch()
        (directory / "metadata.csv").write_bytes(metadata)
        yield directory


def audio_is_read_or_refused(file):
    suffix, content = file
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, f"a.{suffix}")
        path.write_bytes(content)
        try:
            samples, rate = data.decode_audio(path)
        except data.AudioError as error:
            assert str(path) in str(error)
            return
    assert samples.dtype == np.float32 and samples.ndim == 2 and samples.size > 0
    assert np.isfinite(samples).all() and 1000 <= rate <= 768_000
    measured = clip_measures.measure(samples, rate)
    numbers = [value for value in vars(measured).values() if value is not None]
    assert np.isfinite(np.array(numbers, "float64")).all() and min(numbers[6:]) >= 0


def _table_is_read_or_named(reader, metadata):
    with corpus_of(metadata) as directory:
        skipped = []
        try:
            corpus = reader(directory, on_error="skip", skipped=skipped)
        except ValueError as error:
            assert "No recordings in" in str(error)
            corpus = ()
        for recording in corpus:
            path = Path(recording.path)
            assert path.parent == directory / "wavs" and path.stem == recording.id
            assert recording.text.strip()
        rows = [row for row in metadata.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
        # Lines that are text and blank, in Unicode's sense, are no rows.
        blank = [row for row in rows if not row.decode("utf-8", "replace").strip()]
        assert len(corpus) + len(skipped) == len(rows) - len(blank)
        if skipped:
            try:
                reader(directory)
            except ValueError as error:
                assert str(error) == skipped[0].reason or "No recordings" in str(error)
            else:
                raise AssertionError("what is skipped must be an error by default")


def ljspeech_rows(metadata):
    _table_is_read_or_named(data.ljspeech, metadata)


def fsdd_rows(metadata):
    _table_is_read_or_named(data.fsdd, metadata)


def names_of_files(names):
    with tempfile.TemporaryDirectory() as directory, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = set()
        for name in names:
            assert b"/" not in name  # or it would be written elsewhere
            with contextlib.suppress(OSError, ValueError):
                path = os.path.join(os.fsencode(directory), name + b".wav")
                with open(path, "xb"):
                    made.add(name + b".wav")
        visible, skipped = {name for name in made if not name.startswith(b".")}, []
        try:
            corpus = data.wav_folder(directory, on_error="skip", skipped=skipped)
        except ValueError as error:
            assert "No recordings in" in str(error)
            corpus = ()
        assert len(corpus) + len(skipped) == len(visible)
        for recording in corpus:
            recording.id.encode("utf-8")


def _only_value_errors(read, content, name):
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, name)
        path.write_bytes(content)
        with contextlib.suppress(ValueError):
            read(path)


def lists_of_ids(content):
    _only_value_errors(data.read_ids, content, "val.txt")


def textgrids(content):
    _only_value_errors(textgrid.read_textgrid, content, "a.TextGrid")


def json_times(content):
    _only_value_errors(phone_time_files.read_phone_times, content, "a.jsonl")
    _only_value_errors(phone_time_files.read_phone_times, content, "a.json")


def lexicons(content):
    _only_value_errors(extra_words.read_extra, content, "names.txt")


@functools.cache
def tokenizers():
    return (
        text.CharacterTokenizer(),
        text.CharacterTokenizer(" abcäöü", None, lowercase=True),
        text.LexiconTokenizer({"fox": "F AA K S", "live": "L IH V"}, {}, heteronyms="context"),
    )


def texts_become_tokens(given):
    for tokenizer in tokenizers():
        for one in given:
            unknown = tokenizer.unknown(one)
            assert len(set(unknown)) == len(unknown) and all(isinstance(s, str) for s in unknown)
        try:
            tokens, lengths = map(np.asarray, tokenizer(given))
        except ValueError as error:
            # What stands in braces is no phone.
            assert "{" in "".join(given) and "Braces must hold" in str(error)
            continue
        assert tokens.shape[0] == len(given) and tokens.max(initial=0) < tokenizer.vocabulary_size
        for row, length, one in zip(tokens, lengths, given, strict=True):
            assert (row[:length] > 0).all() and (row[length:] == 0).all()
            np.testing.assert_array_equal(np.asarray(tokenizer(one)[0]), row[:length])


def texts_are_normalized(given):
    for one in given:
        normalized = text.normalize_english(one).numpy().decode("utf-8")
        assert normalized.isascii() and normalized == " ".join(normalized.split())


def texts_are_split(one, most):
    pieces = text.split_sentences(one, most)
    assert "".join("".join(pieces).split()) == "".join(one.split())
    assert all(piece and piece == piece.strip() for piece in pieces)


TEXT_FILES = st.one_of(
    st.binary(max_size=60), st.lists(TEXTS, max_size=4).map("\n".join).map(str.encode)
)
TEXTGRIDS = st.lists(
    st.one_of(
        st.sampled_from(
            ['File type = "ooTextFile"', 'Object class = "TextGrid"', "0", "1.5", "<exists>", "2",
             '"IntervalTier"', '"phones"', "size = 1", "intervals [1]:", "xmin = nan", '"AA"', "-1",
             "99999999999", "item []:", 'text = "B"']
        ),
        st.text(max_size=6),
    ),
    max_size=20,
).map("\n".join).map(str.encode)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "phones", "symbols", "durations", "starts", "x"]), inner
        ),
    ),
    max_leaves=10,
)


def _json_lines(rows):
    import json

    return "\n".join(json.dumps(row) for row in rows).encode()


NAMES = st.binary(min_size=1, max_size=12).map(lambda name: name.replace(b"/", b"_"))


# name -> (function, strategies of its arguments)
PROPERTIES = {
    "audio": (audio_is_read_or_refused, [AUDIO]),
    "ljspeech": (ljspeech_rows, [TABLES]),
    "fsdd": (fsdd_rows, [TABLES]),
    "names": (names_of_files, [st.lists(NAMES, max_size=5)]),
    "ids": (lists_of_ids, [TEXT_FILES]),
    "textgrid": (textgrids, [TEXTGRIDS]),
    "json": (json_times, [st.lists(JSON, max_size=3).map(_json_lines)]),
    "lexicon": (lexicons, [TEXT_FILES]),
    "tokens": (texts_become_tokens, [st.lists(TEXTS, min_size=1, max_size=3)]),
    "normalization": (texts_are_normalized, [st.lists(TEXTS, min_size=1, max_size=3)]),
    "sentences": (texts_are_split, [TEXTS, st.integers(1, 60)]),
}
