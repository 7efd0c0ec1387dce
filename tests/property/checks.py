"""What must hold after any history, checked in memory and on a real Valkey side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.fills import Fill, Liquidity
from mockexchange.domain.journal import (
    AccountReset,
    Expired,
    FeesChanged,
    JournalEntry,
    ListPlaced,
    Matched,
    Placed,
    Replaced,
    Restored,
)
from mockexchange.domain.models import FillModel, TouchModel, reaches
from mockexchange.domain.orders import Order, OrderStatus, Side
from mockexchange.domain.placing_lists import list_name
from mockexchange.domain.quotes import Tick
from mockexchange.domain.tape import TapeModel
from mockexchange.local.recorded_books import Offered
from mockexchange.store.dump import Dump, dump_memory, dump_valkey
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection
from tests import replayed

from .fee_checks import check_fees
from .histories import histories, model_histories
from .model_checks import Models, check_models
from .tape_checks import check_tape, traded_for
from .world import ACCOUNTS, LEVELS, MAKER_RATE, PRICES, STALE_AFTER, TAKER_RATE, Command, Match, Sweep, World

FREE = FeeSchedule()
"""The schedule that charges nothing but each account's own rates."""

SLIPPING = "last+slippage=100+seed=3"
"""A model whose takers pay up to a percent more than the last price."""

SHORT = (Phase.generate,)
LONG = (Phase.generate, Phase.shrink)


def check_histories(
    model: str,
    connection: Connection,
    examples: int,
    *,
    phases: tuple[Phase, ...] = LONG,
    of: SearchStrategy[list[Command]] = histories,
    fees: FeeSchedule = FREE,
    latency: int = 0,
    forget: Callable[[], object] | None = None,
) -> Counter[str]:
    """Run that many histories on both stores; what was in them, counted. `forget` empties the server (not given:
    FLUSHALL). Raises AssertionError on the first that gives
    two different venues, dirty books, a tick met twice or missed, or a journal that does not replay."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(of)
    def check(history: list[Command]) -> None:
        if forget is None:
            connection.run("FLUSHALL")
        else:
            forget()
        store = MemoryStore(levels=LEVELS)
        # what accounts choose meets all that there may be
        in_memory, in_valkey = (
            World(each, model, fees, latency, keeps=of is model_histories)
            for each in (store, ValkeyStore(connection, levels=LEVELS))
        )
        for world in (in_memory, in_valkey):
            world.run([*history, Match(), Sweep()])
        assert in_memory.outcomes == in_valkey.outcomes
        assert not in_memory.seen["gave up"], "a guard that never holds"
        assert not in_memory.seen["refused though covered"]
        dump = dump_memory(store.state)
        assert dump == dump_valkey(connection)
        for world in (in_memory, in_valkey):
            assert world.exchange().audit().problems == []
        check_ticks(in_memory)
        check_names(in_memory)
        check_replay(store.journal(0, 100_000).items, dump)
        if fees != FREE:
            in_memory.seen.update(check_fees(in_memory))
        seen.update(in_memory.seen)
        seen.update(density(in_memory))

    check()
    return seen


def density(world: World) -> Counter[str]:
    found = Counter({"histories": 1})
    orders, fills = everything(world)
    found["fills"] = len(fills)
    found["maker fills"] = sum(fill.liquidity is Liquidity.MAKER for fill in fills)
    journal = world.store.journal(0, 100_000).items
    found["lock only"] = sum(isinstance(entry, Matched) and entry.lock_only for entry in journal)
    found["triggers"] = sum(order.type.is_stop and not order.is_untriggered for order in orders.values())
    found["trailed"] = sum(order.trailing is not None and not order.is_untriggered for order in orders.values())
    legs = [order for order in orders.values() if order.leg]
    found["orders that waited"] = sum(order.leg.placed_at is not None for order in legs if order.leg)
    found["rejections"] = sum(order.status is OrderStatus.REJECTED for order in legs)
    found["pairs ended"] = sum(
        order.status is OrderStatus.EXPIRED and bool(order.leg) and not order.filled_quantity for order in legs
    )
    found["timed out"] = sum(is_timed_out(order) for order in orders.values())
    found["partial fills"] = sum(fill.quantity < orders[fill.order_id].quantity for fill in fills)
    return found


def is_timed_out(order: Order) -> bool:
    return order.status is OrderStatus.EXPIRED and order.expires_at is not None and order.updated_at >= order.expires_at


def everything(world: World) -> tuple[dict[int, Order], list[Fill]]:
    exchange = world.exchange()
    orders = {order.order_id: order for account in ACCOUNTS for order in exchange.orders(account, limit=10_000).items}
    fills = [fill for account in ACCOUNTS for fill in exchange.trades(account, limit=10_000).items]
    return orders, fills


def check_names(world: World) -> None:
    """An open order is found by its client order id, which no other open one has; whoever asked before sending again
    has one order, and one that was rejected is none."""
    exchange = world.exchange()
    for account in ACCOUNTS:
        for order in exchange.open_orders(account):
            assert exchange.order(account, client_order_id=order.client_order_id) == order
        sent = Counter(order.client_order_id for order in exchange.orders(account, limit=10_000).items)
        assert all(sent[name] == 1 for name in sent if name.startswith("unanswered")), "an order is there twice"
        assert not any(name.startswith("rejected") for name in sent), "an order that was rejected is there"
        for orders in exchange.open_order_lists(account):
            assert exchange.order_list(account, client_id=list_name(orders[0])) == orders


def check_ticks(world: World) -> None:
    """The tick protocol: no order fills on a tick older than its placement, none twice on one tick, nobody takes more
    than there is, and nothing that could fill was passed over."""
    orders, fills = everything(world)
    journal = world.store.journal(0, 100_000).items
    placed_on = _placed_on(journal, orders)
    for entry in journal:
        if isinstance(entry, Matched) and entry.order_id in placed_on:
            assert entry.tick > placed_on[entry.order_id], f"{entry} is not after {placed_on[entry.order_id]}"
    ticks = {(symbol, tick.number): tick for symbol in PRICES for tick in world.store.ticks(symbol, 0, 10_000)}
    # Several fills of one tick are several levels of its book.
    met = Counter((fill.order_id, fill.tick, fill.price if "depth" in fill.model else None) for fill in fills)
    assert max(met.values(), default=1) == 1
    check_dates(world, orders, fills, ticks)
    check_expiry(world, orders, fills, ticks)
    if world.latency:
        check_latency(world, orders, fills, placed_on, ticks)
    fees_stay = not any(isinstance(entry, FeesChanged) for entry in journal)
    for fill in fills if world.fees == FREE else ():
        check_amounts(fill, fees_stay=fees_stay)
    for order in orders.values():
        assert order.quote_quantity is None or order.filled_notional <= order.quote_quantity, f"{order} is overspent"
    model = "mixed" if world.keeps else world.model
    if world.keeps:
        check_mixed(world, orders, fills, _rests_on(world, orders, fills, placed_on), ticks)
        check_models(world, orders, fills)
    if model == SLIPPING:
        check_slippage(orders, fills, ticks)
    if model == "depth":
        check_depth(orders, fills, ticks)
    if "queue" in model or "share" in model:
        world.seen.update(check_tape(orders, fills, _rests_on(world, orders, fills, placed_on), ticks))
    if model == "touch-size":
        check_sizes(orders, fills, ticks)
    check_pairs(orders, fills)
    triggers = triggers_of(world, orders)
    triggered_on = {order_id: entry.tick for order_id, entry in triggers.items()}
    working_on = {**_with_waiting(placed_on, orders, fills), **triggered_on}
    check_nothing_missed(world, orders, fills, working_on, ticks)
    brought_back = restorations(world, orders)
    for order in orders.values():
        if order.trailing and order.trailing.started_at is not None and not order.is_pending:
            check_trail(order, triggers.get(order.order_id), ticks, brought_back.get(order.order_id, 0))


def arrivals(world: World, orders: dict[int, Order], ticks: dict[tuple[str, int], Tick]) -> dict[int, int]:
    """The tick that each order arrived on which may not have rested on the one that it was placed on: of those trades
    it had nothing yet."""
    found: dict[int, int] = {}
    on_their_way = set[int]()
    for entry in world.store.journal(0, 100_000).items:
        placed = entry.placed if isinstance(entry, Replaced) else entry
        if isinstance(placed, Placed):
            tick = ticks.get((placed.symbol, placed.tick))
            old = tick is None or of_candle(tick) or placed.now - tick.quote.timestamp > STALE_AFTER
            on_their_way |= {placed.order_id} if old or world.latency else set()
        if isinstance(entry, ListPlaced):
            on_their_way |= {each.order_id for each in entry.placed}
        if isinstance(entry, Restored):
            on_their_way |= {order_id for order_id in orders if order_id >= entry.first_order_id}
        if isinstance(entry, Matched) and entry.order_id in on_their_way:
            found[entry.order_id] = entry.tick
            on_their_way.remove(entry.order_id)
    return found


def begun_anew(journal: list[JournalEntry]) -> set[str]:
    """The accounts that were reset or brought back."""
    return {entry.account_id for entry in journal if isinstance(entry, AccountReset | Restored)}


def _rests_on(world: World, orders: dict[int, Order], fills: list[Fill], placed_on: dict[int, int]) -> dict[int, int]:
    """The tick on which each order came to rest, or one before; of those that waited for a price, the one after which
    they did."""
    triggered_on = {order_id: entry.tick for order_id, entry in triggers_of(world, orders).items()}
    return {**_with_waiting(placed_on, orders, fills), **triggered_on}


def check_latency(
    world: World,
    orders: dict[int, Order],
    fills: list[Fill],
    placed_on: dict[int, int],
    ticks: dict[tuple[str, int], Tick],
) -> None:
    """No order met a tick of before its arrival, and what it met first is the first price of after that."""
    matched = [each for each in world.store.journal(0, 100_000).items if isinstance(each, Matched)]
    arrived: dict[int, Matched] = {}
    for each in (*matched, *fills):
        if each.order_id in orders:
            order, tick = orders[each.order_id], ticks[each.symbol, each.tick]
            if isinstance(each, Matched) and order.expires_at is not None and tick.quote.timestamp >= order.expires_at:
                continue  # its date ends it on its way, too
            assert tick.began_at >= order.created_at + world.latency, f"{order} was on its way at tick {tick.number}"
    for entry in matched:
        if entry.order_id in orders:
            arrived.setdefault(entry.order_id, entry)
    brought_back = restorations(world, orders)
    for order_id, entry in arrived.items():
        order = orders[order_id]
        if order_id in brought_back or (order.leg and order.leg.placed_at is not None):
            continue  # it was there, maybe, and this is what happened to it next
        world.seen["arrived"] += 1
        for number in range(placed_on[order_id] + 1, entry.tick):
            tick = ticks[order.symbol, number]
            there = not of_candle(tick) and tick.began_at >= order.created_at + world.latency
            assert not there or tick.was_stale(STALE_AFTER), f"{order} passed tick {number} by"


def triggers_of(world: World, orders: dict[int, Order]) -> dict[int, Matched]:
    """The match that triggered each stop; an earlier one of a trailing stop is where it began to trail, and of one that
    was on its way where it arrived."""
    found: dict[int, Matched] = {}
    lasts = {
        (symbol, tick.number): tick.quote.last for symbol in PRICES for tick in world.store.ticks(symbol, 0, 10_000)
    }
    for entry in world.store.journal(0, 100_000).items:
        if isinstance(entry, Matched) and entry.order_id in orders:
            order = orders[entry.order_id]
            if not order.type.is_stop or (order.trailing and entry.extreme is None):
                continue
            last, stop_price = lasts[entry.symbol, entry.tick], order.stop_price
            if world.latency and stop_price and not order.trailing and not order.direction.reaches(last, stop_price):
                continue
            found.setdefault(order.order_id, entry)
    return found


def check_trail(
    order: Order, trigger: Matched | None, ticks: dict[tuple[str, int], Tick], brought_back_at: int
) -> None:
    """A trailing stop is triggered by the first tick that is far enough from the best one since it began, and by no
    other; what the best one was is worked out again, tick by tick and order by order, in fractions. A candle that
    began before the order was there counts for the best, and triggers nothing."""
    trailing = order.trailing
    assert trailing is not None and trailing.started_at is not None
    sells, delta = order.side is Side.SELL, Fraction(trailing.delta, 10_000)
    amended_at = order.amendments[-1].timestamp if order.amendments else 0
    if order.triggered_at is not None and order.triggered_at <= brought_back_at:
        return  # as another order, of before
    changed_at = max(trailing.started_at, amended_at, brought_back_at, order.updated_at if trigger is None else 0)
    best = None if trailing.price is None else Fraction(trailing.price)
    for (symbol, number), tick in sorted(ticks.items()):
        if symbol != order.symbol or number <= trailing.tick or tick.was_stale(STALE_AFTER):
            continue
        last = Fraction(tick.quote.last)
        best = last if best is None else best
        # Of a candle's minute it must have been there for all, as it is; the best price counts all the same.
        there = not of_candle(tick) or tick.began_at >= changed_at
        if there and (last <= best * (1 - delta) if sells else last >= best * (1 + delta)):
            if order.status == "CANCELED" and trigger is None:
                return
            assert trigger is not None, f"tick {number} did not trigger {order}"
            assert (trigger.tick, Fraction(trigger.extreme or 0)) == (number, best), f"{trigger} of {order}"
            return
        best = max(best, last) if sells else min(best, last)
    assert trigger is None, f"{trigger} of {order}"


def _placed_on(journal: list[JournalEntry], orders: dict[int, Order]) -> dict[int, int]:
    """The tick on which each order was accepted, or brought back with its account."""
    found: dict[int, int] = {}
    for entry in journal:
        if isinstance(entry, Restored):
            ticks_of = dict(entry.ticks)
            for order in orders.values():
                if order.order_id >= entry.first_order_id and order.symbol in ticks_of:
                    found[order.order_id] = ticks_of[order.symbol]
        if isinstance(entry, ListPlaced):
            found |= {placed.order_id: placed.tick for placed in entry.placed}
        placed = entry.placed if isinstance(entry, Replaced) else entry
        if isinstance(placed, Placed):
            found[placed.order_id] = placed.tick
    return found


def _with_waiting(placed_on: dict[int, int], orders: dict[int, Order], fills: list[Fill]) -> dict[int, int]:
    """The same, of orders that waited for another one the tick that filled it."""
    found = dict(placed_on)
    for fill in fills:
        leg = orders[fill.order_id].leg if fill.order_id in orders else None
        if leg and leg.is_working:
            found |= {mate_id: max(found.get(mate_id, 0), fill.tick) for mate_id in leg.mate_ids}
    return found


def check_dates(world: World, orders: dict[int, Order], fills: list[Fill], ticks: dict[tuple[str, int], Tick]) -> None:
    """What a tick did that was met late is dated at the tick and marked; nothing met a candle that began before it."""
    restored_at = restorations(world, orders)
    for fill in fills:
        tick, order = ticks[fill.symbol, fill.tick], orders[fill.order_id]
        late = of_candle(tick) or fill.entered_at - tick.quote.timestamp > STALE_AFTER
        late = late or (order.expires_at is not None and fill.entered_at >= order.expires_at)
        assert fill.is_late is late, f"{fill} on {tick}"
        if not fill.is_late:
            continue
        world.seen["late fills"] += 1
        assert max(tick.began_at, order.created_at) <= fill.timestamp <= fill.entered_at
        if of_candle(tick):
            world.seen["candle fills"] += 1
            assert fill.timestamp == tick.began_at >= order.created_at
            brought_back = restored_at.get(order.order_id, 0)
            assert fill.entered_at < brought_back or tick.began_at >= brought_back, f"{fill} on {tick}"


def restorations(world: World, orders: dict[int, Order]) -> dict[int, int]:
    """When each order was last brought back with its account."""
    found: dict[int, int] = {}
    for entry in world.store.journal(0, 100_000).items:
        if isinstance(entry, Restored):
            found |= dict.fromkeys((number for number in orders if number >= entry.first_order_id), entry.now)
    return found


def check_expiry(world: World, orders: dict[int, Order], fills: list[Fill], ticks: dict[tuple[str, int], Tick]) -> None:
    """No tick of an order's date or later fills it, and no order outlives its date; one of before that it had a chance
    to meet was not passed over."""
    journal = world.store.journal(0, 100_000).items
    ends = {entry.order_id: entry for entry in journal if isinstance(entry, Expired | Matched)}
    placed_on, models, anew = _placed_on(journal, orders), Models(world), begun_anew(journal)
    arrived_on = arrivals(world, orders, ticks)
    for fill in fills:
        date = orders[fill.order_id].expires_at
        assert date is None or ticks[fill.symbol, fill.tick].quote.timestamp < date, f"{fill} is after {date}"
    newest = {symbol: tick for (symbol, _), tick in sorted(ticks.items())}
    for order in orders.values():
        if order.expires_at is None:
            continue
        last, matched_at = newest[order.symbol], world.clock.time - 1  # the sweep came after it
        goes_on = of_candle(last) and matched_at - last.logged_at <= STALE_AFTER
        assert not order.is_open or matched_at < order.expires_at or goes_on, f"{order} is open"
        end = ends.get(order.order_id)
        if not is_timed_out(order) or end is None or order.amendments:
            continue
        ended_at = ticks[order.symbol, end.tick].quote.timestamp if isinstance(end, Matched) else end.now
        assert ended_at >= order.expires_at, f"{order} ended before its date"
        for (symbol, number), tick in ticks.items():
            meets = number < end.tick if isinstance(end, Matched) else tick.logged_at < end.now
            before = placed_on[order.order_id] < number and tick.quote.timestamp < order.expires_at
            if world.latency and tick.began_at < order.created_at + world.latency:
                continue  # it was on its way
            if symbol != order.symbol or not meets or not before or of_candle(tick) or tick.was_stale(STALE_AFTER):
                continue
            model = models.of(order.account_id, tick.logged_at, end.now)
            if model is None or (model.limits_size and order.account_id in anew):
                continue  # which it met the tick under is not on record, or what its account took of that before
            assert order.price is not None
            if model.reads_tape and number <= arrived_on.get(order.order_id, 0):
                continue
            if model.reads_tape or reaches(order.side, order.price, model.touch(order.side, tick)):
                missed = left_for(order, model, tick, orders, fills)
                assert missed < Fraction(1, 10_000), f"{order} was to get {float(missed)} of tick {number}"


def of_candle(tick: Tick) -> bool:
    """As the source says, and as nothing that is put to the test says."""
    return tick.source.startswith("candles:")


def check_amounts(fill: Fill, *, fees_stay: bool) -> None:
    """Fee and notional, worked out again in fractions."""
    unit = Fraction(1, 10**8)
    buys = fill.side is Side.BUY
    received = Fraction(fill.quantity if buys else fill.quote_quantity)
    assert Fraction(fill.commission) == ceil(received * Fraction(fill.rate) / unit) * unit
    assert not fees_stay or fill.rate == (MAKER_RATE if fill.liquidity is Liquidity.MAKER else TAKER_RATE)
    assert fill.commission_asset == fill.symbol.split("/")[0 if buys else 1]
    assert abs(Fraction(fill.quote_quantity) - Fraction(fill.price) * Fraction(fill.quantity)) < unit


def check_pairs(orders: dict[int, Order], fills: list[Fill]) -> None:
    """Of two orders that cancel each other, one has ended by the time at which the other traded or was triggered."""
    for order in orders.values():
        began = [fill.timestamp for fill in fills if fill.order_id == order.order_id]
        began += [order.triggered_at] if order.triggered_at is not None else []
        leg = order.leg
        if leg is None or leg.is_working or not began:
            continue
        for mate in (orders[mate_id] for mate_id in leg.mate_ids if mate_id in orders):
            if mate.leg and not mate.leg.is_working:
                assert not mate.is_open, f"{mate} goes on beside {order}"
                # a tick that was met late may be of before the other one was amended
                amended = [each.timestamp for each in mate.amendments]
                assert mate.updated_at <= max([min(began), *amended]), f"{mate} went on beside {order}"


def check_slippage(orders: dict[int, Order], fills: list[Fill], ticks: dict[tuple[str, int], Tick]) -> None:
    """Takers pay up to a percent and a tick more than the last price; makers their limit, once that price is there."""
    for fill in fills:
        last, sign = ticks[fill.symbol, fill.tick].quote.last, 1 if fill.side is Side.BUY else -1
        limit = orders[fill.order_id].price
        if fill.liquidity is Liquidity.MAKER:
            assert fill.price == limit
            assert sign * (last - fill.price) <= 0
        else:
            assert 0 <= sign * (fill.price - last) < last * Decimal("0.01") + PRICES[fill.symbol][1]
            assert limit is None or sign * (limit - fill.price) >= 0


def check_depth(orders: dict[int, Order], fills: list[Fill], ticks: dict[tuple[str, int], Tick]) -> None:
    """Of no book has an account more, or cheaper, than it ever offered; without one it has what the touch shows."""
    offers: dict[tuple[str, str, Side], Offered] = {}
    by_tick: dict[tuple[str, int], list[Fill]] = {}
    for fill in sorted(fills, key=lambda each: each.trade_id):
        by_tick.setdefault((fill.symbol, fill.tick), []).append(fill)
    for (symbol, number), tick in sorted(ticks.items()):
        for account in ACCOUNTS:
            for side in Side:
                offer = offers.setdefault((account, symbol, side), Offered(side))
                if tick.book:
                    offer.look(tick.book)
        for fill in by_tick.get((symbol, number), []):
            assert fill.model == ("depth" if tick.book else "depth+no-book")
            if tick.book:
                offer = offers[orders[fill.order_id].account_id, symbol, fill.side]
                assert not offer.exceeds(fill), f"{fill} is more than {offer} had"
    check_sizes(orders, [fill for fill in fills if not ticks[fill.symbol, fill.tick].book], ticks)


def check_mixed(
    world: World,
    orders: dict[int, Order],
    fills: list[Fill],
    rests_on: dict[int, int],
    ticks: dict[tuple[str, int], Tick],
) -> None:
    """What each fill model promises, of the fills that it gave."""
    of = {word: [fill for fill in fills if fill.model == word] for word in ("touch-size", "depth", "depth+no-book")}
    check_sizes(orders, of["touch-size"] + of["depth+no-book"], ticks)
    check_depth(orders, of["depth"] + of["depth+no-book"], ticks)
    taped = [fill for fill in fills if "queue" in fill.model or "share" in fill.model]
    world.seen.update(check_tape(orders, taped, rests_on, ticks))
    for fill in fills:
        if fill.model == "last":
            last, limit = ticks[fill.symbol, fill.tick].quote.last, orders[fill.order_id].price
            assert fill.price == (limit if fill.liquidity is Liquidity.MAKER else last)
    world.seen["fills of other models"] += sum(fill.model != world.model for fill in fills)


def check_sizes(orders: dict[int, Order], fills: list[Fill], ticks: dict[tuple[str, int], Tick]) -> None:
    taken: Counter[tuple[str, str, str, int]] = Counter()
    for fill in fills:
        taken[orders[fill.order_id].account_id, fill.symbol, fill.side, fill.tick] += fill.quantity  # type: ignore[assignment]  # Decimal counts too
        part = orders[fill.order_id].iceberg_quantity
        assert part is None or fill.liquidity is Liquidity.TAKER or fill.quantity <= part, f"{fill} shows too much"
    for (_, symbol, side, number), quantity in taken.items():
        quote = ticks[symbol, number].quote
        size = quote.ask_size if side == "BUY" else quote.bid_size
        assert size is None or quantity <= size


def check_nothing_missed(
    world: World,
    orders: dict[int, Order],
    fills: list[Fill],
    working_on: dict[int, int],
    ticks: dict[tuple[str, int], Tick],
) -> None:
    """`working_on`: the tick from which on each order was held against others, its own placement or trigger."""
    anew, arrived_on = begun_anew(world.store.journal(0, 100_000).items), arrivals(world, orders, ticks)
    own = {account: world.exchange().account(account).fill_model or world.model for account in ACCOUNTS}
    for order in orders.values():
        model, since = fill_model(own[order.account_id]), world.chosen_at.get(order.account_id, {})
        if not order.is_open or order.is_pending:
            continue
        for (symbol, number), tick in ticks.items():
            if symbol != order.symbol or number <= max(working_on[order.order_id], since.get(symbol, 0)):
                continue
            if of_candle(tick):
                if tick.began_at < order.updated_at:
                    continue  # it came, or changed, in that minute or after it
            elif tick.logged_at - tick.quote.timestamp > STALE_AFTER:
                continue
            if world.latency and tick.began_at < order.created_at + world.latency:
                continue  # it was on its way
            if order.trail:
                continue  # check_trail looks at these
            if order.is_untriggered:
                assert order.stop_price is not None
                reached = order.direction.reaches(tick.quote.last, order.stop_price)
                assert not reached, f"tick {number} did not trigger order {order.order_id}"
                continue
            assert order.price is not None, f"order {order.order_id} rests without a price"
            assert not order.unmet, f"order {order.order_id} never met tick {number}"
            if model.limits_size and (order.iceberg_quantity is not None or order.account_id in anew):
                continue  # its next part shows later; what was taken of a tick before is not in its books any more
            if model.reads_tape and number <= arrived_on.get(order.order_id, 0):
                continue  # nothing that traded then was for it
            if not model.reads_tape and not reaches(order.side, order.price, model.touch(order.side, tick)):
                continue
            missed = left_for(order, model, tick, orders, fills)
            assert missed < Fraction(1, 10_000), f"order {order.order_id} missed {float(missed)} of tick {number}"


def left_for(order: Order, model: FillModel, tick: Tick, orders: dict[int, Order], fills: list[Fill]) -> Fraction:
    """How much at least a tick that reached an order had for it in the end; nothing where one tick does not tell."""
    assert order.price is not None, "it rests"
    taken = sum(
        (
            Fraction(fill.quantity)
            for fill in fills
            if (fill.symbol, fill.tick, fill.side) == (order.symbol, tick.number, order.side)
            and fill.order_id in orders
            and orders[fill.order_id].account_id == order.account_id
        ),
        Fraction(0),
    )
    if isinstance(model, TapeModel):  # what traded beyond its price would have met it first
        return (
            traded_for(tick, order.side, order.price, order.working_since or 0, beyond=True) * Fraction(model.share)
            - taken
        )
    if model.limits_size and model != TouchModel(sized=True):
        return Fraction(0)  # what a book leaves for an order is no matter of one tick
    size = tick.quote.ask_size if order.side is Side.BUY else tick.quote.bid_size
    if size is None or not model.limits_size:
        return Fraction(order.quantity)
    return Fraction(size) - taken


def check_replay(journal: list[JournalEntry], dump: Dump) -> None:
    replayed.check_replay(journal, dump, swept=True)
