"""Accounts, snapshots, keys and reset: what is sent, what is shown, and what is asked before."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

from ..account_answers import ACCOUNT, DIFF, FEES, KEY, NEW_KEY, NO_FEES, REVOKED, SNAPSHOT, WHO_AM_I
from ..answers import BALANCE
from ..stand_in import API_KEY, Reply, StandIn, problem
from .conftest import Mockx


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.fixture(autouse=True)
def answers(exchange: StandIn) -> None:
    exchange.on("GET", "/account", WHO_AM_I)
    exchange.on("POST", "/admin/accounts", Reply(ACCOUNT, 201))
    exchange.on("GET", "/admin/accounts?limit=1000", f"[{ACCOUNT}]")
    exchange.on("GET", "/admin/accounts/alice", ACCOUNT)
    exchange.on("PATCH", "/admin/accounts/alice", ACCOUNT)
    exchange.on("GET", "/account/fees", FEES)
    exchange.on("GET", "/account/fees?symbol=BTC%2FFDUSD", FEES)
    exchange.on("GET", "/admin/accounts/alice/fees", NO_FEES)
    exchange.on("PATCH", "/account/fees", NO_FEES)
    exchange.on("POST", "/admin/accounts/alice/clone", Reply(ACCOUNT, 201))
    exchange.on("GET", "/admin/accounts/alice/balance", f'{{"USDT": {BALANCE}}}')
    exchange.on("GET", "/admin/accounts/alice/balance/USDT", BALANCE)
    exchange.on("POST", "/admin/accounts/alice/balance/USDT/deposit", BALANCE)
    exchange.on("POST", "/admin/accounts/alice/balance/USDT/withdrawal", BALANCE)
    exchange.on("POST", "/admin/feed/reset", '{"source": "synthetic:0"}')
    for whose in ("/account", "/admin/accounts/alice"):
        exchange.on("POST", f"{whose}/reset", ACCOUNT)
        exchange.on("GET", f"{whose}/snapshots?limit=100", f"[{SNAPSHOT}]")
        exchange.on("POST", f"{whose}/snapshots", Reply(SNAPSHOT, 201))
        exchange.on("GET", f"{whose}/snapshots/monday", SNAPSHOT)
        exchange.on("DELETE", f"{whose}/snapshots/monday", SNAPSHOT)
        exchange.on("POST", f"{whose}/snapshots/monday/restore", ACCOUNT)
        exchange.on("GET", f"{whose}/snapshots/monday/diff", DIFF)
        exchange.on("GET", f"{whose}/snapshots/monday/diff?against=friday", DIFF)
    exchange.on("POST", "/admin/keys", Reply(NEW_KEY, 201))
    exchange.on("GET", "/admin/keys?limit=1000", f"[{KEY}, {REVOKED}]")
    exchange.on("GET", "/admin/keys?account=alice&limit=1000", f"[{KEY}]")
    exchange.on("DELETE", "/admin/keys/9f86d081884c7d65", REVOKED)
    exchange.on("POST", "/admin/keys/9f86d081884c7d65/rotate", NEW_KEY)


COMMANDS = [
    (("account", "create", "alice"), ACCOUNT),
    (("account", "list"), f"[{ACCOUNT}]"),
    (("account", "show"), ACCOUNT),
    (("account", "show", "alice"), ACCOUNT),
    (("account", "set-fees", "alice", "--maker", "0"), ACCOUNT),
    (("account", "set-fill-model", "alice", "depth+queue"), ACCOUNT),
    (("account", "fees"), FEES),
    (("account", "fees", "--symbol", "BTC/FDUSD"), FEES),
    (("account", "fees", "alice"), NO_FEES),
    (("account", "fee-asset", "off"), NO_FEES),
    (("account", "clone", "alice", "bob"), ACCOUNT),
    (("balance", "--account", "alice"), f'{{"USDT": {BALANCE}}}'),
    (("balance", "USDT", "--account", "alice"), BALANCE),
    (("deposit", "USDT", "5", "--account", "alice"), BALANCE),
    (("withdraw", "USDT", "5", "--account", "alice"), BALANCE),
    (("snapshot", "save", "monday"), SNAPSHOT),
    (("snapshot", "save", "monday", "--account", "alice"), SNAPSHOT),
    (("snapshot", "list"), f"[{SNAPSHOT}]"),
    (("snapshot", "list", "--account", "alice"), f"[{SNAPSHOT}]"),
    (("snapshot", "show", "monday"), SNAPSHOT),
    (("snapshot", "restore", "monday", "--yes"), ACCOUNT),
    (("snapshot", "restore", "monday", "--account", "alice", "--yes"), ACCOUNT),
    (("snapshot", "diff", "monday"), DIFF),
    (("snapshot", "diff", "monday", "friday"), DIFF),
    (("snapshot", "delete", "monday", "--yes"), SNAPSHOT),
    (("reset", "--yes"), ACCOUNT),
    (("reset", "--yes", "--account", "alice"), ACCOUNT),
    (("keys", "create", "alice"), NEW_KEY),
    (("keys", "list"), f"[{KEY}, {REVOKED}]"),
    (("keys", "list", "--account", "alice"), f"[{KEY}]"),
    (("keys", "revoke", "9f86d081884c7d65", "--yes"), REVOKED),
    (("keys", "rotate", "9f86d081884c7d65", "--yes"), NEW_KEY),
]


@pytest.mark.parametrize(("arguments", "answer"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS])
def test_json_is_the_exchange_s_answer_to_the_digit_and_tables_are_made_of_it(
    arguments: tuple[str, ...], answer: str, mockx: Mockx
) -> None:
    as_json, plain, decorated = mockx(*arguments, "--json"), mockx(*arguments), mockx(*arguments, decorated=True)

    assert (as_json.exit_code, plain.exit_code, decorated.exit_code) == (0, 0, 0), as_json.stderr
    assert exact(as_json.stdout) == exact(answer)
    assert not re.search(r"\d[eE][-+\d]", as_json.stdout)
    assert plain.stdout
    assert "─" not in plain.stdout
    assert decorated.stdout


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (("account", "create", "alice"), {"id": "alice"}),
        (
            (
                "account",
                "create",
                "alice",
                "--balances",
                "usdt=1000.00000001, BTC=1",
                "--maker",
                "0",
                "--taker",
                "1e-4",
            ),
            {
                "id": "alice",
                "balances": {"USDT": Decimal("1000.00000001"), "BTC": 1},
                "makerRate": 0,
                "takerRate": Decimal("0.0001"),
            },
        ),
        (("account", "create", "alice", "--balances", "none"), {"id": "alice", "balances": {}}),
        (("account", "set-fees", "alice", "--taker", "0.001"), {"takerRate": Decimal("0.001")}),
        (("account", "set-fees", "alice", "--not-in-fee-asset"), {"paysInFeeAsset": False}),
        (("account", "set-fill-model", "alice", "touch+slippage=5"), {"fillModel": "touch+slippage=5"}),
        (("account", "set-fill-model", "alice", "venue"), {"fillModel": None}),
        (("account", "fee-asset", "on"), {"paysInFeeAsset": True}),
        (("account", "clone", "alice", "bob"), {"to": "bob"}),
        (("snapshot", "save", "monday"), {"name": "monday"}),
        (("reset", "--yes"), {}),
        (("reset", "--yes", "--balances", "BTC=2"), {"balances": {"BTC": 2}}),
        (("keys", "create", "alice"), {"account": "alice", "scope": "trade"}),
        (
            ("keys", "create", "alice", "--scope", "READ", "--label", "a note"),
            {"account": "alice", "scope": "read", "label": "a note"},
        ),
    ],
)
def test_what_is_sent_is_what_was_said(
    arguments: tuple[str, ...], body: dict[str, Any], exchange: StandIn, mockx: Mockx
) -> None:
    mockx(*arguments)

    assert exact(exchange.asked[0].body) == body


def test_prices_begin_anew_only_when_asked(exchange: StandIn, mockx: Mockx) -> None:
    mockx("reset", "--yes")
    assert [asked.path for asked in exchange.asked] == ["/account/reset"]

    result = mockx("reset", "--yes", "--prices", "--json")
    assert [asked.path for asked in exchange.asked[1:]] == ["/account/reset", "/admin/feed/reset"]
    assert "--feed" in result.stderr
    assert exact(result.stdout) == exact(ACCOUNT)


ASKED_BEFORE = [
    ("reset",),
    ("reset", "--prices", "--account", "alice"),
    ("snapshot", "restore", "monday"),
    ("snapshot", "delete", "monday"),
    ("keys", "revoke", "9f86d081884c7d65"),
    ("keys", "rotate", "9f86d081884c7d65"),
]


@pytest.mark.parametrize("arguments", ASKED_BEFORE, ids=" ".join)
@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_what_cannot_be_undone_is_asked_before(
    arguments: tuple[str, ...], said: str, code: int, exchange: StandIn
) -> None:
    given = ["--url", exchange.url, "--api-key", API_KEY, *arguments, "--json"]
    result = CliRunner().invoke(app, given, obj=Invocation(decorated=False, asks=True), input=said)

    assert result.exit_code == code, result.stderr
    assert "[y/N]" in result.stderr
    assert bool(exchange.asked) is (code == 0)
    # the runner shows what was typed on stdout; the question is not there
    assert "[y/N]" not in result.stdout


@pytest.mark.parametrize("arguments", ASKED_BEFORE, ids=" ".join)
def test_without_a_terminal_it_is_refused_and_nothing_is_sent(
    arguments: tuple[str, ...], exchange: StandIn, mockx: Mockx
) -> None:
    result = mockx(*arguments)  # the runner's stdin is no terminal

    assert result.exit_code == 2
    assert "Next: Give --yes" in result.stderr
    assert exchange.asked == []


def test_a_new_key_is_shown_once_and_that_is_said(mockx: Mockx) -> None:
    result = mockx("keys", "create", "alice")

    assert re.search(r"^api key +the-new-key$", result.stdout, re.MULTILINE)
    assert re.search(r"^secret +the-new-secret$", result.stdout, re.MULTILINE)
    assert "keep them now" in result.stderr


def test_a_name_that_is_taken_is_told_with_the_next_step(exchange: StandIn, mockx: Mockx) -> None:
    exchange.on("POST", "/account/snapshots", problem(409, "BadRequest", "monday is taken"))

    result = mockx("snapshot", "save", "monday")

    assert result.exit_code == 1
    assert "monday is taken\nNext: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("account", "create", "al ice"), "a name has 1 to 64 letters"),
        (("account", "create", "../x"), "a name has 1 to 64 letters"),
        (("account", "create", "alice", "--balances", "USDT"), "written like USDT=1000,BTC=1"),
        (("account", "create", "alice", "--balances", "USDT=1,usdt=2"), "given twice"),
        (("account", "create", "alice", "--balances", "USDT=-1"), "greater than 0"),
        (("account", "create", "alice", "--maker", "1"), "a fraction from 0 to below 1"),
        (("account", "create", "alice", "--maker", "0.1%"), "a fraction from 0 to below 1"),
        (("account", "set-fees", "alice"), "give a rate"),
        (("snapshot", "save"), "NAME"),
        (("keys", "create", "alice", "--scope", "root"), "'root' is not one of"),
        (("reset", "--yes", "--balances", "USDT=NaN"), "finite"),
    ],
)
def test_wrong_usage_is_2_and_nothing_is_sent(
    arguments: tuple[str, ...], said: str, exchange: StandIn, mockx: Mockx
) -> None:
    result = mockx(*arguments, environment={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert said in result.stderr
    assert exchange.asked == []
