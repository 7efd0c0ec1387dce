"""What happens to accounts, read from the journal. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import BadRequest
from .journal import Amended, Canceled, Expired, JournalEntry, ListPlaced, Matched, Placed, Replaced
from .orders import Order

_WRITTEN = re.compile(r"([0-9]{1,16})(?:-([0-9]{1,4}))?")

ALL_OF_IT = 9_999
"""A part above any that an entry has."""


@dataclass(frozen=True, slots=True, order=True)
class EventId:
    """Where an event stands: the position of its journal entry, from 1, and its place among that entry's events."""

    position: int
    part: int = ALL_OF_IT

    def __str__(self) -> str:
        """`17-0`; `17` for the end of entry 17."""
        return str(self.position) if self.is_whole else f"{self.position}-{self.part}"

    @property
    def is_whole(self) -> bool:
        """Whether all events of its entry are up to it."""
        return self.part == ALL_OF_IT

    @classmethod
    def read(cls, written: str, name: str) -> EventId:
        """The id in a text, which `name` sent. Raises BadRequest."""
        found = _WRITTEN.fullmatch(written)
        if not found:
            raise BadRequest(f"{name} must be the id of an event, like 17-0, was {written[:40]!r}")
        return cls(int(found[1]), ALL_OF_IT if found[2] is None else int(found[2]))


@dataclass(frozen=True, slots=True)
class Happening:
    """One journal entry with its position (from 1) and the account it is about, None for none."""

    position: int
    entry: JournalEntry
    account_id: str | None


def order_ids(entries: Iterable[JournalEntry]) -> list[int]:
    """The orders that entries name without saying whose they are."""
    return [entry.order_id for entry in entries if isinstance(entry, Matched)]


def account_of(entry: JournalEntry, orders: Mapping[int, Order]) -> str | None:
    """The account an entry is about; `orders` holds those that `order_ids` named."""
    if isinstance(entry, Matched):
        order = orders.get(entry.order_id)
        return order.account_id if order else None
    if isinstance(entry, Replaced):
        return entry.placed.account_id
    # whatever else is about an account says so
    return getattr(entry, "account_id", None)


def orders_touched(entry: JournalEntry) -> tuple[int, ...]:
    """The orders that an entry names as those that it changed, in order. The others of their lists may have changed
    with them."""
    if isinstance(entry, Replaced):
        return entry.canceled_order_id, entry.placed.order_id
    if isinstance(entry, ListPlaced):
        return tuple(each.order_id for each in entry.placed)
    return (entry.order_id,) if isinstance(entry, Placed | Canceled | Expired | Amended | Matched) else ()


def trader(entry: JournalEntry) -> int | None:
    """The order whose fills an entry made, if it made any."""
    if isinstance(entry, Replaced):
        return entry.placed.order_id
    if isinstance(entry, ListPlaced):
        return entry.placed[0].order_id
    return entry.order_id if isinstance(entry, Placed | Matched) else None


def tick_met(entry: JournalEntry) -> int | None:
    """The tick whose fills an entry made, if it made any: an order fills on one tick in one entry alone."""
    if isinstance(entry, Replaced):
        return entry.placed.tick
    if isinstance(entry, ListPlaced):
        return entry.placed[0].tick
    return entry.tick if isinstance(entry, Placed | Matched) else None
