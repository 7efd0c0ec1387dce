"""Orders that are on their way to the exchange, on every store."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mockexchange.domain.amounts import text
from mockexchange.domain.errors import InsufficientFunds, TriggersImmediately
from mockexchange.domain.fees import FeeSchedule
from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.models import Engine
from mockexchange.domain.orders import Contingency, Order, OrderType, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Quote
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.ports import FeedTick

from .venue import BTC, IOC, D, Overtaken, Venue, order

LATENCY = 50
FOK = TimeInForce.FOK


def delayed(venue: Venue, model: str = "touch", latency: int = LATENCY) -> Exchange:
    """The venue, as one sees it whose orders are on their way for so long."""
    return venue.another(Rules(engine=Engine(fill_model(model), latency=latency)))


def see(venue: Venue, exchange: Exchange, milliseconds: int, words: str) -> None:
    """A tick of so much later, matched: `bid ask last`."""
    venue.clock.time += milliseconds
    bid, ask, last = (D(each) for each in words.split())
    quote = Quote(BTC, bid, ask, last, venue.clock.time)
    venue.store.append(FeedTick(quote, 0), "test", venue.clock.time, serves=False)
    exchange.match()


def stop(kind: OrderType, side: str, quantity: str, stop_price: str, price: str | None = None) -> PlaceOrder:
    return order(side, quantity, price, type=kind, stop_price=D(stop_price))


def trailing(side: str, quantity: str, delta: int, stop_price: str | None = None) -> PlaceOrder:
    return order(
        side,
        quantity,
        type=OrderType.STOP_LOSS,
        trailing_delta=delta,
        stop_price=None if stop_price is None else D(stop_price),
    )


def state(found: Order) -> str:
    """`NEW 0 bids`, or `FILLED 1@101`."""
    traded = text(found.filled_quantity)
    if found.average_price is not None:
        traded += f"@{text(found.average_price)}"
    return f"{found.status} {traded}" + (f" {found.index_name}" if found.is_open else "")


@dataclass(frozen=True)
class Scenario:
    """An order that is placed at bid 99, ask 101, last 99, what it locks at once, and what becomes of it with each
    tick: `(ms after the one before, bid ask last, state)`."""

    name: str
    placed: PlaceOrder
    locked: str
    steps: tuple[tuple[int, str, str], ...]


SCENARIOS = [
    Scenario(
        "a market order takes what it finds, and no tick of a millisecond too early",
        order("BUY", "1"),
        "",
        ((49, "89 90 90", "NEW 0 arrivals"), (1, "101 103 102", "FILLED 1@103")),
    ),
    Scenario(
        "a market order to sell locks what it sells",
        order("SELL", "1"),
        "1 BTC",
        ((49, "89 90 90", "NEW 0 arrivals"), (1, "97 98 98", "FILLED 1@97")),
    ),
    Scenario(
        "a limit order that reaches the other side where it arrives takes, at that side's price",
        order("BUY", "1", "102"),
        "102 USDT",
        ((10, "89 90 90", "NEW 0 arrivals"), (90, "94 95 95", "FILLED 1@95")),
    ),
    Scenario(
        "one that does not rests, and fills as maker",
        order("BUY", "1", "100"),
        "100 USDT",
        ((50, "100 101 101", "NEW 0 bids"), (1, "98 99 99", "FILLED 1@100")),
    ),
    Scenario(
        "what would have been a taker when it was sent may come to rest",
        order("SELL", "1", "99"),
        "1 BTC",
        ((50, "97 98 98", "NEW 0 asks"), (1, "99 100 99", "FILLED 1@99")),
    ),
    Scenario(
        "an IOC order waits for its arrival, and expires there",
        order("BUY", "1", "102", time_in_force=IOC),
        "102 USDT",
        ((49, "99 101 99", "NEW 0 arrivals"), (1, "102 103 103", "EXPIRED 0")),
    ),
    Scenario(
        "or takes there",
        order("BUY", "1", "102", time_in_force=IOC),
        "102 USDT",
        ((50, "99 100 99", "FILLED 1@100"),),
    ),
    Scenario("so does FOK", order("SELL", "1", "99", time_in_force=FOK), "1 BTC", ((60, "99 101 99", "FILLED 1@99"),)),
    Scenario("and expires", order("SELL", "1", "99", time_in_force=FOK), "1 BTC", ((60, "98 101 99", "EXPIRED 0"),)),
    Scenario(
        "a post-only order that would have taken when it was sent rests",
        order("BUY", "1", "102", post_only=True),
        "102 USDT",
        ((50, "103 104 103", "NEW 0 bids"), (1, "101 102 102", "FILLED 1@102")),
    ),
    Scenario(
        "and one that would take where it arrives expires",
        order("BUY", "1", "100", post_only=True),
        "100 USDT",
        ((50, "99 100 100", "EXPIRED 0"),),
    ),
    Scenario(
        "a stop is not there to be triggered before",
        stop(OrderType.STOP_LOSS, "SELL", "1", "95"),
        "1 BTC",
        (
            (49, "93 95 94", "NEW 0 arrivals"),
            (1, "97 99 98", "NEW 0 falls"),
            (1, "93 95 94", "FILLED 1@93"),
        ),
    ),
    Scenario(
        "a stop is triggered by the tick that it arrives on",
        stop(OrderType.STOP_LOSS, "BUY", "1", "105"),
        "105 USDT",
        ((49, "110 112 111", "NEW 0 arrivals"), (2, "106 108 107", "FILLED 1@108")),
    ),
    Scenario(
        "then a stop with a limit rests, if it does not take",
        stop(OrderType.STOP_LOSS_LIMIT, "SELL", "1", "95", "94"),
        "1 BTC",
        ((50, "92 95 94", "NEW 0 asks"), (1, "94 96 95", "FILLED 1@94")),
    ),
    Scenario(
        "a take-profit",
        stop(OrderType.TAKE_PROFIT_LIMIT, "SELL", "1", "105", "104"),
        "1 BTC",
        ((49, "106 107 106", "NEW 0 arrivals"), (1, "102 103 103", "NEW 0 rises"), (1, "105 107 106", "FILLED 1@105")),
    ),
    Scenario(
        "a trailing stop begins to trail where it arrives: from no better price of before",
        trailing("SELL", "1", 1_000),
        "1 BTC",
        (
            (49, "149 151 150", "NEW 0 arrivals"),
            (1, "109 111 110", "NEW 0 trails|SELL|1000"),
            (1, "99 101 100", "NEW 0 trails|SELL|1000"),
            (1, "98 100 99", "FILLED 1@98"),
        ),
    ),
    Scenario(
        "one to buy holds at the price of when it was sent",
        trailing("BUY", "1", 1_000),
        "108.9 USDT",
        ((50, "89 91 90", "NEW 0 trails|BUY|1000"), (1, "98 100 99", "FILLED 1@100")),
    ),
    Scenario(
        "a trailing stop with a stop price that is reached where it arrives begins there",
        trailing("SELL", "1", 1_000, "95"),
        "1 BTC",
        (
            (49, "89 91 90", "NEW 0 arrivals"),
            (1, "93 95 94", "NEW 0 trails|SELL|1000"),
            (1, "83 85 84.6", "FILLED 1@83"),
        ),
    ),
    Scenario(
        "and one whose is not waits for it",
        trailing("SELL", "1", 1_000, "95"),
        "1 BTC",
        ((50, "98 100 99", "NEW 0 falls"), (1, "93 95 94", "NEW 0 trails|SELL|1000")),
    ),
    Scenario(
        "a buy by quote amount buys what that is worth where it arrives",
        order("BUY", None, quote_quantity=D(100)),
        "",
        ((49, "9 10 10", "NEW 0 arrivals"), (1, "124 125 125", "FILLED 0.8@125")),
    ),
    Scenario(
        "more, where it is cheaper",
        order("BUY", None, quote_quantity=D(100)),
        "",
        ((50, "49 50 50", "FILLED 2@50"),),
    ),
    Scenario(
        "a sale by quote amount as well: it locked what that was worth, and takes the rest from what is free",
        order("SELL", None, quote_quantity=D(99)),
        "1 BTC",
        ((50, "66 67 67", "FILLED 1.5@66"),),
    ),
    Scenario(
        "or gives back what it does not need",
        order("SELL", None, quote_quantity=D(99)),
        "1 BTC",
        ((50, "198 199 199", "FILLED 0.5@198"),),
    ),
    Scenario(
        "of a sale whose account has less than that, what it locked is sold",
        order("SELL", None, quote_quantity=D(99)),
        "1 BTC",
        ((50, "33 34 34", "EXPIRED 1@33"),),
    ),
    Scenario(
        "a market buy that is not covered any more buys nothing",
        order("BUY", "9"),
        "",
        ((50, "199 200 200", "EXPIRED 0"),),
    ),
    Scenario(
        "nor does one by quote amount that is not worth a step",
        order("BUY", None, quote_quantity=D(100)),
        "",
        ((50, "999999999 9999999999 9999999999", "EXPIRED 0"),),
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_order_meets_a_tick_of_before_it_is_there(venue: Venue, scenario: Scenario) -> None:
    exchange = delayed(venue)
    placed = exchange.place(scenario.placed)
    assert (state(placed.order), placed.order.unmet, placed.fills) == ("NEW 0 arrivals", True, ())
    assert " ".join(f"{text(locked)} {asset}" for asset, (_, locked) in venue.owned().items() if locked) == (
        scenario.locked
    )
    for milliseconds, words, expected in scenario.steps:
        see(venue, exchange, milliseconds, words)
        found = exchange.order("alice", placed.order.order_id)
        assert state(found) == expected
        assert exchange.audit().problems == []
        assert found.quote_quantity is None or found.filled_notional <= found.quote_quantity
    venue.check_replay()


def oco(quantity: str = "1") -> PlaceList:
    return PlaceList(
        Contingency.OCO,
        (order("SELL", quantity, "105", post_only=True), stop(OrderType.STOP_LOSS, "SELL", quantity, "95")),
    )


def states(exchange: Exchange, orders: tuple[Order, ...]) -> list[str]:
    return [state(exchange.order("alice", each.order_id)) for each in orders]


@pytest.mark.parametrize(
    ("arrival", "then"),
    [
        ("99 101 100", ["NEW 0 asks", "NEW 0 falls"]),
        ("106 107 106", ["EXPIRED 0", "EXPIRED 0"]),
        ("93 95 94", ["EXPIRED 0", "FILLED 1@93"]),
    ],
)
def test_an_oco_on_its_way_arrives_together(venue: Venue, arrival: str, then: list[str]) -> None:
    exchange = delayed(venue)
    orders = exchange.place_list(oco()).orders
    assert venue.owned()["BTC"] == (1, 1)
    see(venue, exchange, 49, "93 120 94")
    assert states(exchange, orders) == ["NEW 0 arrivals", "NEW 0 arrivals"]
    see(venue, exchange, 1, arrival)
    assert states(exchange, orders) == then
    assert exchange.audit().problems == []
    if then[0] != "EXPIRED 0":
        see(venue, exchange, 1, "105 106 105")
        assert states(exchange, orders) == ["FILLED 1@105", "EXPIRED 0"]
    venue.check_replay()


def test_what_waits_for_an_order_on_its_way_is_at_the_exchange_when_that_fills(venue: Venue) -> None:
    exchange = delayed(venue)
    orders = exchange.place_list(
        PlaceList(
            Contingency.OTO,
            (
                order("BUY", "1", "102"),
                order("SELL", "0.9", "110", post_only=True),
                stop(OrderType.STOP_LOSS, "SELL", "0.9", "95"),
            ),
        )
    ).orders
    assert states(exchange, orders) == ["NEW 0 arrivals", "PENDING_NEW 0 pending", "PENDING_NEW 0 pending"]
    see(venue, exchange, 50, "99 101 100")
    assert states(exchange, orders) == ["FILLED 1@101", "NEW 0 asks", "NEW 0 falls"]
    see(venue, exchange, 1, "110 111 110")
    assert states(exchange, orders) == ["FILLED 1@101", "FILLED 0.9@110", "EXPIRED 0"]
    venue.check_replay()


def test_what_could_trade_when_it_is_placed_by_a_fill_meets_the_very_next_tick(venue: Venue) -> None:
    exchange = delayed(venue)
    orders = exchange.place_list(
        PlaceList(Contingency.OTO, (order("BUY", "1", "102"), order("SELL", "0.9", "98")))
    ).orders
    see(venue, exchange, 50, "99 101 100")
    assert states(exchange, orders) == ["FILLED 1@101", "NEW 0 arrivals"]
    see(venue, exchange, 1, "98.5 101 100")
    assert states(exchange, orders)[1] == "FILLED 0.9@98.5"


def test_cancels_and_amendments_are_not_delayed(venue: Venue) -> None:
    exchange = delayed(venue)
    first, second, third = (
        exchange.place(each).order
        for each in (order("SELL", "1"), order("SELL", "1", "99"), order("BUY", None, quote_quantity=D(100)))
    )
    assert exchange.cancel("alice", first.order_id).status == "CANCELED"
    exchange.amend("alice", second.order_id, quantity=D("0.5"))
    exchange.amend("alice", third.order_id, quantity=D("0.4"))
    assert venue.owned()["BTC"] == (D("1.5"), D("0.5"))
    venue.clock.time += 40
    exchange.amend("alice", second.order_id, quantity=D("0.4"))
    see(venue, exchange, 10, "99 101 100")
    assert states(exchange, (first, second, third)) == ["CANCELED 0", "FILLED 0.4@99", "FILLED 0.4@101"]
    venue.check_replay()


def test_a_replacement_is_on_its_way_and_what_it_replaces_is_gone(venue: Venue) -> None:
    exchange = delayed(venue)
    old = exchange.place(order("BUY", "1", "98")).order
    see(venue, exchange, 50, "99 101 100")
    new = exchange.replace("alice", old.order_id, order("BUY", "1", "102")).order
    assert states(exchange, (old, new)) == ["CANCELED 0", "NEW 0 arrivals"]
    see(venue, exchange, 49, "96 97 97")
    see(venue, exchange, 1, "99 100 100")
    assert states(exchange, (old, new)) == ["CANCELED 0", "FILLED 1@100"]


@pytest.mark.parametrize(("pause", "until"), [(10, 40), (500, 1)])
def test_what_was_on_its_way_is_so_when_its_account_is_brought_back(venue: Venue, pause: int, until: int) -> None:
    """It arrives when it would have, or with the next tick of after that."""
    exchange = delayed(venue)
    for each in (order("BUY", "1"), stop(OrderType.STOP_LOSS, "SELL", "0.5", "95"), trailing("SELL", "0.5", 1_000)):
        exchange.place(each)
    exchange.accounts.take_snapshot("alice", "kept")
    venue.clock.time += pause - 1
    exchange.accounts.reset("alice")
    exchange.accounts.restore("alice", "kept")
    orders = tuple(exchange.open_orders("alice"))
    assert states(exchange, orders) == ["NEW 0 arrivals"] * 3
    if pause < LATENCY:
        see(venue, exchange, 1, "49 50 50")
        assert states(exchange, orders) == ["NEW 0 arrivals"] * 3
    see(venue, exchange, until, "99 101 100")
    assert states(exchange, orders) == ["FILLED 1@101", "NEW 0 falls", "NEW 0 trails|SELL|1000"]
    venue.check_replay()


def test_market_buys_that_are_not_covered_any_more_hold_nobody_up(venue: Venue) -> None:
    exchange = delayed(venue)
    orders = tuple(exchange.place(order("BUY", "8")).order for _ in range(2))
    third = exchange.place(order("BUY", "1", "102")).order
    see(venue, exchange, 50, "99 101 100")
    report = exchange.match()
    assert states(exchange, (*orders, third)) == ["FILLED 8@101", "EXPIRED 0", "FILLED 1@101"]
    assert (report.lag, report.unpaid) == (0, [])
    assert "or the account could not pay for it" in exchange.why("alice", orders[1].order_id)[1][-1].words
    venue.check_replay()


@pytest.mark.parametrize("model", ["touch+slippage=100+seed=7", "touch-size", "depth"])
def test_an_amount_is_worked_out_along_what_it_gets(venue: Venue, model: str) -> None:
    exchange = delayed(venue, model)
    placed = [exchange.place(order(side, None, quote_quantity=D(150))).order for side in ("BUY", "SELL")]
    venue.clock.time += 50
    venue.book("98x1 97x5", "102x1 103x5")
    exchange.match()
    bought, sold = (exchange.order("alice", each.order_id) for each in placed)
    for found in (bought, sold):
        assert D(149) < found.filled_notional <= 150 or model == "touch-size"
        assert found.status == ("EXPIRED" if model == "touch-size" else "FILLED")
    if model == "depth":
        assert bought.filled_notional == 102 + 103 * (bought.quantity - 1)


def test_a_fee_in_the_asset_that_a_sale_takes_from_free_money_is_not_paid_twice(empty_venue: Venue) -> None:
    """The sale needs all that is free beside what it locked, so nothing is left for its fee."""
    engine = Engine(latency=LATENCY, fees=FeeSchedule(asset="BTC", discount=D("0.25")))
    exchange = empty_venue.another(Rules(engine=engine))
    exchange.open_account("alice", {"BTC": D("1.5")})
    exchange.accounts.set_fees("alice", pays_in_fee_asset=True)
    empty_venue.price("99", "101")
    placed = exchange.place(order("SELL", None, quote_quantity=D(99))).order
    see(empty_venue, exchange, 50, "66 67 67")
    assert states(exchange, (placed,)) == ["FILLED 1.5@66"]
    assert [each.commission_asset for each in empty_venue.all_fills()] == ["USDT"]


def test_what_is_refused_at_once_is_refused_still(venue: Venue) -> None:
    exchange = delayed(venue)
    with pytest.raises(InsufficientFunds):
        exchange.place(order("SELL", "2.1"))
    with pytest.raises(InsufficientFunds):
        exchange.place(order("BUY", "10", "101"))
    with pytest.raises(TriggersImmediately):
        exchange.place(stop(OrderType.STOP_LOSS, "SELL", "1", "99"))


@pytest.mark.parametrize("command", [order("BUY", "1", "102", time_in_force=IOC), order("BUY", "1", "102")])
def test_without_a_fresh_price_it_arrives_with_the_first_one(venue: Venue, command: PlaceOrder) -> None:
    exchange = delayed(venue)
    venue.clock.time += 100_000
    placed = exchange.place(command).order
    assert state(placed) == "NEW 0 arrivals"
    see(venue, exchange, 70_000, "99 101 100")
    assert states(exchange, (placed,)) == ["FILLED 1@101"]


def test_why_says_that_it_is_on_its_way(venue: Venue) -> None:
    exchange = delayed(venue)
    placed = exchange.place(order("BUY", "1")).order
    venue.clock.time += 20
    assert exchange.why("alice", placed.order_id)[1][-1].words == (
        "On its way for 30 ms more; now bid 99, ask 101, last 99."
    )
    venue.clock.time += 30
    assert exchange.why("alice", placed.order_id)[1][-1].words.startswith("Waits for a fresh price, its first one;")


def test_of_a_venue_that_has_none_any_more_all_arrive_with_the_next_tick(venue: Venue) -> None:
    exchange = delayed(venue)
    commands = (order("BUY", "1"), stop(OrderType.STOP_LOSS, "SELL", "0.5", "95"), trailing("SELL", "0.5", 1_000))
    orders = tuple(exchange.place(each).order for each in commands)
    at_once = venue.another()
    see(venue, at_once, 1, "99 101 100")
    assert states(at_once, orders) == ["FILLED 1@101", "NEW 0 falls", "NEW 0 trails|SELL|1000"]
    venue.check_replay()


def test_two_matchers_let_it_arrive_once() -> None:
    store = Overtaken()
    venue = Venue(store, None)
    venue.exchange.open_account("alice", {"USDT": D(1000), "BTC": D(2)})
    venue.price("99", "101")
    exchange = delayed(venue)
    orders = tuple(
        exchange.place(each).order
        for each in (
            order("BUY", None, quote_quantity=D(100)),
            stop(OrderType.STOP_LOSS, "SELL", "0.5", "95"),
            trailing("SELL", "0.5", 1_000),
        )
    )
    store.before = lambda: delayed(venue).match()
    see(venue, exchange, 50, "124 125 125")
    assert states(exchange, orders) == ["FILLED 0.8@125", "NEW 0 falls", "NEW 0 trails|SELL|1000"]
    assert [each.version for each in venue.all_orders()] == [2, 2, 2]
    see(venue, exchange, 1, "111 113 112.5")
    assert states(exchange, orders)[2] == "FILLED 0.5@111"
    venue.check_replay()
    assert exchange.audit().problems == []
