"""The OpenAPI document: the framework's, completed with what the endpoints decode and encode by hand."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .openapi_examples import add_examples
from .openapi_links import links_of
from .operations import Operation
from .problems import CONTENT_TYPE
from .schemas import Problem

REFUSALS = {
    400: "The request cannot be understood.",
    401: "No API key, or one that is not known here or was revoked.",
    403: "The key's scope does not include this.",
    404: "What the path names is not here.",
    406: "There are no streams here; ask for JSON.",
    409: "It conflicts with what is there: the order is not open, or the name belongs to something else.",
    413: "The body is too large.",
    414: "The path or the query is too long.",
    422: "Understood, and refused by the exchange's rules.",
    429: "Too many requests with this key, or too many wrong keys from this address.",
    431: "The headers are too large.",
    500: "Something went wrong here.",
    503: "The store cannot be reached, or it is too busy; try again.",
}

EVERYWHERE = (400, 414, 431, 500, 503)
"""What any endpoint may answer."""

TAGS = [
    {"name": "markets", "description": "Prices, and what can be traded."},
    {"name": "funds", "description": "Balances, paper money in and out."},
    {"name": "orders", "description": "Placing, looking at and canceling orders."},
    {"name": "trades", "description": "Executions."},
    {"name": "accounts", "description": "Who one is, resets, snapshots; for admins, every account."},
    {"name": "overview", "description": "What an account is worth, and what it did."},
    {"name": "events", "description": "What happens to an account, as it happens."},
    {"name": "admin", "description": "API keys, the audit, prices set by hand."},
    {"name": "health", "description": "For those who start, watch and balance. They need no key."},
]

_REF = "#/components/schemas/{name}"
_CORRELATION = {"x-correlation-id": {"description": "Names the request, in the log too.", "schema": {"type": "string"}}}
_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_LIMITS = {
    "RateLimit-Policy": {
        "description": 'How often the key may ask: `"key";q=1000;w=10` is 1000 requests at once, which grow back in '
        "10 seconds. Absent where nothing is limited.",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What is left: `"key";r=990;t=1` is 990 requests now, and all of them in 1 second.',
        "schema": {"type": "string"},
    },
}
_PAGING = {
    "Link": {"description": 'The next page, as `rel="next"`.', "schema": {"type": "string"}},
    "X-Next-Cursor": {"description": "The next page's `cursor`.", "schema": {"type": "string"}},
}
_TAG = {
    "ETag": {
        "description": "Names this answer. Sent back as `If-None-Match` it gets 304 while nothing changed.",
        "schema": {"type": "string"},
    }
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer that one has already.",
    "schema": {"type": "string"},
    "example": '"0c5a3b7d9e1f2468ace02468"',
}
UNCHANGED = "It is as in the answer that `If-None-Match` names: nothing was committed since. There is no body."


def openapi_document(app: FastAPI, operations: Mapping[str, Operation], *, auth: bool) -> dict[str, Any]:
    """The document of an app whose endpoints are `operations`, by id."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=TAGS,
    )
    kinds: list[Any] = [Problem]
    for operation in operations.values():
        kinds += [operation.answer, *([operation.body] if operation.body else [])]
    # Parameters are described where they stand, not as components.
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    schema_of = {str(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    for path in document["paths"].values():
        for described in path.values():
            operation = operations[described["operationId"]]
            _complete(described, operation, schema_of, auth=auth)
            links = links_of(operation.operation_id, operations)
            for status in operation.statuses if links else ():
                described["responses"][str(status)]["links"] = links
    for component in components.values():
        component["description"] = inspect.cleandoc(component["description"])
    document["components"] = {"schemas": components}
    add_examples(document)
    if auth:
        document["components"]["securitySchemes"] = {
            "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key", "description": "The account's API key."}
        }
    return document


def _complete(described: dict[str, Any], operation: Operation, schema_of: Mapping[str, Any], *, auth: bool) -> None:
    """Fill in one operation's body, answers and refusals."""
    if operation.body:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {"application/json": {"schema": schema_of[str(operation.body)]}},
        }
    guarded = auth and not operation.public
    headers: dict[str, Any] = {
        **_CORRELATION, **(_LIMITS if guarded else {}), **(_PAGING if operation.paged else {}),
        **(_TAG if operation.of_books else {}),
    }  # fmt: skip
    answers: dict[str, Any] = {
        str(status): {
            "description": meaning,
            "headers": headers,
            "content": {
                "application/json": {"schema": schema_of[str(operation.answer)]},
                **(_STREAM if operation.streamed else {}),
            },
        }
        for status, meaning in operation.statuses.items()
    }
    if operation.of_books:
        kept = {name: header for name, header in headers.items() if name not in _PAGING}
        answers["304"] = {"description": UNCHANGED, "headers": kept}
    refusals = {*EVERYWHERE, *operation.refusals, *((401, 403, 429) if guarded else ())}
    for status in sorted(refusals):
        answers[str(status)] = {
            "description": REFUSALS[status],
            "headers": {**_CORRELATION, **(_RETRY if status == HTTPStatus.TOO_MANY_REQUESTS else {})},
            "content": {CONTENT_TYPE: {"schema": schema_of[str(Problem)]}},
        }
    described["responses"] = answers
    if described.get("description", "").rstrip(".") == described["summary"]:
        del described["description"]
    if guarded:
        described["security"] = [{"apiKey": []}]
        needed = f"Needs a key with the scope `{operation.scope}`."
        described["description"] = " ".join(filter(None, [described.get("description"), needed]))
    parameters = [
        *_path_parameters(operation),
        *_query_parameters(operation),
        *_header_parameters(operation),
        *([_IF_NONE_MATCH] if operation.of_books else []),
    ]
    if parameters:
        described["parameters"] = parameters


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name, parameter in operation.path.items():
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": parameter.description,
            "schema": {"type": "string", **({"pattern": parameter.pattern} if parameter.pattern else {})},
            "examples": {title: {"value": value} for title, value in parameter.examples.items()},
        }


def _header_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for header in operation.headers:
        yield {
            "name": header.name,
            "in": "header",
            "required": False,
            "description": header.description,
            "schema": {"type": "string", "pattern": header.pattern},
            "example": header.example,
        }


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    _, components = msgspec.json.schema_components([operation.query], ref_template=_REF)
    properties: dict[str, dict[str, Any]] = components[operation.query.__name__]["properties"]
    for name, schema in properties.items():
        description = schema.pop("description")
        yield {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
