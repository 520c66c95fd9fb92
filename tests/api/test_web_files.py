"""The files of the web app, when a CDN has them too."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx

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
    told = cast("Services", SimpleNamespace(admission=SimpleNamespace(public_url=None)))
    async with client(transport=httpx.ASGITransport(Frame(WebApp(folder), told))) as asked:
        return (await asked.get("/")).headers, (await asked.get(f"/{SCRIPT}")).headers


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
