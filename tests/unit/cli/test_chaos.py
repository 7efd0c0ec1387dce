"""`mockx chaos`: what is sent, what is shown, and the line that every other command writes while it is on."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from ..answers import BALANCE
from ..stand_in import Reply, StandIn, problem
from .conftest import Mockx

OFF: dict[str, Any] = {
    "on": False, "summary": "off", "until": None, "seed": 0, "doors": ["binance", "native"], "routes": [],
    "latencyMs": 0, "jitterMs": 0, "rateLimited": 0, "banned": 0, "retryAfterSec": 2, "unavailable": 0, "dropped": 0,
    "rejected": 0, "error": 0, "timeout": 0, "lost": 0, "maintenance": False, "frozen": False, "staleSec": 0, "gap": 0,
}  # fmt: skip
ON = OFF | {"on": True, "summary": "timeout 5 %", "until": 1641038400000, "seed": 7, "timeout": 0.05}
HEADER = {"x-mockexchange-chaos-plan": "timeout 5 %"}


@pytest.fixture(autouse=True)
def answers(exchange: StandIn) -> None:
    exchange.on("GET", "/admin/chaos", Reply(json.dumps(ON), headers=HEADER))
    exchange.on("PUT", "/admin/chaos", Reply(json.dumps(ON), headers=HEADER))
    exchange.on("DELETE", "/admin/chaos", json.dumps(OFF))
    exchange.on("GET", "/balance/USDT", Reply(BALANCE, headers=HEADER))


def sent(exchange: StandIn) -> Any:
    return json.loads(exchange.asked[-1].body, parse_float=Decimal)


def test_what_is_named_is_sent_and_all_else_is_off(exchange: StandIn, mockx: Mockx) -> None:
    assert mockx("chaos", "set", "--timeout", "5%", "--rate-limited", "0.021", "--for", "10m").exit_code == 0

    assert sent(exchange) == {
        "timeout": Decimal("0.05"), "rateLimited": Decimal("0.021"), "forSec": 600, "seed": 0, "latencyMs": 0,
        "jitterMs": 0, "retryAfterSec": 2, "maintenance": False, "frozen": False, "staleSec": 0, "routes": [],
    }  # fmt: skip


def test_every_fault_has_its_option(exchange: StandIn, mockx: Mockx) -> None:
    rates = ["rate-limited", "banned", "unavailable", "dropped", "rejected", "error", "timeout", "lost", "gap"]
    options = [word for name in rates for word in (f"--{name}", "1")]
    numbers = ["--latency", "3", "--jitter", "4", "--stale", "5", "--seed", "6", "--retry-after", "7", "--for", "2h"]
    where = ["--door", "binance", "--route", "/orders", "--route", "POST /api/v3/order"]

    assert mockx("chaos", "set", *options, *numbers, *where, "--maintenance", "--frozen").exit_code == 0

    assert sent(exchange) == {
        **dict.fromkeys(("banned", "unavailable", "dropped", "rejected", "error", "timeout", "lost", "gap"), 1),
        "rateLimited": 1, "latencyMs": 3, "jitterMs": 4, "staleSec": 5, "seed": 6, "retryAfterSec": 7, "forSec": 7200,
        "doors": ["binance"], "routes": ["/orders", "POST /api/v3/order"], "maintenance": True, "frozen": True,
    }  # fmt: skip


def test_it_is_shown_and_ended(exchange: StandIn, mockx: Mockx) -> None:
    shown = mockx("chaos", "show")
    assert "timeout 5 %" in shown.stdout
    assert "2022-01-01 12:00:00" in shown.stdout
    assert json.loads(mockx("chaos", "show", "--json").stdout) == ON

    ended = mockx("chaos", "off")
    assert ended.stdout.split() == ["chaos", "off"]
    assert (exchange.asked[-1].method, ended.stderr) == ("DELETE", "")


def test_other_commands_say_that_it_is_on_on_stderr(exchange: StandIn, mockx: Mockx) -> None:
    result = mockx("balance", "USDT", "--json")

    assert json.loads(result.stdout)
    assert result.stderr == "CHAOS is on there: timeout 5 % (`mockx chaos off` ends it)\n"
    exchange.on("GET", "/balance/USDT", BALANCE)
    assert mockx("balance", "USDT").stderr == ""


def test_a_command_that_fails_by_it_says_so_too(exchange: StandIn, mockx: Mockx) -> None:
    refused = problem(503, "OnMaintenance", "under maintenance")
    exchange.on("GET", "/balance/USDT", Reply(refused.body, 503, refused.headers | HEADER))

    result = mockx("balance", "USDT")

    assert result.exit_code == 3
    assert "CHAOS is on there" in result.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--timeout", "1.5"), "a rate is a share from 0 to 1"),
        (("--timeout", "101%"), "a rate is a share from 0 to 1"),
        (("--timeout", "often"), "a rate is a share from 0 to 1"),
        (("--timeout", "-1"), "a rate is a share from 0 to 1"),
        (("--latency", "-1"), "--latency"),
        (("--for", "soon"), "a time is written like 90s"),
        (("--for", "0s"), "a time is written like 90s"),
        (("--door", "back"), "--door"),
    ],
)
def test_what_cannot_be_never_leaves(exchange: StandIn, mockx: Mockx, options: tuple[str, ...], said: str) -> None:
    result = mockx("chaos", "set", *options)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert exchange.asked == []
