"""The OpenAPI 3.1 document, made from the endpoints and their types."""

from typing import Any, Final

import msgspec

from taskmanager import __version__
from taskmanager.accounts.pictures import VARIANTS
from taskmanager.api.problems import MEDIA_TYPE
from taskmanager.api.routing import Endpoint
from taskmanager.tasks.dates import When

REFERENCE: Final = "#/components/schemas/{name}"
WRITES: Final = ("POST", "PUT", "PATCH", "DELETE")
BINARY: Final = {"type": "string", "format": "binary"}

_TITLES: Final = {
    200: "Done",
    201: "Created",
    204: "Done",
    304: "Not changed since",
    400: "Malformed",
    401: "Sign in first",
    403: "Not allowed",
    404: "Nothing here",
    409: "In conflict with what is stored",
    410: "History does not reach back that far",
    412: "Changed since that version",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not valid",
    429: "Too many requests",
    503: "Not now",
    507: "The disk is full",
}

_IN_PATHS: Final[dict[str, dict[str, Any]]] = {
    "id": {"type": "string", "format": "uuid"},
    "variant": {"type": "string", "enum": list(VARIANTS)},
}

_HEADERS: Final = {
    "ETag": "The version, or of a list what it was asked and the revision: for If-None-Match and If-Match.",
    "Revision": "Where the workspace stands after this write.",
    "Location": "Where what was made is.",
    "Idempotent-Replayed": "`true` when this answers a repeat of a request that was done before.",
    "RateLimit-Policy": "How many requests one may make in how many seconds. Absent without a limit.",
    "RateLimit": "How many are left, and for how many seconds. Absent without a limit.",
    "Retry-After": "Seconds after which to ask again.",
    "WWW-Authenticate": "`Bearer`.",
}
_TOLD_WITH: Final = {
    401: ("WWW-Authenticate",),
    412: ("ETag",),
    429: ("Retry-After", "RateLimit-Policy", "RateLimit"),
    503: ("Retry-After",),
    507: ("Retry-After",),
}

_WHEN: Final[dict[str, Any]] = {
    "title": "When",
    "description": "A date, or a wall time with its zone (null: floating, the same wall time everywhere).",
    "oneOf": [
        {
            "type": "object",
            "title": "Date",
            "required": ["date"],
            "properties": {"date": {"type": "string", "format": "date"}},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "title": "Time",
            "required": ["datetime"],
            "properties": {
                "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$"},
                "timezone": {"type": ["string", "null"], "description": "An IANA time zone."},
            },
            "additionalProperties": False,
        },
    ],
}


def document(endpoints: list[Endpoint]) -> dict[str, Any]:
    """Every endpoint with its parameters, body, answer and problems."""
    shown = [e for e in endpoints if e.media != "text/html"]
    types = [t for e in shown for t in (e.documented, e.answer, e.query) if t is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    by_type = dict(zip(map(repr, types), schemas, strict=True))
    by_type[repr(bytes)] = BINARY
    components[When.__name__] = _WHEN
    components["Problem"] = _PROBLEM
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in shown:
        query = _resolve(by_type[repr(endpoint.query)], components)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, query, by_type)
    for name in {e.query.__name__ for e in shown}:
        components.pop(name, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TaskManager",
            "version": __version__,
            "description": "Tasks, projects and labels. Errors are RFC 9457 problem documents.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(e.tag for e in shown)],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _resolve(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    found: dict[str, Any] = components[reference.rsplit("/", 1)[1]] if reference else schema
    return found


def _operation(endpoint: Endpoint, query: dict[str, Any], by_type: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "tags": [endpoint.tag],
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(query), *_header_parameters(endpoint)],
        "responses": _responses(endpoint, by_type),
    }
    if endpoint.open_to_all:
        operation["security"] = []
    if endpoint.body is not None:
        schema = by_type[repr(endpoint.documented)]
        content = {media: {"schema": schema} for media in endpoint.accepted}
        operation["requestBody"] = {"required": endpoint.needs_body, "content": content}
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in endpoint.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _IN_PATHS.get(name, {"type": "string"}),
        }
        for name in names
    ]


def _query_parameters(query: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = []
    for name, schema in query.get("properties", {}).items():
        plain = {key: value for key, value in schema.items() if key != "default" or value is not None}
        choices = [choice for choice in plain.get("anyOf", []) if choice != {"type": "null"}]
        if choices:
            plain = {**{k: v for k, v in plain.items() if k != "anyOf"}, **choices[0]}
        parameters.append({"name": name, "in": "query", "required": False, "schema": plain})
    return parameters


def _header_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = []
    if _takes_keys(endpoint):
        names.append(("Idempotency-Key", "Makes a repeat of this request answer like the first.", 255))
    if 412 in endpoint.responses:  # noqa: PLR2004 - precondition failed
        names.append(("If-Match", "The version this change is based on, as its ETag.", 100))
    if endpoint.tagged:
        names.append(("If-None-Match", "The ETag of the answer one has: 304 when it still holds.", 1000))
    if endpoint.path == "/api/events":
        names.append(("Last-Event-ID", "Go on after this revision.", 100))
    return [
        {
            "name": name,
            "in": "header",
            "description": text,
            "schema": {"type": "string", "minLength": 1, "maxLength": most},
        }
        for name, text, most in names
    ]


def _responses(endpoint: Endpoint, by_type: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": _TITLES[endpoint.status]}
    if endpoint.answer is not None:
        success["content"] = {endpoint.media: {"schema": by_type[repr(endpoint.answer)]}}
    success["headers"] = _headers(*_headers_of(endpoint))
    statuses = {413, 422, 429, 503, *endpoint.responses}
    statuses |= set() if endpoint.open_to_all else {401}
    statuses |= {404} if "{" in endpoint.path or not endpoint.open_to_all else set()
    statuses |= {400, 415} if endpoint.body is not None else set()
    statuses |= {400, 409} if _takes_keys(endpoint) else set()
    statuses |= {507} if endpoint.method in WRITES else set()
    tag = {"headers": _headers("ETag")}
    unchanged = {"304": {"description": _TITLES[304], **tag}} if endpoint.tagged else {}
    problem = {"content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(name="Problem")}}}}
    problems = {
        str(status): {"description": _TITLES[status], "headers": _headers(*_TOLD_WITH.get(status, ())), **problem}
        for status in sorted(statuses)
    }
    if endpoint.path == "/api/health/ready":
        problems["503"] = {"description": _TITLES[503], "content": success["content"]}
    return {str(endpoint.status): success, **unchanged, **problems}


def _headers_of(endpoint: Endpoint) -> list[str]:
    """What a success carries besides its body."""
    names = ["RateLimit-Policy", "RateLimit"] if not endpoint.path.startswith("/api/health") else []
    makes = endpoint.status == 201 and _takes_keys(endpoint)  # noqa: PLR2004 - created
    changes = endpoint.answer is not None and 412 in endpoint.responses  # noqa: PLR2004 - precondition failed
    names += ["ETag"] if endpoint.tagged or makes or changes else []
    names += ["Revision", "Idempotent-Replayed"] if _takes_keys(endpoint) else []
    return [*names, "Location"] if makes else names


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _takes_keys(endpoint: Endpoint) -> bool:
    return endpoint.method in WRITES and not endpoint.open_to_all and endpoint.private


_PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": (
        "RFC 9457. `current` is the document as it is now (412), `conflicts` what blocks an undo (409), "
        "`problem` that of a batch's operation (409)."
    ),
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer into the body."},
                    "parameter": {"type": "string", "description": "A query parameter or header."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "current": {"type": "object"},
        "problem": {"type": "object"},
        "conflicts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind", "id", "field"],
                "properties": {"kind": {"type": "string"}, "id": {"type": "string"}, "field": {"type": "string"}},
            },
        },
    },
}
