"""The write door: what `WorkspaceStore.commit`, `head` and `get` promise."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from builders import NOW, a_label, a_project, a_task, an_id, derive, expect, put, remove
from contract.conftest import Address, Open
from taskmanager.errors import CommitTooLarge, Exists, Moved, Stale
from taskmanager.tasks.dates import When
from taskmanager.tasks.model import LABEL, PROJECT, TASK
from taskmanager.tasks.query import Query
from taskmanager.tasks.store import MAX_BYTES, MAX_EDITS, ORIGIN, Revision, WorkspaceStore, encode


@pytest.fixture
def ws() -> str:
    return an_id()


async def commit(store: WorkspaceStore, ws: str, *edits: Any, **more: Any) -> Revision:
    return (await store.commit(ws, edits, by=ws, now=NOW, **more)).revision


async def test_the_head_of_a_workspace_nobody_wrote_to_is_the_origin(store: WorkspaceStore, ws: str) -> None:
    assert await store.head(ws) == ORIGIN


async def test_each_commit_moves_the_head_by_one_and_gives_it_a_new_nonce(store: WorkspaceStore, ws: str) -> None:
    revisions = [await commit(store, ws, put(a_task(ws))) for _ in range(3)]
    assert [revision.counter for revision in revisions] == [1, 2, 3]
    assert len({revision.nonce for revision in revisions} | {ORIGIN.nonce}) == 4
    assert await store.head(ws) == revisions[-1]


async def test_a_document_is_read_back_as_it_was_written(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws, title="Grüße \x00 \u2028 🪴", due=When(date="2026-06-01"), label_ids=[an_id(), an_id()])
    await commit(store, ws, put(task))
    assert await store.get(ws, TASK, [task.id]) == {task.id: task}


async def test_ids_that_are_missing_are_absent_from_what_get_answers(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await commit(store, ws, put(task))
    wanted = [an_id(), task.id, "no id at all", task.id.upper(), "", task.id]
    assert await store.get(ws, TASK, wanted) == {task.id: task}
    assert await store.get(ws, TASK, []) == {}
    assert await store.get(an_id(), TASK, [task.id]) == {}


async def test_get_answers_any_number_of_ids(store: WorkspaceStore, ws: str) -> None:
    tasks = {task.id: task for task in (a_task(ws) for _ in range(MAX_EDITS))}
    await commit(store, ws, *map(put, tasks.values()))
    assert await store.get(ws, TASK, [*tasks, *(an_id() for _ in range(1_000))]) == tasks


async def test_kinds_are_told_apart(store: WorkspaceStore, ws: str) -> None:
    id_ = an_id()
    task, project, label = a_task(ws, id=id_), a_project(ws, id=id_), a_label(ws, id=id_)
    await commit(store, ws, put(task), put(project), put(label))
    assert (await store.get(ws, TASK, [id_]))[id_] == task
    assert (await store.get(ws, PROJECT, [id_]))[id_] == project
    assert (await store.get(ws, LABEL, [id_]))[id_] == label


async def test_no_verb_crosses_workspaces(store: WorkspaceStore, ws: str) -> None:
    theirs, id_ = an_id(), an_id()
    mine = a_task(ws, id=id_, title="mine")
    await commit(store, ws, put(mine))
    head = await store.head(ws)
    other = a_task(theirs, id=id_, title="theirs")
    await commit(store, theirs, put(other))
    await commit(store, theirs, remove(other))
    assert await store.head(ws) == head
    assert await store.get(ws, TASK, [id_]) == {id_: mine}
    assert (await store.find(ws, Query(TASK, "created", (1,)))).items == [mine]
    assert (await store.find(theirs, Query(TASK, "created", (1,)))).items == []
    assert [change.fields["title"][1] for change in await store.history(ws, TASK, id_, 10)] == ["mine"]
    assert len((await store.changes(ws, None, 10)).changes) == 1


async def test_a_document_of_another_workspace_is_refused(store: WorkspaceStore, ws: str) -> None:
    with pytest.raises(ValueError, match="another workspace"):
        await commit(store, ws, put(a_task(an_id())))
    assert await store.head(ws) == ORIGIN


async def test_an_edit_based_on_an_old_version_is_refused(store: WorkspaceStore, ws: str) -> None:
    first = a_task(ws)
    second = replace(first, version=2, title="second")
    await commit(store, ws, put(first))
    await commit(store, ws, put(second, first))
    with pytest.raises(Stale) as refused:
        await commit(store, ws, put(replace(first, version=2, title="other second"), first))
    assert refused.value.ids == [("task", first.id)]
    assert await store.get(ws, TASK, [first.id]) == {first.id: second}


async def test_an_edit_of_what_is_gone_is_stale(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    for edit in (put(replace(task, version=2), task), remove(task), derive(task, "UTC")):
        with pytest.raises(Stale):
            await commit(store, ws, edit)


async def test_stale_names_every_failing_edit_of_every_sort(store: WorkspaceStore, ws: str) -> None:
    fine, old, gone, kept, expected = (a_task(ws) for _ in range(5))
    project = a_project(ws)
    await commit(store, ws, *map(put, (fine, old, kept, expected, project)))
    newer = replace(old, version=2)
    await commit(store, ws, put(newer, old))
    with pytest.raises(Stale) as refused:
        await commit(
            store,
            ws,
            put(replace(fine, version=2), fine),
            put(replace(old, version=2, title="x"), old),
            remove(gone),
            derive(replace(kept, version=7), "UTC"),
            expect(expected, 0),
            expect(project, 1),
            put(kept),
        )
    assert sorted(refused.value.ids) == sorted(("task", task.id) for task in (old, gone, kept, expected))


async def test_an_id_that_is_taken_is_refused_as_existing(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await commit(store, ws, put(task))
    with pytest.raises(Exists):
        await commit(store, ws, put(replace(task, title="again")))
    assert await store.get(ws, TASK, [task.id]) == {task.id: task}


async def test_a_commit_applies_all_edits_or_none(store: WorkspaceStore, ws: str) -> None:
    taken, changed, new = a_task(ws), a_task(ws), a_task(ws)
    await commit(store, ws, put(taken), put(changed))
    head = await store.head(ws)
    with pytest.raises(Exists):
        await commit(store, ws, put(new), put(replace(changed, version=2), changed), put(replace(taken, title="x")))
    assert await store.head(ws) == head
    assert await store.get(ws, TASK, [taken.id, changed.id, new.id]) == {taken.id: taken, changed.id: changed}
    assert len((await store.changes(ws, None, 100)).changes) == 2
    assert (await store.find(ws, Query(TASK, "words", (1, "plants")))).revision == head


async def test_an_expectation_holds_back_the_whole_commit(store: WorkspaceStore, ws: str) -> None:
    project, task = a_project(ws), a_task(ws)
    await commit(store, ws, put(project))
    with pytest.raises(Stale) as refused:
        await commit(store, ws, put(task), expect(project, 2))
    assert refused.value.ids == [("project", project.id)]
    await commit(store, ws, put(task), expect(project, 1), expect(a_project(ws), 0))
    assert await store.get(ws, TASK, [task.id]) == {task.id: task}


async def test_an_expectation_is_of_what_was_there_before_the_commit(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await commit(store, ws, put(task))
    await commit(store, ws, put(replace(task, version=2), task), expect(task, 1))
    assert (await store.get(ws, TASK, [task.id]))[task.id].version == 2


async def test_a_commit_at_a_revision_that_is_past_is_refused_as_moved(store: WorkspaceStore, ws: str) -> None:
    first = await commit(store, ws, put(a_task(ws)), at=ORIGIN)
    second = await commit(store, ws, put(a_task(ws)), at=first)
    for past in (ORIGIN, first, Revision(second.counter, "another"), second.next()):
        with pytest.raises(Moved):
            await commit(store, ws, put(a_task(ws)), at=past)
    assert await store.head(ws) == second


async def test_a_commit_that_changes_nothing_leaves_the_head_where_it_is(store: WorkspaceStore, ws: str) -> None:
    assert await commit(store, ws) == ORIGIN
    task = a_task(ws)
    head = await commit(store, ws, put(task))
    assert await commit(store, ws, expect(task, 1)) == head
    assert await store.head(ws) == head


async def test_deriving_columns_moves_the_revision_and_leaves_no_change(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws, due=When(date="2026-06-01"))
    first = await commit(store, ws, put(task))
    due = (await store.find(ws, Query(TASK, "due", (1,), limit=1, scan=1))).next
    second = await commit(store, ws, derive(task, "America/New_York"))
    later = (await store.find(ws, Query(TASK, "due", (1,), limit=1, scan=1))).next
    assert due
    assert later
    assert int(later[0]) - int(due[0]) == 4 * 3_600_000
    assert second.counter == first.counter + 1
    assert await store.get(ws, TASK, [task.id]) == {task.id: task}
    assert len(await store.history(ws, TASK, task.id, 10)) == 1


async def test_a_commit_holds_500_writes_and_any_number_of_expectations(store: WorkspaceStore, ws: str) -> None:
    tasks = [a_task(ws) for _ in range(MAX_EDITS)]
    absent = [expect(a_task(ws), 0) for _ in range(MAX_EDITS)]
    with pytest.raises(CommitTooLarge):
        await commit(store, ws, *map(put, tasks), put(a_task(ws)))
    assert await store.head(ws) == ORIGIN
    await commit(store, ws, *map(put, tasks), *absent)
    with pytest.raises(CommitTooLarge):
        await commit(store, ws, *map(remove, tasks), derive(tasks[0], "UTC"))


async def test_a_commit_holds_8_mebibytes(store: WorkspaceStore, ws: str) -> None:
    large = [a_task(ws, description="x" * 100_000) for _ in range(MAX_BYTES // 100_000 + 1)]
    with pytest.raises(CommitTooLarge):
        await commit(store, ws, *map(put, large))
    assert await store.head(ws) == ORIGIN
    await commit(store, ws, *map(put, large[:-2]))


async def test_what_a_commit_holds_is_the_same_to_the_byte_on_every_store(store: WorkspaceStore, ws: str) -> None:
    tasks = [a_task(ws, description="x" * 100_000, label_ids=[an_id()]) for _ in range(80)]
    left = MAX_BYTES - sum(len(encode(task)) for task in tasks) - len(encode(a_task(ws)))
    with pytest.raises(CommitTooLarge, match="send less"):
        await commit(store, ws, *map(put, tasks), put(a_task(ws, description="x" * (left + 1))))
    await commit(store, ws, *map(put, tasks), put(a_task(ws, description="x" * left)))


async def test_of_20_parallel_commits_on_one_base_exactly_one_wins(store: WorkspaceStore, ws: str) -> None:
    task = a_task(ws)
    await commit(store, ws, put(task))
    rivals = [replace(task, version=2, title=f"rival {n}") for n in range(20)]
    outcomes = await asyncio.gather(*(commit(store, ws, put(r, task)) for r in rivals), return_exceptions=True)
    won = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if isinstance(outcome, Revision)]
    assert len(won) == 1
    assert all(isinstance(outcome, (Revision, Stale)) for outcome in outcomes)
    assert await store.get(ws, TASK, [task.id]) == {task.id: won[0]}


async def test_of_20_parallel_commits_at_one_revision_exactly_one_wins(store: WorkspaceStore, ws: str) -> None:
    head = await commit(store, ws, put(a_task(ws)))
    racing = (commit(store, ws, put(a_task(ws)), at=head) for _ in range(20))
    outcomes = await asyncio.gather(*racing, return_exceptions=True)
    assert sum(isinstance(outcome, Revision) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Moved) for outcome in outcomes) == 19


async def test_parallel_commits_of_many_workspaces_do_not_meet(store: WorkspaceStore) -> None:
    async def fill(ws: str) -> None:
        for number in range(1, 6):
            assert (await commit(store, ws, put(a_task(ws)))).counter == number

    await asyncio.gather(*(fill(an_id()) for _ in range(40)))


async def test_a_failing_commit_takes_none_of_its_neighbours_with_it(store: WorkspaceStore, ws: str) -> None:
    taken = a_task(ws)
    await commit(store, ws, put(taken))
    edits = [put(a_task(ws)) if n % 2 else put(replace(taken, title=str(n))) for n in range(40)]
    outcomes = await asyncio.gather(*(commit(store, ws, edit) for edit in edits), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Exists, Revision] * 20
    assert (await store.head(ws)).counter == 21


async def test_a_read_after_a_commit_sees_it(store: WorkspaceStore, ws: str) -> None:
    for _ in range(50):
        task = a_task(ws)
        revision = await commit(store, ws, put(task))
        page, head, found = await asyncio.gather(
            store.find(ws, Query(TASK, "created", (1,), limit=200)), store.head(ws), store.get(ws, TASK, [task.id])
        )
        assert page.revision == head == revision
        assert task in page.items
        assert found == {task.id: task}


async def test_a_commit_is_still_there_when_the_store_is_opened_again(open_at: Open, address: Address, ws: str) -> None:
    task = a_task(ws)
    before = await open_at(address)
    revision = await commit(before.workspaces, ws, put(task))
    await before.close()
    after = (await open_at(address)).workspaces
    assert await after.head(ws) == revision
    assert await after.get(ws, TASK, [task.id]) == {task.id: task}


async def test_what_one_store_object_commits_another_sees_at_once(open_at: Open, address: Address, ws: str) -> None:
    one, other = (await open_at(address)).workspaces, (await open_at(address)).workspaces
    for _ in range(10):
        task = a_task(ws)
        revision = await commit(one, ws, put(task))
        assert await other.head(ws) == revision
        changed = replace(task, version=2)
        revision = await commit(other, ws, put(changed, task), at=revision)
        assert (await one.get(ws, TASK, [task.id]))[task.id] == changed
        with pytest.raises(Stale):
            await commit(one, ws, put(changed, task))
