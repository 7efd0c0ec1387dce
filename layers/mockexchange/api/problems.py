"""Errors as HTTP says them: application/problem+json (RFC 9457), one status for each kind of refusal."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..domain import errors
from ..domain.errors import BadRequest, BadSymbol, ExchangeError, MarketClosed
from .schemas import Problem

CONTENT_TYPE = "application/problem+json"

SHOWN = 200
"""Characters of a path that an answer repeats."""

_encode = msgspec.json.Encoder().encode


class BodyTooLarge(BadRequest):
    """The request's body is longer than any that could mean something."""


class NotStreamable(ExchangeError):
    """A stream was asked for where there are none."""

    code = "NotSupported"


class NoSuchMarket(BadSymbol):
    """A symbol that names the thing asked for, in the path, and is not here."""


class NoPriceYet(MarketClosed):
    """The market is known, but never had a price."""


STATUS: Mapping[type[ExchangeError], tuple[int, str]] = {
    BadRequest: (400, "Bad request"),
    BadSymbol: (400, "Bad symbol"),
    BodyTooLarge: (413, "Body too large"),
    NotStreamable: (406, "Not a stream"),
    NoSuchMarket: (404, "No such market"),
    NoPriceYet: (404, "No price yet"),
    errors.BadQuote: (400, "Bad quote"),
    errors.AuthenticationError: (401, "Not authenticated"),
    errors.PermissionDenied: (403, "Permission denied"),
    errors.AccountNotFound: (404, "No such account"),
    errors.AccountExists: (409, "The account exists"),
    errors.SnapshotNotFound: (404, "No such snapshot"),
    errors.SnapshotExists: (409, "The snapshot exists"),
    errors.KeyNotFound: (404, "No such key"),
    errors.RateLimitExceeded: (429, "Too many requests"),
    errors.OrderNotFound: (404, "No such order"),
    errors.OrderNotOpen: (409, "Order is not open"),
    errors.DuplicateOrderId: (409, "Duplicate client order id"),
    errors.InvalidOrder: (422, "Invalid order"),
    errors.FilterFailure: (422, "Filter failure"),
    errors.OrderRejected: (422, "Order rejected"),
    errors.OrderImmediatelyFillable: (422, "Order would trade at once"),
    errors.InsufficientFunds: (422, "Insufficient funds"),
    MarketClosed: (422, "Market is closed"),
    errors.ExchangeNotAvailable: (503, "Not available"),
    errors.Contention: (503, "Too much contention"),
    errors.OnMaintenance: (503, "Under maintenance"),
    ExchangeError: (422, "Refused"),
}
"""HTTP status and title of each refusal. 400: the request cannot be understood. 422: it is understood, and refused."""

_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": 'ApiKey realm="mockexchange"'},
    503: {"Retry-After": "1"},
}


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    instance: str,
    *,
    filter_name: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as a response."""
    document = Problem(
        type=f"urn:mockexchange:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        instance=instance[:SHOWN],
        filter=msgspec.UNSET if filter_name is None else filter_name,
    )
    return Response(
        _encode(document), status, headers={**_HEADERS.get(status, {}), **(headers or {})}, media_type=CONTENT_TYPE
    )


def refusal(error: ExchangeError, instance: str) -> Response:
    """What the exchange refused, as a response."""
    status, title = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    filter_name = error.filter_name if isinstance(error, errors.FilterFailure) else None
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.RateLimitExceeded) else None
    return problem(status, error.code, title, error.detail, instance, filter_name=filter_name, headers=headers)


def internal(name: str, instance: str) -> Response:
    """What nobody foresaw, as a response; `name` is what the log calls the request."""
    detail = f"something went wrong here, and whether anything was changed is unknown; the log says more under {name}"
    return problem(500, "ExchangeError", "Internal error", detail, instance)


async def on_refusal(request: Request, error: Exception) -> Response:
    """Handler of ExchangeError."""
    assert isinstance(error, ExchangeError), "registered for these only"
    return refusal(error, request.url.path)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Handler of what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException), "registered for these only"
    path = request.url.path
    code, detail = "BadRequest", str(error.detail)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        code, detail = "NotFound", f"there is no {path} here; /docs lists every path"
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
        detail = f"{path} does not take {request.method}; it takes {headers['Allow']}"
    title = HTTPStatus(error.status_code).phrase.capitalize()
    return problem(error.status_code, code, title, detail, path, headers=headers)


def _methods(request: Request) -> set[str]:
    """Every method that the request's path takes. The framework names those of one route only; a path that was meant
    for something else (`/orders/{order_id}` for `/orders/can_execute`) counts for nothing."""
    routes: list[BaseRoute] = request.app.routes
    path = request.scope["path"]
    matching = [route for route in routes if isinstance(route, Route) and route.path_regex.match(path)]
    return {method for route in matching if route.path == matching[0].path for method in route.methods or ()}


@contextmanager
def symbol_in_path() -> Generator[None]:
    """A symbol that is part of the path names the thing asked for: when it is not here, that is a 404."""
    try:
        yield
    except BadSymbol as error:
        raise NoSuchMarket(error.detail) from None
