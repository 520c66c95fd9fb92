"""The profile: edited by merge patch, each edit on what is stored."""

import asyncio

import pytest
from msgspec.structs import replace

from people import People
from taskmanager.accounts.messages import ProfilePatch
from taskmanager.errors import Invalid, Stale


async def test_an_edit_changes_what_it_names_and_nothing_else(people: People) -> None:
    grant = await people.register()
    actor = await people.actor(grant)
    patch = ProfilePatch(name="  Ada King ", timezone="Europe/Berlin")
    edited = await people.signin.edit(actor, patch)
    assert edited.version == 2
    assert edited.user == replace(grant.answer.user, name="Ada King", timezone="Europe/Berlin")
    assert await people.signin.profile(actor) == edited
    assert (await people.signin.edit(actor, ProfilePatch(locale="de", week_start=7))).user.week_start == 7


async def test_an_edit_based_on_an_old_version_is_refused(people: People) -> None:
    actor = await people.actor(await people.register())
    await people.signin.edit(actor, ProfilePatch(name="Ada King"), base=1)
    with pytest.raises(Stale):
        await people.signin.edit(actor, ProfilePatch(name="Ada Byron"), base=1)
    assert (await people.signin.profile(actor)).user.name == "Ada King"


async def test_of_five_edits_at_once_none_is_lost(people: People) -> None:
    actor = await people.actor(await people.register())
    patches = [
        ProfilePatch(name="Ada King"),
        ProfilePatch(timezone="Asia/Tokyo"),
        ProfilePatch(locale="de-AT"),
        ProfilePatch(week_start=6),
        ProfilePatch(),
    ]
    await asyncio.gather(*(people.signin.edit(actor, patch) for patch in patches))
    profile = await people.signin.profile(actor)
    stored = {name: getattr(profile.user, name) for name in ("name", "timezone", "locale", "week_start")}
    assert stored == {"name": "Ada King", "timezone": "Asia/Tokyo", "locale": "de-AT", "week_start": 6}
    assert profile.version == 6


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        (ProfilePatch(name=" \t "), "/name"),
        (ProfilePatch(timezone="Mars/Olympus"), "/timezone"),
        (ProfilePatch(timezone="europe/berlin"), "/timezone"),
        (ProfilePatch(timezone="../../etc/passwd"), "/timezone"),
        (ProfilePatch(timezone="posix/Europe/Berlin"), "/timezone"),
        (ProfilePatch(timezone=""), "/timezone"),
    ],
)
async def test_a_wrong_edit_is_refused_at_its_place(people: People, patch: ProfilePatch, pointer: str) -> None:
    actor = await people.actor(await people.register())
    with pytest.raises(Invalid) as refused:
        await people.signin.edit(actor, patch)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert (await people.signin.profile(actor)).version == 1
