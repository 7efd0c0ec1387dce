"""Newest-first pages over a list that only grows at its end."""

from __future__ import annotations

from collections.abc import Sequence

from ..ports import Page


def span(length: int, cursor: int | None, limit: int) -> tuple[int, int]:
    """Start and end (exclusive) of the page before position `cursor`; the newest page when it is None."""
    end = length if cursor is None else min(cursor, length)
    return max(0, end - limit), end


def newest_first(items: Sequence[int], cursor: int | None, limit: int) -> Page[int]:
    """One page, newest first. Its cursor is the position of its oldest item, None when that is the very first."""
    start, end = span(len(items), cursor, limit)
    return Page(list(items[start:end])[::-1], start or None)
