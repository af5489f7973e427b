"""The page at `/`: files of the package, read once, under headers that let in nothing else."""

import hashlib
from importlib import resources

from keras_speech.serving.errors import RequestError, error_json

# File names that are served, each with its type; nothing else is looked for.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

# No script, style, font or picture but the page's own files, and no request to another host.
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    # Kept, but asked for each time, which costs a 304: a new version shows at once.
    "cache-control": "no-cache",
}


class Page:
    """Answers requests for the page and its files, by endpoints of Starlette."""

    def __init__(self):
        folder = resources.files("keras_speech.serving").joinpath("static")
        self.files = {
            file.name: (file.read_bytes(), TYPES[suffix])
            for file in folder.iterdir()
            if (suffix := f".{file.name.rpartition('.')[2]}") in TYPES
        }
        self.tags = {
            name: f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            for name, (content, _) in self.files.items()
        }

    async def index(self, request):
        """`GET /`."""
        return self._file("index.html", request)

    async def file(self, request):
        """`GET /static/{name}`; a name is looked up among those that there are."""
        return self._file(request.path_params["name"], request)

    def _file(self, name, request):
        from starlette.responses import Response

        if name not in self.files:
            error = RequestError(404, "Not Found")
            return Response(error_json(error, request.url.path), 404, None, "application/json")
        content, kind = self.files[name]
        headers = {**HEADERS, "etag": self.tags[name]}
        known = request.headers.get("if-none-match", "")
        if self.tags[name] in (each.strip().removeprefix("W/") for each in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(content, headers={**headers, "content-type": kind})
