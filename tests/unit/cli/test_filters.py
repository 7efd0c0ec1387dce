"""Lists of orders and trades, filtered: what is asked, and how moments are written."""

from __future__ import annotations

import re

import pytest
import typer

from mockexchange.cli.moments import moment

from ..answers import TRADE, order_numbered
from ..stand_in import StandIn
from .conftest import Mockx

NOW = 1_767_312_000_000  # 2026-01-02T00:00:00Z
DAY = 86_400_000


@pytest.mark.parametrize(
    ("given", "ms"),
    [
        ("90s", NOW - 90_000),
        ("5m", NOW - 300_000),
        ("2h", NOW - 7_200_000),
        ("1d", NOW - DAY),
        ("1W", NOW - 7 * DAY),
        ("2026-01-01", NOW - DAY),
        ("2026-01-01T12:30", NOW - DAY // 2 + 1_800_000),
        ("2026-01-02T01:00+01:00", NOW),
        ("2026-01-02T00:00:00.250Z", NOW + 250),
        ("1767312000001", NOW + 1),
    ],
)
def test_a_moment_is_ago_or_a_date_or_milliseconds(given: str, ms: int) -> None:
    assert moment(given, NOW) == ms


@pytest.mark.parametrize("given", ["yesterday", "2 h", "-1d", "2026-13-01", ""])
def test_what_is_no_moment_is_refused_with_how_to_write_one(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="2h or 1d"):
        moment(given, NOW)


def test_every_filter_of_orders_is_asked(exchange: StandIn, mockx: Mockx) -> None:
    since, until = NOW, NOW + DAY
    path = f"/orders?symbol=BTC%2FUSDT&status=canceled&side=buy&since={since}&until={until}&limit=5"
    exchange.on("GET", path, f"[{order_numbered(7, 'canceled', listed=True)}]")
    filters = ("--symbol", "btc/usdt", "--status", "canceled", "--side", "BUY", "--limit", "5")

    result = mockx("order", "list", *filters, "--since", "2026-01-02", "--until", "2026-01-03", "--json")

    assert result.exit_code == 0, (result.stderr, exchange.asked)
    assert '"canceled"' in result.stdout


def test_every_filter_of_trades_is_asked(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", f"/trades?symbol=BTC%2FUSDT&side=sell&order=7&since={NOW}&limit=100", f"[{TRADE}]")

    result = mockx(
        "trades", "--symbol", "BTC/USDT", "--side", "sell", "--order", "7", "--since", "2026-01-02", "--json"
    )

    assert result.exit_code == 0, (result.stderr, exchange.asked)


def test_ago_is_counted_from_now(exchange: StandIn, mockx: Mockx) -> None:
    mockx("trades", "--since", "1h", "--until", "30m")

    since, until = (int(each) for each in re.findall(r"since=(\d+)&until=(\d+)", exchange.asked[0].path)[0])
    assert until - since == 1_800_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("order", "list", "--open", "--status", "closed"), "choose one of"),
        (("order", "list", "--status", "lost"), "'lost' is not one of"),
        (("order", "list", "--side", "both"), "'both' is not one of"),
        (("order", "list", "--since", "1h", "--until", "2h"), "must not be after"),
        (("trades", "--order", "x"), "an order id is a number"),
        (("trades", "--since", "soon"), "2h or 1d"),
    ],
)
def test_wrong_filters_are_2_and_nothing_is_sent(
    arguments: tuple[str, ...], said: str, exchange: StandIn, mockx: Mockx
) -> None:
    result = mockx(*arguments, environment={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert said in result.stderr
    assert exchange.asked == []
