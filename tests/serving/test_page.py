"""The page's files, and what they are served under. `test_browser.py` opens it."""

import re

import pytest

from keras_speech.serving.page import Page

PAGE = Page()
FILES = {name: content.decode("utf-8") for name, (content, _) in PAGE.files.items()}
SCRIPTS = sorted(name for name in FILES if name.endswith(".js"))


def test_the_page_is_at_the_root(client):
    answer = client.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == FILES["index.html"]


@pytest.mark.parametrize("path", ["/", *(f"/static/{name}" for name in sorted(FILES))])
def test_nothing_from_elsewhere_is_let_in(client, path):
    headers = client.http.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
    assert not re.search("unsafe|data:|http|\\*", headers["content-security-policy"])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/static/page.css"])
def test_what_a_browser_has_already_is_not_sent_again(client, path):
    first = client.http.get(path)
    assert first.headers["cache-control"] == "no-cache"
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        again = client.http.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    other = client.http.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)
    assert client.http.head(path).content == b""


@pytest.mark.parametrize(
    "name",
    ["", "nothing.js", "..%2Fpage.py", "%2e%2e%2fpage.py", "%2Fetc%2Fpasswd",
     "..%5Cpage.py", "main.js%00", "main.js/", "Main.js", "C:%5Cmain.js"],
)  # fmt: skip
def test_no_other_file_is_reached(client, name):
    answer = client.http.get(f"/static/{name}")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not Found"})


@pytest.mark.parametrize("name", sorted(FILES))
def test_files_are_short_and_name_no_other_host(name):
    text = FILES[name].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert text.count("\n") < 300
    assert not re.search(r"""https?:|wss?:|["'(=]\s*//|@import""", text)


def test_the_page_has_neither_scripts_nor_styles_inside():
    page = FILES["index.html"]
    assert re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL) == [
        (' type="module" src="static/main.js"', "")
    ]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_makes_html_or_code_of_text(name):
    made = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc"
    made += r"|DOMParser|createContextualFragment|setHTML|setAttribute\(.style"
    assert not re.search(made, FILES[name])


def test_every_file_that_is_named_is_there_and_used():
    named = set(re.findall(r'(?:src|href)="static/([^"]+)"', FILES["index.html"]))
    for name in SCRIPTS:
        named |= set(re.findall(r'from "\./([^"]+)"', FILES[name]))
    assert named | {"index.html"} == set(FILES)


def test_every_element_that_a_script_wants_is_there():
    ids = set(re.findall(r'\bid="([^"]+)"', FILES["index.html"]))
    for name in SCRIPTS:
        wanted = set(re.findall(r'\bget\("([^"]+)"\)', FILES[name]))
        assert wanted <= ids, name


def test_every_field_has_a_label():
    page = FILES["index.html"]
    labels = set(re.findall(r'<label for="([^"]+)"', page))
    for field in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page):
        (name,) = re.findall(r'\bid="([^"]+)"', field)
        assert name in labels or "aria-label=" in field, field
