"""The way back: from the toast of every action and by a key, one by one, for one task and for many."""

from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Locator, Route, expect

from axe import findings
from visitors import PASSWORD, Visitor

Deed = Callable[[Visitor], Awaitable[None]]
Told = Callable[[Visitor], Locator]


def toast(visitor: Visitor, text: str) -> Locator:
    return visitor.notice(text).locator("..")


async def undo(visitor: Visitor, text: str) -> None:
    await toast(visitor, text).get_by_role("button", name="Undo", exact=True).click()
    await expect(visitor.notice(f"Undone: {text}")).to_be_visible()


async def by_key(visitor: Visitor, key: str, *then: str) -> None:
    await visitor.task("Buy milk").get_by_role("link").focus()
    await visitor.page.keyboard.press(key)
    for name in then:
        await visitor.page.get_by_role("option", name=name).click()


async def _ranks(visitor: Visitor) -> None:
    await by_key(visitor, "1")


async def _dates(visitor: Visitor) -> None:
    await by_key(visitor, "d")
    await visitor.page.get_by_role("button", name="Tomorrow").click()


async def _labels(visitor: Visitor) -> None:
    await by_key(visitor, "l", "errands")
    await visitor.page.keyboard.press("Escape")


async def _moves(visitor: Visitor) -> None:
    await by_key(visitor, "p", "Home")


async def _starts(visitor: Visitor) -> None:
    await by_key(visitor, "s", "In progress")


async def _renames(visitor: Visitor) -> None:
    await by_key(visitor, "e")
    await visitor.page.keyboard.type("Buy oat milk")
    await visitor.page.keyboard.press("Enter")


def row(visitor: Visitor) -> Locator:
    return visitor.page.locator("[data-task]").first


EDITS: list[tuple[Deed, str, Told]] = [
    (
        _ranks,
        "Priority of “Buy milk”: Urgent",
        lambda ana: row(ana).get_by_role("button", name="Priority: Urgent").first,
    ),
    (_dates, "Changed the due date of “Buy milk”", lambda ana: row(ana).get_by_text("Tomorrow")),
    (_labels, "Changed the labels of “Buy milk”", lambda ana: row(ana).get_by_role("button", name="errands")),
    (_moves, "Moved “Buy milk” to Home", lambda ana: row(ana).get_by_role("button", name="Home")),
    (_starts, "Status of “Buy milk”: In progress", lambda ana: row(ana).locator(".border-accent.text-accent")),
    (_renames, "Renamed to “Buy oat milk”", lambda ana: row(ana).get_by_role("link", name="Buy oat milk")),
]


@pytest.mark.parametrize(("deed", "said", "told"), EDITS, ids=[deed.__name__.strip("_") for deed, _, _ in EDITS])
async def test_an_edit_can_be_undone_from_its_toast_and_done_again(
    ana: Visitor, deed: Deed, said: str, told: Told
) -> None:
    await ana.add("Named #errands +Home")
    await ana.go("All tasks")
    await ana.task("Named").get_by_role("link").focus()
    await ana.page.keyboard.press("Delete")
    await ana.add("Buy milk")
    await deed(ana)
    await expect(told(ana)).to_be_visible()
    assert await findings(ana.page) == []
    await undo(ana, said)
    await expect(told(ana)).to_have_count(0)
    await toast(ana, f"Undone: {said}").get_by_role("button", name="Redo").click()
    await expect(told(ana)).to_be_visible()


async def test_a_task_reopened_and_a_step_checked_off_can_be_undone(ana: Visitor) -> None:
    await ana.add("Buy milk")
    await ana.task("Buy milk").get_by_role("link").click()
    await ana.panel.get_by_label("Add a subtask").fill("Find the shop")
    await ana.page.keyboard.press("Enter")
    await ana.panel.get_by_role("button", name="Complete “Find the shop”").click()
    await undo(ana, "Completed “Find the shop”")
    await expect(ana.panel.get_by_role("progressbar", name="0 of 1")).to_be_visible()
    await ana.panel.get_by_role("button", name="Complete “Buy milk”").click()
    await ana.panel.get_by_role("button", name="Reopen “Buy milk”").click()
    await undo(ana, "Status of “Buy milk”: To do")
    await expect(ana.panel.get_by_role("button", name="Reopen “Buy milk”")).to_be_visible()


async def test_the_key_goes_back_step_by_step_further_than_toasts_are_shown(ana: Visitor) -> None:
    titles = [f"Task {number}" for number in range(5)]
    await ana.add(*titles)
    for title in titles:
        await ana.task(title).get_by_role("link").focus()
        await ana.page.keyboard.press("2")
    high = ana.page.locator("[data-task]").get_by_role("button", name="Priority: High").locator("visible=true")
    await expect(ana.notice("Priority of “Task 4”: High")).to_be_visible()
    await expect(ana.notice("Priority of “Task 2”: High")).to_be_visible()
    await expect(ana.notice("Priority of “Task 1”: High")).to_have_count(0)
    for left, title in reversed(list(enumerate(titles))):
        await ana.page.keyboard.press("z")
        await expect(ana.notice(f"Undone: Priority of “{title}”: High")).to_be_visible()
        await expect(
            ana.task(title).get_by_role("button", name="Priority: High").locator("visible=true")
        ).to_have_count(0)
        await expect(high).to_have_count(left)


async def test_a_description_that_saves_itself_is_one_step_and_says_nothing_while_it_is_written(ana: Visitor) -> None:
    await ana.add("Write the letter")
    await ana.task("Write the letter").get_by_role("link").click()
    await ana.panel.get_by_role("button", name="Add a description").click()
    field = ana.panel.get_by_role("textbox", name="Description")
    for words in ("Dear aunt,", " it rained"):
        async with ana.page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
            await field.press_sequentially(words)
    await expect(ana.notice("Changed the description")).to_have_count(0)
    await ana.panel.get_by_role("heading", name="Subtasks").click()
    await expect(ana.panel.get_by_text("Dear aunt, it rained")).to_be_visible()
    await expect(ana.notice("Changed the description of “Write the letter”")).to_have_count(1)
    await ana.page.keyboard.press("z")
    await expect(ana.notice("Undone: Changed the description")).to_be_visible()
    await expect(ana.panel.get_by_role("button", name="Add a description")).to_be_visible()


async def _signed_in(visitor: Visitor, http: httpx.AsyncClient) -> dict[str, str]:
    signed_in = await http.post("/api/auth/login", json={"email": visitor.email, "password": PASSWORD})
    return {"Authorization": f"Bearer {signed_in.json()['access_token']}"}


async def test_many_are_undone_but_for_what_was_changed_since(ana: Visitor) -> None:
    await ana.add("One", "Two", "Three")
    await ana.task("One").get_by_role("link").focus()
    await ana.page.keyboard.press("Control+a")
    await ana.page.keyboard.press("1")
    await expect(ana.notice("Changed 3 tasks")).to_be_visible()
    urgent = ana.page.locator("[data-task]").get_by_role("button", name="Priority: Urgent").locator("visible=true")
    await expect(urgent).to_have_count(3)
    async with httpx.AsyncClient(base_url=ana.url) as http:
        bearer = await _signed_in(ana, http)
        items = (await http.get("/api/tasks", headers=bearer)).json()["items"]
        two = next(task["id"] for task in items if task["title"] == "Two")
        await http.patch(f"/api/tasks/{two}", json={"priority": "low"}, headers=bearer)
    await expect(urgent).to_have_count(2)
    await toast(ana, "Changed 3 tasks").get_by_role("button", name="Undo", exact=True).click()
    await expect(ana.notice("a part was changed again since")).to_be_visible()
    await expect(urgent).to_have_count(2)
    await ana.page.get_by_role("button", name="Undo the rest").click()
    await expect(urgent).to_have_count(0)
    await expect(ana.task("Two").get_by_role("button", name="Priority: Low").locator("visible=true")).to_have_count(1)


async def test_a_time_for_many_leaves_each_its_day_and_is_sent_once(ana: Visitor) -> None:
    await ana.add("One today", "Two tomorrow")
    await ana.go("All tasks")
    await ana.task("One").get_by_role("link").focus()
    await ana.page.keyboard.press("Control+a")
    await ana.page.keyboard.press("d")
    sent: list[str] = []

    async def count(route: Route) -> None:
        sent.append(route.request.url)
        await route.continue_()

    await ana.page.route("**/api/tasks/batch", count)
    await ana.page.get_by_label("Time", exact=True).fill("09:15")
    await ana.page.keyboard.press("Enter")
    await expect(ana.task("One").get_by_text("Today 9:15")).to_be_visible()
    await expect(ana.task("Two").get_by_text("Tomorrow 9:15")).to_be_visible()
    await expect(ana.notice("Changed 2 tasks")).to_be_visible()
    assert len(sent) == 1


async def test_words_that_were_not_saved_stay_until_they_are(ana: Visitor) -> None:
    await ana.add("Buy milk", "One", "Two", "Three", "Four")

    async def refuse(route: Route) -> None:
        if route.request.method == "PATCH" and "oat" in (route.request.post_data or ""):
            problem = '{"code": "unavailable", "status": 503}'
            head = {"Content-Type": "application/problem+json", "Retry-After": "60"}
            await route.fulfill(status=503, headers=head, body=problem)
        else:
            await route.continue_()

    await ana.page.route("**/api/tasks/*", refuse)
    await _renames(ana)
    kept = toast(ana, "“Buy oat milk” was not saved.")
    await expect(kept).to_be_visible()
    for title in ("One", "Two", "Three", "Four"):
        await ana.page.get_by_role("button", name=f"Complete “{title}”").click()
        await expect(ana.notice(f"Completed “{title}”")).to_be_visible()
    await ana.page.unroute("**/api/tasks/*")
    await kept.get_by_role("button", name="Try again").click()
    await expect(ana.task("Buy oat milk")).to_be_visible()


async def test_a_search_gains_what_is_added_and_loses_what_is_renamed(ana: Visitor) -> None:
    await ana.page.get_by_role("searchbox").fill("milk")
    await expect(ana.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await ana.page.get_by_role("heading", level=1).click()
    await ana.add("Buy milk")
    await expect(ana.task("Buy milk")).to_be_visible()
    await ana.page.get_by_role("searchbox").fill("oat")
    await expect(ana.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    await ana.page.get_by_role("searchbox").fill("milk")
    await _renames(ana)
    await ana.page.get_by_role("searchbox").fill("oat")
    await expect(ana.task("Buy oat milk")).to_be_visible()


async def test_what_was_added_elsewhere_is_opened_from_its_toast(ana: Visitor) -> None:
    await ana.add("Paint the fence +Garden")
    added = toast(ana, "Added “Paint the fence” to Garden")
    await expect(added.get_by_role("button")).to_have_text(["Open", "Undo", ""])
    await added.get_by_role("button", name="Open").click()
    await expect(ana.panel.get_by_label("Title", exact=True)).to_have_value("Paint the fence")


async def _into_a_new_project(ana: Visitor) -> Locator:
    """Its place in the sidebar."""
    await ana.add("Buy milk")
    await ana.go("All tasks")
    await by_key(ana, "p")
    await ana.page.keyboard.type("Home")
    await ana.page.get_by_role("option", name="Create “Home”").click()
    project = ana.page.get_by_role("navigation").get_by_role("link", name="Home")
    await expect(project).to_be_visible()
    return project


async def test_a_project_made_for_an_edit_goes_with_its_undo_and_comes_back_with_its_redo(ana: Visitor) -> None:
    project = await _into_a_new_project(ana)
    await undo(ana, "Moved “Buy milk” to Home")
    await expect(project).to_have_count(0)
    await toast(ana, "Undone: Moved “Buy milk” to Home").get_by_role("button", name="Redo").click()
    await expect(ana.task("Buy milk").get_by_role("button", name="Home")).to_be_visible()
    await ana.page.keyboard.press("z")
    await expect(project).to_have_count(0)


async def test_a_project_made_for_an_edit_stays_when_something_else_is_in_it_by_then(ana: Visitor) -> None:
    project = await _into_a_new_project(ana)
    async with ana.holding("POST", "**/api/tasks"):
        await ana.add("Paint the door +Home")
        await expect(ana.notice("Added “Paint the door” to Home")).to_be_visible()
        await undo(ana, "Moved “Buy milk” to Home")
        await expect(ana.task("Buy milk").get_by_role("button", name="Home")).to_have_count(0)
    await expect(ana.task("Paint the door").get_by_role("button", name="Home")).to_be_visible()
    await expect(project).to_be_visible()


async def test_a_label_made_for_many_tasks_goes_with_its_undo(ana: Visitor) -> None:
    await ana.add("Buy milk", "Buy bread")
    await ana.page.keyboard.press("Control+a")
    await by_key(ana, "l")
    await ana.page.keyboard.type("errands")
    await ana.page.get_by_role("option", name="Create “errands”").click()
    await expect(ana.task("Buy milk").get_by_role("button", name="errands")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await undo(ana, "Changed 2 tasks")
    await expect(ana.page.get_by_role("main").get_by_role("button", name="errands")).to_have_count(0)
    await ana.go("Labels")
    await expect(ana.page.get_by_role("heading", name="No labels yet")).to_be_visible()


async def test_what_was_made_for_a_new_task_goes_with_its_undo_and_comes_back_with_its_redo(ana: Visitor) -> None:
    project = ana.page.get_by_role("navigation").get_by_role("link", name="Garden")
    await ana.go("All tasks")
    await ana.add("Paint the fence +Garden #outside")
    await expect(ana.task("Paint the fence").get_by_role("button", name="outside")).to_be_visible()
    await undo(ana, "Added “Paint the fence” to Garden")
    await expect(ana.task("Paint the fence")).to_have_count(0)
    await expect(project).to_have_count(0)
    await toast(ana, "Undone: Added").get_by_role("button", name="Redo").click()
    await expect(ana.task("Paint the fence").get_by_role("button", name="Garden")).to_be_visible()
    await expect(ana.task("Paint the fence").get_by_role("button", name="outside")).to_be_visible()
    await expect(project).to_be_visible()
