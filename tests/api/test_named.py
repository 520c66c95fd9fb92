"""wire.md, tasks: projects and labels."""

import anyio
import pytest

from api.person import Json, Person

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["project", "label"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_one_made_of_a_name_alone_has_all_fields(ada: Person, kind: str) -> None:
    made = await ada.make(kind, name=" Garden ")
    plain: Json = {"workspace_id": ada.id, "version": 1, "name": "Garden", "color": None, "deleted_at": None}
    plain |= {"icon": None, "archived": False} if kind == "project" else {}
    assert {name: made[name] for name in plain} == plain
    assert set(made) == {*plain, "id", "position", "created_at", "updated_at"}
    assert made == await ada.now(made, kind)


async def test_all_fields_can_be_changed(ada: Person, kind: str) -> None:
    made = await ada.make(kind, name="Garden", color="#6e56cf")
    fields: Json = {"name": "Balcony", "color": None}
    fields |= {"icon": "🌱", "archived": True} if kind == "project" else {}
    changed = await ada.change(made, kind, **fields)
    assert {name: changed[name] for name in fields} == fields
    assert changed["version"] == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 201),
        ("name", "a\0b"),
        ("name", None),
        ("color", "red"),
        ("color", "#6E56CF"),
        ("color", "#6e56cf\n"),
        ("color", ""),
        ("place", "middle"),
    ],
)
async def test_a_wrong_field_is_refused(ada: Person, kind: str, field: str, value: str | None) -> None:
    body = {"name": "Garden", field: value}
    await ada.refused("POST", f"/api/{kind}s", body, code="invalid", at=f"/{field}")
    made = await ada.make(kind, name="Garden")
    await ada.refused("PATCH", f"/api/{kind}s/{made['id']}", {field: value}, code="invalid", at=f"/{field}")


async def test_a_name_has_200_characters_after_trimming(ada: Person, kind: str) -> None:
    assert (await ada.make(kind, name=" " * 50 + "x" * 200 + " "))["name"] == "x" * 200


@pytest.mark.parametrize("taken", ["Garden", "GARDEN", " garden ", "Gärden".replace("ä", "a"), "ＧARDEN"])
async def test_a_name_is_unique_however_it_is_written(ada: Person, kind: str, taken: str) -> None:
    await ada.make(kind, name="garden")
    await ada.refused("POST", f"/api/{kind}s", {"name": taken}, expect=409, code="name_taken")
    other = await ada.make(kind, name="Other")
    await ada.refused("PATCH", f"/api/{kind}s/{other['id']}", {"name": taken}, expect=409, code="name_taken")


async def test_names_that_only_look_alike_are_two(ada: Person, kind: str) -> None:
    for name in ("C", "C++", "C#", "!", "?", "Café", "Cafe", "Größe", "Grosse 2", "Gross"):
        await ada.make(kind, name=name)


async def test_a_casefolded_name_is_the_same_name(ada: Person, kind: str) -> None:
    await ada.make(kind, name="Straße")
    await ada.refused("POST", f"/api/{kind}s", {"name": "STRASSE"}, expect=409, code="name_taken")


async def test_a_project_and_a_label_may_share_a_name_and_so_may_two_people(ada: Person, bob: Person) -> None:
    for person in (ada, bob):
        await person.project("Garden")
        await person.label("Garden")


async def test_one_name_sent_20_times_at_once_is_made_once(ada: Person, kind: str) -> None:
    statuses = []

    async def create() -> None:
        statuses.append((await ada.ask("POST", f"/api/{kind}s", {"name": "Garden"}, expect=None)).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(create)
    assert sorted(statuses) == [201] + [409] * 19


async def test_one_name_given_to_20_at_once_is_given_once(ada: Person, kind: str) -> None:
    made = [await ada.make(kind, name=f"No {number}") for number in range(20)]
    statuses = []

    async def rename(document: Json) -> None:
        answer = await ada.ask("PATCH", f"/api/{kind}s/{document['id']}", {"name": "Garden"}, expect=None)
        statuses.append(answer.status_code)

    async with anyio.create_task_group() as group:
        for document in made:
            group.start_soon(rename, document)
    assert sorted(statuses) == [200] + [409] * 19


async def test_a_name_in_the_trash_is_free_until_it_comes_back(ada: Person, kind: str) -> None:
    first = await ada.make(kind, name="Garden")
    await ada.trash(first, kind)
    second = await ada.make(kind, name="Garden")
    await ada.refused("POST", f"/api/{kind}s/{first['id']}/restore", expect=409, code="name_taken")
    await ada.change(second, kind, name="Other")
    assert (await ada.restore(first, kind))["deleted_at"] is None


async def test_a_name_can_change_its_own_case(ada: Person, kind: str) -> None:
    made = await ada.make(kind, name="garden")
    assert (await ada.change(made, kind, name="Garden"))["name"] == "Garden"


async def test_they_are_listed_by_position_the_trash_by_what_went_last(ada: Person, kind: str) -> None:
    path = f"/api/{kind}s"
    one, two, three = [await ada.make(kind, name=name) for name in ("one", "two", "three")]
    await ada.change(three, kind, place="first")
    assert [item["name"] for item in await ada.all(path, limit=1)] == ["three", "one", "two"]
    await ada.trash(one, kind)
    await ada.trash(two, kind)
    assert [item["name"] for item in await ada.all(path)] == ["three"]
    assert {item["name"] for item in await ada.all(path, trashed="true")} == {"one", "two"}


async def test_an_archived_project_is_still_listed_and_keeps_its_tasks(ada: Person) -> None:
    project = await ada.project(archived=True)
    task = await ada.task(project_id=project["id"])
    assert (await ada.all("/api/projects"))[0]["archived"] is True
    assert await ada.all(project_id=project["id"]) == [task]
