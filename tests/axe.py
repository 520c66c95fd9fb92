"""axe-core, run inside a page."""

from pathlib import Path
from typing import Final, TypedDict

from playwright.async_api import Page

SOURCE: Final = Path(__file__).parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN: Final = "axe.run(document, {resultTypes: ['violations']}).then(({ violations }) => violations)"


class Finding(TypedDict):
    """What axe has against a page, as far as it is read here."""

    id: str
    help: str
    nodes: list[dict[str, object]]


async def findings(page: Page) -> list[str]:
    """Each rule that a place in the page breaks, with the place."""
    if not await page.evaluate("'axe' in globalThis"):
        # Evaluated, not added as a tag: the page's policy allows no foreign script.
        await page.evaluate(SOURCE.read_text(encoding="utf-8") + "; undefined")
    found: list[Finding] = await page.evaluate(RUN)
    return [f"{one['id']} ({one['help']}): {node.get('html')}" for one in found for node in one["nodes"]]
