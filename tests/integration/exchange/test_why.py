"""Why an order stands as it does: every sentence, from what really happened to it."""

from __future__ import annotations

import pytest

from mockexchange.domain.errors import OrderNotFound
from mockexchange.domain.orders import Contingency, Order, OrderType, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.domain.placing_lists import PlaceList
from mockexchange.domain.quotes import Quote
from mockexchange.exchange import Exchange

from .venue import BTC, IOC, D, Venue, order


@pytest.fixture
def exchange(venue: Venue) -> Exchange:
    """The market of the table below."""
    move(venue, "99 101 99")
    return venue.exchange


def move(venue: Venue, words: str, *, sizes: str | None = None) -> None:
    bid, ask, last = (D(each) for each in words.split())
    size = D(sizes) if sizes else None
    venue.clock.time += 1
    venue.exchange.set_price(BTC, Quote(BTC, bid, ask, last, venue.clock.time, size, size))


def stop(kind: str, side: str, quantity: str, stop_price: str, price: str | None = None) -> PlaceOrder:
    return order(side, quantity, price, type=OrderType(kind), stop_price=D(stop_price))


def why(exchange: Exchange, placed: Order) -> list[str]:
    found, told = exchange.why("alice", placed.order_id)
    assert found.order_id == placed.order_id
    assert [each.timestamp for each in told] == sorted(each.timestamp for each in told)
    assert {each.trade_id for each in told} - {None} == set(found.trade_ids)
    return [each.words for each in told]


TOUCH = "Fill model touch: an order that can trade takes the ask, whatever size that shows."
CAME = "Fill model touch: a resting order is filled at its own limit once the ask has come to it, whole."


def test_a_taker(venue: Venue, exchange: Exchange) -> None:
    number = exchange.market(BTC).tick
    placed = exchange.place(order("BUY", "1")).order
    assert number is not None
    assert why(exchange, placed) == [
        "Placed: a market order to buy 1 BTC.",
        (
            f"Bought 1 BTC at 101 USDT as taker, on tick {number.number} of manual (bid 99, ask 101, last 99). {TOUCH} "
            "Fee: 0.001 BTC for the 1 BTC received (taker rate 0.001, the account's own)."
        ),
        "Filled: nothing of it is left.",
    ]


def test_a_maker_before_and_after(venue: Venue, exchange: Exchange) -> None:
    placed = exchange.place(order("BUY", "1", "95")).order
    first, waits = why(exchange, placed)
    assert first == "Placed: a limit order to buy 1 BTC at 95 USDT or better."
    assert waits == "Rests, and waits for the ask to fall to 95; now bid 99, ask 101, last 99."
    move(venue, "94 95 94.5", sizes="3")
    _, filled, end = why(exchange, placed)
    assert filled.startswith("Bought 1 BTC at 95 USDT as maker, on tick ")
    assert f"(bid 94 for 3, ask 95 for 3, last 94.5). {CAME}" in filled
    assert end == "Filled: nothing of it is left."


def test_a_tick_that_the_log_has_no_more(venue: Venue, exchange: Exchange) -> None:
    placed = exchange.place(order("SELL", "1")).order
    for _ in range(3):
        move(venue, "99 101 99")
    venue.trim_log(1)
    assert "of manual, which is not in the log any more." in why(exchange, placed)[1]


@pytest.mark.parametrize(
    ("command", "end"),
    [
        (order("BUY", "1", "90", time_in_force=IOC),
         "Expired: what does not trade at once expires (immediate or cancel)."),
        (order("BUY", "1", "90", time_in_force=TimeInForce.FOK),
         "Expired: it was to be filled whole at once (fill or kill), and could not be."),
        (order("SELL", "1", "120", post_only=True),
         "Rests, and waits for the bid to rise to 120; now bid 99, ask 101, last 99."),
        (stop("STOP_LOSS", "SELL", "1", "95"), "Waits for the last price to fall to 95; now bid 99, ask 101, last 99."),
        (stop("TAKE_PROFIT_LIMIT", "SELL", "1", "105", "104"),
         "Waits for the last price to rise to 105; now bid 99, ask 101, last 99."),
    ],
)  # fmt: skip
def test_ends_and_what_is_waited_for(command: PlaceOrder, end: str, exchange: Exchange) -> None:
    assert why(exchange, exchange.place(command).order)[-1] == end


def test_an_old_price(venue: Venue, exchange: Exchange) -> None:
    venue.clock.time += 60_001
    placed = exchange.place(order("BUY", "1", "120", post_only=True)).order
    assert why(exchange, placed)[-1] == (
        "Waits for a fresh price, its first one; now bid 99, ask 101, last 99, too old to trade on."
    )
    move(venue, "99 101 99")
    assert why(exchange, placed)[-1] == (
        "Expired: it was to rest, and would have taken when it arrived, on its first tick."
    )


def test_a_stop_is_triggered_and_canceled(venue: Venue, exchange: Exchange) -> None:
    placed = exchange.place(stop("STOP_LOSS_LIMIT", "SELL", "1", "95", "96")).order
    exchange.amend("alice", placed.order_id, quantity=D("0.5"))
    move(venue, "94 95 94")
    exchange.cancel("alice", placed.order_id)
    assert why(exchange, placed) == [
        "Placed: a stop loss limit order to sell 1 BTC at 96 USDT or better, stop price 95.",
        "Made smaller, from 1 to 0.5.",
        "Triggered: the last price had fallen to its stop price of 95.",
        "Canceled or replaced by its owner.",
    ]


def trailing(side: str, stop_price: str | None = None) -> PlaceOrder:
    price = D(stop_price) if stop_price else None
    return order(side, "1", type=OrderType.STOP_LOSS, stop_price=price, trailing_delta=500)


def test_a_trailing_stop(venue: Venue, exchange: Exchange) -> None:
    at_once = exchange.place(trailing("SELL")).order
    from_90 = exchange.place(trailing("SELL", "90")).order
    assert why(exchange, at_once)[-1] == (
        "Follows the last price, and waits for it to fall 5 % from the highest since then; "
        "now bid 99, ask 101, last 99."
    )
    assert why(exchange, from_90)[-1] == (
        "Waits for the last price to fall to 90, and follows it from there; now bid 99, ask 101, last 99."
    )
    move(venue, "94 95 94")
    assert why(exchange, at_once)[1] == (
        "Triggered: the last price had fallen 5 % from the highest since it followed it."
    )
    move(venue, "89 90 90")
    assert why(exchange, from_90)[-1].startswith("Follows the last price")


def test_an_iceberg(exchange: Exchange) -> None:
    placed = exchange.place(order("SELL", "1", "120", iceberg_quantity=D("0.25"))).order
    assert why(exchange, placed)[0] == (
        "Placed: a limit order to sell 1 BTC, of which 0.25 shows at a time, at 120 USDT or better."
    )


def test_an_order_list(venue: Venue, exchange: Exchange) -> None:
    bracket = PlaceList(
        Contingency.OTO,
        (
            order("BUY", "1", "95"),
            order("SELL", "1", "110", post_only=True),
            stop("STOP_LOSS", "SELL", "1", "90"),
        ),
    )
    working, target, loss = exchange.place_list(bracket).orders
    assert why(exchange, target) == [
        (
            f"Taken: a post-only limit order to sell 1 BTC at 110 USDT or better, number 2 of 3 of the OTO list "
            f"{working.order_id}."
        ),
        f"Waits: it is placed when order {working.order_id}, the working one of its list, is filled.",
    ]
    move(venue, "94 95 94")
    assert why(exchange, target)[1] == f"Its working order {working.order_id} was filled, so it was placed."
    move(venue, "110 111 110")
    assert why(exchange, loss)[-1] == f"Expired: order {target.order_id} of its list traded first."
    other = exchange.place_list(PlaceList(Contingency.OCO, (
        order("SELL", "1", "120", post_only=True), stop("STOP_LOSS_LIMIT", "SELL", "1", "90", "91"),
    ))).orders  # fmt: skip
    move(venue, "89 90 89")
    assert why(exchange, other[0])[-1] == f"Expired: order {other[1].order_id} of its list was triggered first."
    exchange.cancel("alice", other[1].order_id)
    assert why(exchange, other[1])[-1] == "Canceled or replaced by its owner, with what was open of its list."


def test_what_waited_and_cannot_be_paid_for(venue: Venue, exchange: Exchange) -> None:
    working, pending = exchange.place_list(
        PlaceList(Contingency.OTO, (order("BUY", "1", "95"), order("SELL", "9", "110")))
    ).orders
    move(venue, "94 95 94")
    assert why(exchange, pending)[-1] == "Rejected: when its working order was filled the account could not pay for it."
    late = exchange.place_list(
        PlaceList(Contingency.OTO, (order("BUY", "1", "50", time_in_force=IOC), order("SELL", "1", "110")))
    ).orders
    assert why(exchange, late[1])[-1] == f"Expired: its working order {late[0].order_id} expired."
    assert working.order_id != late[0].order_id


def test_sizes_slippage_and_no_fee(venue: Venue) -> None:
    venue.exchange.accounts.set_fees("alice", maker_rate=D(0), taker_rate=D(0))
    sized = venue.another(model="touch-size")
    venue.tick("99", "101", sizes="0.4")
    bought = why(sized, sized.place(order("BUY", "1", "101", time_in_force=IOC)).order)
    assert (
        "takes the ask, and no more than the size it shows. Fee: none (taker rate 0, the account's own)." in bought[1]
    )
    assert bought[2] == "Expired: what does not trade at once expires (immediate or cancel)."
    market = why(sized, sized.place(order("SELL", "1")).order)
    assert market[-1] == "Expired: there was no more to be had on its tick."
    slipping = venue.another(model="last+slippage=5+seed=1")
    sold = why(slipping, slipping.place(order("SELL", "0.1")).order)
    assert "everything trades at the last price, whatever its size; a taker pays up to 5 basis points more" in sold[1]


def test_an_order_that_is_not_there(exchange: Exchange) -> None:
    with pytest.raises(OrderNotFound):
        exchange.why("alice", 999)
