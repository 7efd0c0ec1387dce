"""Parts of a list that only grows, oldest first: from an id on, from a moment on, or the newest.

The store pages such lists from their end. Ids and times stand in order of commit, which is almost their own order: two
commits at once may have changed places, so a search begins a little earlier and looks at what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..ports import Page

SLACK = 64
"""Places by which records may be out of order: more than commits are ever under way at once."""

CHUNK = 500
"""Records read at a time."""

ReadIds = Callable[[int | None, int], Page[int]]
"""Reads at most so many ids below a position (None: the end), newest first, as the store's lists are paged."""


@dataclass(frozen=True, slots=True)
class Ids:
    """A list of ids by position, 0 the oldest."""

    read: ReadIds
    length: int

    @classmethod
    def of(cls, read: ReadIds) -> Ids:
        """The list as it is now."""
        newest = read(None, 1)
        return cls(read, (newest.cursor or 0) + len(newest.items))

    def at(self, position: int) -> int:
        """The id at a position."""
        return self.read(position + 1, 1).items[0]

    def from_position(self, position: int) -> Iterator[int]:
        """Ids from a position on, oldest first."""
        start = max(0, position)
        while start < self.length:
            size = min(CHUNK, self.length - start)
            yield from reversed(self.read(start + size, size).items)
            start += size

    def backwards(self, position: int | None = None) -> Iterator[int]:
        """Ids below a position, or all of them, newest first."""
        end = self.length if position is None else min(position, self.length)
        while end > 0:
            page = self.read(end, CHUNK)
            yield from page.items
            end -= len(page.items)

    def first(self, reached: Callable[[int], bool]) -> int:
        """The first position whose id has `reached` what is looked for; `length` when none has."""
        low, high = 0, self.length
        while low < high:
            middle = (low + high) // 2
            if reached(self.at(middle)):
                high = middle
            else:
                low = middle + 1
        return low

    def since(self, reached: Callable[[int], bool]) -> Iterator[int]:
        """Ids from a little before that position on, oldest first."""
        return self.from_position(self.first(reached) - SLACK)

    def until(self, past: Callable[[int], bool]) -> Iterator[int]:
        """Ids from a little after that position back, newest first."""
        return self.backwards(self.first(past) + SLACK)
