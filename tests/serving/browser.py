"""A browser that looks at the page."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")


def missing(reason):
    """Skips what needs a browser, or fails it where `make test-page` says that it must run."""
    if os.environ.get("KERAS_SPEECH_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def executable(own):
    """Path of a Chromium; `own` is where playwright would have installed one."""
    named = os.environ.get("KERAS_SPEECH_CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else [*NAMES, own])), None)
    if path is None:
        where = f"at {named}" if named else f"on the PATH ({', '.join(NAMES)})"
        missing(
            f"The page is not tried, for there is no Chromium {where}: install one, by "
            "`playwright install chromium` or otherwise, or name it by KERAS_SPEECH_CHROMIUM."
        )
    return path


@contextlib.contextmanager
def chromium():
    """A headless Chromium, closed in the end."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("The page is not tried: pip install playwright")
    with sync_playwright() as playwright:
        path = executable(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


class Window:
    """A page that has been opened, and all that it did beside what it shows.

    Args:
        browser: of playwright.
        url: of the server.
        routes: dict from path to the answer that stands for the server's, as keywords of
            playwright's `Route.fulfill`. Defaults to none.
        script: run before those of the page. Defaults to none.
        options: of playwright's `new_context`.
    """

    def __init__(self, browser, url, routes=None, script="", **options):
        self.url, self.context = url, browser.new_context(**options)
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        page, complain = self.page, self.complaints.append
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: complain((message.type, message.text)))
        page.on("pageerror", lambda error: complain(("error", str(error))))
        page.on("dialog", lambda dialog: complain(("dialog", dialog.message)))
        for path, answer in (routes or {}).items():
            self.answer(path, answer)
        page.add_init_script(script)
        page.goto(url + "/")
        page.locator("#voice option").first.wait_for(state="attached")

    def answer(self, path, answer):
        """Answers in place of the server from now on."""
        self.page.route(self.url + path, lambda route: route.fulfill(**answer))

    def speak(self, text=None, *, key="Control+Enter"):
        """Speaks a text, or what is there, and waits until all of it has come."""
        if text is not None:
            self.page.fill("#text", text)
        self.page.locator("#text").press(key)
        self.page.locator('form[aria-busy="false"]').wait_for()

    def wav(self):
        """Bytes of what the link downloads, and their suggested file name."""
        with self.page.expect_download() as download:
            self.page.locator("#download").press("Enter")
        return Path(download.value.path()).read_bytes(), download.value.suggested_filename

    def colors(self, canvas):
        """How many colors a canvas shows."""
        return self.page.evaluate(
            """id => {
                const canvas = document.getElementById(id);
                const { width, height } = canvas;
                const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
                return new Set(new Uint32Array(data.buffer)).size;
            }""",
            canvas,
        )

    def elsewhere(self):
        """URLs that were asked for at another host."""
        return [
            each for each in self.requests if not each.startswith((self.url, f"blob:{self.url}"))
        ]
