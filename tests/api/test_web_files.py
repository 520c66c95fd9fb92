"""The files of the web app, when a CDN has them too."""

import gzip
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from api.server import client
from taskmanager.api.app import Frame
from taskmanager.api.static import WebApp

if TYPE_CHECKING:
    from taskmanager.api.services import Services

PAGE = "index.html"
SCRIPT = "_next/static/chunks/a.js"


async def answers(folder: Path, assets: Sequence[str]) -> tuple[httpx.Headers, httpx.Headers]:
    """What is said with a page and with one of its scripts, built with these origins of a CDN."""
    for name in (PAGE, SCRIPT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    pages: dict[str, Any] = {PAGE: ["sha256-abc"]} | ({"@assets": assets} if assets else {})
    (folder / "csp.json").write_text(json.dumps(pages))
    async with served(folder) as asked:
        return (await asked.get("/")).headers, (await asked.get(f"/{SCRIPT}")).headers


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    told = cast("Services", SimpleNamespace(admission=SimpleNamespace(public_url=None)))
    async with client(transport=httpx.ASGITransport(Frame(WebApp(folder), told))) as asked:
        yield asked


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A web app of one of each sort of file; `about.html` is packed in both ways."""
    for name in ("index.html", "about.html", "404.html", "task/_.html", "task/_.txt", "a.webp", "a.woff2", "a.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    page = tmp_path / "about.html"
    page.with_name("about.html.gz").write_bytes(gzip.compress(b"about.html"))
    page.with_name("about.html.br").write_bytes(b"packed")
    (tmp_path / "csp.json").write_text("{}")
    async with served(tmp_path) as asked:
        yield asked


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("br;q=0.01", "br"),
        ("identity", None),
        ("", None),
    ],
)
async def test_a_page_comes_packed_as_the_browser_takes_it(
    web: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    async with web.stream("GET", "/about", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert {"br": raw, "gzip": raw and gzip.decompress(raw) if encoding == "gzip" else raw, None: raw}[encoding] in (
        b"packed",
        b"about.html",
    )


async def test_each_packing_of_a_file_has_a_tag_of_its_own_and_is_not_sent_again(web: httpx.AsyncClient) -> None:
    tags = set()
    for accepted in ("gzip", "identity"):
        first = await web.get("/about", headers={"Accept-Encoding": accepted})
        tags.add(first.headers["etag"])
        for header in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
            again = await web.get("/about", headers={"Accept-Encoding": accepted, "If-None-Match": header})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
    assert len(tags) == 2
    crossed = {
        "Accept-Encoding": "gzip",
        "If-None-Match": (await web.get("/about", headers={"Accept-Encoding": "identity"})).headers["etag"],
    }
    assert (await web.get("/about", headers=crossed)).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "file"),
    [
        ("/", 200, "index.html"),
        ("/index.html", 200, "index.html"),
        ("/about", 200, "about.html"),
        ("/task/1234", 200, "task/_.html"),
        ("/task/1234.txt", 200, "task/_.txt"),
        ("/task/1234/more", 404, "404.html"),
        ("/nothing", 404, "404.html"),
        ("/about.html.br", 404, "404.html"),
        ("/about.html.gz", 404, "404.html"),
        ("/csp.json", 404, "404.html"),
        ("/../csp.json", 404, "404.html"),
        ("/%2e%2e/%2e%2e/etc/passwd", 404, "404.html"),
    ],
)
async def test_an_address_leads_to_its_page_and_to_nothing_that_is_no_page(
    web: httpx.AsyncClient, path: str, status: int, file: str
) -> None:
    answer = await web.get(path, headers={"Accept-Encoding": "identity"})
    assert (answer.status_code, answer.text) == (status, file)


async def test_a_slash_too_many_is_taken_away_and_what_is_asked_stays(web: httpx.AsyncClient) -> None:
    answer = await web.get("/about/?from=mail&x=%20y")
    assert (answer.status_code, answer.headers["location"]) == (308, "/about?from=mail&x=%20y")
    assert (await web.get("/%3Fabout/")).headers["location"] == "/%3Fabout"
    assert (await web.get("http://testserver//evil.example/")).headers["location"] == "/evil.example"


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("a.webp", "image/webp"),
        ("a.woff2", "font/woff2"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
    ],
)
async def test_files_say_what_they_are_on_any_machine(web: httpx.AsyncClient, name: str, media: str) -> None:
    assert (await web.get(f"/{name}")).headers["content-type"] == media


async def test_the_origin_of_a_cdn_is_in_the_policy_and_may_hand_files_on(tmp_path: Path) -> None:
    page, script = await answers(tmp_path, ["https://cdn.example"])
    policy = dict(part.split(" ", 1) for part in page["content-security-policy"].split("; "))
    assert policy["script-src"] == "'self' https://cdn.example 'sha256-abc'"
    for kind in ("style-src", "img-src", "font-src"):
        assert policy[kind].endswith(" https://cdn.example")
    assert policy["connect-src"] == "'self'"
    assert script["access-control-allow-origin"] == "*"
    assert script.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert page.get_list("cross-origin-resource-policy") == ["same-origin"]


async def test_without_a_cdn_nothing_is_handed_on(tmp_path: Path) -> None:
    page, script = await answers(tmp_path, [])
    assert "https:" not in page["content-security-policy"]
    assert "access-control-allow-origin" not in script
    assert script.get_list("cross-origin-resource-policy") == ["same-origin"]
