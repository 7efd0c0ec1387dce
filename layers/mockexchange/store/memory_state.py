"""What a venue in memory consists of; keys.py describes the same state as Valkey holds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ..domain.amounts import from_units
from ..domain.balances import Account, Bucket
from ..domain.fees import VOLUME_SCALE
from ..domain.fills import Fill
from ..domain.journal import JournalEntry
from ..domain.ledger import LedgerEntry
from ..domain.models import Consumption, Taken
from ..domain.orders import Order, Side, Trail
from ..domain.snapshots import Snapshot
from ..domain.tally import Tally
from ..domain.trailing import Extremes
from ..ports import EquityStep
from .keys import EXPIRING, INDEXES

Owner = tuple[str, int]
"""An account id and its generation."""


@dataclass(slots=True)
class Books:
    """What one generation of one account owns."""

    balances: dict[tuple[str, Bucket], int] = field(default_factory=dict[tuple[str, Bucket], int])
    clients: dict[str, int] = field(default_factory=dict[str, int])
    orders: list[int] = field(default_factory=list[int])
    orders_by_symbol: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lists: list[int] = field(default_factory=list[int])
    open: list[int] = field(default_factory=list[int])
    open_counts: Counter[str] = field(default_factory=Counter[str])
    volumes: dict[int, int] = field(default_factory=dict[int, int])
    fills: dict[int, Fill] = field(default_factory=dict[int, Fill])
    trades: list[int] = field(default_factory=list[int])
    trades_by_symbol: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    ledger: list[int | LedgerEntry] = field(default_factory=list[int | LedgerEntry])


@dataclass(slots=True)
class Market:
    """What one venue keeps of one symbol. Index entries are (score, member)."""

    bids: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    asks: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    arrivals: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    rises: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    falls: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    trails: dict[Trail, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    extremes: dict[Trail, Extremes | None] = field(default_factory=dict[Trail, "Extremes | None"])
    pending: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    expiring: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    cursor: dict[str, int] | None = None
    taken: dict[tuple[int, str, Side], Taken] = field(default_factory=dict[tuple[int, str, Side], Taken])
    consumed: dict[tuple[str, Side], Consumption] = field(default_factory=dict[tuple[str, Side], Consumption])
    announced: dict[str, str] = field(default_factory=dict[str, str])

    def index(self, order: Order) -> list[tuple[float, int]]:
        """The index that holds an open order."""
        return self.trails[order.trail] if order.trail else getattr(self, order.index_name)

    @property
    def indexes(self) -> dict[str, list[tuple[float, int]]]:
        """Every index by its name."""
        trails = {trail.index_name: index for trail, index in self.trails.items()}
        return {name: getattr(self, name) for name in (*INDEXES, EXPIRING)} | trails


@dataclass(slots=True)
class VenueState:
    """All of one venue."""

    sequences: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    scales: dict[str, int] = field(default_factory=dict[str, int])
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    models: set[str] = field(default_factory=set[str])
    books: dict[Owner, Books] = field(default_factory=lambda: defaultdict(Books))
    orders: dict[int, Order] = field(default_factory=dict[int, Order])
    snapshots: dict[str, dict[str, Snapshot]] = field(default_factory=lambda: defaultdict(dict))
    generations: dict[Owner, int] = field(default_factory=dict[Owner, int])
    markets: dict[str, Market] = field(default_factory=lambda: defaultdict(Market))
    symbols: set[str] = field(default_factory=set[str])
    journal: list[JournalEntry] = field(default_factory=list[JournalEntry])
    equity: dict[tuple[Owner, EquityStep], list[tuple[int, Decimal]]] = field(default_factory=lambda: defaultdict(list))
    tallies: dict[Owner, Tally] = field(default_factory=dict[Owner, Tally])


def traded_by_day(books: Books) -> tuple[tuple[int, Decimal], ...]:
    """The volume of each day, oldest first."""
    return tuple((day, from_units(units, VOLUME_SCALE)) for day, units in sorted(books.volumes.items()))


def owner(account: Account | Order) -> Owner:
    """Whose books an account or an order belongs to."""
    return account.account_id, account.generation
