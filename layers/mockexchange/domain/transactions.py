"""A decision, ready to commit: what must still be true, what moves, what is written. All of it happens, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .balances import Account, Posting
from .fees import FeeReading
from .fills import Fill
from .journal import JournalEntry
from .ledger import LedgerEntry
from .models import Consumption, Taken
from .orders import Order, Side
from .snapshots import Snapshot


class Verdict(StrEnum):
    """What became of one transaction."""

    COMMITTED = "COMMITTED"
    """all of it is written"""
    CONFLICT = "CONFLICT"
    """something it stood on has changed; nothing is written: read again, decide again"""
    INSUFFICIENT = "INSUFFICIENT"
    """a debit would go below zero; nothing is written"""


@dataclass(frozen=True, slots=True)
class OrderWrite:
    """An order's new record. `before` is the record that was read, None for a new order; the store refuses when it is
    no longer that version. Indexes follow from the two."""

    before: Order | None
    after: Order


@dataclass(frozen=True, slots=True)
class TakenWrite:
    """What an account has taken of one side of one tick: guarded to be `before`. Nothing is written where that is what
    it was."""

    symbol: str
    tick: int
    account_id: str
    side: Side
    before: Taken
    after: Taken


@dataclass(frozen=True, slots=True)
class ConsumedWrite:
    """What an account has taken of one side of a book, by price: guarded to be `before`. Lasts over ticks. Nothing is
    written where that is what it was."""

    symbol: str
    account_id: str
    side: Side
    before: Consumption
    after: Consumption


@dataclass(frozen=True, slots=True)
class ClientIdClaim:
    """A client order id for a new order, or a new one for an open order: guarded to point at `before` (None: at
    nothing), then moved to the order. `released` is the one that the order gives up, if it had any of its own."""

    client_order_id: str
    before: int | None
    order_id: int
    released: str | None = None


@dataclass(frozen=True, slots=True)
class GenerationChange:
    """An account's next generation becomes the present one: `after` is its record from now on.

    `left` are the open orders of the generation before, which leave the indexes of their symbols; `resumed` those of
    the new one, whose records were written before, which enter them. `placed_on` holds (symbol, tick) for each symbol
    of a resumed order: it is a placement, so the venue's `seen` cursor must not be past the tick it was decided on.
    `left_at` (wall ms) tells the sweep how long the generation before has been out of use.
    """

    after: Account
    left: tuple[Order, ...] = ()
    resumed: tuple[Order, ...] = ()
    placed_on: tuple[tuple[str, int], ...] = ()
    left_at: int = 0


@dataclass(frozen=True, slots=True)
class SnapshotWrite:
    """A snapshot's new record. `before` is the one that was read (None: there is none of that name), guarded to be so
    still; `after` None deletes it. Both the same: a guard alone, that the snapshot still is."""

    before: Snapshot | None
    after: Snapshot | None

    @property
    def snapshot(self) -> Snapshot:
        """The one it is about."""
        found = self.after or self.before
        assert found is not None, "a write has a before or an after"
        return found


@dataclass(frozen=True, slots=True)
class Announcement:
    """An input to journal before the entry, unless `field` already stands at `value` for `symbol` ("" for the
    venue)."""

    symbol: str
    field: str
    value: str
    entry: JournalEntry

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about: a newer tick of a symbol takes the place of the one before."""
        return self.symbol, "tick" if self.field.isdecimal() else self.field


@dataclass(frozen=True, slots=True)
class Transaction:
    """One atomic change of a venue.

    Guards: `account` still has this version (with `opens_account`: does not exist yet); `placed_on` (symbol, tick):
    the venue's `seen` cursor is not past that tick; `matched_on` (symbol, tick): `done` has not reached it; `scales`
    (decimal places by asset) agree with those on record; `most_open` (count, number): no more open orders of the
    account are counted there (see Counted.of); `unchanged`: the account's books are as they were read (the
    lengths of its lists grow with orders, fills and payments; whatever else happens to an open order is a version of
    it); what `fees`, those of the fills, stand on; the `before` of every write below.
    Postings move this account's money in the order given, in its next generation when there is a `generation` change.
    `changed` is the account's new record when nothing but that changes.
    """

    entry: JournalEntry
    account: Account
    scales: Mapping[str, int] = field(default_factory=dict[str, int])
    opens_account: bool = False
    placed_on: tuple[str, int] | None = None
    matched_on: tuple[str, int] | None = None
    most_open: tuple[tuple[str, int], ...] = ()
    announcements: tuple[Announcement, ...] = ()
    client_ids: tuple[ClientIdClaim, ...] = ()
    orders: tuple[OrderWrite, ...] = ()
    taken: TakenWrite | None = None
    consumed: ConsumedWrite | None = None
    postings: tuple[Posting, ...] = ()
    fills: tuple[Fill, ...] = ()
    fees: FeeReading | None = None
    ledger: tuple[LedgerEntry, ...] = ()
    unchanged: Snapshot | None = None
    changed: Account | None = None
    generation: GenerationChange | None = None
    snapshot: SnapshotWrite | None = None

    @property
    def owner(self) -> Account:
        """Whose books the money, the fills and the ledger lines go into: the account as it is afterwards."""
        return self.generation.after if self.generation else self.account

    @property
    def account_record(self) -> Account | None:
        """The account's new record, None when that stays as it is."""
        if self.generation:
            return self.generation.after
        return self.account if self.opens_account else self.changed
