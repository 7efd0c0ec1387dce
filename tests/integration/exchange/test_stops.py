"""Stop-loss and take-profit orders on every store: what triggers them, what that costs, and that it happens once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.errors import (
    FilterFailure,
    InsufficientFunds,
    MarketClosed,
    OrderNotOpen,
    TriggersImmediately,
)
from mockexchange.domain.fills import Liquidity
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.orders import Contingency, Order, OrderType, Trailing
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Quote, Tick
from mockexchange.exchange import Exchange
from mockexchange.matcher import MatchReport
from mockexchange.ports import FeedTick
from mockexchange.replaying import replay
from mockexchange.store.memory import MemoryStore
from tests.integration.stop_scenarios import SCENARIOS, Scenario, amounts

from .crowd import Crowd
from .venue import BTC, IOC, D, Venue, order


def quote(venue: Venue, words: str, *, sizes: str | None = None) -> Quote:
    """`bid ask last` as a quote of now."""
    bid, ask, last = (D(each) for each in words.split())
    size = D(sizes) if sizes else None
    return Quote(BTC, bid, ask, last, venue.clock.time, size, size)


def move(venue: Venue, words: str) -> Tick:
    """A price, matched before this returns."""
    return venue.exchange.set_price(BTC, quote(venue, words))


def stop(
    kind: str,
    side: str,
    quantity: str,
    stop_price: str | None = None,
    price: str | None = None,
    trailing_delta: int | None = None,
) -> PlaceOrder:
    at = None if stop_price is None else D(stop_price)
    return order(side, quantity, price, type=OrderType(kind), stop_price=at, trailing_delta=trailing_delta)


def shown(order: Order, exchange: Exchange) -> tuple[str, ...]:
    return tuple(f"{text(fill.quantity)} @ {text(fill.price)}" for fill in exchange.fills_of(order))


def owned(venue: Venue) -> dict[str, tuple[str, str]]:
    return {asset: (text(free), text(locked)) for asset, (free, locked) in venue.owned().items()}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_scenario(scenario: Scenario, venue: Venue) -> None:
    move(venue, scenario.first_tick)
    asked = (scenario.type, scenario.side, scenario.quantity, scenario.stop_price, scenario.price)
    command = stop(*asked, scenario.trailing_delta)
    if scenario.time_in_force:
        command = replace(command, time_in_force=type(IOC)(scenario.time_in_force))
    placed = venue.exchange.place(command).order
    assert (placed.status, placed.is_untriggered, placed.working_since) == ("NEW", True, None)
    assert owned(venue) == amounts(scenario.held)

    for step in scenario.ticks:
        venue.clock.time += 1
        move(venue, step.tick)
        now = venue.exchange.order("alice", placed.order_id)
        assert (now.status, not now.is_untriggered, shown(now, venue.exchange)) == (step.status, step.works, step.fills)
    assert owned(venue) == amounts(scenario.owned)

    venue.check_replay()


def test_a_trigger_and_the_fill_it_causes_are_one_commit(venue: Venue) -> None:
    placed = venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    before = venue.store.revision()
    move(venue, "95 96 95")
    filled = venue.exchange.order("alice", placed.order_id)
    assert (filled.status, filled.version, filled.triggered_at) == ("FILLED", 2, venue.clock.time)
    assert venue.store.revision() == before + 2, "the tick, and one match"
    [fill] = venue.exchange.fills_of(filled)
    assert (fill.liquidity, fill.tick) == (Liquidity.TAKER, filled.met_tick)


def test_one_that_rests_meets_the_tick_that_triggered_it_no_more(venue: Venue) -> None:
    placed = venue.exchange.place(stop("STOP_LOSS_LIMIT", "SELL", "1", "95", "96")).order
    move(venue, "94 95.5 95")
    rests = venue.exchange.order("alice", placed.order_id)
    for _ in range(3):
        venue.another().match()
    assert venue.exchange.order("alice", placed.order_id) == rests
    assert (rests.status, rests.met_tick) == ("NEW", 2)


@pytest.mark.parametrize(
    ("kind", "side", "wrong"),
    [
        ("STOP_LOSS", "SELL", ("99", "100")),
        ("STOP_LOSS_LIMIT", "BUY", ("99", "98")),
        ("TAKE_PROFIT", "SELL", ("99", "98")),
        ("TAKE_PROFIT_LIMIT", "BUY", ("99", "100")),
    ],
)
def test_a_stop_on_the_wrong_side_is_refused(kind: str, side: str, wrong: tuple[str, str], venue: Venue) -> None:
    """The last price is 99."""
    before = venue.dump()
    for stop_price in wrong:
        price = "99" if kind.endswith("LIMIT") else None
        for ask in (venue.exchange.place, venue.exchange.assess):
            with pytest.raises(TriggersImmediately, match="the last price, 99; it was"):
                ask(stop(kind, side, "1", stop_price, price))
    after = venue.dump()
    assert {**after, "{main}:sequence": None} == {**before, "{main}:sequence": None}


def test_canceled_before_it_is_triggered_it_gives_its_lock_back(venue: Venue) -> None:
    sells = venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    buys = venue.exchange.place(stop("STOP_LOSS", "BUY", "2", "105")).order
    assert venue.owned() == {"USDT": (D(790), D(210)), "BTC": (D(1), D(1))}
    for each in (sells, buys):
        assert venue.exchange.cancel("alice", each.order_id).status == "CANCELED"
    move(venue, "90 91 90")
    move(venue, "110 111 110")
    assert venue.all_fills() == []
    assert venue.owned() == {"USDT": (D(1000), D(0)), "BTC": (D(2), D(0))}
    with pytest.raises(OrderNotOpen):
        venue.exchange.cancel("alice", sells.order_id)


def test_money_that_is_not_there_is_refused_at_the_stop_price(venue: Venue) -> None:
    with pytest.raises(InsufficientFunds):
        venue.exchange.place(stop("STOP_LOSS", "BUY", "10", "101"))
    with pytest.raises(InsufficientFunds):
        venue.exchange.place(stop("TAKE_PROFIT", "SELL", "2.5", "101"))
    venue.exchange.place(stop("STOP_LOSS", "BUY", "9.5", "101"))


def test_several_that_want_what_is_free_get_it_in_the_order_of_their_prices(venue: Venue) -> None:
    """Two stops lock 990 of 1,000; each costs 4.75 more than it holds, and the first to be reached has it."""
    late = venue.exchange.place(stop("STOP_LOSS", "BUY", "4.75", "104")).order
    early = venue.exchange.place(stop("STOP_LOSS", "BUY", "4.75", "103")).order
    assert venue.owned()["USDT"] == (D("16.75"), D("983.25"))
    move(venue, "105 106 105")
    filled, short = (venue.exchange.order("alice", each.order_id) for each in (early, late))
    assert (filled.status, filled.filled_notional) == ("FILLED", D("503.5"))
    assert (short.status, short.filled_quantity) == ("EXPIRED", D("4.66037"))
    assert venue.owned()["USDT"] == (D("2.50078"), D(0))
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_sizes_limit_what_a_triggered_stop_gets(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    market = exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    limit = exchange.place(stop("STOP_LOSS_LIMIT", "SELL", "1", "94", "93")).order
    venue.store.append(FeedTick(quote(venue, "94 95 94", sizes="1.4"), 0), "test", venue.clock.time, serves=False)
    exchange.match()
    market, limit = (exchange.order("alice", each.order_id) for each in (market, limit))
    # the price came to 95 first
    assert (market.status, market.filled_quantity) == ("FILLED", 1)
    assert (limit.status, limit.filled_quantity) == ("PARTIALLY_FILLED", D("0.4"))
    venue.store.append(FeedTick(quote(venue, "93 94 93", sizes="0.5"), 0), "test", venue.clock.time, serves=False)
    exchange.match()
    assert exchange.order("alice", limit.order_id).filled_quantity == D("0.9")


def test_a_market_stop_that_runs_out_of_sizes_expires(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    placed = exchange.place(stop("TAKE_PROFIT", "BUY", "2", "95")).order
    venue.store.append(FeedTick(quote(venue, "94 95 95", sizes="0.5"), 0), "test", venue.clock.time, serves=False)
    exchange.match()
    ended = exchange.order("alice", placed.order_id)
    assert (ended.status, ended.filled_quantity) == ("EXPIRED", D("0.5"))
    assert venue.owned()["USDT"] == (D("952.5"), D(0))


def test_without_a_fresh_price_a_stop_waits_as_ever(venue: Venue) -> None:
    """The last price is what it is, however old; a price that was old when it came triggers nothing."""
    venue.clock.time += 60_001
    with pytest.raises(TriggersImmediately):
        venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "99"))
    placed = venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    assert (placed.status, placed.unmet) == ("NEW", False)
    old = replace(quote(venue, "90 91 90"), timestamp=venue.clock.time - 60_001)
    venue.exchange.set_price(BTC, old)
    assert venue.exchange.order("alice", placed.order_id) == placed
    move(venue, "94 95 94")
    assert venue.exchange.order("alice", placed.order_id).status == "FILLED"


def test_a_market_that_never_had_a_price_takes_a_stop(empty_venue: Venue) -> None:
    empty_venue.exchange.open_account("alice", {"USDT": D(1000), "BTC": D(2)})
    empty_venue.store.put_instruments([default_instrument(BTC)], replace=False)
    placed = empty_venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    move(empty_venue, "90 91 90")
    assert empty_venue.exchange.order("alice", placed.order_id).average_price == 90


def test_a_tick_is_offered_to_the_book_then_to_arrivals_then_to_stops(venue: Venue) -> None:
    exchange = venue.another(model="touch-size")
    triggered = exchange.place(stop("STOP_LOSS", "SELL", "0.5", "98")).order
    resting = exchange.place(order("SELL", "0.5", "99.5")).order
    venue.clock.time += 60_001
    arrives = exchange.place(order("SELL", "0.5", "90")).order
    venue.store.append(FeedTick(quote(venue, "99.5 101 97", sizes="1"), 0), "test", venue.clock.time, serves=False)
    exchange.match()
    states = [exchange.order("alice", each.order_id) for each in (resting, arrives, triggered)]
    assert [(each.status, each.filled_quantity) for each in states] == [
        ("FILLED", D("0.5")), ("FILLED", D("0.5")), ("EXPIRED", D(0)),
    ]  # fmt: skip


def test_an_amended_stop_holds_less_and_keeps_its_place(venue: Venue) -> None:
    placed = venue.exchange.place(stop("STOP_LOSS", "BUY", "2", "105")).order
    amended = venue.exchange.amend("alice", placed.order_id, quantity=D(1))
    assert (amended.stop_price, venue.owned()["USDT"]) == (D(105), (D(895), D(105)))
    with pytest.raises(FilterFailure, match="NOTIONAL"):
        venue.exchange.amend("alice", placed.order_id, quantity=D("0.01"))
    move(venue, "105 106 105")
    assert venue.exchange.order("alice", placed.order_id).filled_notional == 106
    assert venue.exchange.order("alice", placed.order_id).amendments == amended.amendments


def test_a_replacement_may_be_a_stop_and_a_stop_may_be_replaced(venue: Venue) -> None:
    limit = venue.exchange.place(order("SELL", "2", "120")).order
    replaced = venue.exchange.replace("alice", limit.order_id, stop("STOP_LOSS", "SELL", "2", "95")).order
    assert (replaced.is_untriggered, venue.owned()["BTC"]) == (True, (D(0), D(2)))
    with pytest.raises(TriggersImmediately):
        venue.exchange.replace("alice", replaced.order_id, stop("STOP_LOSS", "SELL", "2", "99"))
    assert venue.exchange.order("alice", replaced.order_id).is_open
    lower = venue.exchange.replace("alice", replaced.order_id, stop("STOP_LOSS_LIMIT", "SELL", "2", "90", "89")).order
    move(venue, "91 92 91")
    assert venue.all_fills() == []
    move(venue, "90 91 90")
    assert venue.exchange.order("alice", lower.order_id).status == "FILLED"


def test_the_same_request_gives_the_first_answer(venue: Venue) -> None:
    command = replace(stop("STOP_LOSS", "SELL", "1", "95"), client_order_id="mine")
    first = venue.exchange.place(command)
    assert venue.exchange.place(command) == replace(first, repeated=True)
    with pytest.raises(Exception, match="belongs to order"):
        venue.exchange.place(replace(command, stop_price=D(94)))


def test_a_page_of_stops_at_one_price_is_worked_off(venue: Venue) -> None:
    venue.store.put_instruments(
        [replace(default_instrument(BTC), max_num_orders=0, max_num_algo_orders=0, min_notional=D(0))], replace=True
    )
    for _ in range(300):
        venue.exchange.place(stop("STOP_LOSS", "SELL", "0.006", "95"))
    move(venue, "95 96 95")
    assert len(venue.all_fills()) == 300
    assert list(venue.exchange.open_orders("alice")) == []


def test_no_more_stops_than_may_be(venue: Venue) -> None:
    """MAX_NUM_ALGO_ORDERS: triggered or not; other orders are not among them."""
    market = replace(default_instrument(BTC), max_num_algo_orders=2)
    venue.store.put_instruments([market], replace=True)
    first = venue.exchange.place(stop("STOP_LOSS", "SELL", "0.5", "95")).order
    venue.exchange.place(stop("STOP_LOSS_LIMIT", "SELL", "0.5", "94", "120"))
    third = stop("TAKE_PROFIT", "SELL", "0.5", "130")
    for _ in range(2):
        for ask in (venue.exchange.place, venue.exchange.assess, venue.another().place):
            with pytest.raises(FilterFailure, match="2 open orders on BTC/USDT that are stops; at most 2") as refused:
                ask(third)
            assert refused.value.filter_name == "MAX_NUM_ALGO_ORDERS"
        venue.exchange.place(order("SELL", "0.1", "120"))
        move(venue, "96 97 96")
    venue.exchange.replace("alice", first.order_id, third)
    move(venue, "94 95 94")  # the second one rests at 120 now
    with pytest.raises(FilterFailure, match="MAX_NUM_ALGO_ORDERS"):
        venue.exchange.place(stop("STOP_LOSS", "SELL", "0.1", "80"))
    move(venue, "120 121 120")
    venue.exchange.place(stop("STOP_LOSS", "SELL", "0.1", "80"))


def test_an_account_that_is_brought_back_has_its_stops_again(venue: Venue) -> None:
    accounts = venue.exchange.accounts
    placed = venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95")).order
    rests = venue.exchange.place(stop("STOP_LOSS_LIMIT", "SELL", "0.5", "98", "110")).order
    move(venue, "98 99 98")
    assert not venue.exchange.order("alice", rests.order_id).is_untriggered
    accounts.take_snapshot("alice", "kept")
    move(venue, "90 91 90")
    assert venue.exchange.order("alice", placed.order_id).status == "FILLED"
    move(venue, "99 101 99")
    accounts.restore("alice", "kept")
    accounts.clone("alice", "carol")
    accounts.reset("alice")
    move(venue, "95 96 95")
    assert venue.all_fills() == []
    assert [fill.price for fill in venue.all_fills("carol")] == [95]
    [left] = venue.exchange.open_orders("carol")
    assert (left.price, left.is_untriggered) == (110, False)
    accounts.sweep(unused_for=0)
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_many_stops_cost_nothing_until_they_are_reached(venue: Venue) -> None:
    """A tick that reaches none reads none."""
    venue.exchange.place(stop("STOP_LOSS", "SELL", "1", "95"))
    before = venue.store.revision()
    report = venue.exchange.match()
    for words in ("96 97 96", "97 98 97", "95 96 95.01"):
        move(venue, words)
    assert (venue.store.revision(), report.fills) == (before, 0)


# trailing stops


def trail(side: str, quantity: str, delta: int, stop_price: str | None = None) -> PlaceOrder:
    return stop("STOP_LOSS", side, quantity, stop_price, trailing_delta=delta)


def test_each_measures_from_the_best_price_since_it_began(venue: Venue) -> None:
    """Three sells a percent behind, placed at 100, at 110 and on the way down at 105."""
    placed: list[Order] = []
    for words in ("100 101 100", "110 111 110", "109 110 109.5"):
        move(venue, words)
        placed.append(venue.exchange.place(trail("SELL", "0.5", 100)).order)
    move(venue, "109 110 108.91")
    assert [fill.order_id for fill in venue.all_fills()] == []
    move(venue, "108 109 108.9")  # a percent below 110, not below 109.5
    assert {fill.order_id for fill in venue.all_fills()} == {each.order_id for each in placed[:2]}
    move(venue, "108 109 108.405")
    assert {fill.order_id for fill in venue.all_fills()} == {each.order_id for each in placed}
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_a_new_best_price_is_one_write_however_many_follow_it(venue: Venue) -> None:
    market = replace(default_instrument(BTC), max_num_orders=0, max_num_algo_orders=0, min_notional=D(0))
    venue.store.put_instruments([market], replace=True)
    for _ in range(30):
        venue.exchange.place(trail("SELL", "0.01", 100))
        venue.exchange.place(trail("SELL", "0.01", 200))
    before, orders = venue.store.revision(), venue.all_orders()
    for words in ("100 101 100", "105 106 105", "104 105 104.5", "110 111 110"):
        move(venue, words)
    assert (venue.store.revision(), venue.all_orders()) == (before, orders)
    kept = venue.dump()["{main}:trails:BTC/USDT"]
    assert kept == {"SELL|100": '[6,1,"110"]', "SELL|200": '[6,1,"110"]'} or list(kept) == ["SELL|100", "SELL|200"]
    move(venue, "108 109 108.9")
    assert len(venue.all_fills()) == 30
    move(venue, "107 108 107.8")
    assert len(venue.all_fills()) == 60
    assert "{main}:trails:BTC/USDT" not in venue.dump(), "nobody is left"


def test_what_nobody_measures_from_is_forgotten(venue: Venue) -> None:
    """A price that falls tick by tick leaves no list of its steps behind."""
    first = venue.exchange.place(trail("SELL", "0.5", 1000)).order
    for step in range(1, 60):
        price = D(99) - step * D("0.1")
        move(venue, f"{price} {price} {price}")
    kept = venue.dump()["{main}:trails:BTC/USDT"]["SELL|1000"]
    assert kept == '[60,1,"99",60,"93.1"]'
    venue.exchange.cancel("alice", first.order_id)
    move(venue, "93 94 93")
    assert "{main}:trails:BTC/USDT" not in venue.dump()


def test_a_stale_price_is_nobody_s_best(venue: Venue) -> None:
    placed = venue.exchange.place(trail("SELL", "1", 100)).order
    venue.clock.time += 60_001
    venue.exchange.set_price(BTC, replace(quote(venue, "200 201 200"), timestamp=venue.clock.time - 60_001))
    other = venue.exchange.place(trail("SELL", "0.5", 100)).order  # it begins with the next one
    move(venue, "98.5 99 98.5")
    assert [venue.exchange.order("alice", each.order_id).status for each in (placed, other)] == ["NEW", "NEW"]
    move(venue, "98 99 98.01")
    assert [venue.exchange.order("alice", each.order_id).status for each in (placed, other)] == ["FILLED", "NEW"]
    move(venue, "97 98 97.515")
    assert venue.exchange.order("alice", other.order_id).status == "FILLED"


def test_without_any_price_there_is_nothing_to_trail(empty_venue: Venue) -> None:
    empty_venue.exchange.open_account("alice", {"USDT": D(1000), "BTC": D(2)})
    empty_venue.store.put_instruments([default_instrument(BTC)], replace=False)
    with pytest.raises(MarketClosed, match="no price for BTC/USDT that it could trail"):
        empty_venue.exchange.place(trail("SELL", "1", 100))
    placed = empty_venue.exchange.place(trail("SELL", "1", 100, "95")).order
    move(empty_venue, "90 91 90")
    assert empty_venue.exchange.order("alice", placed.order_id).trail is not None


def match(exchange: Exchange) -> MatchReport:
    return exchange.match()


def test_two_matchers_at_once_trigger_it_once(valkey_venue: Venue) -> None:
    market = replace(default_instrument(BTC), max_num_orders=0, max_num_algo_orders=0, min_notional=D(0))
    valkey_venue.store.put_instruments([market], replace=True)
    for _ in range(60):
        valkey_venue.exchange.place(trail("SELL", "0.01", 100))
    for words in ("100 101 100", "99 100 99.5", "101 102 101", "100 101 99.99", "99 100 99"):
        valkey_venue.store.append(
            FeedTick(quote(valkey_venue, words), 0), "test", valkey_venue.clock.time, serves=False
        )
    crowd = Crowd(valkey_venue)
    reports = crowd.run([match] * 4)
    assert not any(isinstance(report, Exception) for report in reports), reports
    fills = valkey_venue.all_fills()
    assert (len(fills), {fill.tick for fill in fills}) == (60, {5})
    replay(valkey_venue.store.journal(0, 1000).items, MemoryStore())


def test_an_account_that_is_brought_back_trails_from_the_price_it_finds(venue: Venue) -> None:
    accounts = venue.exchange.accounts
    venue.exchange.place(trail("SELL", "1", 1000))
    venue.exchange.place(trail("BUY", "2", 1000))
    venue.exchange.place(trail("SELL", "0.5", 1000, "80"))
    held = venue.owned()
    accounts.take_snapshot("alice", "kept")
    move(venue, "82 83 82")
    accounts.restore("alice", "kept")
    assert venue.owned() == held
    move(venue, "81 82 81")
    assert venue.all_fills() == [], "10 % below 99, and not below 82"
    move(venue, "73 74 73.8")
    assert [fill.quantity for fill in venue.all_fills()] == [1]
    accounts.clone("alice", "carol")
    accounts.sweep(unused_for=0)
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_a_delta_that_may_not_be(venue: Venue) -> None:
    for delta in (9, 2001):
        with pytest.raises(FilterFailure, match=f"a trailing delta of {delta} basis points is outside 10 to 2000"):
            venue.exchange.place(trail("SELL", "1", delta))
    for delta in (10, 2000):
        venue.exchange.place(trail("SELL", "0.5", delta))


def test_a_trailing_stop_may_be_one_of_two_that_cancel_each_other(venue: Venue) -> None:
    target = order("SELL", "1", "120", post_only=True)
    placed = venue.exchange.place_list(PlaceList(Contingency.OCO, (target, trail("SELL", "1", 100, "95"))))
    move(venue, "95 96 95")  # it begins to trail, which ends nobody
    assert [venue.exchange.order("alice", each.order_id).status for each in placed.orders] == ["NEW", "NEW"]
    move(venue, "94 95 94.05")
    assert [venue.exchange.order("alice", each.order_id).status for each in placed.orders] == ["EXPIRED", "FILLED"]
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_one_of_a_pair_begins_to_trail_although_nothing_is_free(venue: Venue) -> None:
    """The other one locks for both, and goes on to: they promise the same."""
    target = stop("TAKE_PROFIT", "SELL", "2", "120")
    placed = venue.exchange.place_list(PlaceList(Contingency.OCO, (target, trail("SELL", "2", 100, "95"))))
    assert venue.owned()["BTC"] == (D(0), D(2))
    move(venue, "95 96 95")
    move(venue, "94 95 94.05")
    assert [venue.exchange.order("alice", each.order_id).status for each in placed.orders] == ["EXPIRED", "FILLED"]
    replay(venue.store.journal(0, 1000).items, MemoryStore())


def test_one_that_waits_for_another_order_trails_from_when_it_is_placed(venue: Venue) -> None:
    entry = order("BUY", "1", "90")
    placed = venue.exchange.place_list(PlaceList(Contingency.OTO, (entry, trail("SELL", "0.5", 1000))))
    move(venue, "120 121 120")
    move(venue, "89 90 90")  # fills the entry: 25 % below 120, where nobody was yet
    waited = venue.exchange.order("alice", placed.orders[1].order_id)
    assert waited.trailing == Trailing(1000, venue.clock.time, 3, D(90), D(90))
    move(venue, "81 82 81.01")
    assert venue.exchange.order("alice", waited.order_id).status == "NEW"
    move(venue, "80 81 81")
    assert venue.exchange.order("alice", waited.order_id).status == "FILLED"
    replay(venue.store.journal(0, 1000).items, MemoryStore())
