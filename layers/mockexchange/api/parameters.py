"""Query parameters that several endpoints share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from ..domain.instruments import split_symbol

LARGEST_PAGE = 1000

SymbolFilter = Annotated[
    str | None, Query(description="Only this market.", openapi_examples={"one": {"value": "BTC/USDT"}})
]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Items on a page, at most.")]
Cursor = Annotated[
    int | None, Query(ge=0, lt=10**17, description="From `X-Next-Cursor` of the page before, for the same question.")
]


def checked(symbol: str | None) -> str | None:
    """The symbol of a filter. Raises BadSymbol when it is not written like one."""
    if symbol is not None:
        split_symbol(symbol)
    return symbol
