"""The progress bar."""

import io

from keras_speech.data.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(stream, total=20, **options):
    with Progress(total, "Features", stream=stream, **options) as progress:
        for _ in range(total):
            progress.step()
    return stream.getvalue()


def test_short_work_is_quiet():
    assert run(Terminal()) == ""


def test_long_work_is_counted_to_its_end():
    text = run(Terminal(), quiet_seconds=0.0)
    assert "Features: 1/20 [=" in text
    assert text.rstrip().endswith("s\x1b[K") and "Features: 20/20 [" + "=" * 30 in text


def test_a_log_gets_lines_without_control_characters():
    lines = run(io.StringIO(), quiet_seconds=0.0).splitlines()
    assert [line.split(" [")[0] for line in lines] == ["Features: 1/20", "Features: 20/20"]


def test_it_can_be_switched_off():
    assert run(Terminal(), quiet_seconds=0.0, show=False) == ""


def test_an_interrupt_shows_how_far_it_came():
    stream = io.StringIO()
    try:
        with Progress(9, "Features", stream=stream, quiet_seconds=0.0) as progress:
            progress.step()
            progress.step()
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert stream.getvalue().splitlines()[-1].startswith("Features: 2/9")
