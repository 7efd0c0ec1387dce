"""Match resting orders against the tick log. DESIGN: a tick is met once, and none is missed.

Per symbol two cursors live in the venue: `seen` moves before the index of resting orders is read, so that a placement
decided on an older tick conflicts; `done` moves after the tick's last transaction. An order records the tick it last
met. So a second matcher, a repeated invocation or one that dies anywhere changes nothing and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from .domain.account_models import engine_of, furthest
from .domain.announcing import announcements
from .domain.balances import Account
from .domain.candle_blocks import MINUTES, blocks_between
from .domain.candles import MINUTE, opening
from .domain.errors import BadQuote, Contention
from .domain.fill_models import fill_model
from .domain.gaps import Gap, settled_until
from .domain.instruments import Instrument
from .domain.mailbox import quote_from_mailbox
from .domain.matching import Circumstances, counts_taken, match_transaction
from .domain.models import NONE_TAKEN, NOTHING, Consumption, FillModel, Taken
from .domain.orders import Direction, Order, Side, Trail
from .domain.placing import expire
from .domain.quotes import Tick
from .domain.rules import Rules
from .domain.trailing import Extremes, began, moved_on, reached
from .domain.transactions import Transaction, Verdict
from .fee_reading import FeeReader
from .ports import Backlog, FeedTick, Mailbox, MarketData, Resting, Store

TICKS_PER_PASS = 500
ORDERS_PER_PAGE = 250
CANDLES_READ = 120
"""Minutes of a gap that are read at once: as many ticks as a pass has."""

ATTEMPTS = 50


@dataclass(slots=True)
class MatchReport:
    """What one run did. `gaps` counts, by symbol, ticks that fell off the log before they were matched. `lag` is the
    number of ticks left for the next run, over all symbols, `tick_lag` how long (ms) the oldest tick had waited, and
    `rejected` says why foreign quotes were dropped. `late` counts those of the fills that are dated in the past.
    `unjudged` counts, by symbol, minutes of a gap that no candle tells of, or that had no tick numbers. `unpaid` says
    which orders a tick passed over because their account lacks what they lock: books that are broken, and others'
    orders are not to wait for their mending."""

    ticks: int = 0
    fills: int = 0
    late: int = 0
    expired: int = 0
    conflicts: int = 0
    adopted: int = 0
    rejected: list[str] = field(default_factory=list[str])
    lag: int = 0
    tick_lag: int = 0
    gaps: dict[str, int] = field(default_factory=dict[str, int])
    unjudged: dict[str, int] = field(default_factory=dict[str, int])
    unpaid: list[str] = field(default_factory=list[str])


def adopt(store: MarketData, mailbox: Mailbox, now: int, rejected: list[str] | None = None) -> int | None:
    """Take a foreign process's quote into the log; its tick number, or None when it was unusable or someone else was
    first. An unusable one is counted and remembered by the store, the last good quote stays, and the reason is added to
    `rejected`."""
    try:
        quote = quote_from_mailbox(mailbox.symbol, mailbox.fields, now)
    except BadQuote as error:
        if rejected is not None:
            rejected.append(error.detail)
        return store.adopt(mailbox, None, now)
    return store.adopt(mailbox, quote, now)


def continue_log(store: Store, tick: Tick, seen: int, now: int) -> None:
    """Log `tick` again above this venue's cursor: the log was lost, or trimmed to nothing, while the venue remembers
    later ticks, and nothing below the cursor can be met. Once, whoever sees it first, and never above a newer quote."""
    store.append(FeedTick(tick.quote, 0, book=tick.book), tick.source, now, serves=False, floor=seen, after=tick.number)


class Matcher:
    """One run over the backlog of some symbols."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        time: Callable[[int | None], int],
        instrument: Callable[[str], Instrument],
        fees: FeeReader,
    ) -> None:
        self.store = store
        self.rules = rules
        self.time = time
        self.instrument = instrument
        self.fees = fees
        self.report = MatchReport()
        self.accounts: dict[str, Account] = {}
        self._left: dict[str, int] = {}

    def run(self, symbols: Sequence[str] | None, keep_on: Callable[[], bool]) -> MatchReport:
        """Match until the log is worked off or `keep_on` says stop."""
        waiting = list(self.store.symbols() if symbols is None else symbols)
        while waiting and keep_on():
            found = self._backlogs(waiting)
            backlogs = [each for each in map(self._without_gap, (each for each in found if each.ticks)) if each.ticks]
            waiting = [each.symbol for each in backlogs if self._pass_is_short(each)]
            self._match(backlogs, keep_on)
            for each in found:
                if not (each.ticks and self._left.get(each.symbol)):
                    self._expire(each, keep_on)
        self.report.lag = sum(self._left.values())
        return self.report

    @staticmethod
    def _pass_is_short(backlog: Backlog) -> bool:
        return bool(backlog.ticks) and backlog.ticks[-1].number < backlog.newest

    def _backlogs(self, symbols: Sequence[str]) -> list[Backlog]:
        backlogs = self.store.backlogs(symbols, TICKS_PER_PASS)
        foreign = [each.mailbox for each in backlogs if each.mailbox]
        if foreign:
            now = self.time(self.store.market_time())
            rejected = self.report.rejected
            self.report.adopted += sum(adopt(self.store, mailbox, now, rejected) is not None for mailbox in foreign)
            backlogs = self.store.backlogs(symbols, TICKS_PER_PASS)
        behind = [each for each in backlogs if 0 < each.newest < each.seen]
        if behind:
            now = self.time(self.store.market_time())
            for each in behind:
                for tick in self.store.ticks(each.symbol, each.newest - 1, 1):
                    continue_log(self.store, tick, each.seen, now)
            backlogs = self.store.backlogs(symbols, TICKS_PER_PASS)
        for backlog in backlogs:
            if backlog.ticks:
                waited = self.time(backlog.market_time) - backlog.ticks[0].logged_at
                self.report.tick_lag = max(self.report.tick_lag, waited)
        return backlogs

    def _without_gap(self, backlog: Backlog) -> Backlog:
        """The backlog as it is, or, where ticks before it are gone, those that can be made of the kept candles."""
        if not backlog.gap:
            return backlog
        symbol, first = backlog.symbol, backlog.ticks[0]
        if backlog.gap_until <= backlog.done + 1:
            minute = opening(first.quote.timestamp, "1m")
            self.store.plan_gap(symbol, backlog.gap_until, first.number, minute)
            backlog = self.store.backlogs([symbol], TICKS_PER_PASS)[0]
            if backlog.gap_until <= backlog.done + 1 or not backlog.ticks:
                return backlog  # another matcher is through with it
        gap = Gap(backlog.done, backlog.done_at, backlog.gap_until, backlog.gap_minute)
        if symbol not in self.report.gaps:
            self.report.gaps[symbol] = gap.until - 1 - gap.done
            self._lacks(symbol, gap.unnumbered)
        made = self._made_of_candles(symbol, gap)
        return replace(backlog, ticks=made) if made else backlog

    def _made_of_candles(self, symbol: str, gap: Gap) -> list[Tick]:
        """The next ticks of a gap; none when it is through."""
        feed = self.store.feed_state()
        start = gap.since
        while start <= gap.minute:
            end = min(opening(start, "1h") + CANDLES_READ * MINUTE, gap.minute + MINUTE)
            names = blocks_between(MINUTES, start, end - 1)
            [read] = self.store.read_candles([(symbol, names)])
            until = min(end, settled_until(read.record))
            kept = [each for name in names for each in read.blocks.get(name, ()) if start <= each.time < until]
            # The last minute is not missed as a whole: its ticks are in the log.
            missed = range(start, min(end, gap.minute), MINUTE)
            self._lacks(symbol, len(missed) - sum(each.time in missed for each in kept))
            made = gap.ticks(symbol, kept, feed.source if feed else "external")
            if made:
                return made
            start = end
        return []

    def _lacks(self, symbol: str, minutes: int) -> None:
        if minutes:
            self.report.unjudged[symbol] = self.report.unjudged.get(symbol, 0) + minutes

    def _match(self, backlogs: list[Backlog], keep_on: Callable[[], bool]) -> None:
        if not backlogs:
            return
        self.store.mark_seen({each.symbol: each.ticks[-1].number for each in backlogs})
        outermost = self.store.resting([each.symbol for each in backlogs])
        untouched: dict[str, Tick] = {}
        for backlog, first in zip(backlogs, outermost, strict=True):
            resting = first
            left = self._from_first_contact(backlog.ticks, resting)
            self.report.ticks += len(backlog.ticks) - len(left)
            if len(left) < len(backlog.ticks):
                untouched[backlog.symbol] = backlog.ticks[len(backlog.ticks) - len(left) - 1]
            while left and keep_on():
                self._hold(backlog.symbol, left[0], resting)
                self.store.mark_done({backlog.symbol: left[0]})
                untouched.pop(backlog.symbol, None)
                self.report.ticks += 1
                left = left[1:]
                if not left:
                    break
                [resting] = self.store.resting([backlog.symbol])
                rest = self._from_first_contact(left, resting)
                if len(rest) < len(left):
                    untouched[backlog.symbol] = left[len(left) - len(rest) - 1]
                    self.report.ticks += len(left) - len(rest)
                left = rest
            self._left[backlog.symbol] = len(left) + backlog.newest - backlog.ticks[-1].number
        if untouched:
            self.store.mark_done(untouched)

    def _from_first_contact(self, ticks: list[Tick], resting: Resting) -> list[Tick]:
        """The ticks from the first one that may touch a resting order, trigger a stop or end an order. Float prices are
        rounded, never past an exact one, so `<=` here lets a few through that touch nothing and holds none back."""
        if resting.arrivals or resting.trails:
            return ticks
        models = self._models(resting.models)
        for index, tick in enumerate(ticks):
            if _may_touch(models, tick, resting) or _is_due(tick, resting):
                return ticks[index:]
        return []

    def _models(self, names: Sequence[str]) -> list[FillModel]:
        """The venue's fill model, and what those of accounts reach like."""
        return [self.rules.engine.model, *map(fill_model, names)]

    # orders whose time is up without a tick that says so

    def _expire(self, backlog: Backlog, keep_on: Callable[[], bool]) -> None:
        """End the orders of a symbol whose time is up by the clock, once every tick of `backlog` is met. What was
        logged since then goes first, and so do the candles of a missed time while they are still coming in."""
        symbol, now = backlog.symbol, self.time(backlog.market_time)
        if backlog.next_expiry is None or backlog.next_expiry > now:
            return
        view = self.store.market(symbol)  # read after the clock, so that no price of before is overlooked
        newest = view.tick.number if view.tick else 0
        if newest > backlog.newest or view.mailbox:
            return  # the next run meets it
        if view.tick and view.tick.is_catching_up(now, self.rules.engine.stale_after):
            return
        seen, instrument = max(newest, view.seen), self.instrument(symbol)
        scales = self.store.scales([instrument.base_asset, instrument.quote_asset])
        ended = True
        while ended and keep_on() and (page := self.store.expiring(symbol, now, None, ORDERS_PER_PAGE)):
            orders = [order for order in self.store.orders([order_id for _, order_id in page]) if order]
            accounts = self.accounts_of(orders)
            verdicts = self.store.commit(
                [
                    expire(order, accounts[order.account_id], instrument, scales, seen, now)
                    for order in orders
                    if order.is_open and order.generation == accounts[order.account_id].generation
                ]
            )
            committed = verdicts.count(Verdict.COMMITTED)
            self.report.expired += committed
            self.report.conflicts += len(verdicts) - committed
            ended = committed == len(page)  # else somebody else was here: the next run goes on
            if not ended:
                self.accounts.clear()

    def accounts_of(self, orders: list[Order]) -> dict[str, Account]:
        """The accounts of some orders, as they are known or as they are now."""
        known = self.accounts
        outdated = {
            order.account_id
            for order in orders
            if order.account_id not in known or known[order.account_id].generation != order.generation
        }
        missing = sorted(outdated)
        for account_id, account in zip(missing, self.store.accounts(missing), strict=True):
            if account:
                known[account_id] = account
        return known

    # one tick of one symbol

    def _hold(self, symbol: str, tick: Tick, resting: Resting) -> None:
        """Offer one tick to every order it may touch: those that it ends, because their time is up, those in the book
        by price-time priority, then arrivals by age, then the stops that it triggers, the first that the price came to
        first, those that trail the price last.

        That is the order in which they would be there: the book before the tick, arrivals on their way to it, and what
        the tick itself sets off."""
        if tick.was_stale(self.rules.engine.stale_after):
            return
        models = self._models(resting.models)
        if len(models) > 1:
            self.accounts.clear()  # an old record would turn away, unnoticed, who has another model since
        tick_view, store = _TickView(self, symbol, tick), self.store
        if _is_due(tick, resting):
            self._settle_pages(tick_view, partial(store.expiring, symbol, tick.quote.timestamp))
        for side in Side:
            price = furthest(models, side, tick)
            self._settle_pages(tick_view, partial(store.crossing, symbol, side, price))
        last = 0
        while ids := store.arrivals(symbol, last, ORDERS_PER_PAGE):
            last = ids[-1]
            tick_view.settle(ids)
        for direction in Direction:
            self._settle_pages(tick_view, partial(store.triggering, symbol, direction, tick.quote.last))
        self._follow(symbol, tick, tick_view)

    def _follow(self, symbol: str, tick: Tick, tick_view: _TickView) -> None:
        """Trigger the trailing stops that the price has come back far enough for, and let the others follow it. What
        they measure from is kept when all of them are settled, so whoever takes over in between decides alike."""
        kept: list[tuple[Trail, Extremes]] = []
        for trail, known in self.store.trails(symbol):
            if known and known.tick >= tick.number:
                continue  # another matcher was here
            extremes = self._with_newcomers(symbol, trail, known or Extremes(0), tick)
            left: list[Decimal] = []
            for first, before, extreme in reached(trail, extremes, tick.quote.last):
                until = (tick.number if before is None else before) - 1
                measuring = partial(self.store.trailing, symbol, trail, first, until)
                self._settle_pages(tick_view, measuring, extreme)
                if measuring(None, 1):  # a candle triggers none that came, or changed, after it began
                    left.append(extreme)
            kept.append((trail, moved_on(trail, extremes, tick.number, tick.quote.last, left=left)))
        if kept:
            self.store.keep_extremes(symbol, kept)

    def _with_newcomers(self, symbol: str, trail: Trail, known: Extremes, tick: Tick) -> Extremes:
        """What is known, and what those measure from who began after that: placements on the tick before, as a rule."""
        read = partial(self.store.trailing, symbol, trail)
        newcomers: list[tuple[int, Decimal]] = []
        last = known.tick
        while page := read(last + 1, tick.number - 1, None, 1):
            [(score, order_id)] = page
            [order] = self.store.orders([order_id])
            if order and order.trailing:  # else it is gone: look again
                last, price = int(score), order.trailing.price
                newcomers.append((last, tick.quote.last if price is None else price))
        return began(trail, known, newcomers, anybody_last=bool(read(known.tick, known.tick, None, 1)))

    @staticmethod
    def _settle_pages(
        tick_view: _TickView,
        read: Callable[[float | None, int], list[tuple[float, int]]],
        extreme: Decimal | None = None,
    ) -> None:
        """Offer the tick to all that `read` finds from a score on, so many at a time."""
        after: float | None = None
        held: set[int] = set()
        size = ORDERS_PER_PAGE
        while page := read(after, size):
            new = [order_id for _, order_id in page if order_id not in held]
            if not new and len(page) < size:
                break
            # A full page of orders that were held already share one price: look further along it.
            size = ORDERS_PER_PAGE if new else size * 2
            after = page[-1][0]
            held.update(new)
            tick_view.settle(new, extreme)


def _may_touch(models: Sequence[FillModel], tick: Tick, resting: Resting) -> bool:
    last = float(tick.quote.last)
    return (
        (resting.best_bid is not None and float(furthest(models, Side.BUY, tick)) <= resting.best_bid)
        or (resting.best_ask is not None and float(furthest(models, Side.SELL, tick)) >= resting.best_ask)
        or (resting.lowest_rise is not None and last >= resting.lowest_rise)
        or (resting.highest_fall is not None and last <= resting.highest_fall)
    )


def _is_due(tick: Tick, resting: Resting) -> bool:
    """Whether the time of an order is up on this tick."""
    return resting.next_expiry is not None and tick.quote.timestamp >= resting.next_expiry


class _TickView:
    """What every order that meets one tick shares."""

    def __init__(self, matcher: Matcher, symbol: str, tick: Tick) -> None:
        self.matcher = matcher
        self.store = matcher.store
        self.engine = matcher.rules.engine
        self.symbol = symbol
        self.tick = tick
        self.instrument = matcher.instrument(symbol)
        assets = (self.instrument.base_asset, self.instrument.quote_asset)
        known = self.store.scales(assets)
        self.base_scale, self.quote_scale = (known.get(asset, matcher.rules.scale(asset)) for asset in assets)
        self.announcements = announcements(self.instrument, tick, self.engine)
        self.lock_only: set[int] = set()
        self.taken: dict[tuple[str, Side], Taken] = {}
        self.consumed: dict[tuple[str, Side], Consumption] = {}

    def settle(self, order_ids: list[int], extreme: Decimal | None = None) -> None:
        """Decide and commit until none of these orders is in conflict, or another matcher is done with the tick.
        `extreme`: what they measure from, if they trail the price."""
        for attempt in range(ATTEMPTS):
            if not order_ids or (attempt and self._is_done()):
                return
            order_ids = self._attempt(order_ids, extreme)
        raise Contention(
            f"{self.symbol} tick {self.tick.number}: gave up after {ATTEMPTS} attempts; the next run goes on"
        )

    def _is_done(self) -> bool:
        return self.store.backlogs([self.symbol], 1)[0].done >= self.tick.number

    def _attempt(self, order_ids: list[int], extreme: Decimal | None) -> list[int]:
        """One round; the ids to offer the tick to once more."""
        found = [order for order in self.store.orders(order_ids) if order]
        accounts = self.matcher.accounts_of(found)
        # An account that was reset leaves its orders behind: they are no longer anybody's.
        orders = [order for order in found if order.generation == accounts[order.account_id].generation]
        engines = {order.account_id: engine_of(self.engine, accounts[order.account_id]) for order in orders}
        models = {account_id: engine.model for account_id, engine in engines.items()}
        by_book = {each for each, model in models.items() if model.reads_book and self.tick.book}
        if by_book:
            sides = sorted({(order.account_id, order.side) for order in orders if order.account_id in by_book})
            self.consumed = dict(zip(sides, self.store.consumed(self.symbol, sides), strict=True))
        if any(counts_taken(model, self.tick) for model in models.values()):
            self.taken = dict(self.store.taken(self.symbol, self.tick.number))
        mates = self._mates_of(orders)
        each_may_need = max((model.most_executions for model in models.values()), default=1)
        trade_id = self.store.next_id("trade", len(order_ids) * each_may_need)
        now = self.matcher.time(self.store.market_time())
        owners = {order.account_id: accounts[order.account_id] for order in orders}
        fees = self.matcher.fees.read(list(owners.values()), self.symbol, now)
        decided: list[tuple[int, Transaction]] = []
        for offset, order in enumerate(orders):
            around = Circumstances(
                account=accounts[order.account_id],
                instrument=self.instrument,
                base_scale=self.base_scale,
                quote_scale=self.quote_scale,
                engine=engines[order.account_id],
                trade_id=trade_id + offset * each_may_need,
                now=now,
                taken=self.taken.get((order.account_id, order.side), NONE_TAKEN),
                consumed=self.consumed.get((order.account_id, order.side), NOTHING),
                announcements=self.announcements,
                fees=fees[order.account_id],
                lock_only=order.order_id in self.lock_only,
                extreme=extreme if order.trail else None,
                mates=mates.get(order.order_id, ()),
            )
            transaction = match_transaction(order, self.tick, around)
            if transaction is None:
                continue
            decided.append((order.order_id, transaction))
            if transaction.taken:
                self.taken[order.account_id, order.side] = transaction.taken.after
            if transaction.consumed:
                self.consumed[order.account_id, order.side] = transaction.consumed.after
            if transaction.fees:
                fees[order.account_id] = transaction.fees.after
        verdicts = self.store.commit([transaction for _, transaction in decided])
        again, unpaid = self._conflicts(decided, verdicts)
        if not ((again or unpaid) and any(model.limits_size for model in models.values())):
            return again
        # What was not committed is for the next in line, who may have been turned away: offer it to all of them.
        settled = {order_id for order_id, _ in decided} - set(again)
        return [order_id for order_id in order_ids if order_id not in settled]

    def _conflicts(
        self, decided: list[tuple[int, Transaction]], verdicts: list[Verdict]
    ) -> tuple[list[int], list[int]]:
        """Count what was committed; the ids of what was not and is to be decided again, and of what is passed over."""
        report, again, unpaid = self.matcher.report, list[int](), list[int]()
        for (order_id, transaction), verdict in zip(decided, verdicts, strict=True):
            if verdict is Verdict.COMMITTED:
                report.fills += len(transaction.fills)
                report.late += sum(fill.is_late for fill in transaction.fills)
                report.expired += not transaction.orders[0].after.is_open and not transaction.fills
                continue
            if verdict is Verdict.INSUFFICIENT:
                # A stop without a limit costs more than it holds, or a market order that was on its way does, or what
                # waits for a working order, and what is free does not pay for the rest.
                if order_id in self.lock_only:
                    report.unpaid.append(
                        f"{self.symbol} tick {self.tick.number}: account {transaction.account.account_id!r} cannot pay "
                        f"for order {order_id} out of what that locks; see `mockx audit`"
                    )
                    unpaid.append(order_id)
                    continue
                self.lock_only.add(order_id)
            again.append(order_id)
        report.conflicts += len(again)
        if again or unpaid:
            self.matcher.accounts.clear()
        return again, unpaid

    def _mates_of(self, orders: list[Order]) -> dict[int, tuple[Order, ...]]:
        """The others of their lists, by order id, as they are now: an order is decided together with them."""
        wanted = sorted({mate_id for order in orders if order.leg for mate_id in order.leg.mate_ids})
        if not wanted:
            return {}
        found = {order.order_id: order for order in self.store.orders(wanted) if order}
        # a list whose account was brought back meanwhile may be swept: no order of it is open then
        return {
            order.order_id: tuple(found[each] for each in order.leg.mate_ids if each in found)
            for order in orders
            if order.leg
        }
