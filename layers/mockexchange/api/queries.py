"""Reading query parameters. One that means nothing is refused, so that a misspelled one is not overlooked:
`DELETE /orders?symbl=BTC/USDT` must not cancel everything."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from ..domain.errors import BadRequest
from ..domain.instruments import split_symbol
from .explaining import explained
from .request_schemas import Given

T = TypeVar("T", bound=Given)


def read_query(request: Request, kind: type[T]) -> T:
    """The query parameters of a request. Raises BadRequest."""
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(f"query parameters: {explained(error, kind)}") from None


def refuse_query(request: Request) -> None:
    """For an endpoint that takes no parameters. Raises BadRequest."""
    if request.scope["query_string"]:
        raise BadRequest("this takes no query parameters")


def symbol_filter(symbol: str | UnsetType) -> str | None:
    """The symbol of a filter, None for all. Raises BadSymbol when it is not written like one."""
    if symbol is UNSET:
        return None
    split_symbol(symbol)
    return symbol
