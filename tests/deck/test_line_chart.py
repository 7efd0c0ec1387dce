"""Charts of lines: what the browser gets, and that they stay where one moved them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mockexchange.deck import charts, line_chart
from mockexchange.deck.line_chart import Series, chart_data

HOUR = 3_600_000

DRAW = """
async ([source, data]) => {
  const module = window.chart ??= await import(source);
  module.default({ data: [data], parentElement: document.body });
}
"""


def test_the_browser_gets_seconds_none_of_them_twice() -> None:
    points = [(1_000, 1.0), (1_999, 2.0), (2_000, None)]
    data = chart_data([Series("Account", points)], name="Return", unit="%", height=300)

    assert data["series"] == [{"name": "Account", "kind": "line", "points": [(1, 2.0), (2, None)]}]
    assert data["summary"] == "Return, %: Account 2.00 at the end."


def test_a_chart_of_nothing_says_so() -> None:
    assert chart_data([Series("Account", [])], name="Return", unit="%", height=300)["summary"].endswith(
        "Account nothing at the end."
    )


def draw(tab: Any, hours: int) -> None:
    series = [
        Series("Account", [(hour * HOUR, float(hour % 7)) for hour in range(hours)]),
        Series("Buying and holding", [(hour * HOUR, None if hour < 3 else 1.0) for hour in range(hours)]),
    ]
    script = base64.b64encode(line_chart._JS.encode()).decode()  # pyright: ignore[reportPrivateUsage]
    data = chart_data(series, name="Return", unit="%", height=300)
    tab.evaluate(DRAW, [f"data:text/javascript;base64,{script}", data])
    tab.wait_for_timeout(200)  # the script draws with the next frame


def visible(tab: Any) -> list[float]:
    return [float(each) for each in tab.locator(".lines").get_attribute("data-visible").split()]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_was_moved_by_hand_stays_and_what_was_not_shows_everything(tab: Any) -> None:
    tab.set_content(line_chart._HTML)  # pyright: ignore[reportPrivateUsage]
    tab.add_script_tag(content=charts._library())  # pyright: ignore[reportPrivateUsage]
    draw(tab, 100)
    assert visible(tab) == [0, 99 * 3600]
    draw(tab, 120)
    assert visible(tab) == [0, 119 * 3600]

    box = tab.locator(".lines").bounding_box()
    tab.mouse.move(box["x"] + 200, box["y"] + 100)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 400, box["y"] + 100, steps=5)
    tab.mouse.up()
    tab.wait_for_timeout(200)
    moved = visible(tab)
    assert moved[1] < 119 * 3600
    for hours in range(121, 125):
        draw(tab, hours)
    assert visible(tab) == moved

    tab.locator(".lines").dblclick(position={"x": 100, "y": 100})
    tab.wait_for_timeout(200)
    assert visible(tab) == [0, 123 * 3600]
    assert "Account" in tab.locator(".legend").inner_text()
