"""An opened task: keys mean it, the focus is never lost, and so is nothing that is typed."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from api.server import Server
from axe import findings
from visitors import DESK, PHONE, Visitor, visiting


@pytest.fixture
async def ana(ana: Visitor) -> Visitor:
    await ana.add("First", "Second", "Third")
    await expect(ana.task("Third")).to_be_visible()
    return ana


async def open_task(visitor: Visitor, title: str) -> None:
    await visitor.task(title).get_by_role("link").click()
    await expect(visitor.panel.get_by_label("Title", exact=True)).to_have_value(title)


async def with_subtask(visitor: Visitor, parent: str, step: str) -> None:
    """The subtask is open in the panel, over the list in which its parent has the cursor."""
    await open_task(visitor, parent)
    await visitor.panel.get_by_label("Add a subtask").fill(step)
    await visitor.page.keyboard.press("Enter")
    await visitor.panel.get_by_role("link", name=step).click()
    await expect(visitor.panel.get_by_label("Title", exact=True)).to_have_value(step)


def notes(visitor: Visitor) -> Locator:
    return visitor.panel.get_by_role("textbox", name="Description")


async def begin_notes(visitor: Visitor) -> Locator:
    await visitor.panel.get_by_role("button", name="Add a description").click()
    await expect(notes(visitor)).to_be_focused()
    return notes(visitor)


# Keys


async def test_delete_on_an_open_subtask_deletes_the_subtask(ana: Visitor) -> None:
    await with_subtask(ana, "First", "Step")
    await ana.page.keyboard.press("Delete")
    await expect(ana.notice("Moved “Step” to the trash")).to_be_visible()
    await expect(ana.panel).to_have_count(0)
    await expect(ana.task("First")).to_be_visible()
    await expect(ana.task("First").get_by_role("link")).to_be_focused()


async def test_keys_change_the_task_that_is_open_and_not_the_row_below(ana: Visitor) -> None:
    await with_subtask(ana, "First", "Step")
    await ana.page.keyboard.press("1")
    await expect(ana.panel.get_by_role("button", name="Urgent")).to_be_visible()
    await ana.page.keyboard.press("d")
    await ana.page.get_by_label("A date in words").fill("tomorrow 14:30")
    await ana.page.keyboard.press("Enter")
    await expect(ana.panel.get_by_role("button", name="Tomorrow 14:30")).to_be_focused()
    await expect(ana.task("First")).not_to_contain_text("Tomorrow")
    await expect(ana.task("First").get_by_role("button", name="Priority: Urgent")).to_have_count(0)


async def test_e_edits_the_open_title_and_enter_gives_the_focus_back_to_the_panel(ana: Visitor) -> None:
    await with_subtask(ana, "First", "Step")
    await ana.page.keyboard.press("e")
    await expect(ana.panel.get_by_label("Title", exact=True)).to_be_focused()
    await ana.page.keyboard.press("End")
    await ana.page.keyboard.type(" two")
    await ana.page.keyboard.press("Enter")
    await expect(ana.panel).to_be_focused()
    await expect(ana.page.get_by_role("complementary", name="Task: Step two")).to_be_visible()


async def test_space_finishes_the_open_task_on_a_deep_link_too(ana: Visitor) -> None:
    await open_task(ana, "Second")
    await ana.reload()
    await expect(ana.panel.get_by_role("button", name="Complete “Second”")).to_be_visible()
    await expect(ana.panel).to_be_focused()
    await ana.page.keyboard.press("Space")
    await expect(ana.panel.get_by_role("button", name="Reopen “Second”")).to_be_visible()
    await ana.page.keyboard.press("3")
    await expect(ana.panel.get_by_role("button", name="Medium")).to_be_visible()


async def test_a_row_that_has_the_focus_beside_the_panel_is_what_keys_mean(ana: Visitor) -> None:
    await open_task(ana, "First")
    await ana.page.keyboard.press("j")
    await expect(ana.task("Second").get_by_role("link")).to_be_focused()
    await ana.page.keyboard.press("Delete")
    await expect(ana.notice("Moved “Second” to the trash")).to_be_visible()
    await expect(ana.panel.get_by_label("Title", exact=True)).to_have_value("First")


async def test_backspace_on_a_button_of_the_page_deletes_nothing(ana: Visitor) -> None:
    await ana.task("Second").get_by_role("link").focus()
    await ana.page.get_by_role("button", name="Filter", exact=True).focus()
    await ana.page.keyboard.press("Backspace")
    await ana.page.keyboard.press("Delete")
    await ana.task("Third").get_by_role("link").focus()
    await ana.page.keyboard.press("Delete")
    await expect(ana.task("Third")).to_have_count(0)
    await expect(ana.task("Second")).to_be_visible()


async def test_the_palette_means_the_open_task(ana: Visitor) -> None:
    await with_subtask(ana, "First", "Step")
    await ana.page.keyboard.press("Control+k")
    await expect(ana.page.get_by_role("dialog").get_by_role("group", name="“Step”")).to_be_visible()


# The focus


async def test_after_the_back_button_the_row_has_the_focus(ana: Visitor) -> None:
    await open_task(ana, "Second")
    await ana.page.go_back()
    await expect(ana.panel).to_have_count(0)
    await expect(ana.task("Second").get_by_role("link")).to_be_focused()


@pytest.fixture
async def on_phone(ana: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    """The same person on a phone."""
    async with visiting(chromium, server.url, screen=PHONE) as other:
        await other.open("/sign-in?return=/inbox")
        await other.sign_in(ana.email)
        await expect(other.task("Second")).to_be_visible()
        yield other


async def test_on_a_phone_too_the_row_has_the_focus_when_the_panel_closes(on_phone: Visitor) -> None:
    await open_task(on_phone, "Second")
    await on_phone.panel.get_by_role("button", name="Close task").click()
    await expect(on_phone.task("Second").get_by_role("link")).to_be_focused()
    await open_task(on_phone, "Third")
    await on_phone.page.go_back()
    await expect(on_phone.task("Third").get_by_role("link")).to_be_focused()


async def test_a_row_far_down_the_list_gets_the_focus_back(ana: Visitor) -> None:
    await ana.page.keyboard.press("q")
    await ana.page.get_by_label("What needs doing?").evaluate(
        """(field) => {
          const data = new DataTransfer()
          data.setData('text/plain', Array.from({ length: 90 }, (_, index) => `Line ${index + 1}`).join('\\n'))
          field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
        }"""
    )
    await ana.page.get_by_role("button", name=re.compile("90 tasks")).click()
    await expect(ana.task("Line 1")).to_be_visible()
    await open_task(ana, "Second")
    await ana.page.get_by_role("list", name="Inbox: tasks").evaluate("(list) => list.lastElementChild.scrollIntoView()")
    scroller = ana.page.locator("main .overflow-y-auto").first
    await scroller.evaluate("(element) => element.scrollTo(0, element.scrollHeight)")
    await expect(ana.task("Second")).not_to_be_in_viewport()
    await ana.page.go_back()
    await expect(ana.task("Second").get_by_role("link")).to_be_focused()


async def test_deleting_the_open_task_moves_the_focus_to_the_row_that_takes_its_place(ana: Visitor) -> None:
    await open_task(ana, "Second")
    await ana.panel.get_by_role("button", name="Delete").click()
    await expect(ana.task("Second")).to_have_count(0)
    await expect(ana.task("Third").get_by_role("link")).to_be_focused()


# What is typed


async def test_preview_shows_what_is_written_and_write_goes_on(ana: Visitor) -> None:
    await open_task(ana, "First")
    field = await begin_notes(ana)
    await field.press_sequentially("some **bold** words")
    await ana.panel.get_by_role("tab", name="Preview").click()
    await expect(ana.panel.get_by_role("tabpanel").locator("strong")).to_have_text("bold")
    await expect(ana.panel.get_by_role("tab", name="Preview")).to_be_focused()
    assert await findings(ana.page) == []
    await ana.page.keyboard.press("ArrowLeft")
    await ana.page.keyboard.press("Enter")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("some **bold** words")
    assert await findings(ana.page) == []


async def test_another_window_leaves_the_description_open(ana: Visitor) -> None:
    await open_task(ana, "First")
    field = await begin_notes(ana)
    await field.press_sequentially("In the middle")
    # As a browser does it: the document has lost the focus when the field is told.
    await field.evaluate(
        """(field) => {
          Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => false })
          field.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
          delete document.hasFocus
        }"""
    )
    await ana.page.keyboard.type(" of a word")
    await expect(field).to_have_value("In the middle of a word")


async def test_going_back_at_once_saves_what_was_typed(ana: Visitor) -> None:
    await open_task(ana, "First")
    address = ana.page.url
    await (await begin_notes(ana)).press_sequentially("Quick words")
    await ana.page.go_back()
    await expect(ana.panel).to_have_count(0)
    await ana.page.evaluate("sessionStorage.clear()")
    await expect(ana.task("First").get_by_role("link")).to_be_focused()
    await ana.page.goto(address)
    await expect(ana.panel.get_by_text("Quick words")).to_be_visible()


async def test_closing_the_window_at_once_saves_what_was_typed(ana: Visitor) -> None:
    await open_task(ana, "First")
    address = ana.page.url
    await (await begin_notes(ana)).press_sequentially("Last words")
    other = await ana.context.new_page()
    await ana.page.close(run_before_unload=True)
    await other.goto(address)
    await expect(other.get_by_role("complementary").get_by_text("Last words")).to_be_visible()


async def test_what_a_reload_saved_is_not_taken_for_somebody_elses(ana: Visitor) -> None:
    await open_task(ana, "First")
    draft = f"draft:{ana.page.url.rsplit('/', 1)[1]}:description"
    await (await begin_notes(ana)).press_sequentially("Sent on the way out")
    await ana.reload()
    await expect(notes(ana)).to_have_value("Sent on the way out")
    await ana.page.wait_for_function("(draft) => sessionStorage.getItem(draft) === null", arg=draft)
    await expect(ana.page.get_by_role("dialog")).to_have_count(0)


async def cut_short(page: Page) -> None:
    """As when the browser is ended: the page is not told that it goes, and nothing more reaches the server."""
    await page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    await page.evaluate("void (globalThis.fetch = async () => { throw new TypeError('gone') })")


async def test_a_title_half_typed_is_there_after_a_reload(ana: Visitor) -> None:
    await open_task(ana, "First")
    await cut_short(ana.page)
    await ana.panel.get_by_label("Title", exact=True).fill("First of a")
    await ana.reload()
    await expect(ana.panel.get_by_label("Title", exact=True)).to_have_value("First of a")
    await ana.panel.get_by_label("Title", exact=True).press("End")
    await ana.page.keyboard.type("ll")
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.get_by_role("complementary", name="Task: First of all")).to_be_visible()
    await ana.reload()
    await expect(ana.panel.get_by_label("Title", exact=True)).to_have_value("First of all")


async def test_a_title_half_typed_in_the_list_is_there_after_a_reload(ana: Visitor) -> None:
    await cut_short(ana.page)
    await ana.task("Second").get_by_role("link").focus()
    await ana.page.keyboard.press("e")
    await ana.page.keyboard.type("Half a ti")
    await ana.reload()
    await ana.task("Second").get_by_role("link").focus()
    await ana.page.keyboard.press("e")
    await expect(ana.page.get_by_role("textbox", name="Title")).to_have_value("Half a ti")
    await ana.page.keyboard.press("Escape")
    await expect(ana.task("Second")).to_be_visible()


@pytest.fixture
async def elsewhere(ana: Visitor, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    """The same person at another machine, with the first task open."""
    async with visiting(chromium, server.url, screen=DESK) as other:
        await other.open("/sign-in?return=/inbox")
        await other.sign_in(ana.email)
        await open_task(other, "First")
        yield other


async def write_elsewhere(elsewhere: Visitor, text: str) -> None:
    await (await begin_notes(elsewhere)).fill(text)
    await elsewhere.panel.get_by_role("heading", name="Subtasks").click()
    await expect(elsewhere.panel.get_by_text(text)).to_be_visible()


async def test_what_was_typed_before_a_reload_asks_before_it_replaces_what_came_meanwhile(
    ana: Visitor, elsewhere: Visitor
) -> None:
    await open_task(ana, "First")
    await cut_short(ana.page)
    await (await begin_notes(ana)).press_sequentially("Mine")
    address = ana.page.url
    await ana.page.goto("about:blank")
    await write_elsewhere(elsewhere, "Theirs")
    await ana.page.goto(address)
    asked = ana.page.get_by_role("dialog", name="“First” was changed elsewhere")
    await expect(asked.get_by_role("region", name="Yours")).to_contain_text("Mine")
    await expect(asked.get_by_role("region", name="Saved meanwhile")).to_contain_text("Theirs")
    # Not answered now: what is typed stays, and is asked about when the task is opened again.
    await ana.page.keyboard.press("Escape")
    await expect(notes(ana)).to_have_value("Mine")
    await ana.panel.get_by_role("button", name="Close task").click()
    await expect(ana.panel).to_have_count(0)
    await ana.task("First").get_by_role("link").click()
    await expect(asked.get_by_role("region", name="Saved meanwhile")).to_contain_text("Theirs")
    await asked.get_by_role("button", name="Keep both").click()
    await expect(elsewhere.panel.get_by_text("Mine")).to_be_visible()
    await expect(elsewhere.panel.get_by_text("Theirs")).to_be_visible()
    # And goes on from there without meeting oneself.
    await notes(ana).press("End")
    await notes(ana).press_sequentially(" and more")
    await expect(elsewhere.panel.get_by_text("Mine and more")).to_be_visible()
    await expect(asked).to_have_count(0)


async def test_a_question_that_arrives_in_the_middle_of_a_word_waits_for_its_end(
    ana: Visitor, elsewhere: Visitor
) -> None:
    await open_task(ana, "First")
    field = await begin_notes(ana)
    asked = ana.page.get_by_role("dialog", name="“First” was changed elsewhere")
    async with ana.holding("PATCH", "**/api/tasks/*"):
        async with ana.page.expect_request(lambda request: request.method == "PATCH"):
            await field.press_sequentially("Half")
        await write_elsewhere(elsewhere, "Theirs")
    await field.press_sequentially(" a thought and its end", delay=40)
    await expect(asked.get_by_role("region", name="Yours")).to_contain_text("Half a thought and its end")
    await asked.get_by_role("button", name="Use mine").click()
    await expect(elsewhere.panel.get_by_text("Half a thought and its end")).to_be_visible()
