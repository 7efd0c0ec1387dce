"""What accounts made: round trips, what was not sold, fees, and how the equity grew; in the venue's quote asset.

Each account's history is read once and then further from where it ended, so that a question costs what came since. It
is kept for a few accounts at a time, and can be forgotten at any moment.
"""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from .charts import candles
from .domain import performance as numbers
from .domain.amounts import ONE, ZERO, add, divide, multiply, subtract, total
from .domain.balances import Account
from .domain.candles import DAY, LENGTHS, Candle
from .domain.fills import Fill
from .domain.ledger import LedgerEntry, LedgerKind, fill_entries
from .domain.performance import Performance
from .domain.round_trips import Position, Purchases, RoundTrip, fee_worth, in_order
from .domain.valuation import BRIDGES, Rates
from .overview import Overview
from .ports import EquityStep

ACCOUNTS_KEPT = 8
"""Accounts whose histories are kept: some 20 MB each, with 50,000 fills."""

PAGE = 1_000
"""Ledger lines read at a time."""

CURVE_POINTS = 20_000
"""More than are kept of one account, in all steps together."""

HOLD_MARKETS = 50
"""Markets that are bought and held for comparison, at most: each takes a reading of its candles."""

_CHUNKS = (("1m", "1h", EquityStep.MINUTE), ("1h", "1d", EquityStep.HOUR))
"""The candles that know a moment best, how much of them is read together, and with which step they end."""

_FRAMES = ("1m", "5m", "15m", "1h", "4h", "1d")
_MOST_CANDLES = 1_000


class Paid(NamedTuple):
    """A fill's time, and what its fee was worth; None where that has no price."""

    moment: int
    fee: Decimal | None


@dataclass(frozen=True, slots=True)
class Movement:
    """A deposit, or a withdrawal with a negative value; what has no price counts as nothing."""

    moment: int
    value: Decimal


@dataclass
class History:
    """An account up to `position` of its ledger. `fees` are those of the fills of each base asset, as far as they have
    a price; `fees_known`: all of them have."""

    account: Account
    position: int = 0
    newest: int = 0
    purchases: dict[str, Purchases] = field(default_factory=dict[str, Purchases])
    paid: list[Paid] = field(default_factory=list[Paid])
    fees: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    fees_known: bool = True
    movements: list[Movement] = field(default_factory=list[Movement])
    bases: dict[str, None] = field(default_factory=dict[str, None])
    trips: list[RoundTrip] | None = None

    def round_trips(self) -> list[RoundTrip]:
        """Those that ended, oldest first."""
        if self.trips is None:
            self.trips = in_order(trip for each in self.purchases.values() for trip in each.closed)
        return self.trips


@dataclass
class _Place:
    """Where an account's history is kept, for who holds the lock. None: not read yet."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    history: History | None = None


@dataclass(frozen=True, slots=True)
class AssetProfit:
    """What came of one asset: of what was sold of it, and of what is there still (None: it has no price now)."""

    realized: Decimal
    position: Position | None
    price: Decimal | None
    unrealized: Decimal | None
    fees: Decimal
    round_trips: int
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Profit:
    """What came of an account, by asset. `uncovered` are those of which more was sold than there was, `unpriced` those
    without a price now: they are in no sum. `fees_known`: every fee had a price."""

    by_asset: Mapping[str, AssetProfit]
    uncovered: tuple[str, ...]
    unpriced: tuple[str, ...]
    fees_known: bool


@dataclass(frozen=True, slots=True)
class DayResult:
    """One day (UTC; `day` is its beginning in ms): what was made or lost, deposits left out, and as a fraction."""

    day: int
    profit: Decimal
    returned: float


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """An account over a stretch of time. `hold` is what the first equity would have become, spread equally over the
    coins that the account traded; None where it traded none that has candles. All lists are as long as `times`."""

    times: Sequence[int]
    equity: Sequence[Decimal]
    growth: Sequence[float]
    hold: Sequence[float] | None
    flows: Decimal
    own: Performance
    held: Performance | None
    days: Sequence[DayResult]
    fills: int
    fees: Decimal
    trips: Sequence[RoundTrip]


class Profits:
    """Answers for all accounts of a venue."""

    def __init__(self, overview: Overview, page: int = PAGE) -> None:
        """`page`: ledger lines read at a time."""
        self._overview = overview
        self._exchange = overview.exchange
        self._quote = overview.quote_asset
        self._page = page
        self._kept: OrderedDict[str, _Place] = OrderedDict()
        self._lock = threading.Lock()

    def round_trips(self, account_id: str) -> list[RoundTrip]:
        """Every round trip that ended, oldest first. Raises AccountNotFound."""
        with self._history(account_id) as history:
            return history.round_trips()

    def profit(self, account_id: str) -> Profit:
        """What came of each asset. Raises AccountNotFound."""
        with self._history(account_id) as history:
            rates = self._overview.rates(history.purchases)
            made: dict[str, list[Decimal]] = {asset: [] for asset in sorted(history.purchases)}
            for trip in history.round_trips():
                made[trip.symbol.partition("/")[0]].append(trip.profit)
            found = {asset: self._of(asset, profits, history, rates) for asset, profits in made.items()}
            return Profit(
                found,
                tuple(asset for asset in found if history.purchases[asset].uncovered),
                tuple(asset for asset, each in found.items() if each.position and each.unrealized is None),
                history.fees_known,
            )

    @staticmethod
    def _of(asset: str, profits: Sequence[Decimal], history: History, rates: Rates) -> AssetProfit:
        rate = rates.get(asset)
        position = history.purchases[asset].left(rate.value if rate else _nothing)
        return AssetProfit(
            realized=total(profits),
            position=position,
            price=rate.price if rate else None,
            unrealized=position.profit if position and rate else None,
            fees=history.fees.get(asset, ZERO),
            round_trips=len(profits),
            won=sum(each > 0 for each in profits),
            lost=sum(each < 0 for each in profits),
        )

    def period(self, account_id: str, since: int, until: int | None) -> PeriodResult:
        """How the account did from `since` (ms, inclusive) to `until` (exclusive); None: up to now. Raises
        AccountNotFound."""
        points = self._overview.curve(account_id, None, since, until, CURVE_POINTS)
        now = self._exchange.now()
        if until is None and (not points or points[-1][0] < now) and not self._exchange.is_catching_up():
            balances, rates = self._overview.balances(account_id)
            worth = (rates[each.asset].value(each.total) for each in balances if each.asset in rates)
            points.append((now, total(worth)))
        with self._history(account_id) as history:
            trips, paid, movements = history.round_trips(), list(history.paid), list(history.movements)
            bases = [*history.bases][:HOLD_MARKETS]
        times, equity = [moment for moment, _ in points], [value for _, value in points]
        flows = _flows(times, movements)
        curve = numbers.growth([float(each) for each in equity], [float(each) for each in flows])
        hold = self._hold(bases, times, equity)
        end = now + 1 if until is None else until
        in_period = [each for each in paid if since <= each.moment < end]
        return PeriodResult(
            times=times,
            equity=equity,
            growth=curve,
            hold=hold,
            flows=total(flows),
            own=numbers.performance(times, curve),
            held=numbers.performance(times, hold) if hold else None,
            days=_days(times, equity, flows, curve),
            fills=len(in_period),
            fees=total(each.fee for each in in_period if each.fee is not None),
            trips=[trip for trip in trips if since <= trip.exited < end],
        )

    def _hold(self, bases: Sequence[str], times: Sequence[int], equity: Sequence[Decimal]) -> list[float] | None:
        if len(times) < 2:
            return None
        lines = [line for asset in bases if (line := self._line(f"{asset}/{self._quote}", times))]
        if not lines:
            return None
        first = float(equity[0])
        return [first * sum(line[index] / line[0] for line in lines) / len(lines) for index in range(len(times))]

    def _line(self, symbol: str, times: Sequence[int]) -> list[float] | None:
        """A market's price at each moment: the newest close that was known then, the first one before that."""
        now, span = self._exchange.now(), times[-1] - times[0]
        frame = next((each for each in _FRAMES if span // LENGTHS[each] < _MOST_CANDLES - 2), _FRAMES[-1])
        found = candles(
            self._exchange.store,
            symbol,
            frame,
            now,
            since=max(0, times[0] - LENGTHS[frame]),
            until=times[-1],
            limit=_MOST_CANDLES + 200,
        )
        if not found:
            return None
        ends = [candle.time + LENGTHS[frame] for candle in found]
        closes = [float(candle.close) for candle in found]
        line = [closes[max(0, bisect.bisect_right(ends, moment) - 1)] for moment in times]
        line[-1] = closes[-1]  # the open candle's: what is known at the end
        return line

    # reading on

    @contextmanager
    def _history(self, account_id: str) -> Generator[History]:
        """An account's history, read up to now; meanwhile nobody else reads it on. Raises AccountNotFound."""
        with self._lock:
            place = self._kept.pop(account_id, None) or _Place()
            self._kept[account_id] = place
            if len(self._kept) > ACCOUNTS_KEPT:
                self._kept.popitem(last=False)
        with place.lock:
            account = self._exchange.account(account_id)
            history, place.history = place.history, None  # what is read half is not kept
            if history is None or history.account.generation != account.generation:
                history = History(account)
            if not self._read(history, self._pages(history)):
                history = History(account)
                self._read(history, [list(chain.from_iterable(self._pages(history)))])
            place.history = history
            yield history

    def _read(self, history: History, pages: Iterable[Sequence[Fill | LedgerEntry | None]]) -> bool:
        """Add what comes next, page by page: so few of its records are there at a time. False: some of it is dated back
        to before what was added, and all has to be read anew, as one page."""
        prices = PastPrices(self._overview)
        for each in history.purchases.values():
            each.value_of = prices.value_of
        for page in pages:
            events = sorted((each for each in page if each is not None), key=attrgetter("timestamp"))
            if events and events[0].timestamp < history.newest:
                return False
            for event in events:
                self._add(history, event, prices)
                history.newest = event.timestamp
            history.position += len(page)
            history.trips = None
        return True

    def _pages(self, history: History) -> Iterator[list[Fill | LedgerEntry | None]]:
        """What the ledger has beyond the history, as it is kept; None: a fill that is gone."""
        store, account, position = self._exchange.store, history.account, history.position
        while lines := store.ledger_lines(account, position, self._page):
            position += len(lines)
            trade_ids = [line for line in lines if not isinstance(line, LedgerEntry)]
            fills = dict(zip(trade_ids, store.fills(account, trade_ids), strict=True))
            yield [line if isinstance(line, LedgerEntry) else fills[line] for line in lines]

    def _add(self, history: History, event: Fill | LedgerEntry, prices: PastPrices) -> None:
        moment = event.timestamp
        if isinstance(event, LedgerEntry):
            if event.kind in (LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL):
                value = prices.value_of(event.amount, event.asset, moment) or ZERO
                history.movements.append(Movement(moment, value))
            others, base = [event], ""
        else:
            base, _, quote = event.symbol.partition("/")
            fee = fee_worth(event, prices.value_of)
            history.paid.append(Paid(moment, fee))
            history.fees_known = history.fees_known and fee is not None
            history.fees[base] = add(history.fees.get(base, ZERO), fee or ZERO)
            history.bases[base] = None
            if base != self._quote:
                self._purchases(history, base, prices).trades(event, fee)
            if quote == self._quote and event.commission_asset in (base, quote):
                return  # most fills move nothing else, and making their ledger lines takes as long as all of the rest
            others = [line for line in fill_entries(event) if line.asset != base]
        for line in others:
            if line.asset != self._quote and line.amount:
                self._purchases(history, line.asset, prices).then(moment, line)

    @staticmethod
    def _purchases(history: History, asset: str, prices: PastPrices) -> Purchases:
        if asset not in history.purchases:
            history.purchases[asset] = Purchases(asset, prices.value_of)
        return history.purchases[asset]


class PastPrices:
    """What assets were worth at moments that are past: by the candles that are kept, where there are none by the newest
    price. For one question."""

    def __init__(self, overview: Overview) -> None:
        self._overview = overview
        self._exchange = overview.exchange
        self._quote = overview.quote_asset
        self._now = self._exchange.now()
        self._chunks: dict[tuple[str, str, int], list[Candle]] = {}
        self._rates: dict[str, Rates] = {}

    def value_of(self, amount: Decimal, asset: str, moment: int) -> Decimal | None:
        """See domain.round_trips.ValueOf."""
        if asset == self._quote:
            return amount
        price = self._through(asset, moment)
        if price is not None:
            return multiply(amount, price)
        if asset not in self._rates:
            self._rates[asset] = self._overview.rates([asset])
        rate = self._rates[asset].get(asset)
        return None if rate is None else rate.value(amount)

    def _through(self, asset: str, moment: int) -> Decimal | None:
        price = self._between(asset, self._quote, moment)
        for bridge in BRIDGES:
            if price is not None:
                break
            if bridge not in (asset, self._quote) and (near := self._between(asset, bridge, moment)) is not None:
                far = self._between(bridge, self._quote, moment)
                price = None if far is None else multiply(near, far)
        return price

    def _between(self, asset: str, quote: str, moment: int) -> Decimal | None:
        straight = self._at(f"{asset}/{quote}", moment)
        if straight is not None:
            return straight
        inverse = self._at(f"{quote}/{asset}", moment)
        return divide(ONE, inverse) if inverse else None

    def _at(self, symbol: str, moment: int) -> Decimal | None:
        """The price in the candle of a moment: the first of it."""
        frame, length, begin = "1d", 30 * DAY, moment - moment % (30 * DAY)
        for fine, chunk, step in _CHUNKS:
            if moment > self._now - step.kept:
                frame, length = fine, LENGTHS[chunk]
                begin = moment - moment % length
                break
        key = symbol, frame, begin
        if key not in self._chunks:
            self._chunks[key] = candles(
                self._exchange.store, symbol, frame, self._now, since=begin, until=begin + length - 1, limit=100
            )
        before = [candle for candle in self._chunks[key] if candle.time <= moment]
        return before[-1].open if before else None


def _nothing(_: Decimal) -> Decimal:
    return ZERO


def _flows(times: Sequence[int], movements: Sequence[Movement]) -> list[Decimal]:
    """What was paid in since the point before each point, less what was taken out; nothing at the first one."""
    flows = [ZERO] * len(times)
    for each in movements:
        index = bisect.bisect_left(times, each.moment)
        if 0 < index < len(times):
            flows[index] = add(flows[index], each.value)
    return flows


def _days(
    times: Sequence[int], equity: Sequence[Decimal], flows: Sequence[Decimal], curve: Sequence[float]
) -> list[DayResult]:
    found, before = list[DayResult](), 0
    for (day, index), (_, returned) in zip(
        numbers.ends_of_days(times), numbers.daily_returns(times, curve), strict=True
    ):
        moved = total(flows[before + 1 : index + 1])
        profit = subtract(subtract(equity[index], equity[before]), moved)
        found.append(DayResult(day * DAY, profit, returned))
        before = index
    return found
