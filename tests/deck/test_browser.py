"""The deck in a real Chromium: what only a browser can show. No request leaves this machine, nothing is said on the
console."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.orders import OrderStatus, OrderType, Side

from .browser import FOCUSED, MINUTES, Deck, Page, Venue, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_chart_keeps_its_zoom_over_ten_refreshes(page: Page, venue: Venue) -> None:
    assert page.number("candles") > MINUTES - 5
    page.tab.mouse.move(*page.middle())
    for _ in range(4):
        page.tab.mouse.wheel(0, -300)
    page.tab.wait_for_timeout(500)
    begin, end = page.visible()
    assert end - begin < MINUTES

    for number in range(10):
        venue.price(60_010 + 10 * number)
        page.refreshes(1)

    begin_then, end_then = page.visible()
    assert end_then - begin_then == pytest.approx(end - begin, abs=0.02)
    assert abs(begin_then - begin) < 2.01  # a new minute moves it on by one, and there may have been one


def test_a_click_on_the_chart_sets_the_price(page: Page) -> None:
    x, y = page.middle()
    box = page.chart.bounding_box()
    top, bottom = (float(each) for each in (page.shown("prices") or "").split())
    page.tab.mouse.click(x, y)

    price = page.field("Price (USDT)")
    until(lambda: bool(price.input_value()), "the click is in the ticket")
    expected = top + (bottom - top) * (y - box["y"]) / box["height"]
    assert float(price.input_value()) == pytest.approx(expected, abs=abs(bottom - top) / 100)


def test_a_click_in_the_book_sets_the_price(page: Page) -> None:
    best = page.tab.locator(".ladder .bid").first
    shown = best.locator("span").first.inner_text()
    best.click()

    price = page.field("Price (USDT)")
    until(lambda: bool(price.input_value()), "the click is in the ticket")
    assert Decimal(price.input_value()) == Decimal(shown.replace(",", ""))


def test_what_is_placed_is_told_drawn_and_canceled(page: Page, venue: Venue) -> None:
    page.field("Amount (BTC)").fill("0.1")
    page.field("Price (USDT)").fill("59000")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.tab.get_by_test_id("stToast").wait_for()
    page.says("is placed: open.")
    until(lambda: page.number("lines") == 1, "the order is a line on the chart")

    page.tab.get_by_role("button", name="Cancel it").click()
    page.says("is canceled; 0 of 0.1 had filled.")
    until(lambda: page.number("lines") == 0, "the line is gone")
    assert [order.status for order in venue.served.orders()] == [OrderStatus.CANCELED]


def test_an_order_is_changed_and_a_change_that_is_refused_loses_nothing(page: Page, venue: Venue) -> None:
    page.field("Amount (BTC)").fill("0.1")
    page.field("Price (USDT)").fill("59000")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("is placed: open.")
    [placed] = venue.served.orders()
    page.tab.get_by_text("Change it").first.click()
    whole, press = "Amount, what has filled included", page.tab.get_by_role("button", name="Change it")

    page.enter(whole, "0.06")
    page.says("keeps its place")
    press.click()
    page.says(f"Order {placed.order_id} is of 0.06 now and kept its place in the line.")
    [smaller] = venue.served.orders()
    assert (smaller.order_id, smaller.quantity) == (placed.order_id, Decimal("0.06"))

    page.enter(whole, "100")
    page.says("loses its place")
    press.click()
    page.says("the order needs more than is free")
    assert venue.served.orders() == [smaller]
    venue.price(60_020)
    page.refreshes(1)
    page.says("the order needs more than is free")

    page.enter(whole, "0.06")
    page.enter("New price", "58500")
    press.click()
    page.says(f"Order {placed.order_id} is canceled; order")
    old, new = venue.served.orders()
    assert (old.status, new.status, new.price) == (OrderStatus.CANCELED, OrderStatus.NEW, Decimal(58_500))
    until(lambda: page.field("New price").input_value() == "58500", "the new order is the one that can be changed")


def test_a_fill_is_on_the_chart_and_a_refusal_says_why(page: Page, venue: Venue) -> None:
    page.choose("Order", "Market")
    page.field("Amount (BTC)").fill("0.1")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("is placed: filled")
    until(lambda: page.number("markers") == 1, "the fill is on the chart")

    page.field("Amount (BTC)").fill("100")
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("Refused:")
    assert page.field("Amount (BTC)").input_value() == "100"
    assert len(venue.served.orders()) == 1


def test_orders_are_chosen_and_canceled_with_the_keyboard_alone(page: Page, venue: Venue) -> None:
    for price in ("58000", "59000"):
        page.field("Amount (BTC)").fill("0.1")
        page.field("Price (USDT)").fill(price)
        page.field("Price (USDT)").press("Enter")
        page.tab_to("Buy BTC")
        page.tab.keyboard.press("Enter")
        until(
            lambda wanted=price: [f"{each.price:f}" for each in venue.served.orders()][-1:] == [wanted], "it is placed"
        )
    first, second = venue.served.orders()
    page.says("59,000.00")  # in the table: from then on it can be chosen
    page.tab.locator(f".st-key-trade-cancel-{first.order_id}").wait_for()

    page.tab_to("Open order")
    page.tab.keyboard.type(f"{second.order_id}:")
    page.tab.keyboard.press("Enter")
    page.tab.locator(f".st-key-trade-cancel-{second.order_id}").wait_for()
    page.tab_to("Cancel it")
    page.tab.keyboard.press("Enter")

    page.says(f"Order {second.order_id} is canceled")
    assert [order.status for order in venue.served.orders()] == [OrderStatus.NEW, OrderStatus.CANCELED]


def test_an_order_is_changed_with_the_keyboard_alone(page: Page, venue: Venue) -> None:
    keys = page.tab.keyboard
    for label, said in {"Amount (BTC)": "0.1", "Price (USDT)": "59000"}.items():
        page.tab_to(label)
        keys.type(said)
    keys.press("Enter")
    page.tab_to("Buy BTC")
    keys.press("Enter")
    page.says("is placed: open.")

    page.tab_to("Change it")
    keys.press("Enter")
    page.field("Expires (UTC)").wait_for()
    for label, said in {"New price": "58500", "Shown at a time": "0.02", "Expires (UTC)": "2033-05-18 03:33"}.items():
        page.tab_to(label)
        keys.press("Control+a")
        keys.type(said)
    keys.press("Enter")
    page.says("loses its place")
    page.tab_to("Change it")
    keys.press("Enter")

    page.says("stands in its place: open.")
    new = venue.served.orders()[-1]
    assert (new.price, new.iceberg_quantity, new.expires_at) == (Decimal(58_500), Decimal("0.02"), 1_999_999_980_000)


def test_the_arrows_go_through_the_book(page: Page) -> None:
    page.tab_to("Market")
    ladder = page.tab.locator(".ladder")
    best = ladder.locator(".bid").first.get_attribute("aria-label")
    page.tab_to(best)
    page.tab.keyboard.press("ArrowUp")
    assert page.tab.evaluate(FOCUSED) == ladder.locator(".ask").last.get_attribute("aria-label")
    page.tab.keyboard.press("ArrowDown")
    page.tab.keyboard.press("Enter")

    until(lambda: page.field("Price (USDT)").input_value() == "59999", "the price is in the ticket")


def test_an_exchange_that_is_restarted_under_the_page_leaves_it_as_it_was(page: Page, venue: Venue) -> None:
    page.field("Price (USDT)").fill("59000")
    page.tab.keyboard.press("Tab")
    page.tab.mouse.move(*page.middle())
    page.tab.mouse.wheel(0, -600)
    page.tab.wait_for_timeout(500)
    begin, end = page.visible()
    page.field("Amount (BTC)").click()
    page.tab.keyboard.type("0.12")  # and not entered

    venue.go_away()
    page.says("No answer from the exchange since")
    venue.come_back()
    page.tab.get_by_text("No answer from the exchange since").wait_for(state="detached")
    for number in range(2):
        venue.price(60_110 + 10 * number)
        page.refreshes(1)

    assert (page.field("Amount (BTC)").input_value(), page.field("Price (USDT)").input_value()) == ("0.12", "59000")
    begin_then, end_then = page.visible()
    assert end_then - begin_then == pytest.approx(end - begin, abs=0.02)
    page.tab.get_by_role("button", name="Buy BTC").click()
    page.says("is placed: open.")


def test_a_deck_that_is_restarted_under_the_page_comes_back(page: Page, venue: Venue, deck_program: Deck) -> None:
    page.tab.get_by_text("Sell", exact=True).click()
    page.choose("Order", "Stop-limit")
    page.enter("Trigger price (USDT)", "58000")
    page.choose("A click sets", "Price")
    page.field("Price (USDT)").fill("57900")
    page.field("Amount (BTC)").click()
    page.tab.keyboard.type("0.12")
    page.tab.wait_for_timeout(1_000)  # the price is on its way
    deck_program.stop()
    until(lambda: page.tab.title() != "" and page.errors != [], "the page misses the deck")
    deck_program.start()
    venue.price(60_110)
    page.refreshes(1)
    page.errors.clear()  # those of the time without a deck

    assert (page.field("Amount (BTC)").input_value(), page.field("Price (USDT)").input_value()) == ("0.12", "57900")
    page.field("Amount (BTC)").press("Enter")
    page.says("Locks:")
    page.tab.locator(".ladder .bid").first.click()
    until(lambda: page.field("Price (USDT)").input_value() == "60109", "the click is in the field that was chosen")
    page.tab.get_by_role("button", name="Sell BTC").click()
    page.says("is placed: open.")
    [order] = venue.served.orders()
    assert (order.type, order.side, order.stop_price) == (OrderType.STOP_LOSS_LIMIT, Side.SELL, Decimal(58_000))


def test_a_phone_shows_it_without_scrolling_sideways(chromium: Any, deck_url: str) -> None:
    page = Page(chromium, deck_url, width=390, height=844)
    page.shows_trade()
    button = page.tab.get_by_role("button", name="Buy BTC")
    button.scroll_into_view_if_needed()

    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
