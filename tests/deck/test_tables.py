"""Tables of the deck: what the browser gets, and what it makes of it."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.deck import tables
from mockexchange.deck.amounts import percent
from mockexchange.deck.tables import AtRight, Lines, Numbers, Shares, table_data

D = Decimal

DRAW = """
async ([source, data]) => {
  const module = window.table ??= await import(source);
  const parentElement = document.body;
  module.default({ data: [data], parentElement, setTriggerValue: (name, value) => { window.opened = value; } });
}
"""


def test_amounts_keep_every_digit_as_they_are_shown_and_as_they_are_sorted() -> None:
    amounts = [D("1000000000000.00000001"), D("1E-8"), D("-2"), None]
    [column] = table_data({"Amount": Numbers(amounts)}, name="", opens=())["columns"]

    assert column["cells"] == ["1,000,000,000,000.00000001", "0.00000001", "-2.00", "-"]
    assert column["order"] == ["1000000000000.00000001", "0.00000001", "-2", None]


def test_what_is_shown_in_another_way_is_sorted_as_the_number_that_it_is() -> None:
    [column] = table_data({"24 h": Numbers([D("1.239"), D("1.231")], percent)}, name="", opens=())["columns"]

    assert column["cells"] == ["+1.24 %", "+1.23 %"]
    assert column["order"] == ["1.239", "1.231"]


def test_a_bar_is_never_longer_than_its_cell() -> None:
    [column] = table_data({"": Shares([D("250"), D("12.5"), D("-3"), None])}, name="", opens=())["columns"]

    assert column["bars"] == [100, 12.5, 0, 0]
    assert column["cells"] == ["250.00 %", "12.50 %", "-3.00 %", "-"]


def draw(tab: Any, columns: dict[str, Any], opens: tuple[str, ...] = ()) -> None:
    if not tab.locator("table").count():
        tab.set_content(f"<style>{tables._CSS}</style>{tables._HTML}")  # pyright: ignore[reportPrivateUsage]
    script = base64.b64encode(tables._JS.encode()).decode()  # pyright: ignore[reportPrivateUsage]
    tab.evaluate(DRAW, [f"data:text/javascript;base64,{script}", table_data(columns, name="Orders", opens=opens)])


def column(tab: Any, number: int) -> list[str]:
    return tab.locator(f"tbody tr td:nth-child({number})").all_inner_texts()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_click_sorts_exactly_and_a_refresh_keeps_it(tab: Any) -> None:
    amounts = [D("1000000000000.00000002"), None, D("1000000000000.00000001"), D("-3"), D("9"), D("-20")]
    columns: dict[str, Any] = {
        "Order": ["10", "9", "8", "7", "6", "5"],
        "Amount": Numbers(amounts),
        "Note": AtRight(["x"] * 6),
        "Closes": Lines([(1.0, 2.0)] * 6),
    }
    draw(tab, columns)
    shown = ["1,000,000,000,000.00000002", "1,000,000,000,000.00000001", "9.00", "-3.00", "-20.00", "-"]
    assert column(tab, 1) == ["10", "9", "8", "7", "6", "5"]

    tab.get_by_role("button", name="Amount").click()
    assert column(tab, 2) == shown
    assert tab.locator("th").nth(1).get_attribute("aria-sort") == "descending"
    tab.get_by_role("button", name="Amount").click()
    assert column(tab, 2) == [*shown[4::-1], "-"]  # what is not there is last

    columns["Amount"] = Numbers([*amounts[:5], D(5)])
    draw(tab, columns)
    assert column(tab, 2) == ["-3.00", "5.00", "9.00", *shown[1::-1], "-"]

    tab.get_by_role("button", name="Amount").click()
    assert column(tab, 1) == ["10", "9", "8", "7", "6", "5"]
    tab.get_by_role("button", name="Order").click()
    assert column(tab, 1) == ["5", "6", "7", "8", "9", "10"]  # ids are sorted as numbers too


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_row_opens_what_it_stands_for_by_mouse_and_by_keyboard(tab: Any) -> None:
    draw(tab, {"Order": ["10", "9"], "Amount": Numbers([D(1), D(2)])}, opens=("ten", "nine"))

    tab.get_by_role("button", name="Amount").click()
    tab.locator("tbody td").nth(1).click()
    assert tab.evaluate("window.opened") == "nine"
    tab.get_by_role("button", name="10", exact=True).focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("window.opened") == "ten"
