"""Changes as they are read back, undone, forgotten and erased."""

import msgspec
import pytest
from msgspec.structs import replace

from builders import NOW, a_label, a_task, an_id, derive, put, remove
from taskmanager.errors import RevisionGone
from taskmanager.tasks.dates import DAY, instant
from taskmanager.tasks.model import LABEL, TASK
from taskmanager.tasks.query import Eq, Query
from taskmanager.tasks.store import ORIGIN, Change, Keep, Key, Revision, WorkspaceStore, delta

BY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def ws() -> str:
    return an_id()


async def several(store: WorkspaceStore, ws: str, sizes: list[int], now: int = NOW) -> list[Revision]:
    """One commit of so many new tasks each."""
    return [
        (await store.commit(ws, [put(a_task(ws)) for _ in range(size)], by=BY, now=now + n)).revision
        for n, size in enumerate(sizes)
    ]


async def sizes_after(store: WorkspaceStore, ws: str, since: Revision | None, limit: int) -> tuple[int, str, bool]:
    found = await store.changes(ws, since, limit)
    return len(found.changes), found.revision, found.more


async def test_each_put_and_remove_leaves_one_change_that_says_what_happened(store: WorkspaceStore, ws: str) -> None:
    task, label = a_task(ws), a_label(ws)
    changed = replace(task, version=2, title="other", priority="high")
    trashed = replace(changed, version=3, deleted_at=instant(NOW))
    commits = [
        (first := await store.commit(ws, [put(task), put(label)], by=BY, now=NOW, group="g")),
        await store.commit(ws, [put(changed, task)], by=BY, now=NOW + 1),
        await store.commit(ws, [put(trashed, changed)], by=ws, now=NOW + 2),
        await store.commit(ws, [put(replace(trashed, version=4, deleted_at=None), trashed)], by=BY, now=NOW + 3),
    ]
    found = (await store.changes(ws, None, 100)).changes
    assert [change.op for change in found] == ["create", "create", "update", "trash", "restore"]
    assert [change.revision for change in found] == [str(commits[n].revision) for n in (0, 0, 1, 2, 3)]
    assert [change.at for change in found] == [instant(NOW + n) for n in (0, 0, 1, 2, 3)]
    assert [change.by for change in found] == [BY, BY, BY, ws, BY]
    assert [change.group for change in found] == ["g", "g", None, None, None]
    assert [(change.kind, change.id, change.version) for change in found[:3]] == [
        ("task", task.id, 1),
        ("label", label.id, 1),
        ("task", task.id, 2),
    ]
    assert found[2].fields == {"title": ("Water the plants", "other"), "priority": ("none", "high")}
    assert found[0] == Change(
        revision=str(first.revision),
        group="g",
        at=instant(NOW),
        by=BY,
        kind="task",
        id=task.id,
        op="create",
        version=1,
        fields=msgspec.json.decode(msgspec.json.encode(delta(put(task))[2]), type=dict[str, tuple[object, object]]),
    )


async def test_changes_come_in_whole_commits_and_at_least_one(store: WorkspaceStore, ws: str) -> None:
    r = await several(store, ws, [3, 2, 2, 1])
    assert await sizes_after(store, ws, None, 100) == (8, str(r[3]), False)
    assert await sizes_after(store, ws, ORIGIN, 1) == (3, str(r[0]), True)
    assert await sizes_after(store, ws, r[0], 4) == (4, str(r[2]), True)
    assert await sizes_after(store, ws, r[0], 3) == (2, str(r[1]), True)
    assert await sizes_after(store, ws, r[2], 1) == (1, str(r[3]), False)
    assert await sizes_after(store, ws, r[3], 10) == (0, str(r[3]), False)


async def test_going_on_from_each_answer_tells_every_change_once_and_in_order(store: WorkspaceStore, ws: str) -> None:
    await several(store, ws, [1, 5, 2, 2, 7, 1, 3])
    seen: list[Change] = []
    since: Revision | None = None
    more = True
    while more:
        found = await store.changes(ws, since, 4)
        seen += found.changes
        since, more = Revision.parse(found.revision), found.more
    assert seen == (await store.changes(ws, None, 100)).changes
    assert [int(change.revision.partition("-")[0]) for change in seen] == [
        1,
        *[2] * 5,
        3,
        3,
        4,
        4,
        *[5] * 7,
        6,
        *[7] * 3,
    ]


async def test_commits_without_changes_are_passed_over_but_count(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await store.commit(ws, [put(task)], by=BY, now=NOW)
    derived = [(await store.commit(ws, [derive(task, "UTC")], by=BY, now=NOW)).revision for _ in range(5)]
    assert await sizes_after(store, ws, ORIGIN, 100) == (1, str(derived[-1]), False)
    last = await several(store, ws, [3])
    seen, since, more = 0, Revision(1, derived[0].nonce), True
    since = Revision.parse((await store.changes(ws, ORIGIN, 1)).revision) or since
    while more:
        found = await store.changes(ws, since, 2)
        seen, since, more = seen + len(found.changes), Revision.parse(found.revision) or since, found.more
    assert (seen, since) == (3, last[0])


async def test_changes_since_what_is_no_revision_of_the_workspace_are_gone(store: WorkspaceStore, ws: str) -> None:
    (first, second) = await several(store, ws, [1, 1])
    others = (await several(store, an_id(), [1]))[0]
    for since in (Revision(1, "forged"), Revision(0, "x"), second.next(), Revision(7, first.nonce), others):
        with pytest.raises(RevisionGone):
            await store.changes(ws, since, 10)
    with pytest.raises(RevisionGone):
        await store.changes(an_id(), first, 10)


async def test_a_workspace_nobody_wrote_to_has_no_changes(store: WorkspaceStore, ws: str) -> None:
    for since in (None, ORIGIN):
        assert await sizes_after(store, ws, since, 10) == (0, "0-0", False)


async def test_the_history_of_a_document_is_told_newest_first(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await store.commit(ws, [put(task), put(a_task(ws)), put(a_label(ws, id=task.id))], by=BY, now=NOW)
    for version in range(2, 6):
        newer = replace(task, version=version, title=f"title {version}")
        await store.commit(ws, [put(newer, task)], by=BY, now=NOW)
        task = newer
    assert [change.version for change in await store.history(ws, TASK, task.id, 10)] == [5, 4, 3, 2, 1]
    assert [change.version for change in await store.history(ws, TASK, task.id, 2)] == [5, 4]
    assert [change.version for change in await store.history(ws, TASK, task.id, 2, before=4)] == [3, 2]
    assert await store.history(ws, TASK, task.id, 2, before=1) == []
    assert [change.kind for change in await store.history(ws, LABEL, task.id, 10)] == ["label"]
    assert await store.history(ws, TASK, an_id(), 10) == []
    assert await store.history(ws, TASK, "no id", 10) == []
    assert await store.history(an_id(), TASK, task.id, 10) == []


async def test_what_can_be_undone_is_a_commit_or_its_whole_group(store: WorkspaceStore, ws: str) -> None:
    tasks = [a_task(ws) for _ in range(5)]
    revisions = [
        (await store.commit(ws, [put(task)], by=BY, now=NOW, group=group)).revision
        for task, group in zip(tasks, ["g", None, "g", "h", "g"], strict=True)
    ]

    async def undone(revision: Revision) -> list[int]:
        return [int(c.revision.partition("-")[0]) for c in await store.undoable(ws, revision)]

    assert await undone(revisions[1]) == [2]
    assert await undone(revisions[2]) == [1, 3, 5]
    assert await undone(revisions[3]) == [4]
    await store.commit(an_id(), [], by=BY, now=NOW, group="g")
    assert [change.id for change in await store.undoable(ws, revisions[0])] == [tasks[n].id for n in (0, 2, 4)]


async def test_what_is_unknown_cannot_be_undone(store: WorkspaceStore, ws: str) -> None:
    (first,) = await several(store, ws, [1])
    for unknown in (ORIGIN, first.next(), Revision(1, "forged")):
        with pytest.raises(RevisionGone):
            await store.undoable(ws, unknown)
    with pytest.raises(RevisionGone):
        await store.undoable(an_id(), first)


async def test_a_purge_leaves_a_change_without_fields_and_takes_the_values_out_of_all_earlier_ones(
    store: WorkspaceStore, ws: str
) -> None:
    task, neighbour = a_task(ws, title="a secret"), a_task(ws, title="no secret")
    await store.commit(ws, [put(task), put(neighbour)], by=BY, now=NOW)
    newer = replace(task, version=2, title="another secret")
    await store.commit(ws, [put(newer, task)], by=BY, now=NOW)
    purged = await store.commit(ws, [remove(newer)], by=BY, now=NOW)
    assert await store.get(ws, TASK, [task.id]) == {}
    assert (await store.find(ws, Query(TASK, "words", (1, "secret")))).items == [neighbour]
    told = await store.history(ws, TASK, task.id, 10)
    assert [(change.op, change.version, change.fields) for change in told] == [
        ("purge", 2, {}),
        ("update", 2, {}),
        ("create", 1, {}),
    ]
    assert told[0].revision == str(purged.revision)
    assert [change.op for change in (await store.changes(ws, None, 100)).changes] == [
        "create",
        "create",
        "update",
        "purge",
    ]
    assert (await store.history(ws, TASK, neighbour.id, 1))[0].fields["title"] == (None, "no secret")


async def test_a_purge_that_is_refused_takes_no_values(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws, title="kept")
    await store.commit(ws, [put(task)], by=BY, now=NOW)
    with pytest.raises(Exception, match=task.id):
        await store.commit(ws, [remove(replace(task, version=2))], by=BY, now=NOW)
    assert (await store.history(ws, TASK, task.id, 1))[0].fields["title"] == (None, "kept")


async def test_an_update_and_a_purge_in_one_commit_leave_no_value_either(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws, title="first")
    await store.commit(ws, [put(task)], by=BY, now=NOW)
    newer = replace(task, version=2, title="second")
    await store.commit(ws, [put(newer, task), remove(newer)], by=BY, now=NOW)
    assert [change.fields for change in await store.history(ws, TASK, task.id, 10)] == [{}, {}, {}]


async def test_forgetting_drops_what_is_older_and_keeps_the_rest(store: WorkspaceStore, ws: str) -> None:
    revisions = await several(store, ws, [1, 2, 1, 1])
    head = await store.head(ws)
    await store.forget(ws, NOW + 2)
    assert await store.head(ws) == head
    assert len((await store.find(ws, Query(TASK, "created", (1,)))).items) == 5
    assert await sizes_after(store, ws, None, 100) == (2, str(head), False)
    assert await sizes_after(store, ws, revisions[1], 100) == (2, str(head), False)
    for gone in (ORIGIN, revisions[0], Revision(2, "forged")):
        with pytest.raises(RevisionGone):
            await store.changes(ws, gone, 100)
    with pytest.raises(RevisionGone):
        await store.undoable(ws, revisions[1])
    assert len(await store.undoable(ws, revisions[2])) == 1


async def test_when_all_is_forgotten_the_head_is_still_a_place_to_go_on_from(store: WorkspaceStore, ws: str) -> None:
    head = (await several(store, ws, [1, 1]))[-1]
    for _ in range(2):
        await store.forget(ws, NOW + DAY)
        assert await sizes_after(store, ws, head, 10) == (0, str(head), False)
        assert await sizes_after(store, ws, None, 10) == (0, str(head), False)
    last = (await several(store, ws, [2]))[-1]
    assert await sizes_after(store, ws, head, 10) == (2, str(last), False)
    assert last.counter == head.counter + 1


async def test_forgetting_never_makes_a_gap_though_a_clock_went_back(store: WorkspaceStore, ws: str) -> None:
    ahead = (await store.commit(ws, [put(a_task(ws))], by=BY, now=NOW + DAY)).revision
    await several(store, ws, [1, 1])
    await store.forget(ws, NOW + 10)
    assert (await sizes_after(store, ws, None, 10))[0] == 3
    assert (await sizes_after(store, ws, ahead, 10))[0] == 2


async def test_forgetting_reaches_through_a_long_history(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await store.commit(ws, [put(task)], by=BY, now=NOW)
    for _ in range(1_100):
        await store.commit(ws, [derive(task, "UTC")], by=BY, now=NOW)
    last = await several(store, ws, [1], now=NOW + DAY)
    await store.forget(ws, NOW + 1)
    assert await sizes_after(store, ws, None, 10) == (1, str(last[0]), False)


async def test_forgetting_a_workspace_nobody_wrote_to_does_nothing(store: WorkspaceStore, ws: str) -> None:
    await store.forget(ws, NOW)
    assert await store.head(ws) == ORIGIN


async def test_an_erased_workspace_is_as_if_nobody_had_written_to_it(store: WorkspaceStore, ws: str) -> None:
    tasks, other, key = [a_task(ws) for _ in range(450)], an_id(), Key(BY, "key", "print")
    revision = (await store.commit(ws, list(map(put, tasks)), by=BY, now=NOW, keep=Keep(key, b"receipt"))).revision
    await several(store, other, [2])
    await store.erase(ws)
    assert await store.head(ws) == ORIGIN
    assert ws not in await store.workspaces("", 100)
    assert await store.get(ws, TASK, [task.id for task in tasks]) == {}
    assert (await store.find(ws, Query(TASK, "created", (1,), rest=(Eq("status", 0),)))).items == []
    assert (await store.find(ws, Query(TASK, "words", (1, "plants")))).items == []
    assert await store.replay(ws, key) is None
    assert await store.history(ws, TASK, tasks[0].id, 10) == []
    assert await sizes_after(store, ws, None, 10) == (0, "0-0", False)
    with pytest.raises(RevisionGone):
        await store.changes(ws, revision, 10)
    assert (await sizes_after(store, other, None, 10))[0] == 2
    again = await several(store, ws, [1])
    assert again[0].counter == 1
    assert again[0] != Revision(1, revision.nonce)
    assert len((await store.find(ws, Query(TASK, "created", (1,)))).items) == 1


async def test_erasing_a_workspace_nobody_wrote_to_does_nothing(store: WorkspaceStore, ws: str) -> None:
    await store.erase(ws)
    assert await store.head(ws) == ORIGIN


async def test_workspaces_that_were_written_to_are_listed_in_order(store: WorkspaceStore) -> None:
    ids = sorted(an_id() for _ in range(5))
    for ws in ids[::-1]:
        await several(store, ws, [1])
    assert await store.workspaces("", 100) == ids
    assert await store.workspaces("", 2) == ids[:2]
    assert await store.workspaces(ids[1], 2) == ids[2:4]
    assert await store.workspaces(ids[-1], 2) == []


async def test_a_page_of_changes_ends_after_8_mib_but_never_within_a_commit(store: WorkspaceStore, ws: str) -> None:
    long = "x" * 100_000
    commits = [
        (await store.commit(ws, [put(a_task(ws, description=long)) for _ in range(20)], by=BY, now=NOW)).revision
        for _ in range(6)
    ]
    first = await store.changes(ws, None, 1_000)
    assert (len(first.changes), first.revision, first.more) == (100, str(commits[4]), True)
    rest = await store.changes(ws, commits[4], 1_000)
    assert (len(rest.changes), rest.revision, rest.more) == (20, str(commits[5]), False)


async def test_heads_of_many_workspaces_are_told_together(store: WorkspaceStore) -> None:
    written, erased, never = [an_id(), an_id()], an_id(), an_id()
    for ws in (*written, erased):
        await several(store, ws, [1])
    await store.erase(erased)
    assert await store.heads([*written, erased, never]) == {ws: await store.head(ws) for ws in written}
    assert await store.heads([]) == {}
