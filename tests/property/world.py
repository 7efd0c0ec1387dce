"""A small exchange to run histories in: commands that may be interrupted by others, or die, at any step of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast

from mockexchange.accounts import Accounts
from mockexchange.clock import ManualClock
from mockexchange.domain.candles import MINUTE, Candle
from mockexchange.domain.chaos import ChaosPlan
from mockexchange.domain.errors import (
    Contention,
    ExchangeError,
    FilterFailure,
    InsufficientFunds,
    OrderNotFound,
    OrderRejected,
)
from mockexchange.domain.fees import FeeOverride, FeeSchedule, FeeTier
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, Direction, OrderType, Side, TimeInForce, direction
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Book, PublicTrade, Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.feed.catching_up import candle_ticks
from mockexchange.feed.faults import Logged, disturb
from mockexchange.ports import FeedTick, Store

ACCOUNTS = ("alice", "bob")
# One market whose notionals fit 8 decimal places, one whose notionals need 10 and so must be rounded.
PRICES = {
    "BTC/USDT": (Decimal(100), Decimal("0.01")),
    "ETH/BTC": (Decimal("0.05"), Decimal("0.00001")),
    "BNB/USDT": (Decimal(20), Decimal("0.5")),
}
MARKETS = ("BTC/USDT", "ETH/BTC")
"""Those of every history; BNB is for those with fees of all kinds."""
STEPS = {"BTC/USDT": Decimal("0.12345"), "ETH/BTC": Decimal("0.1001"), "BNB/USDT": Decimal("0.301")}
FIRST_BALANCES = {
    "USDT": Decimal(3_000),
    "BTC": Decimal(20),
    "ETH": Decimal(40),
    # Far beyond 2^63 in smallest units: a double or a 64-bit integer would lose it.
    "SHIB": Decimal("98765432109876543210.12345678"),
}
MOST_OPEN = 5
"""Orders of one account that may be open on one market: so few that histories come to it."""
MOST_STOPS = 3
"""Stops among them."""
LEVELS = 20
"""Of each side of a book that ticks keep: more than the world's books have."""
MODELS = ("last", "touch", "touch-size", "touch+queue+share=0.5", "depth", "depth+queue", "depth", "last", None)
"""What accounts choose among as their fill models; None is the venue's."""
MAKER_RATE, TAKER_RATE = Decimal("0.0004"), Decimal("0.001")
CHARGES = FeeSchedule(
    tiers=(
        FeeTier(Decimal(30), Decimal("0.0003"), Decimal("0.0009")),
        FeeTier(Decimal(150), Decimal(0), Decimal("0.0007")),
    ),
    overrides=(FeeOverride("ETH/*", None, Decimal(0)),),
    asset="BNB",
    discount=Decimal("0.25"),
)
"""Fees of all kinds. A fill of BTC/USDT moves about 12 USDT for each step of its size."""
STOPS = tuple(kind.value for kind in OrderType if kind.is_stop)
STALE_AFTER = 60_000
START = 1_700_000_000_000


class KilledError(Exception):
    """The process that ran a command died at one of its steps."""


@dataclass(frozen=True)
class Price:
    """A new tick: the bid `level` steps from the middle, the ask `spread` further, sizes in steps (0: unknown)."""

    symbol: str
    level: int
    spread: int
    bid_size: int
    ask_size: int
    stale: bool


@dataclass(frozen=True)
class Missed:
    """Minutes without prices, then the candle of the first that is whole: from the middle down to one level, up to
    another, and back. Cut: its feeder died before the last of its ticks."""

    symbol: str
    low: int
    high: int
    minutes: int
    cut: bool


@dataclass(frozen=True)
class Place:
    """A new order `passive` price steps away from the middle on its own side, `size` quantity steps large. A stop is as
    far away on the side that the price must come to; its limit, if it has one, is at most one step from there. A
    trailing one follows by two to four basis points, at once or from there."""

    account: str
    symbol: str
    side: Side
    kind: str
    passive: int
    size: int
    client_id: str | None


@dataclass(frozen=True)
class PlaceMany:
    """A new order list of a `kind`: OCO, OTO or OTOCO. What cancels each other stands `gain` and `loss` price steps
    away from the middle, the working order `passive` on its side; `waiting` is the type of the one that waits in an
    OTO."""

    account: str
    symbol: str
    side: Side
    kind: str
    passive: int
    gain: int
    loss: int
    limited: bool
    waiting: str
    size: int
    client_id: str | None


@dataclass(frozen=True)
class Cancel:
    """The n-th newest open order taken back; any order when none is open."""

    newest: int


@dataclass(frozen=True)
class Replace:
    """The n-th newest open order exchanged for another; any order when none is open."""

    newest: int
    passive: int
    size: int
    client_id: str | None


@dataclass(frozen=True)
class Amend:
    """The n-th newest open order made `size` quantity steps large; any order when none is open."""

    newest: int
    size: int
    client_id: str | None


@dataclass(frozen=True)
class Match:
    """A run of the matcher."""


@dataclass(frozen=True)
class Pay:
    """A deposit (or, negative, a withdrawal) of `amount` hundredths."""

    account: str
    asset: str
    amount: int


@dataclass(frozen=True)
class Reset:
    """An account begun anew; with `balance` dollars, or with what it had first (0)."""

    account: str
    balance: int


@dataclass(frozen=True)
class Keep:
    """A snapshot of an account, in one of a few places; the one that is there makes way."""

    account: str
    place: int


@dataclass(frozen=True)
class Restore:
    """An account brought back to one of its snapshots."""

    account: str
    place: int


@dataclass(frozen=True)
class Clone:
    """A new account that has what another one has."""

    account: str


@dataclass(frozen=True)
class Fees:
    """Other fee rates, in hundredths of a percent."""

    account: str
    maker: int
    taker: int


@dataclass(frozen=True)
class Model:
    """Another fill model for an account; None: the venue's."""

    account: str
    name: str | None


@dataclass(frozen=True)
class PayIn:
    """Whether an account pays in the fee asset."""

    account: str
    pays: bool


@dataclass(frozen=True)
class Leave:
    """Deposit or withdraw until so much of BNB is free: quantity steps of its market, and 10^-8 of it."""

    account: str
    steps: int
    units: int


@dataclass(frozen=True)
class Sweep:
    """Books that nobody uses are deleted."""


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    milliseconds: int


@dataclass(frozen=True)
class Feed:
    """What goes wrong with prices from now on, on purpose; nothing by default."""

    frozen: bool = False
    stale: int = 0
    gap: str = "0"
    seed: int = 0


@dataclass(frozen=True)
class Rejected:
    """A new order that the matching engine refuses on purpose, under a name that no other has."""

    command: Place | Replace
    number: int


@dataclass(frozen=True)
class Unanswered:
    """A new order whose sender gets no answer, asks for it by its client order id, and sends it again only when it is
    not there; under a name that no other has."""

    command: Place
    number: int


@dataclass(frozen=True)
class Interrupted:
    """`command`, in the course of which, before its step number `step`, others run from beginning to end; then it goes
    on, or dies."""

    command: Command
    step: int
    others: tuple[Command, ...]
    dies: bool


OfAccount = Reset | Keep | Restore | Clone | Fees | Model | PayIn | Sweep
OnPurpose = Feed | Rejected | Unanswered
Trading = Price | Missed | Place | PlaceMany | Cancel | Replace | Amend | Match | Pay | Leave | Wait
Command = Trading | OfAccount | OnPurpose | Interrupted


class SteppedStore:
    """A store that tells when a step is about to happen. Every method that reads or writes venue state is a step."""

    STEPS = frozenset(
        {
            "commit",
            "mark_seen",
            "mark_done",
            "resting",
            "crossing",
            "arrivals",
            "triggering",
            "trails",
            "trailing",
            "expiring",
            "keep_extremes",
            "orders",
            "taken",
            "consumed",
            "fee_books",
            "backlogs",
            "next_id",
            "books",
            "snapshot",
            "begin_generation",
            "write_generation",
            "sweep",
        }
    )

    def __init__(self, store: Store, before_step: Callable[[], None]) -> None:
        self._store = store
        self._before_step = before_step

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in self.STEPS:
            return method

        def step(*arguments: Any, **named: Any) -> Any:
            self._before_step()
            return method(*arguments, **named)

        return step


@dataclass
class World:
    """One store with a venue in it. `outcomes` says what became of each command, `seen` counts what happened. `keeps`:
    ticks have books and trades whatever the venue's model reads. `chosen_at` is the newest tick (by symbol) when an
    account's fill model was changed last."""

    store: Store
    model: str
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    latency: int = 0
    keeps: bool = False
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    outcomes: list[str] = field(default_factory=list[str])
    seen: Counter[str] = field(default_factory=Counter[str])
    chosen_at: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    _position: int = 0
    _clones: int = 0
    _orders: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def __post_init__(self) -> None:
        engine = Engine(fill_model(self.model), STALE_AFTER, self.fees, self.latency)
        self.rules = Rules(engine, MAKER_RATE, TAKER_RATE, book_levels=LEVELS)
        exchange = self.exchange()
        markets = [
            replace(
                default_instrument(symbol),
                max_num_orders=MOST_OPEN,
                max_num_algo_orders=MOST_STOPS,
                min_trailing_above_delta=1,
                min_trailing_below_delta=1,
            )
            for symbol in PRICES
        ]
        self.store.put_instruments(markets, replace=False)
        for account in ACCOUNTS:
            exchange.open_account(account, FIRST_BALANCES)
        for symbol in PRICES:
            self._price(Price(symbol, 0, 1, 0, 0, stale=False))

    def exchange(self, before_step: Callable[[], None] | None = None) -> Exchange:
        store = self.store if before_step is None else cast("Store", SteppedStore(self.store, before_step))
        return Exchange(store, self.clock, self.rules)

    def run(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self.clock.time += 1
            self._attempt(command, self.exchange())

    def _attempt(self, command: Command, exchange: Exchange) -> None:
        try:
            self._do(command, exchange)
            self.outcomes.append("ok")
        except ExchangeError as error:
            self.outcomes.append(f"{error.code}: {error.detail}")
            if isinstance(error, FilterFailure):
                self.seen[error.filter_name] += 1
            # Only books that were swept while they were written have nobody who comes before them.
            whole = command.command if isinstance(command, Interrupted) else command
            self.seen["gave up"] += isinstance(error, Contention) and not isinstance(whole, OfAccount)
            if isinstance(error, InsufficientFunds) and isinstance(command, Place) and command.side is Side.SELL:
                given = exchange.balance(command.account, command.symbol.partition("/")[0]).free
                self.seen["refused though covered"] += given >= STEPS[command.symbol] * command.size
        except KilledError:
            self.outcomes.append("killed")

    def _do(self, command: Command, exchange: Exchange) -> None:
        match command:
            case Price():
                self._price(command)
            case Missed():
                self._miss(command)
            case Place():
                self._place(command, exchange)
            case PlaceMany():
                self._place_many(command, exchange)
            case Cancel(newest):
                account, order_id = self._newest(newest)
                exchange.cancel(account, order_id)
                self.seen["cancels"] += 1
            case Replace():
                account, order_id = self._newest(command.newest)
                old = exchange.order(account, order_id)
                order = Place(account, old.symbol, old.side, "LIMIT", command.passive, command.size, command.client_id)
                new = exchange.replace(account, order_id, self._order(order))
                self._orders.append((account, new.order.order_id))
                self.seen["replacements"] += 1
            case Amend(newest, size, client_id):
                account, order_id = self._newest(newest)
                quantity = STEPS[exchange.order(account, order_id).symbol] * size
                exchange.amend(account, order_id, quantity=quantity, new_client_order_id=client_id)
                self.seen["amendments"] += 1
            case Match():
                report = exchange.match()
                assert not report.unpaid, report.unpaid
                self.seen["matched fills"] += report.fills
                self.seen["conflicts"] += report.conflicts
            case Pay() | Leave():
                self._pay(command, exchange)
            case Wait(milliseconds):
                self.clock.time += milliseconds
            case Interrupted():
                self._interrupt(command)
            case Feed(frozen, stale, gap, seed):
                plan = ChaosPlan(seed=seed, frozen=frozen, stale=stale, gap=Decimal(gap))
                self.store.put_chaos(plan if plan.of_feed else None)
            case Rejected():
                self._reject(command, exchange)
            case Unanswered():
                self._leave_unanswered(command, exchange)
            case _:
                self._do_with_account(command, exchange.accounts)
                self.seen[type(command).__name__.lower()] += 1

    @staticmethod
    def _pay(command: Pay | Leave, exchange: Exchange) -> None:
        if isinstance(command, Leave):
            wanted = STEPS["BNB/USDT"] * command.steps + Decimal(command.units).scaleb(-8)
            asset, amount = "BNB", wanted - exchange.balance(command.account, "BNB").free
        else:
            asset, amount = command.asset, Decimal(command.amount).scaleb(-2)
        if amount:
            (exchange.deposit if amount > 0 else exchange.withdraw)(command.account, asset, abs(amount))

    def _do_with_account(self, command: OfAccount, accounts: Accounts) -> None:
        match command:
            case Reset(account, balance):
                accounts.reset(account, {"USDT": Decimal(balance)} if balance else None)
            case Keep(account, place):
                if self.store.snapshot(account, f"place-{place}"):
                    accounts.delete_snapshot(account, f"place-{place}")
                accounts.take_snapshot(account, f"place-{place}")
            case Restore(account, place):
                accounts.restore(account, f"place-{place}")
            case Clone(account):
                self._clones += 1
                accounts.clone(account, f"clone-{self._clones}")
            case Fees(account, maker, taker):
                accounts.set_fees(account, maker_rate=Decimal(maker).scaleb(-4), taker_rate=Decimal(taker).scaleb(-4))
            case Model(account, name):
                accounts.set_fill_model(account, name)
                newest = {symbol: self.store.market(symbol).tick for symbol in PRICES}
                self.chosen_at[account] = {symbol: tick.number for symbol, tick in newest.items() if tick}
            case PayIn(account, pays):
                accounts.set_fees(account, pays_in_fee_asset=pays)
            case Sweep():
                accounts.sweep(unused_for=0)

    def _reject(self, rejected: Rejected, exchange: Exchange) -> None:
        """Nothing of it may be there afterwards, whatever else happened meanwhile."""
        command, before = replace(rejected.command, client_id=f"rejected-{rejected.number}"), exchange.obstruct

        def obstruct(order: PlaceOrder) -> None:
            self.seen["rejected"] += 1
            raise OrderRejected(f"{order.symbol}: on purpose")

        exchange.obstruct = obstruct
        try:
            self._do(command, exchange)
        finally:
            exchange.obstruct = before
            for account in ACCOUNTS:
                order_id = self.store.order_id_of(self.exchange().account(account), f"rejected-{rejected.number}")
                assert order_id is None, f"order {order_id} was rejected, and is there"

    def _leave_unanswered(self, unanswered: Unanswered, exchange: Exchange) -> None:
        place = replace(unanswered.command, client_id=f"unanswered-{unanswered.number}")
        with suppress(ExchangeError):  # a refusal does not come back either
            self._place(place, exchange)
        try:
            exchange.order(place.account, client_order_id=place.client_id)
            self.seen["found"] += 1
        except OrderNotFound:
            self._place(place, exchange)

    def _interrupt(self, command: Interrupted) -> None:
        steps = 0

        def before_step() -> None:
            nonlocal steps
            steps += 1
            if steps == command.step:
                self.seen["interruptions"] += 1
                for other in command.others:
                    self.seen["duplicated"] += other == command.command
                    self._attempt(other, self.exchange())
                if command.dies:
                    self.seen["deaths"] += 1
                    raise KilledError

        self._do(command.command, self.exchange(before_step))

    def _price(self, price: Price) -> None:
        middle, tick = PRICES[price.symbol]
        size = STEPS[price.symbol]
        bid = middle + tick * price.level
        quote = Quote(
            symbol=price.symbol,
            bid=bid,
            ask=bid + tick * price.spread,
            last=bid + tick * (price.level % (price.spread + 1)),
            timestamp=self.clock.time - (STALE_AFTER + 5 if price.stale else 0),
            bid_size=size * price.bid_size or None,
            ask_size=size * price.ask_size or None,
        )
        self._position += 1
        model = self.rules.engine.model
        book = self._book(quote, price) if (model.reads_book or self.keeps) and price.bid_size else None
        trades = self._trades(quote, price) if model.reads_tape or self.keeps else ()
        self.seen["trades"] += len(trades)
        for tick, logged_at in self._disturbed(FeedTick(quote, self._position, trades, book)):
            self.store.append(tick, "synthetic", logged_at, serves=True)

    def _trades(self, quote: Quote, price: Price) -> tuple[PublicTrade, ...]:
        """Up to three trades at the best prices and one or two steps off them, some by buyers and some by sellers."""
        step, size = PRICES[price.symbol][1], STEPS[price.symbol]
        found: list[PublicTrade] = []
        for place in range((price.bid_size + price.ask_size + self._position) % 4):
            away = (self._position + 2 * place) % 4 - 1
            sold = bool((self._position + place) % 3)
            at = quote.bid - step * away if sold else quote.ask + step * away
            quantity = size * (1 + (self._position + place) % 5)
            number = 10 * self._position + place
            found.append(PublicTrade(number, at, quantity, quote.timestamp, buyer_is_maker=sold))
        return tuple(found)

    @staticmethod
    def _book(quote: Quote, price: Price) -> Book:
        """Up to four levels on each side that go on from the quote; some stay as they are from tick to tick."""
        step, size = PRICES[price.symbol][1], STEPS[price.symbol]
        bids = [(quote.bid - step * away, size * ((price.bid_size + 3 * away) % 5)) for away in range(4)]
        asks = [(quote.ask + step * away, size * ((price.ask_size + 2 * away) % 4)) for away in range(4)]
        return Book(*(tuple(level for level in side if level[1]) for side in (bids, asks)))

    def _disturbed(self, tick: FeedTick) -> list[Logged]:
        """A tick as the feeder logs it, after whatever goes wrong with it on purpose."""
        plan, symbol = self.store.chaos(), tick.quote.symbol
        before = self.store.market(symbol).tick
        if plan is None or before is None:
            return [(tick, self.clock.time)]
        left = disturb(plan, [(tick, self.clock.time)], lambda _: {symbol: before.quote})
        self.seen["withheld"] += not left
        assert plan.gap < 1 or not left, "a quote came through a gap"
        for each, _ in left:
            assert each.quote.timestamp == tick.quote.timestamp - plan.stale
            standing = before.quote if plan.frozen else tick.quote
            assert (each.quote.bid, each.quote.ask) == (standing.bid, standing.ask)
            self.seen["frozen"] += plan.frozen
        return left

    def _miss(self, missed: Missed) -> None:
        self.clock.time += missed.minutes * MINUTE
        middle, step = PRICES[missed.symbol]
        opened = self.clock.time // MINUTE * MINUTE - max(1, missed.minutes - 1) * MINUTE
        low, high = middle + step * missed.low, middle + step * missed.high
        candle = Candle(opened, middle, max(middle, high), min(middle, low), middle, Decimal(1))
        ticks = candle_ticks(missed.symbol, candle, self.clock.time, to_the_end=False)
        for tick in ticks[:-1] if missed.cut else ticks:
            self._position += 1
            self.store.append(replace(tick, position=self._position), "synthetic", self.clock.time, serves=True)
        self.seen["candles"] += 1

    def _place(self, place: Place, exchange: Exchange) -> None:
        placed = exchange.place(self._order(place))
        if placed.repeated:
            self.seen["repeated"] += 1
            return
        self._orders.append((place.account, placed.order.order_id))
        self.seen["placements"] += 1
        self.seen["on their way"] += placed.order.unmet
        self.seen["taker fills"] += len(placed.fills)

    def _place_many(self, many: PlaceMany, exchange: Exchange) -> None:
        placed = exchange.place_list(self._list(many))
        self._orders += [(many.account, order.order_id) for order in placed.orders]
        self.seen["lists"] += 1
        self.seen["taker fills"] += len(placed.fills)

    def _list(self, many: PlaceMany) -> PlaceList:
        pair_side = many.side if many.kind == "OCO" else Side.SELL if many.side is Side.BUY else Side.BUY
        middle, tick = PRICES[many.symbol]
        up = 1 if pair_side is Side.SELL else -1
        target, stop = middle + up * tick * many.gain, middle - up * tick * many.loss
        quantity = STEPS[many.symbol] * many.size

        def order(side: Side, kind: OrderType, **more: Any) -> PlaceOrder:
            return PlaceOrder(many.account, many.symbol, side, kind, quantity, reuse_client_id=True, **more)

        gains = order(pair_side, OrderType.LIMIT, price=target, post_only=True)
        if many.limited:
            limit = stop - up * tick * (many.size % 3 - 1)
            loses = order(pair_side, OrderType.STOP_LOSS_LIMIT, price=limit, stop_price=stop)
        else:
            loses = order(pair_side, OrderType.STOP_LOSS, stop_price=stop)
        if many.kind == "OCO":
            return PlaceList(Contingency.OCO, (gains, loses), many.client_id)
        away = tick * (-many.passive if many.side is Side.BUY else many.passive)
        working = order(many.side, OrderType.LIMIT, price=middle + away)
        waits = {
            "LIMIT": order(pair_side, OrderType.LIMIT, price=target),
            "MARKET": order(pair_side, OrderType.MARKET),
            "STOP": loses,
        }
        rest = (gains, loses) if many.kind == "OTOCO" else (waits[many.waiting],)
        return PlaceList(Contingency.OTO, (working, *rest), many.client_id)

    def _order(self, place: Place) -> PlaceOrder:
        middle, tick = PRICES[place.symbol]
        away = tick * (-place.passive if place.side is Side.BUY else place.passive)
        market = place.kind.startswith("MARKET")
        quantity = STEPS[place.symbol] * place.size
        if place.kind.partition(" ")[0] in STOPS:
            named, _, trailing = place.kind.partition(" ")
            kind = OrderType(named)
            rises = direction(kind, place.side) is Direction.RISES
            stop_price = middle + tick * (place.passive if rises else -place.passive)
            return PlaceOrder(
                account_id=place.account,
                symbol=place.symbol,
                side=place.side,
                type=kind,
                quantity=quantity,
                price=stop_price + tick * (place.size % 3 - 1) if kind.has_limit else None,
                client_order_id=place.client_id,
                stop_price=None if trailing == "TRAILING" else stop_price,
                trailing_delta=2 + place.size % 3 if trailing else None,
            )
        spend = place.kind == "MARKET QUOTE"
        return PlaceOrder(
            account_id=place.account,
            symbol=place.symbol,
            side=place.side,
            type=OrderType.MARKET if market else OrderType.LIMIT,
            quantity=None if spend else quantity,
            price=None if market else middle + away,
            quote_quantity=(quantity * middle).quantize(Decimal("0.00001")) if spend else None,
            time_in_force=TimeInForce(place.kind) if place.kind in ("IOC", "FOK") else TimeInForce.GTC,
            post_only=place.kind == "POST ONLY",
            client_order_id=place.client_id,
            iceberg_quantity=STEPS[place.symbol] if place.kind == "ICEBERG" and place.size > 1 else None,
            expires_at=self.clock.time + 1_000 + place.size % 3 if place.kind == "GTD" else None,
        )

    def _newest(self, newest: int) -> tuple[str, int]:
        if not self._orders:
            return ACCOUNTS[0], 999_999
        records = self.store.orders([order_id for _, order_id in self._orders])
        present = {account: self.exchange().account(account).generation for account in ACCOUNTS}
        standing = [
            named
            for named, order in zip(self._orders, records, strict=True)
            if order and order.is_open and order.generation == present[order.account_id]
        ]
        among = standing or self._orders
        return among[-1 - newest % len(among)]
