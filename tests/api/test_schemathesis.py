"""Security test S6: what the API's own document allows, and what it does not, on every operation.

`TEST_SCHEMATHESIS_EXAMPLES` raises the number of cases for each operation and mode.
"""

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from api import agreement
from api.person import PASSWORD
from api.server import serving
from taskmanager.api import app

Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES: Final = int(os.environ.get("TEST_SCHEMATHESIS_EXAMPLES", "15"))
SCHEMA: Final = schemathesis.openapi.from_dict(agreement.DOCUMENT)
OPERATIONS: Final[dict[str, Operation]] = {
    operation.definition.raw["operationId"]: operation
    for operation in (found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok))
    if operation.path != "/api/events"  # never ends
}
TAKING: Final = sorted(
    name
    for name, each in OPERATIONS.items()
    if each.definition.raw["parameters"] or "requestBody" in each.definition.raw
)


def what_is_wrong_is_refused(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """As schemathesis asks, but for three answers that are right.

    A header that only asks for a condition, and names nothing that there is, does not hold; a condition that does not
    hold is told before what else is wrong; and a batch tells what is wrong with one of its operations in its place.
    """
    parts = case.meta.components.items() if case.meta else ()
    wrong = {place for place, part in parts if part.mode is GenerationMode.NEGATIVE}
    if wrong <= {ParameterLocation.HEADER} or response.status_code == 412:
        return None
    if case.operation.path == "/api/tasks/batch" and response.status_code == 200:
        assert 422 in {result["status"] for result in response.json()["results"]}
        return None
    return negative_data_rejection(context, response, case)


CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    what_is_wrong_is_refused,
]


class Stage:
    """A server with somebody signed in who has one of each; made anew when an operation took them away."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        form = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada"}
        told = requests.post(url + "/api/auth/register", json=form, timeout=10).json()
        self.headers = {"Authorization": "Bearer " + told["access_token"]}

    def thing(self, operation: Operation) -> dict[str, str]:
        """Path parameters that lead somewhere."""
        kind = operation.path.removeprefix("/api/").partition("/")[0]
        if "{revision}" in operation.path:
            return {"revision": self._make("tasks").headers["revision"]}
        if kind in ("tasks", "projects", "labels") and "{id}" in operation.path:
            return {"id": self._make(kind).json()["id"]}
        return {}

    def call(self, case: Case[Any]) -> None:
        answer = case.call(base_url=self.url, session=self.session, headers=self.headers)
        self.session.cookies.clear()
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400 and answer.request.method != "HEAD":
            agreement.is_problem(answer.json())

    def _make(self, kind: str) -> requests.Response:
        number = os.urandom(8).hex()
        body = {"title" if kind == "tasks" else "name": f"Made for a test {number}"}
        made = requests.post(f"{self.url}/api/{kind}", json=body, headers=self.headers, timeout=10)
        assert made.status_code == 201, made.text
        return made


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with serving(tmp_path_factory.mktemp("schemathesis")) as server:
        yield Stage(server.url)


def run(stage: Stage, operation: Operation, mode: GenerationMode, path: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode, path_parameters=path or None))
    def all_cases(case: Case[Any]) -> None:
        stage.call(case)

    all_cases()


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_what_the_document_allows_is_answered_as_it_says(stage: Stage, name: str) -> None:
    run(stage, OPERATIONS[name], GenerationMode.POSITIVE, stage.thing(OPERATIONS[name]))


def test_every_operation_but_events_is_tried() -> None:
    assert len(OPERATIONS) == len(app.endpoints()), "all but events, and the document itself"


@pytest.mark.parametrize("name", TAKING)
def test_what_the_document_does_not_allow_is_refused_with_a_problem(stage: Stage, name: str) -> None:
    run(stage, OPERATIONS[name], GenerationMode.NEGATIVE, stage.thing(OPERATIONS[name]))
