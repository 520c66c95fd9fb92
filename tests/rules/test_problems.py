"""How HTTP tells every error there is."""

import inspect
import re
from pathlib import Path

import msgspec
import pytest

from taskmanager import errors
from taskmanager.api import problems
from taskmanager.errors import Fault, Invalid, TaskManagerError

ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, TaskManagerError) and error is not TaskManagerError
]


def test_the_table_is_total_over_the_error_tree() -> None:
    assert set(problems.TABLE) == set(ERRORS)


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({error.code for error in ERRORS}) == len(ERRORS)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = {
        line.replace("│", " ").split("──")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "──" in line
    }
    assert drawn == {error.__name__ for error in ERRORS}


def test_what_was_not_foreseen_tells_nothing_of_the_inside() -> None:
    told = problems.document(ZeroDivisionError("secret"), instance="/x", request_id="r")
    assert (told["status"], told["code"]) == (500, "internal")
    assert "secret" not in str(told)


@pytest.mark.parametrize(
    ("error", "status", "seconds"),
    [
        (errors.TooManyRequests("x", 2.1), 429, "3"),
        (errors.Unavailable("x"), 503, "1"),
        (errors.Unavailable("x", 0.01), 503, "1"),
        (errors.StorageFull("x"), 507, "10"),
    ],
)
def test_what_may_work_later_says_when_to_come_back(error: TaskManagerError, status: int, seconds: str) -> None:
    answer = problems.response(error, instance="/x", request_id="r")
    assert (answer.status_code, answer.headers["retry-after"]) == (status, seconds)


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    many: list[Inner]
    text: str = ""


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"1", "", "invalid"),
        (b"{}", "/many", "required"),
        (b'{"many": 1}', "/many", "invalid"),
        (b'{"many": [{"number": 1}, {"number": "x"}]}', "/many/1/number", "invalid"),
        (b'{"many": [{}]}', "/many/0/number", "required"),
        (b'{"many": [{"number": 1, "a/b~c": 1}]}', "/many/0/a~1b~0c", "unknown_field"),
        (b'{"many": [], "x": 1}', "/x", "unknown_field"),
        (b'{"many": [], "text": null}', "/text", "invalid"),
    ],
)
def test_a_fault_in_a_body_is_told_by_its_pointer(body: bytes, pointer: str, code: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(body, type=Outer)
    (fault,) = problems.invalid_of(refused.value).faults
    assert (fault.pointer, fault.code) == (pointer, code)


def test_faults_are_told_where_a_document_holds_them() -> None:
    inner = Invalid(Fault("/title", "required", "x"), Fault("", "invalid", "y"))
    assert [fault.pointer for fault in inner.under("/operations/3/task").faults] == [
        "/operations/3/task/title",
        "/operations/3/task",
    ]


def test_the_page_about_problems_names_every_code_there_is_and_no_other() -> None:
    root = Path(problems.__file__).parents[3]
    rows = re.findall(r"^\| (`.+?) \| (\d{3}) \|", (root / "docs" / "problems.md").read_text(), re.MULTILINE)
    documented = {(code, int(status)) for codes, status in rows for code in re.findall(r"`(\w+)`", codes)}
    never_told = {errors.Conflict, errors.Stale, errors.Moved}
    told = {(error.code, told.status) for error, told in problems.TABLE.items() if error not in never_told}
    raised = re.compile(r'HttpProblem\(\s*(\d{3}), "(\w+)"')
    for file in Path(problems.__file__).parent.glob("*.py"):
        told |= {(code, int(status)) for status, code in raised.findall(file.read_text())}
    assert documented == told
