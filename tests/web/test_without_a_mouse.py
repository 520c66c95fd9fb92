"""A whole day without a mouse: everything is reached by keys, and the focus is always somewhere."""

from typing import Final

from playwright.async_api import expect

from visitors import PASSWORD, Visitor

NAME_OF_FOCUS: Final = """
  ((element) => (element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent).trim())
  (document.activeElement)
"""
SEEN: Final = """
  (() => {
    for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at)
      if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) return true
      if (style.boxShadow !== 'none' || at.matches('input, textarea')) return true
    }
    return false
  })()
"""
FARTHEST: Final = 60


class Fingers:
    """A keyboard in front of a window."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def walk_to(self, name: str) -> None:
        """Tab until the focus is on what is called so; it is seen at every stop."""
        passed = []
        for _ in range(FARTHEST):
            await self.press("Tab")
            if await self.page.evaluate("document.activeElement === document.body"):
                continue  # past the last stop, on the way to the browser's own
            here = await self.page.evaluate(NAME_OF_FOCUS)
            assert await self.page.evaluate(SEEN), f"the focus cannot be seen on {here!r}"
            passed.append(here)
            if here == name:
                return
        raise AssertionError(f"{name!r} is not reached by Tab; passed: {passed}")

    async def ask(self, words: str) -> None:
        """By way of the palette."""
        await self.press("Control+k")
        field = self.page.get_by_role("dialog", name="Find or do anything").get_by_role("combobox")
        await expect(field).to_be_focused()
        await self.type(words)
        await expect(self.page.get_by_role("option").first).to_be_visible()
        await self.press("Enter")

    async def heading(self, name: str) -> None:
        await expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()


async def test_a_day_goes_by_without_a_mouse(visitor: Visitor) -> None:
    hands = Fingers(visitor)
    await _comes_in(hands)
    await _captures_and_edits(hands)
    await _opens_and_closes(hands)
    await _moves_a_card(hands)
    await _deletes_and_restores(hands)
    await _leaves(hands)
    assert await visitor.violations() == []


async def _comes_in(hands: Fingers) -> None:
    await hands.visitor.open("/")
    await hands.walk_to("Create your account")
    await hands.press("Enter")
    await hands.heading("Create your account")
    await hands.walk_to("Name")
    await hands.type("Ana")
    await hands.walk_to("Email")
    await hands.type(hands.visitor.email)
    await hands.walk_to("Password")
    await hands.type(PASSWORD)
    await hands.press("Enter")
    await hands.heading("Inbox")


async def _captures_and_edits(hands: Fingers) -> None:
    for sentence in ("Pay rent tomorrow !high", "Read a book", "Water the plants"):
        await hands.press("q")
        await expect(hands.page.get_by_label("What needs doing?")).to_be_focused()
        await hands.type(sentence)
        await hands.press("Enter")
        await expect(hands.page.get_by_role("dialog")).to_have_count(0)
    rent = hands.visitor.task("Pay rent")
    await expect(hands.visitor.task("Water the plants")).to_be_visible()
    await hands.press("j")
    await expect(rent.get_by_role("link")).to_be_focused()
    await hands.press("1")
    await expect(rent.get_by_role("button", name="Priority: Urgent").first).to_be_attached()
    await hands.press("e", "End")
    await hands.type(" at last")
    await hands.press("Enter")
    await expect(hands.visitor.task("Pay rent at last").get_by_role("link")).to_be_focused()


async def _opens_and_closes(hands: Fingers) -> None:
    await hands.press("Enter")
    await expect(hands.visitor.panel.get_by_label("Title")).to_have_value("Pay rent at last")
    await hands.walk_to("Add a subtask")
    await hands.type("Find the number")
    await hands.press("Enter")
    await expect(hands.visitor.panel.get_by_role("link", name="Find the number")).to_be_visible()
    await hands.press("Escape")  # out of the field
    await hands.press("Escape")
    await expect(hands.visitor.panel).to_have_count(0)
    await expect(hands.visitor.task("Pay rent at last").get_by_role("link")).to_be_focused()


async def _moves_a_card(hands: Fingers) -> None:
    await hands.ask("board")
    begun = hands.page.get_by_role("region", name="In progress: ")
    await expect(begun).to_be_visible()
    await expect(hands.visitor.task("Pay rent at last")).to_be_visible()
    await hands.press("j")
    await expect(hands.visitor.task("Pay rent at last").get_by_role("link")).to_be_focused()
    await hands.press("Shift+ArrowRight")
    await expect(begun.locator("[data-title]")).to_have_text(["Pay rent at last"])
    await expect(begun.locator("[data-title]")).to_be_focused()
    await hands.ask("as a list")
    await expect(hands.page.get_by_role("list", name="Inbox: tasks")).to_be_visible()


async def _deletes_and_restores(hands: Fingers) -> None:
    book = hands.visitor.task("Read a book")
    await book.get_by_role("link").focus()
    await hands.press("Delete")
    await expect(book).to_have_count(0)
    await expect(hands.visitor.task("Water the plants").get_by_role("link")).to_be_focused()
    await hands.ask("trash")
    await hands.heading("Trash")
    await hands.walk_to("Restore Read a book")
    await hands.press("Enter")
    await expect(hands.page.get_by_role("button", name="Restore Read a book")).to_have_count(0)
    await hands.press("g", "i")
    await expect(book).to_be_visible()


async def _leaves(hands: Fingers) -> None:
    await hands.ask("settings")
    await hands.heading("Settings")
    await hands.walk_to("Sign out")
    await hands.press("Enter")
    await hands.heading("Sign in")


async def test_a_walk_to_what_is_not_there_is_noticed(visitor: Visitor) -> None:
    hands = Fingers(visitor)
    await visitor.open("/sign-in")
    try:
        await hands.walk_to("No such thing")
    except AssertionError as error:
        assert "not reached by Tab" in str(error)  # noqa: PT017 - the walk itself is what is tested
    else:
        raise AssertionError("it was found")
