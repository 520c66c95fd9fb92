"""Long lists, sessions that end, and plain http on a home network."""

import httpx
from playwright.async_api import Route, async_playwright, expect

from api.server import Server
from browsers import chromium_path
from visitors import PASSWORD, Visitor, visiting

MANY = 450


async def _fill(visitor: Visitor) -> None:
    async with httpx.AsyncClient(base_url=visitor.url, timeout=30) as http:
        signed_in = await http.post("/api/auth/login", json={"email": visitor.email, "password": PASSWORD})
        operations = [{"op": "create", "task": {"title": f"Task {number:03}"}} for number in range(MANY)]
        bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        made = await http.post("/api/tasks/batch", json={"operations": operations}, headers=bearer)
        assert made.status_code == 200, made.text


async def test_a_long_list_is_fetched_as_it_is_scrolled_and_holds_few_rows(ana: Visitor) -> None:
    await _fill(ana)
    await ana.reload()
    await expect(ana.task("Task 000")).to_be_visible()
    last = ana.task(f"Task {MANY - 1:03}")
    most = 0
    for _ in range(60):
        await ana.page.mouse.move(900, 500)
        await ana.page.mouse.wheel(0, 900)
        most = max(most, await ana.page.locator("[data-task]").count())
        if await last.count():
            break
    await expect(last).to_be_visible()
    assert most < 80
    await last.get_by_role("link").focus()
    await ana.page.keyboard.press("k")
    await expect(ana.task(f"Task {MANY - 2:03}").get_by_role("link")).to_be_focused()


async def test_filters_and_search_are_in_the_address_and_come_back_with_it(ana: Visitor) -> None:
    await ana.add("Urgent one !urgent", "Calm one")
    await ana.open("/inbox?priority=urgent")
    await expect(ana.task("Urgent one")).to_be_visible()
    await expect(ana.task("Calm one")).to_have_count(0)
    await ana.task("Urgent one").get_by_role("link").click()
    await expect(ana.panel).to_be_visible()
    await expect(ana.task("Calm one")).to_have_count(0)
    await ana.page.go_back()
    assert ana.page.url.endswith("/inbox?priority=urgent")
    await ana.page.get_by_role("button", name="Clear filters").click()
    await expect(ana.task("Calm one")).to_be_visible()
    assert ana.page.url.endswith("/inbox")


async def test_a_token_that_ran_out_is_renewed_without_anybody_noticing(ana: Visitor) -> None:
    refused: list[str] = []

    async def refuse_once(route: Route) -> None:
        if refused:
            await route.continue_()
        else:
            refused.append(route.request.url)
            problem = '{"code": "unauthenticated", "status": 401}'
            await route.fulfill(status=401, content_type="application/problem+json", body=problem)

    await ana.page.route("**/api/tasks", refuse_once)
    async with ana.page.expect_response(lambda answer: answer.url.endswith("/api/tasks") and answer.status == 201):
        await ana.add("Written with an old token")
    await expect(ana.task("Written with an old token")).to_be_visible()
    await expect(ana.notice("Added “Written with an old token” to Inbox")).to_be_visible()
    assert len(refused) == 1


async def test_plain_http_on_a_home_network_works(server: Server) -> None:
    """No crypto.randomUUID and no Web Locks there; two tabs share the session all the same."""
    flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP home.test 127.0.0.1"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=flags)
        async with visiting(browser, server.url.replace("127.0.0.1", "home.test")) as somebody:
            await somebody.register()
            has = "isSecureContext || 'randomUUID' in crypto || 'locks' in navigator"
            assert await somebody.page.evaluate(has) is False
            second = await somebody.context.new_page()
            await second.goto(somebody.url + "/inbox")
            await expect(second.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
            await somebody.add("Made on plain http")
            await expect(second.get_by_role("link", name="Made on plain http")).to_be_visible()
            await expect(somebody.notice("Added “Made on plain http” to Inbox")).to_be_visible()
            assert await somebody.violations() == []
        await browser.close()
