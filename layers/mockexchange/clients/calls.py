"""What all groups of calls share: the connection, lists in pages, names in paths."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import quote

from .wire import Wire

T = TypeVar("T")

LARGEST_PAGE = 1000
"""The most items that one page of a list is asked for."""


class Calls:
    """Base of the groups of calls that make up ExchangeClient."""

    _wire: Wire

    def _pages(self, path: str, item: type[T], limit: int, query: dict[str, Any]) -> list[T]:
        """The first `limit` items of a list, as many pages as that takes."""
        found: list[T] = []
        cursor: str | None = None
        while len(found) < limit:
            size = min(limit - len(found), LARGEST_PAGE)
            page, cursor = self._wire.page(path, list[item], {**query, "limit": size, "cursor": cursor})
            found += page
            if cursor is None:  # a filtered page may be empty and not the last
                break
        return found[:limit]


def in_path(name: str) -> str:
    """A symbol, asset or id as part of a path. A symbol's slash is encoded too: it is not a separator."""
    return quote(name, safe="")
