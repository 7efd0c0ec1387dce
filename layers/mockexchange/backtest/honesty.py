"""How much of a result is the simulator's kindness: one bot, one period, and every fill model.

Each run is an exchange of its own in memory, with the same prices at the same times; the bot decides by what it sees
there. What differs in the end is what the fill model gave away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..clock import ManualClock
from ..domain.amounts import ONE, ZERO, add, divide, multiply, round_down, subtract, text
from ..domain.errors import BadRequest
from ..domain.fill_models import named, preset_of
from ..domain.fills import Fill, Liquidity
from ..domain.instruments import split_symbol
from ..domain.models import MOST_LATENCY, Engine
from ..domain.orders import BASIS_POINTS, Side
from ..domain.quotes import Quote, Tick
from ..domain.rules import Rules
from ..exchange import Exchange
from ..feed.feeding import Feeder
from ..ports import PriceSource
from ..store.memory import MemoryStore
from .bots import ACCOUNT, BOTS

START = 1_767_225_600_000
"""Where the clock stands at first: 2026-01-01T00:00:00Z. A replay has a clock of its own."""

_LATENCY = "latency"
"""The option in the name of a model that says how long an order is on its way (ms)."""

_TWO, _FOUR, _IN_ONE = Decimal(2), Decimal(4), Decimal(BASIS_POINTS)

POINTS = 240
"""Values of an equity curve."""
ALL = 10_000_000
"""More orders, trades or ticks than a run has."""


@dataclass(frozen=True, slots=True)
class Period:
    """What the bot trades through: `steps` looks at `symbol`, each `interval` ms after the one before. `source` makes
    the prices anew for each run. `equity`: what the account begins with, in the quote asset, half of it in the base
    asset; `worth`: of each order, at most a quarter of that. `rules` are the venue's, but for the fill model."""

    symbol: str
    source: Callable[[], PriceSource]
    steps: int
    interval: int
    equity: Decimal
    worth: Decimal
    rules: Rules = field(default_factory=Rules)
    levels: int = 20
    """Of each side of the book, that a tick keeps and `depth` walks, where the source has them."""
    seed: int = 0


@dataclass(slots=True)
class Run:
    """What became of the bot under one model. Amounts are in the quote asset. `cost` is what its fills cost against the
    middle of bid and ask at their moment, in basis points of what was traded: positive is paid, negative earned.
    `first` and `last` are what the account was worth then, `paid_in` and `paid_out` the money that came and went in
    between. `refusal` is why the last order that was refused was; `skipped` counts commands to change orders that were
    not open any more; `spread`, `sizes`: whether any of the quotes had them."""

    model: str
    orders: int = 0
    refused: int = 0
    refusal: str = ""
    skipped: int = 0
    fills: int = 0
    makers: int = 0
    traded: Decimal = ZERO
    cost: Decimal = ZERO
    fees: Decimal = ZERO
    first: Decimal = ZERO
    last: Decimal = ZERO
    paid_in: Decimal = ZERO
    paid_out: Decimal = ZERO
    steps: int = 0
    spread: bool = False
    sizes: bool = False
    curve: list[tuple[int, Decimal]] = field(default_factory=list[tuple[int, Decimal]])

    @property
    def gain(self) -> Decimal:
        """What it won or lost: money in or out is neither."""
        return subtract(add(self.last, self.paid_out), add(self.first, self.paid_in))

    @property
    def profit(self) -> Decimal | None:
        """What it won or lost, as a fraction of what it began with and what was paid in; None when that was nothing."""
        base = add(self.first, self.paid_in)
        return divide(self.gain, base) if base > 0 else None


def compare(
    bot: str, period: Period, models: Sequence[str], progress: Callable[[str, int], None] = lambda _model, _steps: None
) -> list[Run]:
    """The same bot through the same period under each model. `progress` is told a model and the steps it has done.
    Raises BadRequest for a bot or a model that there is not, for orders that it could not pay for, and when the source
    gives no prices."""
    if bot not in BOTS:
        raise BadRequest(f"unknown bot {bot!r}; one of: {', '.join(BOTS)}")
    if multiply(period.worth, _FOUR) > period.equity:
        raise BadRequest(
            f"orders worth {text(period.worth)} are more than a quarter of {text(period.equity)}: the bot would soon "
            "have nothing to place them with"
        )
    for model in models:
        engine_named(model, period.rules.engine, levels=period.levels, seed=period.seed)
    return [run(bot, period, model, lambda steps, model=model: progress(model, steps)) for model in models]


def run(bot: str, period: Period, model: str, progress: Callable[[int], None] = lambda _: None) -> Run:
    """One bot under one model. Raises BadRequest when the source gives no price."""
    clock, store, found = ManualClock(START), MemoryStore(levels=period.levels), Run(model)
    engine = engine_named(model, period.rules.engine, levels=period.levels, seed=period.seed)
    rules = replace(period.rules, engine=engine)
    exchange = Exchange(store, clock, rules)
    feeder = Feeder(store, period.source(), clock)
    feeder.tick()
    newest = store.market(period.symbol).tick
    if newest is None:
        raise BadRequest(f"{feeder.source.name} gives no price of {period.symbol}")
    instrument = exchange.instrument(period.symbol)
    base, quote = instrument.base_asset, instrument.quote_asset
    half = divide(period.equity, _TWO)
    exchange.open_account(
        ACCOUNT,
        {
            quote: round_down(half, rules.scale(quote)),
            base: round_down(divide(half, newest.quote.last), rules.scale(base)),
        },
    )
    trader = BOTS[bot](exchange, instrument, period.worth)
    seen: dict[int, Tick] = {newest.number: newest}
    every = max(1, period.steps // POINTS)
    finished = False
    for number in range(period.steps):
        if finished:
            break
        if number:
            clock.time += period.interval
            # the last prices of a recording are met like all others
            finished = feeder.tick().finished
        for tick in store.ticks(period.symbol, newest.number, ALL):
            seen[tick.number] = newest = tick
            found.spread |= tick.quote.ask > tick.quote.bid
            found.sizes |= tick.quote.bid_size is not None
        exchange.match()
        trader.step(number, newest.quote)
        found.steps = number + 1
        if number % every == 0:
            found.curve.append((newest.quote.timestamp, _equity(exchange, base, quote, newest.quote)))
            progress(found.steps)
    found.curve.append((newest.quote.timestamp, _equity(exchange, base, quote, newest.quote)))
    progress(period.steps)
    found.first, found.last, found.refused = found.curve[0][1], found.curve[-1][1], trader.refused
    found.refusal = trader.refusal
    found.orders = len(store.order_ids(exchange.account(ACCOUNT), None, None, ALL).items)
    fills = exchange.trades(ACCOUNT, limit=ALL).items
    count(found, fills, lambda fill: seen[fill.tick].quote, lambda asset: ONE if asset == quote else ZERO)
    return found


def engine_named(name: str, engine: Engine, *, levels: int, seed: int) -> Engine:
    """`engine` with the fill model or preset of that name (see fill_models.named). An option `+latency=250` beside the
    model's own is how long orders are on their way (ms), whatever the preset has. Raises BadRequest for a name that
    there is not."""
    word, *options = name.split("+")
    delays = [value for option, _, value in (each.partition("=") for each in options) if option == _LATENCY]
    own = [option for option in options if option.partition("=")[0] != _LATENCY]
    model = named("+".join([word, *own]), levels=levels, seed=seed)
    latency = _delay(delays) if delays else preset_of(word).latency
    if latency is None:
        raise BadRequest(
            f"fill model {name[:100]!r}: latency=N, at most once, is for how long an order is on its way, from 0 to "
            f"{MOST_LATENCY} ms"
        )
    return replace(engine, model=model, latency=latency)


def _delay(written: Sequence[str]) -> int | None:
    """The one latency (ms) that is written; None for anything else."""
    if len(written) != 1 or not re.fullmatch("[0-9]{1,9}", written[0]):
        return None
    latency = int(written[0])
    return latency if latency <= MOST_LATENCY else None


def _equity(exchange: Exchange, base: str, quote: str, shown: Quote) -> Decimal:
    """What the account is worth, its base asset at the last price."""
    owned = {each.asset: each.total for each in exchange.balances(ACCOUNT)}
    return add(owned.get(quote, ZERO), multiply(owned.get(base, ZERO), shown.last))


def count(found: Run, fills: Iterable[Fill], shown: Callable[[Fill], Quote], worth: Callable[[str], Decimal]) -> None:
    """Add up what a run's trades were. `shown` is the quote that a fill was on, `worth` what one of an asset is in the
    quote asset of the run."""
    against_middle = ZERO
    for fill in fills:
        base, quote = split_symbol(fill.symbol)
        one = worth(quote)
        value = multiply(multiply(fill.price, fill.quantity), one)
        at = shown(fill)
        middle = divide(add(at.bid, at.ask), _TWO)
        worse = subtract(fill.price, middle) if fill.side is Side.BUY else subtract(middle, fill.price)
        against_middle = add(against_middle, multiply(multiply(worse, fill.quantity), one))
        found.fills += 1
        found.makers += fill.liquidity is Liquidity.MAKER
        found.traded = add(found.traded, value)
        # a fee in the base asset is worth what the fill paid for it
        each = multiply(fill.price, one) if fill.commission_asset == base else worth(fill.commission_asset)
        found.fees = add(found.fees, multiply(fill.commission, each))
    if found.traded:
        found.cost = divide(multiply(against_middle, _IN_ONE), found.traded)
