"""Requests that are wrong, each in one way that is known, without an end."""

import json

import numpy as np

PREDICT, SPEECH = "/v1/models/tiny:predict", "/v1/audio/speech"
TRICKS = ("..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "tiny%00", "a" * 3000, "%ff", "~root")
TRICKS += ("/etc/passwd", "tiny/../../etc", "C:%5C", "тайни", "tiny%0d%0aX:y", "{name}", "*", "")
NUMBERS = ("1e400", "-1e400", "9" * 400, "-1", "NaN", "Infinity", "0x10", "1e-400000", "01", "--1")
WRONG = (None, True, [], {}, [[]], {"a": 1}, [1, "a"], 1.5, -7, "\ud800", ["\udfff"])


def requests(seed):
    """Yields `(path, body)`, of kinds in turn; body is bytes.

    Args:
        seed: whole number.
    """
    random = np.random.default_rng(seed)
    kinds = (
        _noise, _cut, _wrong_type, _deep, _number, _base64, _ragged, _name, _unknown_field,
        _bad_text,
    )  # fmt: skip
    while True:
        for kind in kinds:
            yield kind(random)


def _valid(random):
    """`(path, content)` of a request that would be answered."""
    speak = {"text": "One.", "speaker": "ann", "speed": 1.0, "pitch": 0.0, "seed": 1}
    mel = random.normal(-2, 1, (3, 20)).round(2).tolist()
    return [
        (SPEECH, {"model": "tiny", "input": "One.", "voice": "ann", "speed": 1.0, "seed": 3}),
        (PREDICT, {"instances": [{"text": "One."}, {"text": "Two."}]}),
        (PREDICT, {"signature_name": "speak", "instances": [speak]}),
        (PREDICT, {"signature_name": "vocode", "inputs": {"mel": [mel], "lengths": [3]}}),
    ][random.integers(4)]


def _noise(random):
    path = (PREDICT, SPEECH)[random.integers(2)]
    return path, b"\xff" + random.bytes(random.integers(200))


def _cut(random):
    path, content = _valid(random)
    body = json.dumps(content).encode()
    return path, body[: random.integers(len(body))]


def _leaves(content, path=()):
    """Paths of all values inside, those of names of lists and objects too."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _leaves(value, (*path, key))


def _with(content, path, value):
    *way, last = path
    inner = content
    for key in way:
        inner = inner[key]
    inner[last] = value
    return content


def _some(random, choices):
    return choices[random.integers(len(choices))]


def _wrong_type(random):
    path, content = _valid(random)
    where = _some(random, list(_leaves(content)))
    value = content
    for key in where:
        value = value[key]
    wrong = [each for each in WRONG if not _is_number(value) or not _is_number(each)]
    if path == SPEECH:
        wrong.remove(None)  # is what is left out
    return path, json.dumps(_with(content, where, _some(random, wrong))).encode()


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_place(content, where, text):
    """JSON in which a value is this text, which need not be JSON itself."""
    return json.dumps(_with(content, where, "PLACE")).replace('"PLACE"', text).encode()


def _deep(random):
    path, content = _valid(random)
    depth = int(10 ** random.uniform(1, 5))
    opening, closing = _some(random, [("[", "]"), ('{"a":', "}")])
    text = opening * depth + "1" + closing * depth
    return path, _in_place(content, _some(random, list(_leaves(content))), text)


def _number(random):
    path, content = _valid(random)
    numbers = [each for each in _leaves(content) if each[-1] in ("speed", "seed", "lengths", "mel")]
    where = _some(random, numbers or list(_leaves(content)))
    return path, _in_place(content, where, _some(random, NUMBERS))


def _base64(random):
    text = "".join(map(chr, random.integers(33, 127, 1 + 4 * random.integers(20)))) + "!"
    body = {"instances": [{"text": {"b64": text}}]}
    return PREDICT, json.dumps(body).encode()


def _ragged(random):
    sizes = [20, 20, int(_some(random, [0, 1, 19, 21, 300]))]
    mel = [[0.0] * size for size in sizes]
    content = {"signature_name": "vocode", "inputs": {"mel": [mel], "lengths": [3]}}
    return PREDICT, json.dumps(content).encode()


def _name(random):
    trick = _some(random, TRICKS)
    content = {"instances": ["One."]}
    form = _some(random, ["/v1/models/{}:predict", "/v1/models/tiny/versions/{}:predict"])
    return form.format(trick), json.dumps(content).encode()


def _unknown_field(random):
    path, content = _valid(random)
    name = "x" + random.bytes(4).hex()
    return path, json.dumps({**content, name: 1}).encode()


def _bad_text(random):
    bad = _some(random, [b"\xc3\x28", b"\xed\xa0\x80", b"\\ud800", b"\\u12", b"\n", b"\x00"])
    path, content = _some(
        random,
        [(PREDICT, {"instances": ["PLACE"]}), (SPEECH, {"model": "tiny", "input": "PLACE"})],
    )
    return path, json.dumps(content).encode().replace(b"PLACE", b"One" + bad)
