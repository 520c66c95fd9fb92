"""Settings, one story for each section; every one at a desk and on a phone."""

import csv
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, Locator, Page, Route, ViewportSize, expect

from api.server import Server
from axe import findings
from visitors import DESK, PASSWORD, PHONE, Visitor, visiting

SCREENS: Final[Mapping[str, ViewportSize]] = {"desk": DESK, "phone": PHONE}
ANOTHER: Final = "a lantern beside the harbour"
ENDED: Final = "Your session has ended. Sign in to go on where you were."

Another = Callable[[str], AbstractAsyncContextManager[Visitor]]


@pytest.fixture(params=list(SCREENS))
async def ana(request: pytest.FixtureRequest, server: Server, chromium: Browser) -> AsyncIterator[Visitor]:
    """Registered, in her settings."""
    async with visiting(chromium, server.url, screen=SCREENS[request.param]) as somebody:
        await somebody.arrive("Ana Lima")
        await _settings(somebody)
        yield somebody


@pytest.fixture
def elsewhere(server: Server, chromium: Browser) -> Callable[[], AbstractAsyncContextManager[Visitor]]:
    return lambda: visiting(chromium, server.url)


async def _settings(somebody: Visitor) -> None:
    await somebody.open("/settings")
    await expect(somebody.page.get_by_role("heading", level=1, name="Settings")).to_be_visible()


async def _inbox(somebody: Visitor) -> None:
    await somebody.open("/inbox")
    await expect(somebody.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()


async def _signed_in(somebody: Visitor, email: str) -> None:
    await somebody.open("/sign-in")
    await somebody.sign_in(email)
    await expect(somebody.page.get_by_role("heading", level=1, name="Today")).to_be_visible()


def _section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def _file(form: str = "PNG", size: tuple[int, int] = (600, 300), name: str = "me") -> FilePayload:
    image = Image.new("RGB", size, (40, 90, 200))
    image.paste((220, 60, 50), (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    image.save(file, form)
    return {"name": f"{name}.{form.lower()}", "mimeType": f"image/{form.lower()}", "buffer": file.getvalue()}


async def _shown(page: Page) -> str:
    """Where the picture of the profile is once it is drawn; that it is drawn at all."""
    picture = _section(page, "Profile").locator("img")
    await expect(picture).to_be_visible()
    await picture.evaluate("async (image) => image.decode()")
    return str(await picture.evaluate("image => image.currentSrc"))


async def test_a_picture_is_chosen_cropped_sent_shown_and_taken_away(ana: Visitor) -> None:
    page = ana.page
    await expect(_section(page, "Profile").get_by_text("AL")).to_be_visible()
    await page.get_by_label("Choose a picture").set_input_files(_file())
    dialog = page.get_by_role("dialog", name="Crop your picture")
    await expect(dialog.get_by_role("img", name="How it will look")).to_be_visible()
    await dialog.get_by_role("slider", name="Zoom").press("End")
    await dialog.get_by_role("slider", name="Left and right").press("Home")
    await dialog.get_by_role("slider", name="Up and down").press("ArrowRight")
    assert await findings(page) == []
    await dialog.get_by_role("button", name="Use this picture").click()
    await expect(dialog).to_have_count(0)
    await expect(ana.notice("This is how others see you now")).to_be_visible()
    address = await _shown(page)
    assert address.endswith(".avif")
    answer = await page.request.get(address)
    red, _, blue = Image.open(BytesIO(await answer.body())).convert("RGB").getpixel((30, 30))  # type: ignore[misc]  # it has three
    assert red > blue, "the left half was asked for"
    await page.reload()
    assert await _shown(page) == address
    await page.get_by_role("button", name="Remove").click()
    await expect(_section(page, "Profile").get_by_text("AL")).to_be_visible()
    assert (await page.request.get(address)).status == 404
    assert await ana.violations() == []
    assert ana.complaints == []


async def test_a_picture_is_moved_by_dragging_it(ana: Visitor) -> None:
    page = ana.page
    await page.get_by_label("Choose a picture").set_input_files(_file())
    dialog = page.get_by_role("dialog", name="Crop your picture")
    preview = dialog.get_by_role("img", name="How it will look")
    await expect(preview).to_be_visible()
    across = dialog.get_by_role("slider", name="Left and right")
    before = float(await across.input_value())
    box = await preview.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 100, box["y"] + 100)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 160, box["y"] + 100)
    await page.mouse.up()
    assert float(await across.input_value()) < before
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_label("Choose a picture")).to_be_focused()


async def test_a_file_that_is_no_picture_is_told_so(ana: Visitor) -> None:
    page = ana.page
    fake: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": b"nothing to see"}
    await page.get_by_label("Choose a picture").set_input_files(fake)
    await expect(ana.notice("This file can’t be read as a picture.")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_who_one_is_shows_beside_every_list(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url) as ana:
        await ana.arrive("Ana Lima")
        me = ana.page.get_by_role("link", name="Account: Ana Lima")
        await expect(me).to_have_text("AL")
        await me.click()
        await ana.page.get_by_label("Choose a picture").set_input_files(_file("JPEG"))
        await ana.page.get_by_role("button", name="Use this picture").click()
        await expect(me.locator("img")).to_be_visible()
        assert "/64." in str(await me.locator("img").evaluate("image => image.currentSrc"))


async def test_a_new_password_signs_out_every_other_device_and_not_this_one(
    ana: Visitor, elsewhere: Callable[[], AbstractAsyncContextManager[Visitor]]
) -> None:
    page = ana.page
    async with elsewhere() as other:
        await _signed_in(other, ana.email)
        await page.reload()
        await expect(_section(page, "Devices").get_by_role("listitem")).to_have_count(2)
        change = page.get_by_role("button", name="Change password")
        await page.get_by_label("Current password", exact=True).fill("not my password")
        await page.get_by_label("New password", exact=True).fill("abcdefgh")
        await change.click()
        await expect(page.get_by_text("This is not your password.")).to_be_visible()
        await expect(page.get_by_label("Current password", exact=True)).to_be_focused()
        await page.get_by_label("Current password", exact=True).fill(PASSWORD)
        await change.click()
        await expect(page.get_by_text("This password is on every list of common ones.")).to_be_visible()
        await page.get_by_label("New password", exact=True).fill(ANOTHER)
        await change.click()
        await expect(ana.notice("Password changed.")).to_be_visible()
        await expect(_section(page, "Devices").get_by_role("listitem")).to_have_count(1)
        await page.reload()
        await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
        await other.page.reload()
        await expect(other.page.get_by_text(ENDED)).to_be_visible()
        await other.page.get_by_label("Email").fill(ana.email)
        await other.page.get_by_label("Password", exact=True).fill(ANOTHER)
        await other.page.get_by_role("button", name="Sign in").click()
        await expect(other.page.get_by_role("heading", level=1, name="Today")).to_be_visible()


async def test_devices_are_named_and_ended_one_by_one_or_all_at_once(
    ana: Visitor, elsewhere: Callable[[], AbstractAsyncContextManager[Visitor]]
) -> None:
    page, devices = ana.page, _section(ana.page, "Devices")
    async with elsewhere() as first, elsewhere() as second, elsewhere() as third:
        for other in (first, second, third):
            await _signed_in(other, ana.email)
        await page.reload()
        await expect(devices.get_by_role("listitem")).to_have_count(4)
        await expect(devices.get_by_role("listitem").filter(has_text="This device")).to_have_count(1)
        end = devices.get_by_role("button", name="End the session: Chrome on Linux")
        await expect(end).to_have_count(3)
        await end.first.click()
        await expect(devices.get_by_role("listitem")).to_have_count(3)
        await expect(devices.get_by_role("list")).to_be_focused()
        await third.page.reload()  # the newest stands first
        await expect(third.page.get_by_text(ENDED)).to_be_visible()
        await devices.get_by_role("button", name="End all others").click()
        await expect(devices.get_by_role("listitem")).to_have_count(1)
        await expect(devices.get_by_role("button")).to_have_count(0)


async def test_that_a_session_ended_is_said_until_somebody_signs_in_again(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url) as ana:
        await ana.register()
        await ana.context.clear_cookies()
        said = ana.page.get_by_text(ENDED)
        for path in ("/all", "/all", "/sign-in"):  # as a page that is reloaded before it has gone to sign in
            await ana.open(path)
            await expect(said).to_be_visible()
        await ana.reload()
        await expect(said).to_be_visible()
        await ana.sign_in(ana.email)
        await expect(ana.page.get_by_role("heading", level=1, name="Today")).to_be_visible()
        await _settings(ana)
        await ana.page.get_by_role("button", name="Sign out").click()
        await expect(ana.page.get_by_role("status").get_by_text("You are signed out.")).to_be_visible()
        await ana.open("/sign-in")
        await expect(ana.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
        await expect(said).to_have_count(0)


async def test_everything_is_taken_along_as_files(ana: Visitor) -> None:
    page = ana.page
    await _inbox(ana)
    for sentence in ("Pay rent #bills +Home", "=1+1"):
        async with page.expect_response(lambda answer: answer.status == HTTPStatus.CREATED and "/tasks" in answer.url):
            await ana.add(sentence)
    await _settings(ana)
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download: Everything (JSON)").click()
    download = await coming.value
    assert re.fullmatch(r"taskmanager-\d{4}-\d\d-\d\d\.json", download.suggested_filename)
    told = json.loads(Path(await download.path()).read_text())
    assert {task["title"] for task in told["tasks"]} == {"Pay rent", "=1+1"}
    assert [label["name"] for label in told["labels"]] == ["bills"]
    await expect(ana.notice("Saved to your downloads")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download: Tasks (CSV)").click()
    rows = list(csv.DictReader(Path(await (await coming.value).path()).read_text("utf-8-sig").splitlines()))
    assert {(row["title"], row["project"]) for row in rows} == {("Pay rent", "Home"), ("'=1+1", "")}
    assert await ana.violations() == []


async def test_a_zone_is_found_by_typing_and_a_week_begins_as_one_likes(ana: Visitor) -> None:
    page = ana.page
    await page.get_by_role("button", name="Time zone: Europe/Berlin").click()
    search = page.get_by_role("combobox", name="Time zone")
    await search.fill("tokyo")
    assert await findings(page) == []
    await page.keyboard.press("Enter")
    zone = page.get_by_role("button", name="Time zone: Asia/Tokyo")
    await expect(zone).to_be_visible()
    await expect(zone).to_be_focused()
    await expect(page.get_by_role("button", name="Use this device’s: Europe/Berlin")).to_be_visible()
    await page.get_by_role("button", name="Weeks begin on: Monday").click()
    await page.get_by_role("option", name="Sunday").click()
    await expect(page.get_by_role("button", name="Weeks begin on: Sunday")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Time zone: Asia/Tokyo")).to_be_visible()
    await expect(page.get_by_role("button", name="Weeks begin on: Sunday")).to_be_visible()


@pytest.mark.parametrize(("chosen", "zone"), [({}, "Europe/Berlin"), ({"timezone": "UTC"}, "UTC")], ids=["none", "one"])
async def test_an_account_made_elsewhere_lives_where_its_owner_first_signs_in_unless_a_zone_was_chosen(
    visitor: Visitor, chosen: dict[str, str], zone: str
) -> None:
    form = {"email": visitor.email, "password": PASSWORD, "name": "Ana"}
    async with httpx.AsyncClient(base_url=visitor.url) as client:
        token = (await client.post("/api/auth/register", json=form)).json()["access_token"]
        if chosen:
            await client.patch("/api/auth/me", json=chosen, headers={"Authorization": f"Bearer {token}"})
    await visitor.open("/sign-in")
    async with visitor.page.expect_response("**/api/auth/me"):
        await visitor.sign_in(visitor.email)
    await visitor.go("Settings")
    await expect(visitor.page.get_by_role("button", name=f"Time zone: {zone}")).to_be_visible()
    await visitor.reload()
    await expect(visitor.page.get_by_role("button", name=f"Time zone: {zone}")).to_be_visible()


async def test_an_account_is_deleted_with_its_password_and_nothing_of_it_stays_here(ana: Visitor) -> None:
    page = ana.page
    await page.evaluate("sessionStorage.setItem('draft:of:somebody', 'typed')")
    await page.get_by_role("button", name="Delete account").click()
    dialog = page.get_by_role("dialog", name="Delete your account for good?")
    run = dialog.get_by_role("button", name="Delete my account")
    await expect(run).to_be_visible()
    assert await findings(page) == []
    await run.click()
    await expect(dialog.get_by_text("Enter your password.")).to_be_visible()
    await dialog.get_by_label("Your password", exact=True).fill("not my password")
    await run.click()
    await expect(dialog.get_by_text("This is not your password.")).to_be_visible()
    await dialog.get_by_label("Your password", exact=True).fill(PASSWORD)
    await run.click()
    await expect(page.get_by_role("link", name="Create your account").first).to_be_visible()
    assert page.url == ana.url + "/"
    assert await page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    await ana.open("/sign-in")
    await ana.sign_in(ana.email)
    await expect(page.get_by_text("This email and password do not belong together.")).to_be_visible()


async def test_who_could_not_be_signed_out_is_not_told_so(ana: Visitor) -> None:
    page = ana.page

    async def busy(route: Route) -> None:
        problem = json.dumps({"code": "unavailable", "status": 503})
        await route.fulfill(status=503, content_type="application/problem+json", body=problem)

    await page.route("**/api/auth/logout", busy)
    await page.get_by_role("button", name="Sign out").click()
    await expect(ana.notice("The server is busy. Try again in a moment.")).to_be_visible()
    await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await page.unroute("**/api/auth/logout")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("status").get_by_text("You are signed out.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


async def test_who_signs_in_next_in_this_tab_sees_no_draft_of_the_one_before(ana: Visitor) -> None:
    page = ana.page
    await _inbox(ana)
    await page.keyboard.press("q")
    await page.get_by_label("What needs doing?").fill("A secret of Ana")
    await page.reload()
    await expect(page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    await _settings(ana)
    await ana.context.clear_cookies()  # her session ends without her doing
    await page.reload()
    await expect(page.get_by_text(ENDED)).to_be_visible()
    mail = ana.email
    ana.email = f"bob-{mail}"
    await ana.register("Bob")
    await page.keyboard.press("q")
    await expect(page.get_by_label("What needs doing?")).to_have_value("")
    await page.keyboard.press("Escape")
    await _settings(ana)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    await ana.sign_in(mail)
    await expect(page.get_by_role("heading", level=1, name="Settings")).to_be_visible()
    await _inbox(ana)
    await page.keyboard.press("q")
    await expect(page.get_by_label("What needs doing?")).to_have_value("A secret of Ana")
    await page.keyboard.press("Escape")
    await _settings(ana)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    assert "secret" not in await page.evaluate("JSON.stringify({ ...sessionStorage })")


async def test_the_doors_speak_german_too(server: Server, chromium: Browser) -> None:
    async with visiting(chromium, server.url, speaks="de-DE") as somebody:
        page = somebody.page
        await somebody.open("/sign-in?why=ended")
        await expect(page.get_by_role("heading", level=1, name="Anmelden")).to_be_visible()
        await expect(page.get_by_text("Schön, dass du wieder da bist.")).to_be_visible()
        await expect(page.get_by_text("Deine Sitzung ist abgelaufen.")).to_be_visible()
        await somebody.open("/register")
        await expect(page.get_by_role("heading", level=1, name="Konto anlegen")).to_be_visible()
        await page.get_by_label("Name").fill("Ana")
        await page.get_by_label("E-Mail").fill(somebody.email)
        await page.get_by_label("Passwort", exact=True).fill("password1")
        await page.get_by_role("button", name="Konto anlegen").click()
        await expect(page.get_by_text("Dieses Passwort steht auf jeder Liste der häufigsten.")).to_be_visible()
