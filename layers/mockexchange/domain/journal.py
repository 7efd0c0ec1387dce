"""What the journal records: each command with its inputs, never its results.

Replaying the entries in order recomputes every order, fill and ledger line. Ids and times are inputs; prices,
quantities and fees are computed again. `...Seen` entries are the inputs a later entry stands on, written at first use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .fees import FeeSchedule
from .instruments import Instrument
from .orders import Contingency, OrderType, Side, TimeInForce
from .quotes import Tick

Prices = tuple[tuple[str, Decimal], ...]
"""Prices by symbol."""


@dataclass(frozen=True, slots=True)
class EngineSeen:
    """The configuration that the next entries were decided under. `stale_after` and `latency` in ms."""

    model: str
    stale_after: int
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    latency: int = 0


@dataclass(frozen=True, slots=True)
class InstrumentSeen:
    """The market as the next entries read it."""

    instrument: Instrument


@dataclass(frozen=True, slots=True)
class TickSeen:
    """The tick as the next entries read it."""

    tick: Tick


@dataclass(frozen=True, slots=True)
class AccountOpened:
    """A new account with its first deposits as (entry id, asset, amount, scale); rates are fractions, `now` is venue
    ms (as in every entry below)."""

    now: int
    account_id: str
    maker_rate: Decimal
    taker_rate: Decimal
    deposits: tuple[tuple[int, str, Decimal, int], ...]


@dataclass(frozen=True, slots=True)
class Deposited:
    """Paper money in."""

    now: int
    account_id: str
    entry_id: int
    asset: str
    amount: Decimal
    scale: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Paper money out."""

    now: int
    account_id: str
    entry_id: int
    asset: str
    amount: Decimal
    scale: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An order accepted on tick number `tick` (0: there was none), whatever became of it at once. `prices` (last price
    by symbol) are those that the fees of its fills depend on."""

    now: int
    account_id: str
    order_id: int
    trade_id: int
    tick: int
    base_scale: int
    quote_scale: int
    symbol: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    post_only: bool
    quantity: Decimal | None
    price: Decimal | None
    quote_quantity: Decimal | None
    client_order_id: str | None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    iceberg_quantity: Decimal | None = None
    self_trade_prevention: str | None = None
    expires_at: int | None = None
    prices: Prices = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """An order canceled and another accepted, both or neither."""

    canceled_order_id: int
    placed: Placed


@dataclass(frozen=True, slots=True)
class ListPlaced:
    """An order list accepted, with its name if its owner gave one. `short`: the account could not pay for what the
    working order, filled at once, would have placed."""

    contingency: Contingency
    client_id: str | None
    placed: tuple[Placed, ...]
    short: bool = False

    @property
    def account_id(self) -> str:
        """Whose list it is."""
        return self.placed[0].account_id


@dataclass(frozen=True, slots=True)
class Canceled:
    """An order taken back."""

    now: int
    account_id: str
    order_id: int


@dataclass(frozen=True, slots=True)
class Expired:
    """An order that ended because its time was up by the clock; a tick that ends one is in Matched."""

    now: int
    account_id: str
    order_id: int


@dataclass(frozen=True, slots=True)
class Amended:
    """An open order made smaller: `quantity` (base asset) is all of it. `client_order_id` is the one that was asked
    for, None: the order keeps its own."""

    now: int
    account_id: str
    order_id: int
    quantity: Decimal
    client_order_id: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """An open order held against tick number `tick`, with the id of the fill if it gives one. `lock_only`: what is free
    did not pay for the rest, so it bought what it held money for. `extreme`: the last price that a trailing stop was
    measured from. `prices` as in Placed."""

    now: int
    symbol: str
    tick: int
    order_id: int
    trade_id: int
    lock_only: bool = False
    extreme: Decimal | None = None
    prices: Prices = ()


@dataclass(frozen=True, slots=True)
class FeesChanged:
    """An account's fee rates from now on (fractions), and whether it pays in the fee asset."""

    now: int
    account_id: str
    maker_rate: Decimal
    taker_rate: Decimal
    pays_in_fee_asset: bool = False


@dataclass(frozen=True, slots=True)
class FillModelChanged:
    """The fill model of an account's orders from now on; None: the venue's."""

    now: int
    account_id: str
    model: str | None


@dataclass(frozen=True, slots=True)
class AccountReset:
    """An account begun anew as `generation`, with deposits as AccountOpened has them."""

    now: int
    account_id: str
    generation: int
    deposits: tuple[tuple[int, str, Decimal, int], ...]


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """An account's books kept, as they are here, under a name."""

    now: int
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SnapshotDeleted:
    """A snapshot that is no more."""

    now: int
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Restored:
    """An account that has, as `generation`, what the snapshot `name` of `source_id` holds: itself, or another account
    that it is a clone of (`opens`: and did not exist before). Its orders are numbered from `first_order_id` on; the
    open ones were placed again on `ticks`, (symbol, number); `prices` are the last prices there, of markets where one
    of them trails that."""

    now: int
    account_id: str
    source_id: str
    name: str
    opens: bool
    generation: int
    first_order_id: int
    ticks: tuple[tuple[str, int], ...]
    prices: tuple[tuple[str, Decimal], ...] = ()


AccountEntry = (
    AccountOpened | FeesChanged | FillModelChanged | AccountReset | SnapshotTaken | SnapshotDeleted | Restored
)
"""What was done with an account as a whole."""

JournalEntry = (
    EngineSeen
    | InstrumentSeen
    | TickSeen
    | Deposited
    | Withdrawn
    | Placed
    | Replaced
    | ListPlaced
    | Canceled
    | Expired
    | Amended
    | Matched
    | AccountEntry
)
