"""Reading query parameters. One that means nothing is refused, so that a misspelled one is not overlooked:
`DELETE /orders?symbl=BTC/USDT` must not cancel everything."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request

from ..domain.errors import BadRequest
from ..domain.instruments import split_symbol
from ..domain.orders import Side
from .explaining import explained
from .listing import Window
from .request_schemas import Given

T = TypeVar("T", bound=Given)
V = TypeVar("V")


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


def side_filter(side: Literal["buy", "sell"] | UnsetType) -> Side | None:
    """The side of a filter, None for both."""
    return None if side is UNSET else Side(side.upper())


def window(since: int | UnsetType, until: int | UnsetType) -> Window:
    """The stretch of time in a query."""
    return Window(given(since), given(until))


def given(value: V | UnsetType) -> V | None:
    """A parameter, None when it was left out."""
    return None if value is UNSET else value
