"""Whether an MP3 file is one frame after the other from beginning to end.

A decoder looks for the next frame wherever bytes make no sense, and says nothing of what it left
out; without a Xing header even the length is not known.
"""

# Kilobits per second by the index in a frame's header, for layer III of MPEG 1 and of MPEG 2.
_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

# What programs append.
_TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICSBEGIN", b"3DI")


def problem(content):
    """What is wrong with the frames of an MP3 file.

    Args:
        content: bytes of a file that a decoder takes for MP3.

    Returns: the end of a sentence that begins with the file's name, or `None`.
    """
    at = _after_tags(content)
    n_frames = 0
    while at < len(content):
        length = _frame_length(content[at : at + 4])
        if length is None:
            if content.startswith(_TAGS, at) or not any(content[at:]):
                return None
            place = "does not begin with a frame" if n_frames == 0 else "is damaged"
            return f"{place}: byte {at} is none of a frame of MP3"
        if length == 0:
            return None  # Free format: its frames cannot be told from their headers.
        if at + length > len(content):
            return f"is truncated: its last frame lacks {at + length - len(content)} bytes"
        at += length
        n_frames += 1
    return None


def tells_length(content):
    """Whether the first frame of an MP3 file says how long the file is: without, it is guessed.

    Args:
        content: bytes of the file.
    """
    at = _after_tags(content)
    length = _frame_length(content[at : at + 4])
    first = content[at : at + (length or 0)]
    return b"Xing" in first or b"Info" in first


def _after_tags(content):
    """Where the first frame begins: after ID3 tags and zeros."""
    at = 0
    while content.startswith(b"ID3", at) and len(content) >= at + 10:
        # Four times seven bits.
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    return at + len(content[at:]) - len(content[at:].lstrip(b"\0"))


def _frame_length(header):
    """Bytes of the frame with this header, 0 for free format, `None` where it is no header."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or bitrate == 15 or rate == 3:
        return None
    if bitrate == 0:
        return 0
    kilobits = _BITRATES[3 if version == 3 else 2][bitrate]
    samples = 1152 if version == 3 else 576
    return samples * 125 * kilobits // _RATES[version][rate] + (header[2] >> 1 & 1)
