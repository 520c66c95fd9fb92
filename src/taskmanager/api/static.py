"""The web app: files of the static export, precompressed, each page with its own content security policy."""

import hashlib
import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
POLICY: Final = (
    "default-src 'none'; script-src 'self'{assets}{hashes}; style-src 'self'{assets}; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:{assets}; font-src 'self'{assets}; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
WORKER: Final = "sw.js"
WORKER_POLICY: Final = "default-src 'none'; connect-src 'self'{assets}; base-uri 'none'; frame-ancestors 'none'"
"""It runs nothing but itself, and fetches what it keeps."""
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
ELSEWHERE: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""For hashed files that a CDN takes from here: pages of this origin then load them from another."""
NOT_AT_ALL: Final = re.compile(r"q=0(\.0*)?")
MEDIA: Final = {
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""What Python, or the machine it runs on, may not know or call by another name."""
PLACEHOLDER: Final = "_"
NOT_BUILT: Final = b"The web app is not built: `make run` builds it. The API is at /api/docs.\n"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the export and what is sent with it. `policy`: pages, the worker; `shared` with other origins."""

    path: Path
    media: str
    cache: str
    tag: str
    policy: str | None
    shared: bool


class WebApp:
    """Serves GET and HEAD of what is not the API. Files are known from the start; nothing else is ever opened."""

    def __init__(self, folder: Path) -> None:
        pages: dict[str, list[str]] = {}
        if (folder / "csp.json").is_file():
            pages = json.loads((folder / "csp.json").read_bytes())
        self._assets = "".join(f" {origin}" for origin in pages.pop("@assets", []))
        hidden = {".br", ".gz"}
        self._files = {
            name: self._file(folder / name, name, pages.get(name, []))
            for name in (str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
            if Path(name).suffix not in hidden and name != "csp.json"
        }
        self._sections = {name.rpartition("/")[0] for name in self._files if name.endswith(f"/{PLACEHOLDER}.html")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        path: str = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            query = scope["query_string"].decode("latin-1")
            return RedirectResponse("/" + quote(path.strip("/")) + (f"?{query}" if query else ""), 308)
        headers = Headers(scope=scope)
        found = self._find(path.lstrip("/"))
        if found is not None:
            return _send(found, headers, 200)
        if not self._files:
            return Response(NOT_BUILT, 404, media_type="text/plain")
        missing = self._files.get("404.html")
        return _send(missing, headers, 404) if missing else Response(b"Nothing here.\n", 404, media_type="text/plain")

    def _find(self, path: str) -> File | None:
        """By name, as a page, or as the placeholder of its section."""
        for name in (path or "index.html", f"{path}.html", *self._placeholders(path)):
            if name in self._files:
                return self._files[name]
        return None

    def _placeholders(self, path: str) -> tuple[str, ...]:
        section, slash, rest = path.partition("/")
        if not slash or section not in self._sections:
            return ()
        id_, below, inner = rest.partition("/")
        if below:
            return (f"{section}/{PLACEHOLDER}/{inner}",) if inner.endswith(".txt") else ()
        suffix = ".txt" if id_.endswith(".txt") else ".html"
        return (f"{section}/{PLACEHOLDER}{suffix}",)

    def _file(self, path: Path, name: str, hashes: list[str]) -> File:
        media = MEDIA.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        if media.startswith("text/") or media in ("application/javascript", "application/json"):
            media += "; charset=utf-8"
        is_page, is_hashed = name.endswith(".html"), name.startswith("_next/static/")
        hashed = "".join(f" '{value}'" for value in hashes)
        policy = POLICY if is_page else WORKER_POLICY if name == WORKER else None
        return File(
            path=path,
            media=media,
            cache=IMMUTABLE if is_hashed else REVALIDATE,
            tag=hashlib.sha256(path.read_bytes()).hexdigest()[:24],
            policy=policy and policy.format(assets=self._assets, hashes=hashed),
            shared=bool(self._assets) and is_hashed,
        )


def _send(file: File, headers: Headers, status: int) -> Response:
    path, encoding = _as_accepted(file.path, headers.get("accept-encoding", ""))
    etag = f'"{file.tag}-{encoding}"' if encoding else f'"{file.tag}"'
    sent = {"Cache-Control": file.cache, "ETag": etag, "Vary": "Accept-Encoding"}
    if file.policy is not None:
        sent["Content-Security-Policy"] = file.policy
    if file.shared:
        sent |= ELSEWHERE
    tags = {tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")}
    if status == 200 and etag in tags:  # noqa: PLR2004 - only what was found can be unchanged
        return Response(status_code=304, headers=sent)
    if encoding:
        sent["Content-Encoding"] = encoding
    return Response(path.read_bytes(), status, sent, file.media)


def _as_accepted(path: Path, header: str) -> tuple[Path, str]:
    """The smallest form that the client takes, and its encoding; `;q=0` says that it does not."""
    offers = [offer.replace(" ", "").partition(";") for offer in header.split(",")]
    accepted = {name for name, _, weight in offers if not NOT_AT_ALL.fullmatch(weight)}
    for encoding, suffix in ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if encoding in accepted and packed.is_file():
            return packed, encoding
    return path, ""
