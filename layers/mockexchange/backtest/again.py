"""An account's own commands, given again: each in its turn and at its time, under another fill model.

They run in an exchange of its own in memory, with the order ids that they had, against the ticks that the venue kept.
Under the venue's own model, and with every tick known, the account has the same fills again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..clock import ManualClock
from ..domain.account_models import change_fill_model
from ..domain.amounts import ZERO, add, multiply
from ..domain.balances import Account
from ..domain.errors import ExchangeError, OrderNotFound, OrderNotOpen, QuantityFilled
from ..domain.fill_models import fill_model
from ..domain.fills import Fill
from ..domain.generations import change_fees
from ..domain.instruments import split_symbol
from ..domain.journal import (
    Amended,
    Canceled,
    Deposited,
    EngineSeen,
    FeesChanged,
    FillModelChanged,
    InstrumentSeen,
    ListPlaced,
    Matched,
    Placed,
    Replaced,
    Withdrawn,
)
from ..domain.models import Engine
from ..domain.placing_lists import PlaceList
from ..domain.quotes import Tick
from ..domain.rules import Rules
from ..domain.valuation import direct_rates, holdings
from ..exchange import Exchange
from ..ports import FeedTick
from ..replaying import placement_command
from .honesty import ALL, POINTS, Run, count, engine_named
from .recorded import Command, Recorded, placements, time_of
from .recorded_venue import RecordedVenue
from .schedule import Met, Said, Shown, Step, TimeUp, schedule


@dataclass(frozen=True, slots=True)
class Again:
    """All runs of one account. `as_it_was` is the one under what the venue was like; `same`: whether it has every fill
    that the account has."""

    as_it_was: Run
    same: bool
    runs: list[Run]


def again(
    of: Recorded,
    models: Sequence[str],
    *,
    levels: int = 20,
    seed: int = 0,
    progress: Callable[[str, int], None] = lambda _model, _steps: None,
) -> Again:
    """The same commands under what the venue was like, and under each model. `progress` is told a model and the steps
    it has done, of as many as `steps_of` says. Raises BadRequest for a model that there is not."""
    chosen = [engine_named(model, Engine(), levels=levels, seed=seed) for model in models]
    steps = list(schedule(of))
    own = "as it was: " + ", ".join(of.models)
    first = Repetition(of, own, None)
    first.run(steps, progress)
    runs: list[Run] = []
    for model, each in zip(models, chosen, strict=True):
        repetition = Repetition(of, model, each)
        repetition.run(steps, progress)
        runs.append(repetition.found)
    same = first.fills() == list(of.fills)
    return Again(first.found, same, runs)


def steps_of(of: Recorded) -> int:
    """How many steps one run has."""
    return sum(1 for _ in schedule(of))


class _Exchange(Exchange):
    """One whose fees are reckoned at the prices that they were reckoned at: of markets that the account does not trade
    in it is not known which tick was the newest."""

    said: Mapping[str, Decimal] = {}

    def last_prices(self, symbols: Sequence[str]) -> dict[str, Decimal]:
        """See Exchange.last_prices."""
        known = {symbol: price for symbol, price in self.said.items() if symbol in symbols}
        return {**super().last_prices(symbols), **known}


class Repetition:
    """One run. `engine` has the fill model, and how long orders are on their way: None for what the venue was like."""

    def __init__(self, of: Recorded, name: str, engine: Engine | None) -> None:
        self.of = of
        self.engine = engine
        self.found = Run(name)
        self.clock = ManualClock(of.since)
        self.store = RecordedVenue(of)
        self.rules = Rules(scales=of.scales, quote_asset=of.quote_asset)
        self.exchange = self._exchange(self.rules)
        self.shown: dict[tuple[str, int], Tick] = {}
        # Before a market's first tick is shown, what it will be first is the best that is known.
        self.last = {each.symbol: each.ticks[0].quote.last for each in of.prices}
        self.assets = {asset for each in of.prices for asset in split_symbol(each.symbol)} | set(self.rules.scales)
        self._open()

    def _exchange(self, rules: Rules) -> _Exchange:
        return _Exchange(self.store, self.clock, rules)

    def _open(self) -> None:
        maker, taker, pays = self.of.rates
        first = {asset: amount for _, asset, amount, _ in self.of.deposits}
        self.store.entry_id = min((entry_id for entry_id, *_ in self.of.deposits), default=0)
        account = self.exchange.open_account(self.of.account_id, first, maker_rate=maker, taker_rate=taker)
        if pays:
            self._change_fees(account, maker, taker, pays=pays)
        self._change_fill_model(self.of.fill_model)

    def _change_fill_model(self, name: str | None) -> None:
        account = self.exchange.account(self.of.account_id)
        if self.engine is None and account.fill_model != name:
            self.store.commit([change_fill_model(account, name, self.clock.now())])

    def _change_fees(self, account: Account, maker: Decimal, taker: Decimal, *, pays: bool) -> None:
        # Not by the exchange's own door, which knows the fee asset from the configuration only, and sooner than here.
        self.store.commit([change_fees(account, maker, taker, self.clock.now(), pays_in_fee_asset=pays)])

    def run(self, steps: Sequence[Step], progress: Callable[[str, int], None] = lambda _model, _steps: None) -> None:
        """All steps, and what they came to."""
        found, every = self.found, max(1, len(steps) // POINTS)
        found.first = self._equity()
        found.curve.append((self.of.since, found.first))
        for number, step in enumerate(steps):
            self._do(step)
            if number % every == 0:
                found.curve.append((self.clock.time, self._equity()))
                progress(found.model, number + 1)
        found.steps, found.last = len(steps), self._equity()
        found.curve.append((self.clock.time, found.last))
        progress(found.model, len(steps))
        found.orders = len(self.store.order_ids(self.exchange.account(self.of.account_id), None, None, ALL).items)
        count(found, self.fills(), lambda fill: self.shown[fill.symbol, fill.tick].quote, self._worth)

    def fills(self) -> list[Fill]:
        """What the account's orders got, oldest first."""
        return self.exchange.trades(self.of.account_id, limit=ALL).items[::-1]

    def _do(self, step: Step) -> None:
        match step:
            case EngineSeen():
                engine = self.engine or Engine(fill_model(step.model), latency=step.latency)
                engine = replace(engine, stale_after=step.stale_after, fees=step.fees)
                self.rules = replace(self.rules, engine=engine)
                said, self.exchange = self.exchange.said, self._exchange(self.rules)
                self.exchange.said = said
            case InstrumentSeen():
                self.store.put_instruments([step.instrument], replace=True)
            case Matched():
                self._price_of_fees(step.prices)
            case Shown():
                self._show(step.tick)
            case Met():
                symbol = step.tick.quote.symbol
                self._at(step.now)
                self.store.until[symbol] = step.tick.number
                # Of the run as it was the journal says when the clock ended an order; a matcher may have come late.
                self._match(symbol, ends=self.engine is not None)
            case TimeUp():
                self._at(step.now)
                self._match(step.symbol, ends=True)
            case Said():
                self._say(step.command)

    def _match(self, symbol: str, *, ends: bool) -> None:
        self.store.has_a_clock = ends
        self.exchange.match([symbol])

    def _show(self, tick: Tick) -> None:
        quote = tick.quote
        self.last[quote.symbol] = quote.last
        self.shown[quote.symbol, tick.number] = tick
        self.found.spread |= quote.ask > quote.bid
        self.found.sizes |= quote.bid_size is not None
        logged = FeedTick(quote, 0, tick.trades, tick.book)
        self.store.append(logged, tick.source, tick.logged_at, serves=False, floor=tick.number - 1)

    def _at(self, now: int) -> None:
        # What each process took for the time there, in the order in which it was done: that may go back a little.
        self.clock.time = now

    def _price_of_fees(self, prices: Iterable[tuple[str, Decimal]]) -> None:
        self.exchange.said = {**self.exchange.said, **dict(prices)}

    def _say(self, command: Command) -> None:
        self._at(time_of(command))
        placed = placements(command)
        if placed:
            self.store.order_id = placed[0].order_id
            self._price_of_fees(placed[0].prices)
        try:
            self._give(command)
        except (OrderNotOpen, OrderNotFound, QuantityFilled):
            self.found.skipped += 1
        except ExchangeError as error:
            self.found.refused += 1
            self.found.refusal = error.detail

    def _give(self, command: Command) -> None:
        account_id, exchange = self.of.account_id, self.exchange
        match command:
            case Placed():
                exchange.place(placement_command(command))
            case ListPlaced():
                orders = tuple(placement_command(each) for each in command.placed)
                exchange.place_list(PlaceList(command.contingency, orders, command.client_id))
            case Replaced():
                exchange.replace(account_id, command.canceled_order_id, placement_command(command.placed))
            case Canceled():
                exchange.cancel(account_id, command.order_id)
            case Amended():
                given = (command.quantity, command.client_order_id)
                exchange.amend(account_id, command.order_id, quantity=given[0], new_client_order_id=given[1])
            case Deposited():
                self.store.entry_id = command.entry_id
                exchange.deposit(account_id, command.asset, command.amount)
                self.found.paid_in = add(self.found.paid_in, self._value(command))
            case Withdrawn():
                self.store.entry_id = command.entry_id
                exchange.pay_out(account_id, command.asset, command.amount, command.note)
                self.found.paid_out = add(self.found.paid_out, self._value(command))
            case FeesChanged():
                account = exchange.account(account_id)
                rates = (command.maker_rate, command.taker_rate)
                self._change_fees(account, *rates, pays=command.pays_in_fee_asset)
            case FillModelChanged():
                self._change_fill_model(command.model)

    def _equity(self) -> Decimal:
        quote = self.of.quote_asset
        rates = direct_rates(self.assets | {quote}, quote, self.last)
        return holdings(self.exchange.balances(self.of.account_id), quote, rates).equity

    def _value(self, moved: Deposited | Withdrawn) -> Decimal:
        """Of money in or out, in the quote asset."""
        return multiply(moved.amount, self._worth(moved.asset))

    def _worth(self, asset: str) -> Decimal:
        """Of one, in the quote asset; 0 when no market says."""
        rates = direct_rates([asset], self.of.quote_asset, self.last)
        return rates[asset].price if rates else ZERO
