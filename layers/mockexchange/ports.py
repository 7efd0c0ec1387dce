"""What the exchange asks of the outside. Each is a Protocol with one implementation for tests and one for real life."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from .domain.api_keys import ApiKey
from .domain.balances import Account, Balance
from .domain.candle_blocks import BlockName
from .domain.candle_building import CandleRecord
from .domain.candles import Candle
from .domain.chaos import ChaosPlan
from .domain.diagnosis import StoreReading, SymbolReading
from .domain.fees import FeeBooks
from .domain.fills import Fill
from .domain.generations import GenerationPage
from .domain.instruments import Instrument
from .domain.journal import JournalEntry
from .domain.ledger import LedgerEntry
from .domain.models import Consumption, Taken
from .domain.orders import Counted, Direction, Order, Side, Trail
from .domain.quotes import CANDLES, Book, PublicTrade, Quote, Tick
from .domain.rate_limits import RateLimit, Spending
from .domain.request_weights import RequestLimits, Weighed
from .domain.snapshots import Snapshot
from .domain.tally import Tally
from .domain.trailing import Extremes
from .domain.transactions import Transaction, Verdict

T = TypeVar("T")

FEED_HEADER = "x-mockexchange-feed"
"""HTTP header that names the source of a price which a feeder sends to the API, other than one that somebody sets by
hand."""


class Clock(Protocol):
    """Wall time."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list. `cursor` asks for the next page; None when there is none."""

    items: list[T]
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a foreign process has put into a symbol's `sym_` hash and nobody has looked at yet, as raw text by field
    (price, timestamp, bid, ask, bidVolume, askVolume)."""

    symbol: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MarketView:
    """One market as it stands. `mailbox` is set when there is a foreign quote to adopt. `seen` is the venue's cursor.
    `market_time` (ms) is set when a replay drives the venue's clock."""

    tick: Tick | None
    instrument: Instrument | None
    mailbox: Mailbox | None
    seen: int
    market_time: int | None


@dataclass(frozen=True, slots=True)
class PlacementRead:
    """Everything one placement reads, in one round trip. `trade_id` is the first of as many as were asked for; `scales`
    holds the assets whose scale is on record; `open_counts` is how many orders of the account are open on the symbol,
    of all and of each kind."""

    account: Account | None
    market: MarketView
    scales: Mapping[str, int]
    order_id: int
    trade_id: int
    prior_id: int | None
    open_counts: Mapping[Counted, int]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the matcher has before it on one symbol: ticks after `done`, oldest first. `gap` counts ticks that fell off
    the log's end unread. `newest` is the last tick number in the log, 0 when it is empty. `market_time` as in
    MarketView. `done_at` (ms) is when the last tick done was, 0: not on record; `gap_until` and `gap_minute` are those
    of the last gap that was laid down (see domain.gaps), 0: none was. `next_expiry` (ms) is the earliest date of an
    open order, None: none has any."""

    symbol: str
    done: int
    seen: int
    newest: int
    ticks: list[Tick]
    gap: int
    mailbox: Mailbox | None
    market_time: int | None
    done_at: int = 0
    gap_until: int = 0
    gap_minute: int = 0
    next_expiry: int | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """The outermost resting prices of one symbol (quote asset; rounded, for a first look only), how many orders wait
    for their first tick, and the stop prices that are nearest: the lowest of those that a rise triggers, the highest of
    those that a fall does. `trails`: how many kinds of stops follow the last price. `next_expiry` as in Backlog.
    `models` are the fill models beside the venue's own that an account ever chose, each by the plainest that comes as
    far (domain/account_models.py)."""

    best_bid: float | None
    best_ask: float | None
    arrivals: int
    lowest_rise: float | None = None
    highest_fall: float | None = None
    trails: int = 0
    next_expiry: int | None = None
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedTick:
    """One quote from a price source. `position` grows with every quote of a symbol from this source: an append that is
    not newer is refused, so two feeders append once. `of_candle`: it is made of one of the source's candles."""

    quote: Quote
    position: int
    trades: tuple[PublicTrade, ...] = ()
    book: Book | None = None
    of_candle: bool = False

    def source(self, feed: str) -> str:
        """What is recorded as its source when `feed` gave it."""
        return f"{CANDLES}{feed}" if self.of_candle else feed


def logged_book(tick: FeedTick, levels: int) -> Book | None:
    """What the tick log keeps of a tick's book: the best `levels` of each side, None for 0."""
    return tick.book.top(levels) if tick.book and levels else None


@dataclass(frozen=True, slots=True)
class FeedState:
    """Where a price source stands between two polls. `wall` and `market` (ms) anchor a replay's clock to the wall's;
    `position` is the source's own. `failures` counts the polls that failed since one did not, and before `retry_at`
    (wall ms) there is no other: back-off outlives the process. `symbols` are the markets that a pattern found."""

    source: str
    wall: int = 0
    market: int = 0
    position: int = 0
    finished: bool = False
    failures: int = 0
    retry_at: int = 0
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """A price source that gives nothing, since when (wall ms) and why: what was tried, and what can be set."""

    since: int
    reason: str


@dataclass(frozen=True, slots=True)
class FeedBatch:
    """What one poll gives: ticks in time order and the state to keep. `market_time` (ms) is set by sources that drive
    the venue's clock. `rejected` names quotes that were dropped, with the reason. `instruments` are markets that are
    new or have changed. `outage` is why this poll gave nothing, when the source could not be asked."""

    ticks: Sequence[FeedTick]
    state: FeedState
    market_time: int | None = None
    rejected: Sequence[str] = field(default=())
    instruments: Sequence[Instrument] = field(default=())
    outage: str | None = None


class PriceSource(Protocol):
    """Where prices come from. Stateless between polls: all it needs to go on is in the FeedState it returned.

    One poll may run twice with the same state (a second feeder, a retry): it must then give the same positions.
    """

    @property
    def name(self) -> str:
        """What is recorded with every tick, for example `replay:prices.csv` or `synthetic:7`."""
        ...

    def instruments(self) -> Sequence[Instrument]:
        """The markets this source serves."""
        ...

    def start(self, now: int) -> FeedState:
        """The state before the first poll; `now` is wall ms."""
        ...

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """The quotes since `state`, up to `now` (wall ms)."""
        ...


@runtime_checkable
class CandleSource(Protocol):
    """A price source that keeps candles of its own. The positions of its quotes are times in ms."""

    def candles(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Candle]:
        """At most `limit` candles from `since` (ms) on, oldest first; the last one may be open still. Raises BadSymbol
        for a market that it does not serve."""
        ...


@dataclass(frozen=True, slots=True)
class CandleRead:
    """A symbol's candles as they stood at one moment: the record, and the blocks that were asked for."""

    record: CandleRecord
    blocks: Mapping[BlockName, tuple[Candle, ...]]


@dataclass(frozen=True, slots=True)
class CandleChange:
    """A change of a symbol's candles: the record that was read, the one that takes its place, and the blocks that are
    written with it. Blocks that are no longer kept at `now` (ms) are dropped."""

    symbol: str
    before: CandleRecord
    after: CandleRecord
    blocks: Mapping[BlockName, tuple[Candle, ...]] = field(default_factory=dict[BlockName, tuple[Candle, ...]])
    now: int = 0


class Candles(Protocol):
    """The candles that all venues share."""

    def read_candles(self, wanted: Sequence[tuple[str, Iterable[BlockName]]]) -> list[CandleRead]:
        """Each symbol's record and some of its blocks, in the order asked for, in one round trip."""
        ...

    def change_candles(self, changes: Sequence[CandleChange]) -> list[bool]:
        """Make each change as a whole, unless the record is no longer the one that was read; whether it was made. In
        one round trip, and safe to repeat."""
        ...


class MarketData(Candles, Protocol):
    """The prices that all venues share: the latest quote, the tick log, markets, the feed's own state."""

    def append(
        self,
        tick: FeedTick,
        source: str,
        logged_at: int,
        *,
        serves: bool,
        floor: int = 0,
        after: int | None = None,
    ) -> int | None:
        """Log a quote and make it the symbol's latest; its tick number, or None when `position` is not newer.

        `serves`: the source owns this symbol from now on, so that foreign writes to it are ignored; a source that does
        not serve (a price set by hand) has no position to compare. The number is above `floor`. With `after` it is
        refused unless that is still the newest tick's number.
        """
        ...

    def append_all(self, ticks: Sequence[tuple[FeedTick, int]], source: str) -> list[int | None]:
        """`append` for many ticks of a source that serves, each with its `logged_at`; safe to send again."""
        ...

    def adopt(self, mailbox: Mailbox, quote: Quote | None, logged_at: int) -> int | None:
        """Log a foreign quote (None: it was rejected, remember that). None when someone else was first."""
        ...

    def market(self, symbol: str) -> MarketView:
        """One market as it stands."""
        ...

    def markets(self, symbols: Sequence[str]) -> list[MarketView]:
        """Several markets, in the order asked for."""
        ...

    def instruments(self) -> list[Instrument]:
        """Every market on record, by symbol."""
        ...

    def market_symbols(self) -> list[str]:
        """The symbol of every market on record, sorted."""
        ...

    def put_instruments(self, instruments: Iterable[Instrument], *, replace: bool) -> None:
        """Record markets; unless `replace`, those on record stay as they are."""
        ...

    def ticks(self, symbol: str, after: int, limit: int) -> list[Tick]:
        """Logged ticks with a number above `after`, oldest first."""
        ...

    def ticks_after(self, wanted: Sequence[tuple[str, int]], limit: int) -> list[list[Tick]]:
        """For each symbol and number at most `limit` logged ticks above it, oldest first, in one round trip."""
        ...

    def book(self, symbol: str) -> Book | None:
        """The newest book the source gave, if it gives any."""
        ...

    def public_trades(self, symbol: str, limit: int) -> list[PublicTrade]:
        """The newest trades of the tape, oldest first."""
        ...

    def tape_lengths(self, symbols: Sequence[str]) -> list[int]:
        """How many trades each tape holds, in one round trip."""
        ...

    def trades_at(self, places: Sequence[tuple[str, int]]) -> list[PublicTrade | None]:
        """One trade of the tape for each symbol and place, in one round trip: 0 is the oldest, -1 the newest; None when
        there is none."""
        ...

    def market_time(self) -> int | None:
        """The clock of a replay (ms), None when the wall clock counts."""
        ...

    def set_market_time(self, now: int) -> None:
        """Move a replay's clock forward (never back)."""
        ...

    def feed_state(self) -> FeedState | None:
        """Where the feed stands, None before its first poll."""
        ...

    def put_feed_state(self, state: FeedState) -> None:
        """Keep where the feed stands."""
        ...

    def begin_feed(self, state: FeedState) -> FeedState:
        """Keep where the feed stands unless that is known already; what is known now. Of several feeders that begin at
        once one decides for all."""
        ...

    def forget_feed(self) -> None:
        """Let another source begin: no source is on record, symbols are free, and old prices are gone. Tick logs are
        emptied, not deleted: their numbers go on, and no order meets a tick twice."""
        ...

    def outage(self) -> Outage | None:
        """Why the feed gives nothing at the moment, None when it does."""
        ...

    def put_outage(self, outage: Outage | None) -> None:
        """Keep why the feed gives nothing; None when it does again."""
        ...

    def rejected_quotes(self, symbol: str) -> int:
        """How many foreign quotes of a symbol were dropped as unusable."""
        ...


class EquityStep(IntEnum):
    """How far apart the values of an equity curve are, in ms."""

    MINUTE = 60_000
    HOUR = 3_600_000
    DAY = 86_400_000

    @property
    def kept(self) -> int:
        """How long values this far apart are kept, in ms: 7 days, 90 days, 3 years."""
        return _KEPT[self]


_KEPT = {step: days * EquityStep.DAY for step, days in zip(EquityStep, (7, 90, 3 * 365), strict=True)}


class EquityBook(Protocol):
    """What accounts were worth over time, and their running totals. Kept beside the books: it can be lost without
    losing money. All of it belongs to one generation of an account."""

    def record_equity(self, values: Sequence[tuple[Account, Decimal]], now: int) -> None:
        """Record what accounts are worth at `now` (venue ms): in every step that has no value yet in the present
        minute, hour or day. Values that are older than they are kept go."""
        ...

    def equity(
        self, account: Account, step: EquityStep, since: int, until: int | None, limit: int
    ) -> list[tuple[int, Decimal]]:
        """The oldest `limit` values from `since` (ms, inclusive) to `until` (exclusive), as (ms, value)."""
        ...

    def tally(self, account: Account) -> Tally | None:
        """The totals on record."""
        ...

    def put_tally(self, account: Account, tally: Tally) -> None:
        """Keep totals."""
        ...

    def balances_of(self, accounts: Sequence[Account]) -> list[list[Balance]]:
        """The balances of several accounts."""
        ...

    def movements(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """The ledger as `Store.ledger` pages it, without the trades."""
        ...

    def newest_open_order_ids(self, account: Account, below: int | None, limit: int) -> list[int]:
        """Ids of open orders, newest first, below an id or all."""
        ...


class KeyVerdict(StrEnum):
    """What came of writing a key."""

    WRITTEN = "WRITTEN"
    """it is written"""
    CONFLICT = "CONFLICT"
    """the key is not as it was read, or a new one's id or digest is taken; nothing was written"""
    NO_ACCOUNT = "NO_ACCOUNT"
    """there is no such account"""
    TOO_MANY = "TOO_MANY"
    """the account has as many keys as it may"""


@dataclass(frozen=True, slots=True)
class Admission:
    """What an API key is (None: unknown, or one that has no record), and what was spent with it: of the key's limit
    when it is right, of its address's failures when it is unknown or revoked."""

    key: ApiKey | None
    spending: Spending


@dataclass(frozen=True, slots=True)
class WeighedRequest:
    """What an API key is (None: unknown, or one that has no record), and what came of the request: counted for the
    key when it is right. When it is unknown or revoked `weighed` is None, and `wait` says for how many microseconds its
    address should not be listened to (0: it may try again)."""

    key: ApiKey | None
    weighed: Weighed | None
    wait: int = 0


class KeyStore(Protocol):
    """The API keys of one venue, and what was spent with each. Keys are in no journal: a replay has none."""

    def admit(
        self, digest: str | None, name: str, address: str, limit: RateLimit | None, failures: RateLimit, now: int
    ) -> Admission:
        """Look up the key with this digest and spend one request, in one step. `digest` None: a right key that has no
        record. `name` names the key's bucket, `limit` None: it has none; `address` names the bucket of failures. `now`:
        wall time in microseconds."""
        ...

    def weigh(
        self,
        digest: str | None,
        client: str,
        address: str,
        weight: int,
        orders: int,
        limits: RequestLimits,
        failures: RateLimit,
        now: int,
    ) -> WeighedRequest:
        """`admit` for the Binance wire: look up the key with this digest (None: the client has no record) and count a
        request of so much weight with so many new orders, in one step. `client` names what is counted. `now`: wall
        ms."""
        ...

    def add_api_key(self, key: ApiKey, most: int) -> KeyVerdict:
        """Record a new key, unless its account has `most` already."""
        ...

    def replace_api_key(self, before: ApiKey, after: ApiKey) -> KeyVerdict:
        """Record a key anew, if it is still as it was read; under its new digest alone, if that is another."""
        ...

    def api_key(self, key_id: str) -> ApiKey | None:
        """One key by its public id."""
        ...

    def api_keys(self, account_id: str | None, cursor: int | None, limit: int) -> Page[ApiKey]:
        """Keys, of one account or all, revoked ones too, newest first; `cursor` from the page before."""
        ...


class Diagnosable(Protocol):
    """What an operator asks of a store."""

    def read_store(self) -> StoreReading:
        """What the store says of itself. Raises ExchangeNotAvailable."""
        ...

    def read_symbols(self, symbols: Sequence[str]) -> list[SymbolReading]:
        """How the prices of these symbols come in and are matched, in the order asked for."""
        ...


class ChaosStore(Protocol):
    """What goes wrong on purpose in one venue. In no journal: it changes no books."""

    def chaos(self) -> ChaosPlan | None:
        """The plan that was put last, None: nothing. It may be over."""
        ...

    def put_chaos(self, plan: ChaosPlan | None) -> None:
        """Keep a plan in the place of the one before; None: nothing goes wrong any more."""
        ...


class Store(MarketData, EquityBook, KeyStore, Diagnosable, ChaosStore, Protocol):
    """The state of one venue, beside the market data it reads.

    Every write of an order, a balance, a fill or a ledger line is one `commit`. Reads give what was committed.
    """

    def commit(self, transactions: Sequence[Transaction]) -> list[Verdict]:
        """Commit each transaction, or refuse it, on its own and in order. See domain/transactions.py."""
        ...

    def mark_seen(self, ticks: Mapping[str, int]) -> None:
        """Move the `seen` cursor of each symbol up to a tick: placements decided on an older one conflict from now
        on."""
        ...

    def mark_done(self, ticks: Mapping[str, Tick]) -> None:
        """Move the `done` cursor of each symbol up to a tick, and drop the counters below it."""
        ...

    def plan_gap(self, symbol: str, before: int, until: int, minute: int) -> None:
        """Lay down a gap in a symbol's ticks by its end, unless the one on record is no longer the one that ended at
        `before`: of several matchers one decides for all."""
        ...

    def next_id(self, sequence: str, count: int = 1) -> int:
        """The first of `count` fresh ids of a sequence: order, trade or entry. Gaps are legal."""
        ...

    # what decisions read

    def read_placement(
        self, account_id: str, symbol: str, client_order_id: str | None, trade_ids: int = 1
    ) -> PlacementRead:
        """Everything a placement decides on, with a fresh order id and so many trade ids in a row."""
        ...

    def taken(self, symbol: str, tick: int) -> Mapping[tuple[str, Side], Taken]:
        """What each account took from each side of a tick."""
        ...

    def consumed(self, symbol: str, wanted: Sequence[tuple[str, Side]]) -> list[Consumption]:
        """What each account took of the book that its orders on a side are met with, in the order asked for."""
        ...

    def fee_books(self, accounts: Sequence[Account], asset: str | None, *, volumes: bool) -> list[FeeBooks]:
        """What the books of accounts say about their fees: what is free of the fee `asset` (None: of none), and their
        `volumes` by day; what is not asked for is empty."""
        ...

    def scales(self, assets: Iterable[str]) -> Mapping[str, int]:
        """Decimal places of the assets whose scale is on record."""
        ...

    def symbols(self) -> list[str]:
        """Symbols that ever had an order, sorted."""
        ...

    def backlogs(self, symbols: Sequence[str], limit: int) -> list[Backlog]:
        """At most `limit` unmatched ticks of each symbol."""
        ...

    def resting(self, symbols: Sequence[str]) -> list[Resting]:
        """The outermost resting prices of each symbol."""
        ...

    def crossing(
        self, symbol: str, side: Side, price: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """(score, order id) of resting orders that `price` may reach, in price-time priority, from score `after` on
        (inclusive). Scores are rounded, so a few may not cross: the exact test is the caller's."""
        ...

    def triggering(
        self, symbol: str, direction: Direction, last: Decimal, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """(score, order id) of stops whose price the last price may have reached, the first that it came to first;
        paged and rounded as `crossing` is."""
        ...

    def expiring(self, symbol: str, until: int, after: float | None, limit: int) -> list[tuple[float, int]]:
        """(date in ms, order id) of open orders with a date up to `until` (ms), the earliest first; paged as `crossing`
        is."""
        ...

    def trails(self, symbol: str) -> list[tuple[Trail, Extremes | None]]:
        """What kinds of stops follow the last price, and what they measure from; None: they are new."""
        ...

    def trailing(
        self, symbol: str, trail: Trail, since: int, until: int, after: float | None, limit: int
    ) -> list[tuple[float, int]]:
        """(score, order id) of a trail's stops that began at a tick from number `since` to `until`, by that number;
        paged as `crossing` is."""
        ...

    def keep_extremes(self, symbol: str, found: Sequence[tuple[Trail, Extremes]]) -> None:
        """Keep what stops measure from after a tick, unless `done` has reached it; forget trails that nobody is in."""
        ...

    def arrivals(self, symbol: str, after: int, limit: int) -> list[int]:
        """Ids above `after` of orders that wait for their first tick, oldest first."""
        ...

    # what people and audits read

    def account(self, account_id: str) -> Account | None:
        """One account's record."""
        ...

    def accounts(self, account_ids: Sequence[str]) -> list[Account | None]:
        """Several accounts' records."""
        ...

    def account_ids(self) -> list[str]:
        """Every account, sorted."""
        ...

    def balances(self, account: Account) -> list[Balance]:
        """Every asset the account ever held, by name."""
        ...

    def books(self, account: Account) -> Snapshot:
        """An account's books as they stand, open orders included, as a snapshot without a name. Others may change them
        while they are read: a commit with Transaction.unchanged says whether they did."""
        ...

    def snapshots(self, account_id: str) -> list[Snapshot]:
        """An account's snapshots, newest first, without their open orders."""
        ...

    def snapshot(self, account_id: str, name: str) -> Snapshot | None:
        """One snapshot, with its open orders."""
        ...

    def begin_generation(self, account_id: str, generation: int, at: int) -> None:
        """Say that a generation is being written, at `at` (wall ms): if it never becomes the present one, it is found
        by `generations` and swept."""
        ...

    def write_generation(self, account: Account, page: GenerationPage) -> None:
        """Write some of the books of a generation that nobody sees yet (`account.generation`). Not repeatable: an
        attempt that failed is left to be swept. Raises Contention when it was swept meanwhile."""
        ...

    def generations(self) -> list[tuple[str, int, int]]:
        """(account id, generation, wall ms) of books that are being written since then, or out of use since then;
        oldest first."""
        ...

    def sweep(self, account: Account) -> None:
        """Delete the books of a generation (`account.generation`) that nobody uses, orders and all."""
        ...

    def orders(self, order_ids: Sequence[int]) -> list[Order | None]:
        """Order records, in the order asked for."""
        ...

    def order_id_of(self, account: Account, client_order_id: str) -> int | None:
        """The latest order with this client order id."""
        ...

    def order_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """Ids of all orders, newest first; `cursor` from the page before."""
        ...

    def list_ids(self, account: Account, cursor: int | None, limit: int) -> Page[int]:
        """Ids of all order lists, newest first; `cursor` from the page before."""
        ...

    def open_order_ids(self, account: Account, after: int, limit: int) -> list[int]:
        """Ids above `after` of open orders, oldest first."""
        ...

    def indexes_of(self, orders: Sequence[Order]) -> list[frozenset[str]]:
        """Which of its symbol's indexes ("bids", "asks", "arrivals", "rises", "falls", one of a trail) hold each order;
        for audits."""
        ...

    def index_size(self, symbols: Sequence[str]) -> int:
        """Entries in all indexes of these symbols together; for audits."""
        ...

    def open_count(self, accounts: Sequence[Account]) -> int:
        """Open orders of these accounts together; for audits."""
        ...

    def open_by_symbol(self, account: Account) -> Mapping[str, int]:
        """How many orders of an account are open, as they are counted for placements (see Counted.of); for audits."""
        ...

    def fills(self, account: Account, trade_ids: Sequence[int]) -> list[Fill | None]:
        """Fill records, in the order asked for."""
        ...

    def trade_ids(self, account: Account, symbol: str | None, cursor: int | None, limit: int) -> Page[int]:
        """Ids of all fills, newest first; `cursor` from the page before."""
        ...

    def ledger(self, account: Account, cursor: int, limit: int) -> Page[LedgerEntry]:
        """Ledger lines, oldest first, from position `cursor` (0: the first) on. The page's cursor is where to go on, at
        the end too; a page without items is the end so far."""
        ...

    def ledger_lines(self, account: Account, start: int, limit: int) -> list[int | LedgerEntry]:
        """The ledger as it is kept, from position `start` (0: the first) on: trade ids, and deposits and
        withdrawals."""
        ...

    def journal(self, cursor: int, limit: int) -> Page[JournalEntry]:
        """Journal entries, paged as the ledger is."""
        ...

    def revision(self) -> int:
        """A number that grows with every commit."""
        ...

    def version(self) -> str:
        """A word for the books as they stand: the same word only as long as nothing was committed, also when somebody
        put older books in their place meanwhile and went on from there. It has no spaces and no quotation marks."""
        ...

    def ping(self) -> None:
        """Raises ExchangeNotAvailable, with the reason, when the store cannot be reached."""
        ...
