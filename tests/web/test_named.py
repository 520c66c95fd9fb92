"""Projects and labels as they are made, changed, deleted and brought back; and the trash, where they wait."""

import re

import httpx
from playwright.async_api import Browser, Locator, Route, expect

from api.server import Server
from axe import findings
from visitors import PASSWORD, Visitor, visiting


def toast(visitor: Visitor, text: str) -> Locator:
    return visitor.notice(text).locator("..")


def named(visitor: Visitor, name: str) -> Locator:
    """In the list of all projects or all labels."""
    return visitor.page.get_by_role("main").get_by_role("link", name=name, exact=True)


async def make(visitor: Visitor, what: str, name: str) -> None:
    await visitor.page.get_by_role("main").get_by_role("button", name=f"New {what}").first.click()
    await visitor.page.get_by_label(f"{what.capitalize()} name").fill(name)
    await visitor.page.keyboard.press("Enter")
    await expect(named(visitor, name)).to_be_visible()


async def undo(visitor: Visitor, text: str) -> None:
    await toast(visitor, text).get_by_role("button", name="Undo", exact=True).click()
    await expect(visitor.notice("Undone:")).to_be_visible()


async def test_a_project_is_made_from_the_sidebar_on_the_page_of_projects_too(ana: Visitor) -> None:
    new = ana.page.get_by_role("button", name="New project")
    await ana.go("Projects")
    await expect(ana.page.get_by_role("main").locator(new)).to_have_count(1)
    for name in ("Home", "Garden"):
        await ana.page.get_by_role("navigation").locator(new).click()
        await ana.page.get_by_label("Project name").fill(name)
        await ana.page.keyboard.press("Enter")
        await expect(named(ana, name)).to_be_visible()
    await expect(ana.page.get_by_role("main").locator(new)).to_have_count(1)


async def test_a_label_made_changed_and_deleted_can_be_undone_each_time(ana: Visitor) -> None:
    await ana.go("Labels")
    await make(ana, "label", "errands")
    await undo(ana, "Made “errands”")
    await expect(named(ana, "errands")).to_have_count(0)
    await toast(ana, "Undone: Made “errands”").get_by_role("button", name="Redo").click()
    await ana.page.get_by_role("button", name="Edit errands").click()
    await ana.page.get_by_label("Label name").fill("chores")
    await ana.page.get_by_label("Teal").check()
    await ana.page.get_by_role("button", name="Save").click()
    await expect(named(ana, "chores")).to_be_visible()
    await undo(ana, "Changed “chores”")
    await expect(named(ana, "errands")).to_be_visible()
    await ana.page.get_by_role("button", name="Edit errands").click()
    await ana.page.get_by_role("button", name="Move to trash").click()
    await expect(named(ana, "errands")).to_have_count(0)
    await ana.page.keyboard.press("z")
    await expect(named(ana, "errands")).to_be_visible()


async def test_a_project_deleted_goes_with_its_tasks_and_comes_back_with_them(ana: Visitor) -> None:
    await ana.add("Paint the fence +Garden")
    await ana.page.get_by_role("navigation").get_by_role("link", name="Garden").click()
    await expect(ana.task("Paint the fence")).to_be_visible()
    await ana.page.get_by_role("button", name="Edit Garden").click()
    await ana.page.get_by_role("button", name="Move to trash").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Projects")).to_be_visible()
    await ana.go("Trash")
    await expect(ana.page.get_by_role("main").get_by_text("Paint the fence")).to_be_visible()
    await ana.page.get_by_role("button", name="Restore Garden").click()
    await expect(ana.page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    await expect(ana.page.get_by_role("heading", level=1, name="Trash")).to_be_focused()
    await ana.page.get_by_role("navigation").get_by_role("link", name="Garden").click()
    await expect(ana.task("Paint the fence")).to_be_visible()


async def test_the_focus_stays_in_the_trash_and_among_labels_when_rows_go(ana: Visitor) -> None:
    await ana.add("One", "Two", "Three #red #green")
    for title in ("One", "Two", "Three"):
        await ana.task(title).get_by_role("link").focus()
        await ana.page.keyboard.press("Delete")
        await expect(ana.task(title)).to_have_count(0)
    await ana.go("Trash")
    await expect(ana.page.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    await ana.page.get_by_role("button", name="Restore Two").focus()
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("button", name="Restore One")).to_be_focused()
    await ana.page.get_by_role("button", name="Delete One for good").click()
    await ana.page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    await expect(ana.page.get_by_role("button", name="Delete Three for good")).to_be_focused()
    assert await findings(ana.page) == []
    await ana.page.get_by_role("button", name="Empty trash").click()
    await ana.page.get_by_role("dialog").get_by_role("button", name="Empty trash").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Trash")).to_be_focused()
    await ana.go("Labels")
    await ana.page.get_by_role("button", name="Edit red").click()
    await ana.page.get_by_role("button", name="Move to trash").click()
    await expect(ana.page.get_by_role("button", name="Edit green")).to_be_focused()


async def test_an_open_trash_hears_of_a_label_deleted_elsewhere(
    ana: Visitor, server: Server, chromium: Browser
) -> None:
    await ana.add("Three #red")
    await ana.go("Trash")
    await expect(ana.page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    async with visiting(chromium, server.url) as elsewhere:
        await elsewhere.open("/labels")
        await elsewhere.sign_in(ana.email)
        await elsewhere.page.get_by_role("button", name="Edit red").click()
        await elsewhere.page.get_by_role("button", name="Move to trash").click()
        await expect(ana.page.get_by_role("button", name="Restore red")).to_be_visible()


async def test_a_label_changed_elsewhere_meanwhile_is_told_and_not_overwritten_unasked(ana: Visitor) -> None:
    await ana.add("Three #red")
    await ana.go("Labels")

    told: list[str] = []

    async def be_first(route: Route) -> None:
        if told:
            return await route.continue_()
        told.append(route.request.url)
        async with httpx.AsyncClient(base_url=ana.url) as http:
            signed_in = await http.post("/api/auth/login", json={"email": ana.email, "password": PASSWORD})
            bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
            await http.patch(route.request.url, json={"name": "crimson", "color": "#2a9d85"}, headers=bearer)
        return await route.continue_()

    await ana.page.route("**/api/labels/*", be_first)
    await ana.page.get_by_role("button", name="Edit red").click()
    await ana.page.get_by_label("Label name").fill("scarlet")
    await ana.page.get_by_role("button", name="Save").click()
    await expect(ana.page.get_by_role("dialog")).to_contain_text("“crimson”, Teal")
    await expect(ana.page.get_by_label("Label name")).to_have_value("scarlet")
    await ana.page.get_by_role("button", name="Save").click()
    await expect(named(ana, "scarlet")).to_be_visible()


async def test_projects_that_cannot_be_read_are_not_told_to_be_none(ana: Visitor) -> None:
    await ana.add("Paint the fence +Garden")
    project = await ana.page.get_by_role("navigation").get_by_role("link", name="Garden").get_attribute("href")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=500, content_type="application/problem+json", body='{"code": "internal"}')

    await ana.page.route(re.compile(r"/api/projects\?"), refuse)
    for path in ("/projects", str(project)):
        await ana.open(path)
        await expect(ana.page.get_by_role("heading", name="This list could not be loaded")).to_be_visible()
        await expect(ana.page.get_by_text("No projects yet")).to_have_count(0)
        assert await findings(ana.page) == []
    await ana.page.unroute(re.compile(r"/api/projects\?"))
    await ana.page.get_by_role("button", name="Try again").click()
    await expect(ana.page.get_by_role("heading", level=1, name="Garden")).to_be_visible()
    await expect(ana.task("Paint the fence")).to_be_visible()


async def test_the_palette_edits_and_deletes_projects_and_labels(ana: Visitor) -> None:
    await ana.add("Paint the fence +Garden #red")
    await ana.ask("edit project garden")
    await ana.page.get_by_label("Project name").fill("Yard")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("navigation").get_by_role("link", name="Yard")).to_be_visible()
    await ana.ask("label trash red")
    await expect(ana.notice("Moved red to the trash")).to_be_visible()
    await ana.ask("new label")
    await expect(ana.page.get_by_role("dialog", name="New label")).to_be_visible()


async def test_the_palette_restores_and_deletes_for_good_in_the_trash(ana: Visitor) -> None:
    await ana.add("One", "Two")
    for title in ("One", "Two"):
        await ana.task(title).get_by_role("link").focus()
        await ana.page.keyboard.press("Delete")
        await expect(ana.task(title)).to_have_count(0)
    await ana.go("Trash")
    await expect(ana.page.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    await ana.ask("restore one")
    await expect(ana.page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    await ana.ask("delete for good two")
    await ana.page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    await expect(ana.page.get_by_role("heading", name="The trash is empty")).to_be_visible()


async def test_the_palette_describes_a_task_drops_a_filter_and_changes_the_language(ana: Visitor) -> None:
    await ana.add("Paint the fence !urgent")
    await ana.open("/inbox?priority=urgent")
    await expect(ana.task("Paint the fence")).to_be_visible()
    await ana.ask("remove filter")
    await expect(ana.page).to_have_url(re.compile(r"/inbox$"))
    await ana.task("Paint the fence").get_by_role("link").focus()
    await ana.ask("edit description")
    await expect(ana.panel.get_by_role("textbox", name="Description")).to_be_focused()
    await ana.page.keyboard.press("Escape")
    await ana.ask("edit title")
    await expect(ana.panel.get_by_label("Title", exact=True)).to_be_focused()
    await ana.ask("language deutsch")
    await expect(ana.page.get_by_role("navigation").get_by_role("link", name="Eingang")).to_be_visible()


async def test_the_palette_moves_a_card(ana: Visitor) -> None:
    await ana.add("One", "Two")
    await ana.open("/inbox?layout=board")
    to_do = ana.page.get_by_role("list", name="To do", exact=True).locator("[data-title]")
    await expect(to_do).to_have_text(["One", "Two"])
    await ana.task("One").get_by_role("link").focus()
    await ana.ask("card down")
    await expect(to_do).to_have_text(["Two", "One"])
    await ana.ask("card next column")
    await expect(to_do).to_have_text(["Two"])
    await expect(ana.task("One").get_by_role("link")).to_be_focused()
    await expect(ana.palette).to_have_count(0)
