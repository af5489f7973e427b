"""The page in a real browser: it speaks, shows what it spoke, and believes nothing it is told."""

import base64
import io
import json
import urllib.request

import numpy as np
import pytest
import soundfile

from serving.browser import Window, chromium
from serving.processes import served

PICTURES = ("waveform", "mel", "alignment")
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>'\"&amp;"

# Holds back all but the first sentence of an answer, until it is stopped or broken off.
HELD = """
const ask = window.fetch;
window.fetch = async (path, options) => {
    const answer = await ask(path, options);
    if (!path.endsWith("speech")) return answer;
    const line = (await answer.text()).split("\\n")[0] + "\\n";
    return new Response(new ReadableStream({ start(held) {
        held.enqueue(new TextEncoder().encode(line));
        options.signal.onabort = () => held.error(options.signal.reason);
        window.breakOff = () => held.error(new TypeError("network error"));
    } }));
};
"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def url(browser, voice, tmp_path_factory):
    directory = voice.save_to_preset(tmp_path_factory.mktemp("page") / "tiny")
    with served(directory) as (_, url):
        yield url


@pytest.fixture
def opened(browser, url):
    """Opens windows; none of them may complain, or ask anyone but the server."""
    windows = []

    def opened(routes=None, **options):
        windows.append(Window(browser, url, routes, **options))
        return windows[-1]

    yield opened
    for window in windows:
        window.context.close()
        assert window.elsewhere() == []
        assert window.complaints == []


def samples_of(wav):
    samples, rate = soundfile.read(io.BytesIO(wav))
    assert rate == 8000
    return samples


def answer(content, status=200):
    """What `Window` takes for a route."""
    return {"status": status, "content_type": "application/json", "body": json.dumps(content)}


def test_it_speaks_by_keyboard_alone(opened, url):
    window = opened()
    page, stops = window.page, {}
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => [document.activeElement.id, getComputedStyle(document.activeElement).outline]"
        )
        stops[focused[0]] = focused[1]
        if focused[0] == "text":
            page.keyboard.type("One is here. A third?")
        if focused[0] == "speak":
            break
    assert list(stops)[-1] == "speak"
    assert {"text", "voice", "speaker", "speed", "pitch", "seed", "reset"} < set(stops)
    assert all("solid" in outline for outline in stops.values()), stops
    page.keyboard.press("Enter")
    page.locator('form[aria-busy="false"]').wait_for()
    assert page.inner_text("#status").startswith("Done: 2 sentences")

    wav, name = window.wav()
    assert name == "voice.wav" and wav[:4] == b"RIFF"
    samples = samples_of(wav)
    assert np.sqrt(np.mean(samples**2)) > 0.01
    content = {"model": "voice", "input": "One is here. A third?", "response_format": "wav"}
    with urllib.request.urlopen(f"{url}/v1/audio/speech", json.dumps(content).encode()) as told:
        np.testing.assert_array_equal(samples, samples_of(told.read()))
    for name in PICTURES:
        assert window.colors(name) > 10, name
        assert "seconds" in page.get_attribute(f"#{name}", "aria-label")
    facts = page.inner_text("#facts")
    assert f"{len(samples) / 8000:.2f} s" in facts and "Real-time factor" in facts


def test_it_plays_and_pauses_and_seeks(opened):
    window = opened()
    window.speak("One is here, and here, and there.", key="Meta+Enter")
    page, play = window.page, window.page.locator("#play")
    position = lambda: float(page.input_value("#position"))  # noqa: E731
    page.locator("#position").press("End")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert position() == 0
    play.press("Enter")
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.locator("#waveform + i").wait_for(state="visible")
    play.press(" ")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert position() > 0


def test_sliders_change_what_is_heard(opened):
    window = opened()
    page, lengths = window.page, {}
    for key, text in (("Home", "0.25×"), ("End", "4.00×")):
        page.locator("#speed").press(key)
        assert page.inner_text("#speed-value") == text
        window.speak("One is here.")
        lengths[text] = len(samples_of(window.wav()[0]))
    assert lengths["0.25×"] > 4 * lengths["4.00×"]
    page.locator("#pitch").press("ArrowRight")
    assert page.inner_text("#pitch-value") == "+0.5 semitones"
    assert page.get_attribute("#pitch", "aria-valuetext") == "+0.5 semitones"
    assert not page.locator("#energy").is_visible()
    page.locator("#reset").press("Enter")
    assert page.inner_text("#speed-value") == "1.00×"
    page.select_option("#speaker", "bob")
    window.speak()
    other = window.wav()[0]
    page.select_option("#speaker", "ann")
    window.speak()
    assert window.wav()[0] != other


def test_pictures_of_long_texts_are_those_of_their_first_sentences(opened):
    window = opened()
    window.speak("One is. " * 10)
    assert "first 8 of 10 sentences" in window.page.inner_text("#note")
    window.speak("One is.")
    assert not window.page.locator("#note").is_visible()


def test_what_is_typed_and_told_is_never_html(opened):
    """No dialog, no element of it, no request for it: `opened` looks for the rest."""
    listed = {
        "name": HOSTILE, "speakers": [HOSTILE, "b"], "controls": {}, "sample_rate": 8000,
        "hop_length": None, "max_text": 100, "pictures": False, "mel_hz": None,
        "description": HOSTILE, "language": HOSTILE, "license": HOSTILE, "credits": HOSTILE,
    }  # fmt: skip
    window = opened({"/v1/voices": answer({"voices": [listed]})})
    page = window.page
    page.locator("summary").press("Enter")
    assert page.locator("#voice option").inner_text() == HOSTILE
    assert page.locator("#speaker option").first.inner_text() == HOSTILE
    assert page.inner_text("#description") == HOSTILE
    assert page.locator("#about dd").first.inner_text() == HOSTILE
    assert page.locator("img, script").count() == 2  # the icon, and the page's own


def test_errors_are_sentences(browser, url):
    """Browsers write failed requests to the console themselves, so that is not looked at here."""
    failures = [
        (answer({"error": {"message": HOSTILE}}, status=400), HOSTILE),
        (answer({"error": "Not so."}, status=429), "Not so."),
        (answer("what", status=502), "The server answered 502 and did not say why."),
        ({"status": 200, "body": "{}\n"}, "The page could not read the answer."),
    ]
    window = Window(browser, url)
    for reply, expected in failures:
        window.answer("/v1/audio/speech", reply)
        window.speak("One.")
        assert window.page.inner_text("#error") == expected
        assert window.page.locator("img, script").count() == 2
    window.page.unroute_all()
    window.context.set_offline(True)
    window.speak("One.")
    assert window.page.inner_text("#error") == "The server cannot be reached. Is it still running?"
    window.context.set_offline(False)
    window.speak(HOSTILE)
    assert window.page.inner_text("#error") == "" and window.colors("alignment") > 10
    window.speak(" ")
    assert window.page.inner_text("#error") == "Write something to speak first."
    window.speak("☃")
    assert "must contain something that the voice can speak" in window.page.inner_text("#error")
    window.context.close()


def test_sound_alone_is_said_to_be_alone(opened):
    samples = base64.b64encode(np.arange(800, dtype="<i2").tobytes()).decode()
    line = {"text": "One.", "sample_rate": 8000, "audio": {"b64": samples}}
    line |= {"mel": None, "alignment": None, "symbols": None}
    window = opened({"/v1/audio/speech": answer(line) | {"body": json.dumps(line) + "\n"}})
    window.speak("One.")
    assert "gives its sound alone" in window.page.inner_text("#note")
    assert window.page.locator("#waveform").is_visible()
    assert not window.page.locator("#mel").is_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(opened, width):
    window = opened(
        viewport={"width": width, "height": 800}, color_scheme="dark", reduced_motion="reduce"
    )
    wide = "() => document.documentElement.scrollWidth"
    assert window.page.evaluate(wide) == width
    window.page.locator("summary").press("Enter")
    window.speak("abcdefghij" * 20)
    assert window.page.evaluate(wide) == width
    for name in PICTURES:
        assert window.colors(name) > 10, name


@pytest.mark.parametrize("end", ["stop", "break"])
def test_the_first_sentence_plays_while_the_next_is_made_and_stays(browser, url, end):
    window = Window(browser, url, script=HELD)
    page = window.page
    page.fill("#text", "One is here, and here, and there. A third?")
    page.locator("#text").press("Control+Enter")
    page.locator("#waveform + i").wait_for(state="visible")
    assert page.get_attribute("form", "aria-busy") == "true"
    assert page.get_attribute("#stop", "aria-disabled") == "false"
    if end == "stop":
        page.keyboard.press("Escape")
    else:
        page.evaluate("() => breakOff()")
    page.locator('form[aria-busy="false"]').wait_for()
    if end == "stop":
        assert page.inner_text("#status").startswith("Stopped after 1 sentence")
        assert page.get_attribute("#stop", "aria-disabled") == "true"
    else:
        assert page.inner_text("#error").startswith("The server broke off before the end.")
    assert len(samples_of(window.wav()[0])) > 0
    assert window.complaints == []
    window.context.close()
