import pytest

from keras_speech.data import textgrid

PHONES = [("", 0.0, 0.25), ("HH", 0.25, 0.31), ("AY1", 0.31, 0.5), ('say "uh"', 0.5, 1.0)]

LONG = '''File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "hi 5
= 2"
    item [2]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 1
        points: size = 1
        points [1]:
            number = 0.5
            mark = "click"
    item [3]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1
        intervals: size = 4
        intervals [1]:
            xmin = 0
            xmax = 0.25
            text = ""
        intervals [2]:
            xmin = 0.25
            xmax = 0.31
            text = "HH"
        intervals [3]:
            xmin = 0.31
            xmax = 0.5
            text = "AY1 "
        intervals [4]:
            xmin = 0.5
            xmax = 1
            text = "say ""uh"""
'''
SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
1
<exists>
1
"IntervalTier"
"anna - phones"
0
1
4
0
0.25
""
0.25
0.31
"HH"
0.31
0.5
"AY1"
0.5
1
"say ""uh"""
'''


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a.TextGrid"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [LONG, SHORT, LONG.replace("\n", "\r\n")])
def test_both_formats_give_the_intervals(tmp_path, text, encoding):
    assert textgrid.read_textgrid(written(tmp_path, text, encoding)) == PHONES


def test_big_endian_with_its_mark(tmp_path):
    path = written(tmp_path, "\ufeff" + SHORT.replace("HH", "\u0259"), "utf-16-be")
    assert textgrid.read_textgrid(path)[1][0] == "\u0259"


def test_tier_by_name(tmp_path):
    assert textgrid.read_textgrid(written(tmp_path, LONG), "words") == [("hi 5\n= 2", 0.0, 1.0)]
    for tier in ("clicks", "phone"):
        with pytest.raises(ValueError, match="one interval tier.*'clicks', 'phones', 'words'"):
            textgrid.read_textgrid(written(tmp_path, LONG), tier)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('"ooTextFile"', '"ooFile"', "line 1: expected the header"),
        ('"TextGrid"', '"PitchTier"', 'line 2: expected the header "TextGrid", found "PitchTier"'),
        ("xmax = 0.31", "xmax = ?", 'line 42: expected the end of an interval, found "HH"'),
        ("xmax = 0.31", "xmax = 0.25", "line 41: an interval must not be empty"),
        ("xmin = 0.31", "xmin = 0.3", "line 45: an interval begins at 0.3 s, before"),
        ("size = 4", "size = 5", "the file ends where the beginning of an interval should be"),
        ("size = 4", "size = 1.5", "line 34: the number of intervals must be a whole number"),
        ('text = "HH"', "text = 3", "line 42: expected a label, found 3"),
        ('"TextTier"', '"PointTier"', 'line 21: expected "IntervalTier" or "TextTier"'),
        (LONG[200:], "", "the file ends where"),
        (LONG, "", "the file ends where the header"),
    ],
)
def test_malformed_files_are_named_with_their_line(tmp_path, old, new, message):
    assert old in LONG
    path = written(tmp_path, LONG.replace(old, new, 1))
    with pytest.raises(ValueError, match=message) as error:
        textgrid.read_textgrid(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"ooBinaryFile\x08TextGrid", "binary"),
        (b"\xff\xfe\x00", "neither UTF-8 nor"),
        (b"\xe4", "neither"),
    ],
)
def test_what_is_no_text_is_named(tmp_path, content, message):
    path = tmp_path / "a.TextGrid"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        textgrid.read_textgrid(path)
    with pytest.raises(ValueError, match="Cannot read"):
        textgrid.read_textgrid(tmp_path / "b.TextGrid")
