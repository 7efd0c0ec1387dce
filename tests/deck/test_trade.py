"""The screen Trade on a real exchange over HTTP: what is placed is seen at the exchange, what is refused says why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1.element_tree import TextInput

from mockexchange.domain.orders import Contingency, Order, OrderStatus, OrderType, Side, TimeInForce
from mockexchange.domain.placing import PlaceOrder
from mockexchange.store.memory import MemoryStore

from ..conformance.served import ACCOUNT, KEY, Served, serve
from .pages import app, listening_at, started_with, tables_of, text_of


class Screen:
    """The deck at `/`, and what one does there."""

    def __init__(self) -> None:
        self.page = app().run()

    def choose(self, **chosen: str) -> Screen:
        """Side and by are radios, the others select boxes."""
        for name, value in chosen.items():
            found = self.page.radio if name in ("side", "by") else self.page.selectbox
            found(key=f"trade.{name}").set_value(value).run()
        return self

    def type(self, **typed: str) -> Screen:
        for name, value in typed.items():
            self.field(name).set_value(value)
        self.page.run()
        return self

    def field(self, name: str) -> TextInput:
        """Those for a change have what stands in their keys too."""
        return next(each for each in self.page.text_input if f"{each.key}.".startswith(f"trade.{name}."))

    def press(self, name: str = "place") -> Screen:
        found = (each for each in self.page.button if f"{each.key}.".startswith(f"trade.{name}."))
        next(found).click().run()
        return self

    def place(self, kind: str, side: str = "Buy", **typed: str) -> Screen:
        return self.choose(side=side, kind=kind).type(**typed).press()

    def typed(self, name: str) -> str:
        return self.field(name).value or ""

    @property
    def said(self) -> str:
        """Everything in words."""
        assert not self.page.exception, self.page.exception
        return text_of(self.page)


@pytest.fixture
def screen(deck: Served) -> Screen:
    return Screen()


def only(deck: Served) -> Order:
    (order,) = deck.orders()
    return order


def test_an_account_without_orders_sees_prices_and_a_ticket(screen: Screen) -> None:
    shown = {each.label: each.value for each in screen.page.metric}

    assert (shown["Last price"], shown["Bid"], shown["Ask"]) == ("60,000.00", "59,999.00", "60,001.00")
    assert screen.page.selectbox(key="trade.symbol").options == ["BTC/USDT", "ETH/USDT"]
    assert screen.said.count("None.") == 2  # open orders, fills


def test_a_market_that_there_is_not_is_not_taken_for_another_one(deck: Served) -> None:
    page = app()
    page.query_params["symbol"] = "NOPE/USDT"
    page.run()

    assert page.selectbox(key="trade.symbol").value == "BTC/USDT"
    assert "There is no market 'NOPE/USDT'." in text_of(page)


def test_a_busy_account_sees_its_orders_and_fills(deck: Served) -> None:
    deck.exchange.open_account(ACCOUNT, {"USDT": Decimal(100_000), "BTC": Decimal(2)})
    for price in range(59_000, 59_030):
        deck.exchange.place(
            PlaceOrder(ACCOUNT, "BTC/USDT", Side.BUY, OrderType.LIMIT, Decimal("0.001"), price=Decimal(price))
        )
    for _ in range(25):
        deck.exchange.place(PlaceOrder(ACCOUNT, "BTC/USDT", Side.SELL, OrderType.MARKET, Decimal("0.01")))
    screen = Screen()

    orders, fills = tables_of(screen.page)
    assert orders["Price"] == [f"{price:,}.00" for price in range(59_029, 58_999, -1)]
    assert fills["Cost"] == ["599.99"] * 20
    assert (fills["Fee"], fills["In"]) == (["0.59999"] * 20, ["USDT"] * 20)
    assert screen.said


def test_a_market_order_by_amount(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Market").type(amount="0.5")
    assert "Cost: 30,000.50 USDT" in screen.said
    assert "Fee: 0.0005 BTC" in screen.said
    assert "Free after it: 2.4995 BTC" in screen.said
    assert "Free after it: 69999.5 USDT" in screen.said

    screen.press()

    assert "is placed: filled, 0.5 BTC for 30000.5 USDT" in screen.said
    assert only(deck).status is OrderStatus.FILLED
    assert (deck.free("BTC"), deck.free("USDT")) == (Decimal("2.4995"), Decimal("69999.5"))


def test_a_market_order_by_cost(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Market", by="Cost", side="Sell").type(cost="1000").press()

    order = only(deck)
    assert (order.side, order.quote_quantity) == (Side.SELL, Decimal(1000))


@pytest.mark.parametrize(
    ("good", "expected"),
    [
        ("Until canceled (GTC)", (OrderStatus.NEW, TimeInForce.GTC, False)),
        ("What trades at once (IOC)", (OrderStatus.EXPIRED, TimeInForce.IOC, False)),
        ("All at once or nothing (FOK)", (OrderStatus.EXPIRED, TimeInForce.FOK, False)),
        ("Post-only", (OrderStatus.NEW, TimeInForce.GTC, True)),
    ],
)
def test_a_limit_order(deck: Served, screen: Screen, good: str, expected: tuple[object, ...]) -> None:
    screen.choose(kind="Limit", good=good).type(amount="0.1", price="59000").press()

    order = only(deck)
    assert (order.quantity, order.price) == (Decimal("0.1"), Decimal(59000))
    assert (order.status, order.time_in_force, order.post_only) == expected


def test_a_limit_order_until_a_time(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Limit", good="Until a time (GTD)").type(amount="0.1", price="59000", minutes="5").press()

    order = only(deck)
    assert order.expires_at is not None
    assert 0 < order.expires_at - order.created_at <= 5 * 60_000


def test_an_iceberg(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000", iceberg="0.02")

    assert only(deck).iceberg_quantity == Decimal("0.02")


@pytest.mark.parametrize(
    ("kind", "side", "typed", "expected"),
    [
        ("Stop", "Sell", {"trigger": "58000"}, OrderType.STOP_LOSS),
        ("Stop-limit", "Buy", {"trigger": "62000", "price": "62100"}, OrderType.STOP_LOSS_LIMIT),
        ("Take-profit", "Sell", {"trigger": "65000"}, OrderType.TAKE_PROFIT),
        ("Take-profit limit", "Sell", {"trigger": "65000", "price": "64900"}, OrderType.TAKE_PROFIT_LIMIT),
    ],
)
def test_a_stop(deck: Served, screen: Screen, kind: str, side: str, typed: dict[str, str], expected: OrderType) -> None:
    screen.place(kind, side, amount="0.1", **typed)

    order = only(deck)
    assert (order.type, order.side, order.status) == (expected, Side(side.upper()), OrderStatus.NEW)
    assert order.stop_price == Decimal(typed["trigger"])
    assert order.price == (Decimal(typed["price"]) if "price" in typed else None)


@pytest.mark.parametrize("begins", ["", "66000"])
def test_a_trailing_stop(deck: Served, screen: Screen, begins: str) -> None:
    screen.place("Trailing stop", "Sell", amount="0.1", percent="1.5", begins=begins)

    order = only(deck)
    assert order.trailing is not None
    assert (order.trailing.delta, order.stop_price) == (150, Decimal(begins) if begins else None)


def test_a_pair_of_which_one_cancels_the_other(deck: Served, screen: Screen) -> None:
    screen.place("OCO: target and stop", "Sell", amount="0.1", target="66000", stop="57000", stop_limit="56900")

    target, stop = deck.orders()
    assert target.leg is not None
    assert target.leg.contingency is Contingency.OCO
    assert (target.price, target.post_only) == (Decimal(66000), True)
    assert (stop.type, stop.stop_price, stop.price) == (OrderType.STOP_LOSS_LIMIT, Decimal(57000), Decimal(56900))
    assert deck.free("BTC") == Decimal("1.9")


def test_an_order_and_the_stop_that_follows_it(deck: Served, screen: Screen) -> None:
    screen.place("OTO: then a stop", amount="0.1", price="59000", stop="57000", exit="0.099")

    first, then = deck.orders()
    assert (first.side, first.status, then.side) == (Side.BUY, OrderStatus.NEW, Side.SELL)
    assert (then.type, then.quantity) == (OrderType.STOP_LOSS, Decimal("0.099"))


def test_an_order_and_the_pair_that_follows_it(deck: Served, screen: Screen) -> None:
    screen.place("OTOCO: then target and stop", amount="0.1", price="59000", target="66000", stop="57000")

    assert [order.side for order in deck.orders()] == [Side.BUY, Side.SELL, Side.SELL]


def test_what_is_refused_says_why_and_keeps_what_was_typed(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Limit").type(amount="10", price="59000")
    assert "Would be refused:" in screen.said

    screen.press()

    assert "Refused: " in screen.page.error[0].value
    assert "USDT" in screen.page.error[0].value
    assert (screen.typed("amount"), screen.typed("price")) == ("10", "59000")
    assert deck.orders() == []

    screen.type(amount="0.1").press()  # corrected, it is taken
    assert only(deck).quantity == Decimal("0.1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "0.1", "price": "59000.001"}, "Price must be a multiple of"),
        ({"amount": "0.1234567891", "price": "59000"}, "Amount must be a multiple of"),
        ({"amount": "abc", "price": "59000"}, "Amount must be a number"),
        ({"amount": "1e5", "price": "59000"}, "Amount must be a number"),
        ({"amount": "0", "price": "59000"}, "Amount must be above 0"),
    ],
)
def test_what_the_filters_refuse_is_not_sent(deck: Served, screen: Screen, typed: dict[str, str], said: str) -> None:
    screen.place("Limit", **typed)

    assert said in screen.said
    assert deck.orders() == []


def test_what_is_missing_is_not_sent(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1")

    assert "Not sent: Price missing." in screen.said
    assert deck.orders() == []


def test_when_the_answer_is_lost_a_second_press_places_nothing_twice(deck: Served, screen: Screen) -> None:
    screen.choose(kind="OCO: target and stop", side="Sell").type(amount="0.1", target="66000", stop="57000")
    deck.chaos(lost=1, routes=["POST /order_lists"])
    screen.press()
    deck.chaos()
    assert len(deck.orders()) == 2
    assert "Press again" in screen.said

    screen.press()

    assert len(deck.orders()) == 2
    assert "is placed: 2 orders." in screen.said


def test_a_press_before_the_ticket_is_drawn_for_another_market_places_nothing(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Market").type(amount="0.1")
    screen.page.selectbox(key="trade.symbol").set_value("ETH/USDT")

    screen.press()  # of a button on which "Buy BTC" stands still

    assert deck.orders() == []
    assert "Buy ETH" in [each.label for each in screen.page.button]


def test_a_press_before_the_ticket_is_drawn_for_the_other_side_places_nothing(deck: Served, screen: Screen) -> None:
    screen.choose(kind="Market").type(amount="0.1")
    screen.page.radio(key="trade.side").set_value("Sell")

    screen.press()

    assert deck.orders() == []
    assert "Sell BTC" in [each.label for each in screen.page.button]


def test_what_is_typed_survives_another_kind_of_order(screen: Screen) -> None:
    screen.choose(kind="Limit").type(amount="0.1", price="59000")
    screen.choose(kind="Market")
    screen.choose(kind="Limit")

    assert (screen.typed("amount"), screen.typed("price")) == ("0.1", "59000")


def test_one_order_is_canceled(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000").press("cancel")

    assert only(deck).status is OrderStatus.CANCELED
    assert "is canceled; 0 of 0.1 had filled." in screen.said


def test_a_cancellation_that_came_too_late_says_so(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    deck.price("58000", "58002")  # it fills under the open page

    screen.press("cancel")

    assert only(deck).status is OrderStatus.FILLED
    assert "is canceled" not in screen.said


def test_a_cancellation_of_what_is_gone_cancels_nothing_else(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="50000").type(price="59000").press()
    _, first = deck.orders()
    screen.page.selectbox(key="trade.chosen").set_value(str(first.order_id)).run()
    deck.price("58000", "58002")  # the chosen one fills under the open page

    screen.press("cancel")

    assert [each.status for each in deck.orders()] == [OrderStatus.NEW, OrderStatus.FILLED]


def test_a_second_click_on_cancel_meets_no_other_order(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000").type(price="58000").press().press("cancel")
    assert screen.page.selectbox(key="trade.chosen").value is None
    assert [each.disabled for each in screen.page.button if each.label == "Cancel it"] == [True]
    assert "Change it" not in [each.label for each in screen.page.button]

    (left,) = (str(each.order_id) for each in deck.orders() if each.is_open)
    screen.choose(chosen=left).press("cancel")
    assert {each.status for each in deck.orders()} == {OrderStatus.CANCELED}


def test_a_cancellation_that_is_refused_says_why_until_the_next_command(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    deck.chaos(unavailable=1, doors=["native"], routes=["/orders/"])

    screen.press("cancel")
    screen.page.run()

    assert only(deck).status is OrderStatus.NEW
    assert "**Refused:** the exchange cannot be reached now" in screen.said


def test_all_orders_of_the_market_are_canceled(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000").type(price="58000").press().press("cancel_all")

    assert {order.status for order in deck.orders()} == {OrderStatus.CANCELED}
    assert "2 orders are canceled." in screen.said


def test_all_orders_of_another_market_than_the_button_says_are_not_canceled(deck: Served, screen: Screen) -> None:
    screen.page.selectbox(key="trade.symbol").set_value("ETH/USDT").run()
    screen.place("Limit", amount="0.1", price="2000")
    screen.page.selectbox(key="trade.symbol").set_value("BTC/USDT").run()
    screen.page.selectbox(key="trade.symbol").set_value("ETH/USDT")

    screen.press("cancel_all")  # on which BTC/USDT stands still

    assert only(deck).status is OrderStatus.NEW


def test_an_order_that_is_made_smaller_keeps_its_place_and_says_so_before(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    before = only(deck)
    screen.type(**{f"new_amount.{before.order_id}": "0.06"})
    assert "It **keeps its place** in the line." in screen.said

    screen.press("change")

    after = only(deck)
    assert (after.order_id, after.quantity, after.status) == (before.order_id, Decimal("0.06"), OrderStatus.NEW)
    assert f"Order {before.order_id} is of 0.06 now and kept its place in the line." in screen.said


def test_another_price_is_another_order_and_it_says_so_before(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    order = only(deck)
    screen.type(**{f"new_price.{order.order_id}": "58500"})
    assert "another one of 0.1 takes its stead, both or neither. It **loses its place**" in screen.said

    screen.press("change")

    old, new = deck.orders()
    assert (old.status, new.status) == (OrderStatus.CANCELED, OrderStatus.NEW)
    assert (new.price, new.quantity) == (Decimal(58500), Decimal("0.1"))
    assert f"Order {old.order_id} is canceled; order {new.order_id} stands in its place: open." in screen.said


def test_what_took_the_place_of_the_chosen_order_is_chosen(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000").type(price="58000").press()
    first, second = deck.orders()
    screen.choose(chosen=str(first.order_id)).type(**{f"new_price.{first.order_id}": "58500"}).press("change")

    assert screen.page.selectbox(key="trade.chosen").value == str(deck.orders()[-1].order_id)
    assert second.is_open


def test_an_order_that_gets_smaller_under_the_page_stays_chosen(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000").type(price="58000").press()
    first, _ = deck.orders()
    screen.choose(chosen=str(first.order_id))
    deck.exchange.amend(ACCOUNT, first.order_id, quantity=Decimal("0.05"))
    screen.page.run()

    assert screen.page.selectbox(key="trade.chosen").value == str(first.order_id)
    assert screen.typed(f"new_amount.{first.order_id}") == "0.05"


def test_a_stop_gets_another_trigger_price(deck: Served, screen: Screen) -> None:
    screen.place("Stop", side="Sell", amount="0.1", trigger="57000")
    order = only(deck)
    screen.type(**{f"new_trigger.{order.order_id}": "56000"}).press("change")

    assert [each.stop_price for each in deck.orders()] == [Decimal(57_000), Decimal(56_000)]


def test_a_trailing_stop_gets_another_percent_and_it_says_from_where_it_trails(deck: Served, screen: Screen) -> None:
    screen.place("Trailing stop", side="Sell", amount="0.1", percent="1.5")
    order = only(deck)
    screen.type(**{f"new_percent.{order.order_id}": "2.25"})
    assert "loses its place** in the line, and trails from the last price that there is then." in screen.said

    screen.press("change")

    old, new = deck.orders()
    assert (old.status, new.trailing and new.trailing.delta) == (OrderStatus.CANCELED, 225)


def test_a_trailing_stop_that_has_not_begun_begins_where_it_is_told(deck: Served, screen: Screen) -> None:
    screen.place("Trailing stop", side="Sell", amount="0.1", percent="1.5", begins="66000")
    order = only(deck)
    screen.type(**{f"new_percent.{order.order_id}": "2"})
    assert "loses its place** in the line." in screen.said
    screen.type(**{f"new_trigger.{order.order_id}": "65000"}).press("change")

    new = deck.orders()[-1]
    assert (new.stop_price, new.trailing and new.trailing.delta) == (Decimal(65_000), 200)


def test_what_shows_and_the_date_are_set_and_taken_out(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    first = only(deck)
    dated = {f"new_iceberg.{first.order_id}": "0.02", f"new_expires.{first.order_id}": "2033-05-18 03:33"}
    screen.type(**dated).press("change")
    second = deck.orders()[-1]
    assert (second.iceberg_quantity, second.expires_at) == (Decimal("0.02"), 1_999_999_980_000)
    assert screen.typed(f"new_expires.{second.order_id}") == "2033-05-18 03:33:00"

    taken_out = {f"new_iceberg.{second.order_id}": "", f"new_expires.{second.order_id}": ""}
    screen.type(**taken_out).press("change")
    third = deck.orders()[-1]
    assert (third.order_id > second.order_id, third.iceberg_quantity, third.expires_at) == (True, None, None)

    screen.type(**{f"new_expires.{third.order_id}": "soon"}).press("change")
    assert "The date is written like 2026-01-31 12:00, was 'soon'." in screen.said
    screen.type(**{f"new_expires.{third.order_id}": "1966-01-01"}).press("change")
    assert "Refused" in screen.said
    assert deck.orders()[-1] == third


def test_a_change_that_is_refused_says_why_and_the_order_is_as_it_was(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    before = only(deck)
    screen.type(**{f"new_amount.{before.order_id}": "100"}).press("change")

    assert only(deck) == before
    assert "the order needs more than is free" in screen.said
    # it stays to be read, and what was typed with it
    screen.page.run()
    assert "the order needs more than is free" in screen.said
    assert screen.typed(f"new_amount.{before.order_id}") == "100"

    screen.type(**{f"new_amount.{before.order_id}": "a little"}).press("change")
    assert "The amount must be a number" in screen.said
    assert only(deck) == before


def test_a_change_that_came_too_late_says_so(deck: Served, screen: Screen) -> None:
    screen.place("Limit", amount="0.1", price="59000")
    order = only(deck)
    screen.type(**{f"new_amount.{order.order_id}": "0.05"})
    deck.price("58000", "58002")  # it fills under the open page

    screen.press("change")

    assert only(deck).status is OrderStatus.FILLED
    assert "kept its place" not in screen.said


def test_an_order_of_a_list_can_be_made_smaller(deck: Served, screen: Screen) -> None:
    screen.place("OCO: target and stop", side="Sell", amount="0.1", target="66000", stop="57000")
    assert "An order of a list can be made smaller" in screen.said
    chosen = int(screen.page.selectbox(key="trade.chosen").value or "")
    screen.type(**{f"new_amount.{chosen}": "0.05"}).press("change")

    assert {each.order_id: each.quantity for each in deck.orders()}[chosen] == Decimal("0.05")
    assert all(each.is_open for each in deck.orders())


def test_a_fill_says_why(screen: Screen) -> None:
    screen.place("Market", amount="0.1")
    order_id = screen.page.selectbox(key="trade.why").options[0]
    screen.choose(why=order_id)

    assert "Bought 0.1 BTC at 60001 USDT as taker" in screen.said


def test_while_the_exchange_is_away_the_page_says_so_and_what_is_typed_is_there_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    with serve(store) as before:
        listening_at("127.0.0.1")
        started_with(monkeypatch, before.url, KEY)
        screen = Screen().choose(kind="Limit").type(amount="0.1", price="59000")
    screen.press()
    assert "No answer from the exchange since" in screen.said

    with serve(store, port=int(before.url.rpartition(":")[2])) as after:
        screen.page.run()
        assert (screen.typed("amount"), screen.typed("price")) == ("0.1", "59000")
        assert after.orders() == []
        screen.press()
        assert only(after).price == Decimal(59000)
