"""What goes to stdout: tables for people, exact JSON for machines, and nothing else."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from typing import Any

import pytest

from ..answers import BALANCE, BOOK, OHLCV, ORDER, ORDER_LIST, REASONS, TICKER, TRADE, order_numbered
from ..stand_in import Reply, StandIn, problem
from .conftest import Mockx

READY = """{"status": "ready", "feed": "synthetic:7", "synthetic": true, "symbols":
{"BTC/USDT": {"ageSec": 0.412, "stale": false}, "ETH/USDT": {"ageSec": null, "stale": true}}}"""


AUDIT = '{"clean": true, "problems": [], "accounts": 1, "orders": 2, "openOrders": 1, "fills": 3, "ledgerEntries": 4}'

AMENDED = f'{{"order": {ORDER}, "keptPlace": true, "canceled": null}}'
REPLACED = f'{{"order": {order_numbered(8)}, "keptPlace": false, "canceled": {order_numbered(9, "canceled")}}}'
LISTED = order_numbered(8, listed=True)


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.fixture(autouse=True)
def answers(exchange: StandIn) -> None:
    exchange.on("GET", "/tickers", '["BTC/USDT"]')
    exchange.on("GET", "/tickers/BTC%2FUSDT", f'{{"BTC/USDT": {TICKER}}}')
    exchange.on("GET", "/ohlcv/BTC%2FUSDT?timeframe=1h&limit=2", OHLCV)
    exchange.on("GET", "/orderbook/BTC%2FUSDT?limit=10", BOOK)
    exchange.on("GET", "/balance", f'{{"USDT": {BALANCE}}}')
    exchange.on("GET", "/balance/USDT", BALANCE)
    exchange.on("POST", "/balance/USDT/deposit", BALANCE)
    exchange.on("POST", "/balance/USDT/withdrawal", BALANCE)
    exchange.on("POST", "/orders", Reply(ORDER, 201))
    exchange.on("POST", "/orders/can_execute", f'{{"ok": true, "order": {ORDER}}}')
    exchange.on("GET", "/orders?status=open&limit=100", f"[{LISTED}]")
    exchange.on("GET", "/orders?status=all&limit=100", f"[{LISTED}]")
    exchange.on("GET", "/orders?status=closed&limit=100", "[]")
    exchange.on("GET", "/orders?symbol=BTC%2FUSDT&status=open&limit=1", f"[{ORDER}]")
    exchange.on("GET", "/orders/7", ORDER)
    exchange.on("GET", "/orders/7/why", REASONS)
    exchange.on("PATCH", "/orders/7", AMENDED)
    exchange.on("PATCH", "/orders/9", Reply(REPLACED, 201))
    exchange.on("POST", "/orders/7/cancel", order_numbered(7, "canceled"))
    exchange.on("POST", "/orders/client:mine-1/cancel", order_numbered(7, "canceled"))
    exchange.on("GET", "/orders/client:mine-1", ORDER)
    exchange.on("DELETE", "/orders", f"[{LISTED}]")
    exchange.on("DELETE", "/orders?symbol=BTC%2FUSDT", "[]")
    exchange.on("POST", "/order_lists", Reply(ORDER_LIST, 201))
    exchange.on("GET", "/order_lists?status=open&limit=100", f"[{ORDER_LIST}]")
    exchange.on("GET", "/order_lists?status=all&limit=2", "[]")
    exchange.on("GET", "/order_lists/7", ORDER_LIST)
    exchange.on("POST", "/order_lists/7/cancel", ORDER_LIST)
    exchange.on("GET", "/trades?limit=100", f"[{TRADE}]")
    exchange.on("PUT", "/admin/tickers/BTC%2FUSDT/price", TICKER)
    exchange.on("GET", "/health/ready", READY)
    exchange.on("GET", "/orders/list?status=open&limit=1000", '["8", "7"]')
    exchange.on("GET", "/admin/audit", AUDIT)


COMMANDS = [
    (("ticker",), f'{{"BTC/USDT": {TICKER}}}'),
    (("ticker", "btc/usdt"), f'{{"BTC/USDT": {TICKER}}}'),
    (("ohlcv", "btc/usdt", "--timeframe", "1h", "--limit", "2"), OHLCV),
    (("book", "btc/usdt"), BOOK),
    (("balance",), f'{{"USDT": {BALANCE}}}'),
    (("balance", "usdt"), BALANCE),
    (("deposit", "USDT", "5"), BALANCE),
    (("withdraw", "USDT", "5"), BALANCE),
    (("price", "set", "BTC/USDT", "60000"), TICKER),
    (("trades",), f"[{TRADE}]"),
    (("order", "place", "BTC/USDT", "buy", "0.01", "--limit", "60000"), ORDER),
    (("order", "list"), f"[{LISTED}]"),
    (("order", "list", "--open"), f"[{LISTED}]"),
    (("order", "list", "--all"), f"[{LISTED}]"),
    (("order", "list", "--closed"), "[]"),
    (("order", "show", "7"), ORDER),
    (("order", "show", "--client-id", "mine-1"), ORDER),
    (("order", "show", "7", "--why"), REASONS),
    (("order", "show", "--client-id", "mine-1", "--why"), REASONS),
    (("order", "amend", "7", "--amount", "0.005"), AMENDED),
    (("order", "amend", "--client-id", "mine-1", "--amount", "0.005"), AMENDED),
    (("order", "amend", "9", "--limit", "59000"), REPLACED),
    (("order", "cancel", "7"), order_numbered(7, "canceled")),
    (("order", "cancel", "--client-id", "mine-1"), order_numbered(7, "canceled")),
    (("order", "cancel", "--all"), f"[{LISTED}]"),
    (("order", "cancel", "--all", "--symbol", "BTC/USDT"), "[]"),
    (("order-list", "place", "oco", "BTC/USDT", "sell", "0.1", "--target", "66000", "--stop", "57000"), ORDER_LIST),
    (("order-list", "place", "oto", "BTC/USDT", "buy", "0.1", "--limit", "60000", "--target", "66000"), ORDER_LIST),
    (
        (
            "order-list",
            "place",
            "otoco",
            "BTC/USDT",
            "buy",
            "0.1",
            "--limit",
            "60000",
            "--target",
            "66000",
            "--stop",
            "57000",
        ),
        ORDER_LIST,
    ),
    (("order-list", "list"), f"[{ORDER_LIST}]"),
    (("order-list", "list", "--all", "--limit", "2"), "[]"),
    (("order-list", "show", "7"), ORDER_LIST),
    (("order-list", "cancel", "7"), ORDER_LIST),
    (("audit",), AUDIT),
]


@pytest.mark.parametrize(("arguments", "answer"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_json_is_the_exchange_s_answer_to_the_digit(arguments: tuple[str, ...], answer: str, mockx: Mockx) -> None:
    result = mockx(*arguments, "--json")

    assert result.exit_code == 0
    assert exact(result.stdout) == exact(answer)
    # whether an order kept its place is said to people too, and stands in the answer
    assert result.stderr == "" or "amend" in arguments


@pytest.mark.parametrize(
    "arguments",
    [
        *(command for command, _ in COMMANDS),
        ("order", "place", "BTC/USDT", "buy", "0.01", "--limit", "60000", "--dry-run"),
        ("status",),
        ("version",),
    ],
    ids=" ".join,
)
def test_every_command_that_shows_data_has_json_and_tables(arguments: tuple[str, ...], mockx: Mockx) -> None:
    as_json, plain, decorated = mockx(*arguments, "--json"), mockx(*arguments), mockx(*arguments, decorated=True)

    assert (as_json.exit_code, plain.exit_code, decorated.exit_code) == (0, 0, 0)
    exact(as_json.stdout)
    assert "\x1b" not in plain.stdout
    assert "─" not in plain.stdout


def test_json_has_neither_exponents_nor_floats(mockx: Mockx) -> None:
    shown = mockx("order", "show", "7", "--json").stdout

    assert '"cost": 0.000004' in shown
    assert not re.search(r"\d[eE]", shown)


def test_a_plain_table_is_columns_with_every_digit(mockx: Mockx) -> None:
    assert mockx("balance").stdout.splitlines() == [
        "asset                     free  in orders                    total",
        "USDT   99399.99999999999999999        600  99999.99999999999999999",
    ]


def test_a_narrow_terminal_cuts_no_digit(mockx: Mockx) -> None:
    shown = mockx("balance", decorated=True, environment={"COLUMNS": "40", "TERM": "xterm"}).stdout

    lines = shown.splitlines()
    assert set(lines[1]) == {"─"}
    assert all(len(line) <= 40 for line in lines)
    total = "".join(line.split()[-1] for line in lines[2:])
    assert total == "99999.99999999999999999"


def test_a_narrow_terminal_leaves_out_what_can_be_done_without_and_says_so(mockx: Mockx) -> None:
    result = mockx("trades", decorated=True, environment={"COLUMNS": "90", "TERM": "xterm"})

    assert "60000" in result.stdout
    assert "touch" not in result.stdout
    assert "Left out for want of room: model, tick, cost, role." in result.stderr


def test_no_color_means_a_plain_table_on_a_terminal_too(mockx: Mockx) -> None:
    shown = mockx("balance", decorated=True, environment={"NO_COLOR": "1"}).stdout

    assert shown == mockx("balance").stdout


def test_an_order_is_sent_as_it_was_written(exchange: StandIn, mockx: Mockx) -> None:
    limit = ("--limit", "1e4", "--tif", "gtc", "--post-only", "--client-id", "a")
    mockx("order", "place", "btc/usdt", "BUY", "0.010", *limit)
    mockx("order", "place", "BTC/USDT", "sell", "--cost", "12345678901234567890.123456789")

    first, second = (exact(asked.body) for asked in exchange.asked)
    assert first == {
        "symbol": "BTC/USDT",
        "side": "buy",
        "type": "limit",
        "amount": Decimal("0.01"),
        "price": 10000,
        "timeInForce": "GTC",
        "postOnly": True,
        "clientOrderId": "a",
    }
    assert second.pop("clientOrderId").startswith("mockx-")
    assert second == {
        "symbol": "BTC/USDT",
        "side": "sell",
        "type": "market",
        "cost": Decimal("12345678901234567890.123456789"),
    }


def test_an_amendment_is_sent_as_it_was_written_and_says_whether_the_place_is_kept(
    exchange: StandIn, mockx: Mockx
) -> None:
    kept = mockx("order", "amend", "7", "--amount", "0.0050", "--new-client-id", "b")
    replaced = mockx("order", "amend", "9", "--limit", "1e4", "--trigger", "9999.5")
    mockx("order", "amend", "9", "--trail", "1.50", "--iceberg", "0.020", "--expires", "2026-01-01")
    mockx("order", "amend", "9", "--no-iceberg", "--no-expiry")

    first, second, third, fourth = (exact(asked.body) for asked in exchange.asked)
    assert first == {"amount": Decimal("0.005"), "clientOrderId": "b"}
    assert second == {"price": 10000, "triggerPrice": Decimal("9999.5")}
    assert third == {
        "trailingPercent": Decimal("1.5"),
        "icebergAmount": Decimal("0.02"),
        "expiresAt": 1_767_225_600_000,
    }
    assert fourth == {"icebergAmount": 0, "expiresAt": 0}
    assert "Order 7 kept its place in the line." in kept.stderr
    assert "Order 9 is canceled; order 8 stands in its place." in replaced.stderr


def test_a_list_is_sent_as_it_was_written(exchange: StandIn, mockx: Mockx) -> None:
    given = ("BTC/USDT", "buy", "0.1", "--limit", "60000")
    mockx(
        "order-list",
        "place",
        "oco",
        "btc/usdt",
        "SELL",
        "0.10",
        "--target",
        "66000",
        "--stop",
        "57000",
        "--client-id",
        "a",
    )
    mockx("order-list", "place", "oto", *given, "--stop", "57000", "--stop-limit", "56900")
    mockx("order-list", "place", "oto", *given, "--target", "66000", "--exit", "0.099")
    mockx("order-list", "place", "otoco", *given, "--target", "66000", "--stop", "57000", "--exit", "0.099")

    oco, stopped, closed, bracket = (exact(asked.body) for asked in exchange.asked)
    target = {"symbol": "BTC/USDT", "side": "sell", "type": "limit", "amount": Decimal("0.1"), "price": 66000}
    stop = {"symbol": "BTC/USDT", "side": "sell", "type": "market", "amount": Decimal("0.1"), "stopLossPrice": 57000}
    entry = {**target, "side": "buy", "price": 60000}
    less = {"amount": Decimal("0.099")}
    assert oco == {"type": "oco", "clientListId": "a", "orders": [{**target, "postOnly": True}, stop]}
    names = [each.pop("clientListId") for each in (stopped, closed, bracket)]
    assert len(set(names)) == 3
    assert stopped == {"type": "oto", "orders": [entry, {**stop, "type": "limit", "price": 56900}]}
    assert closed == {"type": "oto", "orders": [entry, {**target, **less}]}
    assert bracket == {"type": "oto", "orders": [entry, {**target, **less, "postOnly": True}, {**stop, **less}]}


def test_a_list_is_shown_with_its_orders(mockx: Mockx) -> None:
    shown = mockx("order-list", "show", "7").stdout
    assert re.search(r"^type +otoco$", shown, re.MULTILINE)
    assert [line.split()[-1] for line in shown.splitlines()[-3:]] == ["open", "waits", "canceled"]
    listed = mockx("order-list", "list").stdout.splitlines()[1].split()
    assert listed[-4:] == ["otoco", "3", "2", "open"]


def test_a_stop_is_sent_and_shown_as_one(exchange: StandIn, mockx: Mockx) -> None:
    waits = ORDER.replace(
        '"triggerPrice": null, "stopLossPrice": null', '"triggerPrice": 55000, "stopLossPrice": 55000'
    )
    takes = waits.replace(
        '"stopLossPrice": 55000, "takeProfitPrice": null', '"stopLossPrice": null, "takeProfitPrice": 1'
    )
    exchange.on("POST", "/orders", waits, takes.replace('"triggeredAt": null', '"triggeredAt": 1641038401000'))

    first = mockx("order", "place", "BTC/USDT", "sell", "0.01", "--stop", "55000", "--limit", "54900").stdout
    second = mockx("order", "place", "BTC/USDT", "sell", "0.01", "--take-profit", "70000").stdout

    sent = [exact(asked.body) for asked in exchange.asked]
    assert [(each["type"], each.get("stopLossPrice"), each.get("takeProfitPrice")) for each in sent] == [
        ("limit", 55000, None),
        ("market", None, 70000),
    ]
    assert re.search(r"^type +stop limit GTC$", first, re.MULTILINE)
    assert re.search(r"^stop price +55000 USDT\ntriggered \(UTC\) +not yet$", first, re.MULTILINE)
    assert re.search(r"^type +take-profit limit GTC$", second, re.MULTILINE)
    assert re.search(r"^triggered \(UTC\) +2022-01-01 12:00:01", second, re.MULTILINE)


def test_a_date_goes_out_in_milliseconds_and_comes_back_in_words(exchange: StandIn, mockx: Mockx) -> None:
    dated = ORDER.replace('"GTC", "expiresAt": null', '"GTD", "expiresAt": 1767225600000')
    exchange.on("POST", "/orders", *[dated] * 5)
    place = ("order", "place", "BTC/USDT", "buy", "0.01", "--limit", "60000", "--expires")
    written = ("2026-01-01", "2026-01-01T01:00+01:00", "1767225600000")
    shown, *_ = [mockx(*place, each).stdout for each in written]
    before = time.time_ns() // 10**6
    mockx(*place, "2h")
    mockx(*place, "2026-01-01", "--tif", "gtc")
    sent = [exact(asked.body) for asked in exchange.asked]
    assert [(each["timeInForce"], each["expiresAt"]) for each in (*sent[:3], sent[4])] == [("GTD", 1767225600000)] * 4
    assert before <= sent[3]["expiresAt"] - 2 * 3_600_000 <= time.time_ns() // 10**6
    assert re.search(r"^type +limit GTD$", shown, re.MULTILINE)
    assert re.search(r"^good until \(UTC\) +2026-01-01 00:00:00", shown, re.MULTILINE)


def test_a_trailing_stop_is_sent_and_shown_as_one(exchange: StandIn, mockx: Mockx) -> None:
    trails = ORDER.replace('"trailingPercent": null', '"trailingPercent": 1.5')
    exchange.on("POST", "/orders", trails.replace('"trailingSince": null', '"trailingSince": 1641038401000'))

    shown = mockx("order", "place", "BTC/USDT", "sell", "0.01", "--trail", "1.50").stdout

    assert exact(exchange.asked[0].body)["trailingPercent"] == Decimal("1.5")
    assert re.search(r"^type +trailing limit GTC$", shown, re.MULTILINE)
    assert re.search(r"^trails by +1\.5 %\ntrails since \(UTC\) +2022-01-01 12:00:01", shown, re.MULTILINE)


def test_an_order_shows_its_trades_and_why_they_happened(mockx: Mockx) -> None:
    shown = mockx("order", "show", "7").stdout

    assert re.search(r"^fee +0\.000004 BTC$", shown, re.MULTILINE)
    assert re.search(r"maker +0\.004 +60000 +240 +0\.000004 BTC +12 +manual +touch$", shown, re.MULTILINE)


def test_the_reasons_of_an_order_are_sentences(mockx: Mockx) -> None:
    assert mockx("order", "show", "7", "--why").stdout.splitlines() == [
        "time (UTC)           what, and why",
        "2022-01-01 12:00:00  Placed: a limit order to buy 0.01 BTC at 60000 USDT or better.",
        "2022-01-01 12:00:01  Bought 0.004 BTC.",
    ]


def test_an_order_of_a_list_says_so(exchange: StandIn, mockx: Mockx) -> None:
    waits = ORDER.replace('"orderListId": null, "pending": false', '"orderListId": "6", "pending": true')
    exchange.on("GET", "/orders/7", waits)
    shown = mockx("order", "show", "7").stdout
    assert re.search(r"^order list +6$", shown, re.MULTILINE)
    assert re.search(r"^status +open, waits for its working order$", shown, re.MULTILINE)


def test_a_late_trade_is_called_so(exchange: StandIn, mockx: Mockx) -> None:
    late = order_numbered(7).replace('"late": false, "recordedAt": null', '"late": true, "recordedAt": 1641045600000')
    exchange.on("GET", "/orders/7", late)
    assert re.search(r"2022-01-01 12:00:01 late", mockx("order", "show", "7").stdout)
    trade = exact(mockx("order", "show", "7", "--json").stdout)["trades"][0]
    assert (trade["late"], trade["recordedAt"]) == (True, 1641045600000)


def test_a_dry_run_places_nothing_and_ends_as_the_order_would(exchange: StandIn, mockx: Mockx) -> None:
    refusal = '{"ok": false, "code": "InsufficientFunds", "reason": "600 USDT are needed, 5 are free"}'
    exchange.on("POST", "/orders/can_execute", f'{{"ok": true, "order": {ORDER}}}', refusal)

    accepted = mockx("order", "place", "BTC/USDT", "buy", "0.01", "--dry-run")
    refused = mockx("order", "place", "BTC/USDT", "buy", "0.01", "--dry-run", "--json")

    assert (accepted.exit_code, refused.exit_code) == (0, 1)
    assert "Nothing was placed" in accepted.stderr
    assert exact(refused.stdout)["ok"] is False
    assert "InsufficientFunds: 600 USDT are needed, 5 are free\nNext: `mockx balance`" in refused.stderr
    assert {asked.path for asked in exchange.asked} == {"/orders/can_execute"}


def test_a_list_that_may_go_on_says_so(mockx: Mockx) -> None:
    limited = mockx("order", "list", "--symbol", "BTC/USDT", "--limit", "1")
    assert "newest 1; there may be more" in limited.stderr
    assert mockx("order", "list").stderr == ""


def test_all_prices_are_those_there_are_and_the_missing_ones_are_named(exchange: StandIn, mockx: Mockx) -> None:
    missing = problem(404, "MarketClosed", "ETH/USDT has no price yet")
    exchange.on("GET", "/tickers", '["BTC/USDT", "ETH/USDT"]')
    exchange.on("GET", "/tickers/BTC%2FUSDT,ETH%2FUSDT", missing)
    exchange.on("GET", "/tickers/ETH%2FUSDT", missing)

    everything, named = mockx("ticker", "--json"), mockx("ticker", "ETH/USDT")

    assert list(exact(everything.stdout)) == ["BTC/USDT"]
    assert everything.stderr == "ETH/USDT has no price yet\n"
    assert (everything.exit_code, named.exit_code) == (0, 5)


def test_an_empty_list_says_so_beside_the_data(mockx: Mockx) -> None:
    result = mockx("order", "list", "--closed")

    assert result.stdout == ""
    assert "No order." in result.stderr


def test_status_names_synthetic_prices_and_their_age(mockx: Mockx) -> None:
    shown = mockx("status").stdout

    assert re.search(r"^prices +synthetic", shown, re.MULTILINE)
    assert re.search(r"^open orders +2$", shown, re.MULTILINE)
    assert re.search(r"^BTC/USDT +60000\.1 +59999 +60001 +0\.412$", shown, re.MULTILINE)
    assert re.search(r"^ETH/USDT +- +- +- +- +stale$", shown, re.MULTILINE)


def test_status_tells_of_an_outage(exchange: StandIn, mockx: Mockx) -> None:
    """Since when, and the whole reason."""
    outage = '"outage": {"since": 1641038400000, "reason": "binance (api.binance.com) is out of order (HTTP 503)"}'
    exchange.on("GET", "/health/ready", READY.replace('"synthetic": true', f'"synthetic": true, {outage}'))
    shown = " ".join(mockx("status").stdout.split())
    assert "outage since 2022-01-01 12:00:00: binance (api.binance.com) is out of order (HTTP 503)" in shown
    said = exact(mockx("status", "--json").stdout)["outage"]
    assert said == {"since": 1641038400000, "reason": "binance (api.binance.com) is out of order (HTTP 503)"}


def test_status_tells_of_a_market_that_catches_up(exchange: StandIn, mockx: Mockx) -> None:
    """And how far it is."""
    caught = READY.replace('"stale": true', '"stale": true, "catchingUp": 1641038400000')
    exchange.on("GET", "/health/ready", caught)
    assert re.search(r"catching up: 2022-01-01 12:00:00$", mockx("status").stdout, re.MULTILINE)
    assert exact(mockx("status", "--json").stdout)["symbols"]["ETH/USDT"]["catchingUp"] == 1641038400000


def test_status_tells_of_faults_on_purpose(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("GET", "/health/ready", READY.replace('"synthetic": true', '"synthetic": true, "chaos": "timeout 5 %"'))
    assert "chaos on purpose: timeout 5 %" in " ".join(mockx("status").stdout.split())
    assert exact(mockx("status", "--json").stdout)["chaos"] == "timeout 5 %"


def test_status_as_json(exchange: StandIn, mockx: Mockx) -> None:
    assert exact(mockx("status", "--json").stdout) == {
        "url": exchange.url,
        "status": "ready",
        "feed": "synthetic:7",
        "synthetic": True,
        "outage": None,
        "chaos": None,
        "openOrders": 2,
        "openOrdersComplete": True,
        "symbols": {
            "BTC/USDT": {
                "last": Decimal("60000.1"),
                "bid": 59999,
                "ask": 60001,
                "ageSec": Decimal("0.412"),
                "stale": False,
                "catchingUp": None,
            },
            "ETH/USDT": {
                "last": None,
                "bid": None,
                "ask": None,
                "ageSec": None,
                "stale": True,
                "catchingUp": None,
            },
        },
    }
