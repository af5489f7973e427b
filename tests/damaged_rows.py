"""Rows and names with every kind of damage, in the layouts that the readers know."""

LONG = "x" * 300

# Of `metadata.csv` in LJ Speech's layout, where `clip1` and `clip2` are there: what the reader must
# say of each. No row may become a recording.
LJSPEECH = {
    b"clip1": "expected 2 or 3 columns",
    b"clip1 A text with spaces for bars": "expected 2 or 3 columns",
    b"clip1,A text,with commas": "expected 2 or 3 columns",
    b"clip1\tA text\twith tabs": "expected 2 or 3 columns",
    b"clip1|a|b|c": "found 4",
    b"clip1|a|b|c|d|e|f": "found 7",
    b"|A text without an id": "first column",
    b"||": "first column",
    b"   | ": "first column",
    b"clip2|": "has no text",
    b"clip2||": "has no text",
    b"clip2|  |  ": "has no text",
    b"gone|A text.": "has no audio file",
    b"CLIP1|A text.": "has no audio file",
    b"clip1.wav|A text.": "has no audio file",
    b"wavs/clip1|A text.": "has no audio file",
    b"./clip1|A text.": "has no audio file",
    b"../wavs/clip1|A text.": "has no audio file",
    b"../../../../etc/passwd|A text.": "has no audio file",
    b"..|A text.": "has no audio file",
    b"/etc/passwd|A text.": "has no audio file",
    b"..\\..\\clip1|A text.": "has no audio file",
    b"C:\\clip1|A text.": "has no audio file",
    b"file:///etc/passwd|A text.": "has no audio file",
    b"https://example.org/clip1.wav|A text.": "has no audio file",
    b"clip1\x00|A text.": "has no audio file",
    b"clip1\x1b[2J|A text.": "has no audio file",
    b"$(touch clip9)|A text.": "has no audio file",
    b"clip*|A text.": "has no audio file",
    LONG.encode() + b"|A text.": "has no audio file",
    b'"clip1"|"A text."': "has no audio file",
    b"clip1|caf\xe9": "not UTF-8",
    b"clip1|\xff\xfe": "not UTF-8",
    b"clip1|\xc0\xaf overlong": "not UTF-8",
    b"clip1|\xed\xa0\x80 a lone surrogate": "not UTF-8",
    b"clip1|\xe2\x82": "not UTF-8",
    b"clip1|\xf5\x80\x80\x80 beyond Unicode": "not UTF-8",
    b"c\x00l\x00i\x00p\x001\x00|\x00a\x00": "has no audio file",
}

# Of `metadata.csv` as the Free Spoken Digit Dataset has it, where `0_theo_0` is there.
FSDD = {
    b"0_theo_0": "expected 4 columns",
    b"0_theo_0|0|zero": "expected 4 columns",
    b"0_theo_0|0|zero|theo|9": "found 5",
    b"|0|zero|theo": "first column",
    b"0_theo_0|0||theo": "do not belong together",
    b"0_theo_0||zero|theo": "do not belong together",
    b"0_theo_0|1|zero|theo": "do not belong together",
    b"0_theo_0|10|ten|theo": "do not belong together",
    b"0_theo_0|-1|nine|theo": "do not belong together",
    b"0_theo_0|\xc2\xb2|two|theo": "do not belong together",
    b"0_theo_0|0|zero|": "no speaker",
    b"../0_theo_0|0|zero|theo": "has no audio file",
    b"0_theo_0|0|zero|th\xe9o": "not UTF-8",
}

# Texts in VCTK's layout; `None` for one that is missing.
VCTK = {
    None: "No such file",
    b"": "it is empty",
    b" \n\t\n": "it is empty",
    b"caf\xe9": "not UTF-8",
    b"\xff\xfeT\x00e\x00": "not UTF-8",
}

# Names of files in the published layout of the Free Spoken Digit Dataset.
FSDD_NAMES = (
    "10_theo_0",
    "theo_0_0",
    "0_theo",
    "0_theo_x",
    "0__0",
    "-1_theo_0",
    "\N{SUPERSCRIPT TWO}_theo_0",
)
