"""The ticket in a real Chromium without a mouse: every kind of order that it offers is placed with the keyboard alone,
and seen at the exchange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from mockexchange.deck.ticket import FIELDS, Choices, Good, In, Kind, Side
from mockexchange.domain.orders import Order

from ..conformance.served import ACCOUNT
from .browser import Deck, Page, Venue, until

UNITS = {In.BASE: "BTC", In.PRICE: "USDT", In.QUOTE: "USDT", In.PERCENT: "%", In.MINUTES: "minutes"}
LABELS = {each.name: f"{each.label} ({UNITS[each.unit]})" for each in FIELDS}
"""What stands over the fields on BTC/USDT."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is chosen and typed, and which orders the exchange has then."""

    choices: Choices
    typed: dict[str, str]
    placed: list[str] = field(default_factory=list[str])

    def __str__(self) -> str:
        chosen = self.choices
        said = [f"{chosen.side} {chosen.kind.name}", *(["by cost"] if chosen.by_cost else [])]
        return " ".join([*said, *([chosen.good.name] if chosen.kind is Kind.LIMIT else [])])


def ticket(side: Side, kind: Kind, *placed: str, good: Good = Good.GTC, by_cost: bool = False, **typed: str) -> Ticket:
    return Ticket(Choices(side, kind, by_cost, good), typed, list(placed))


TICKETS = (
    ticket("buy", Kind.MARKET, "BUY MARKET 0.1", amount="0.1"),
    ticket("sell", Kind.MARKET, "SELL MARKET for 6000", by_cost=True, cost="6000"),
    ticket("buy", Kind.LIMIT, "BUY LIMIT 0.1 at 59000 GTC", amount="0.1", price="59000"),
    ticket("sell", Kind.LIMIT, "SELL LIMIT 0.1 at 59000 IOC", good=Good.IOC, amount="0.1", price="59000"),
    ticket("buy", Kind.LIMIT, "BUY LIMIT 0.1 at 61000 FOK", good=Good.FOK, amount="0.1", price="61000"),
    ticket(
        "sell",
        Kind.LIMIT,
        "SELL LIMIT 0.1 at 61000 GTC post-only shows 0.02",
        good=Good.POST_ONLY,
        amount="0.1",
        price="61000",
        iceberg="0.02",
    ),
    ticket(
        "buy",
        Kind.LIMIT,
        "BUY LIMIT 0.1 at 59000 GTC shows 0.05 until a time",
        good=Good.GTD,
        amount="0.1",
        price="59000",
        minutes="5",
        iceberg="0.05",
    ),
    ticket("sell", Kind.STOP, "SELL STOP_LOSS 0.1 from 58000", amount="0.1", trigger="58000"),
    ticket(
        "buy",
        Kind.STOP_LIMIT,
        "BUY STOP_LOSS_LIMIT 0.1 at 62100 GTC from 62000",
        amount="0.1",
        trigger="62000",
        price="62100",
    ),
    ticket("sell", Kind.TAKE_PROFIT, "SELL TAKE_PROFIT 0.1 from 65000", amount="0.1", trigger="65000"),
    ticket(
        "buy",
        Kind.TAKE_PROFIT_LIMIT,
        "BUY TAKE_PROFIT_LIMIT 0.1 at 58100 GTC from 58000",
        amount="0.1",
        trigger="58000",
        price="58100",
    ),
    ticket("sell", Kind.TRAILING, "SELL STOP_LOSS 0.1 trails 150", amount="0.1", percent="1.5"),
    ticket(
        "buy",
        Kind.TRAILING,
        "BUY TAKE_PROFIT 0.1 from 58000 trails 200",
        amount="0.1",
        percent="2",
        begins="58000",
    ),
    ticket(
        "sell",
        Kind.OCO,
        "SELL LIMIT 0.1 at 66000 GTC post-only",
        "SELL STOP_LOSS_LIMIT 0.1 at 56900 GTC from 57000",
        amount="0.1",
        target="66000",
        stop="57000",
        stop_limit="56900",
    ),
    ticket(
        "buy",
        Kind.OTO,
        "BUY LIMIT 0.1 at 59000 GTC",
        "SELL STOP_LOSS_LIMIT 0.09 at 56900 GTC from 57000",
        amount="0.1",
        price="59000",
        stop="57000",
        stop_limit="56900",
        exit="0.09",
    ),
    ticket(
        "sell",
        Kind.OTOCO,
        "SELL LIMIT 0.1 at 61000 GTC",
        "BUY LIMIT 0.09 at 58000 GTC post-only",
        "BUY STOP_LOSS_LIMIT 0.09 at 63100 GTC from 63000",
        amount="0.1",
        price="61000",
        target="58000",
        stop="63000",
        stop_limit="63100",
        exit="0.09",
    ),
)
"""What is typed, from the top of the ticket to its button."""


@pytest.fixture(scope="module")
def venue(venue_port: int) -> Iterator[Venue]:
    """One exchange for all of them: each test looks at its own orders."""
    venue = Venue(venue_port)
    yield venue
    venue.go_away()


@pytest.fixture(scope="module")
def page(chromium: Any, venue: Venue, deck_program: Deck) -> Iterator[Page]:
    """One page for all of them: each finds what the one before has left in the ticket."""
    assert venue.served.url == deck_program.api_url
    page = Page(chromium, deck_program.url)
    page.shows_trade()
    page.tab.get_by_role("button", name="Buy BTC").wait_for()  # Tab does not wait for what is not drawn yet
    yield page
    page.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("ticket", TICKETS, ids=str)
def test_every_order_is_placed_with_the_keyboard_alone(ticket: Ticket, page: Page, venue: Venue) -> None:
    venue.served.exchange.cancel_all(ACCOUNT)
    before = len(venue.served.orders())

    chosen = ticket.choices
    turn(page, ("Buy", "Sell"), chosen.side.capitalize())
    pick(page, "Order", chosen.kind)
    if chosen.kind is Kind.MARKET:
        turn(page, ("Amount", "Cost"), "Cost" if chosen.by_cost else "Amount")
    if chosen.kind is Kind.LIMIT:
        pick(page, "Good", chosen.good)
    for each in chosen.fields():
        page.field(LABELS[each.name]).wait_for()
        page.tab_to(LABELS[each.name])
        page.tab.keyboard.press("Control+a")
        page.tab.keyboard.press("Delete")
        page.tab.keyboard.type(ticket.typed.get(each.name, ""))
    page.tab_to(f"{chosen.side.capitalize()} BTC")
    page.tab.keyboard.press("Enter")

    until(lambda: len(venue.served.orders()) > before, "it is placed")
    placed = venue.served.orders()[before:]
    assert [words(order) for order in placed] == ticket.placed
    page.says(f"{placed[0].order_id} is placed: ")


def test_no_kind_of_order_is_left_out() -> None:
    """Nor a field, nor a side."""
    chosen = [each.choices for each in TICKETS]

    assert {each.kind for each in chosen} == set(Kind)
    assert {each.good for each in chosen if each.kind is Kind.LIMIT} == set(Good)
    assert {each.by_cost for each in chosen if each.kind is Kind.MARKET} == {False, True}
    assert {each.side for each in chosen} == {"buy", "sell"}
    assert {name for each in TICKETS for name in each.typed} == {each.name for each in FIELDS}


def turn(page: Page, options: tuple[str, str], wanted: str) -> None:
    """Has one of two that are beside each other, of which Tab reaches the one that is chosen."""
    if page.tab_to(*options) != wanted:
        page.tab.keyboard.press("ArrowRight")


def pick(page: Page, label: str, option: str) -> None:
    """Another option of a list."""
    page.tab_to(label)
    page.tab.keyboard.type(option)
    page.tab.keyboard.press("Enter")


def words(order: Order) -> str:
    """An order as the exchange has it."""
    said = [order.side.value, order.type.value]
    said += [f"{order.quantity:f}" if order.quote_quantity is None else f"for {order.quote_quantity:f}"]
    said += [f"at {order.price:f} {order.time_in_force}"] if order.price is not None else []
    said += ["post-only"] if order.post_only else []
    said += [f"from {order.stop_price:f}"] if order.stop_price is not None else []
    said += [f"trails {order.trailing.delta}"] if order.trailing else []
    said += [f"shows {order.iceberg_quantity:f}"] if order.iceberg_quantity is not None else []
    said += ["until a time"] if order.expires_at is not None else []
    return " ".join(said)
