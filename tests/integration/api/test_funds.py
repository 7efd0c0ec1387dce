"""Balances, deposits, withdrawals, the ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.errors import AccountNotFound
from mockexchange.store.memory import MemoryStore

from .door import START, Door


def test_the_account_is_opened_with_its_first_deposits_when_it_is_first_used(quiet_door: Door) -> None:
    assert quiet_door.send("GET", "/health/live").status == 200
    with pytest.raises(AccountNotFound):
        quiet_door.exchange.account("default")

    balances = quiet_door.get("/balance")

    assert balances == {
        "BTC": {"asset": "BTC", "free": 2, "used": 0, "total": 2},
        "USDT": {"asset": "USDT", "free": 100_000, "used": 0, "total": 100_000},
    }
    assert quiet_door.get("/balance/list") == ["BTC", "USDT"]


def test_two_processes_open_it_once(quiet_door: Door) -> None:
    other = Door(quiet_door.store, loop=quiet_door.loop)

    assert quiet_door.get("/balance") == other.get("/balance")
    assert len(quiet_door.get("/ledger")) == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/orders", None),
        ("GET", "/orders?status=open", None),
        ("GET", "/orders?status=closed", None),
        ("GET", "/orders/list", None),
        ("DELETE", "/orders", None),
        ("GET", "/trades", None),
        ("GET", "/ledger", None),
        ("GET", "/balance/list", None),
        ("GET", "/balance/USDT", None),
        ("POST", "/balance/USDT/deposit", '{"amount": 1}'),
        ("POST", "/balance/USDT/withdrawal", '{"amount": 1}'),
        ("GET", "/admin/audit", None),
        ("GET", "/admin/audit?account=default", None),
    ],
)
def test_any_first_request_finds_the_account(method: str, path: str, body: str | None) -> None:
    door = Door(MemoryStore())
    with door.loop:
        assert door.send(method, path, body).status == 200


def test_money_goes_in_and_out(quiet_door: Door) -> None:
    deposited = quiet_door.send("POST", "/balance/ETH/deposit", '{"amount": 1.5}')
    withdrawn = quiet_door.send("POST", "/balance/ETH/withdrawal", '{"amount": "0.5"}')

    assert (deposited.status, deposited.json["free"]) == (200, Decimal("1.5"))
    assert (withdrawn.status, withdrawn.json["free"]) == (200, 1)
    last = quiet_door.get("/ledger")[-1]
    reference = last.pop("reference")
    assert reference.isdecimal()
    assert last == {
        "kind": "withdrawal",
        "asset": "ETH",
        "amount": Decimal("-0.5"),
        "timestamp": START,
        "datetime": "2023-11-14T22:13:20.000Z",
    }


def test_an_admin_moves_money_of_any_account(quiet_door: Door) -> None:
    assert quiet_door.send("POST", "/admin/accounts", '{"id": "bob", "balances": {"USDT": 5}}').status == 201
    bob = "/admin/accounts/bob/balance"

    deposited = quiet_door.send("POST", f"{bob}/ETH/deposit", '{"amount": 1.5}')
    withdrawn = quiet_door.send("POST", f"{bob}/ETH/withdrawal", '{"amount": "0.50000001"}')
    refused = quiet_door.send("POST", f"{bob}/ETH/withdrawal", '{"amount": 1}')

    assert (deposited.status, deposited.json["free"]) == (200, Decimal("1.5"))
    assert (withdrawn.status, withdrawn.json["free"]) == (200, Decimal("0.99999999"))
    assert (refused.status, refused.problem["code"]) == (422, "InsufficientFunds")
    assert quiet_door.get(f"{bob}/ETH") == withdrawn.json
    assert {asset: held["total"] for asset, held in quiet_door.get(bob).items()} == {
        "ETH": Decimal("0.99999999"),
        "USDT": 5,
    }
    assert quiet_door.get("/balance/ETH")["total"] == 0  # the admin's own account has none of it


@pytest.mark.parametrize("asked", [("GET", ""), ("GET", "/ETH"), ("POST", "/ETH/deposit"), ("POST", "/ETH/withdrawal")])
def test_money_of_an_account_that_is_not_there(memory_door: Door, asked: tuple[str, str]) -> None:
    method, path = asked
    body = '{"amount": 1}' if method == "POST" else None

    reply = memory_door.send(method, f"/admin/accounts/nobody/balance{path}", body)

    assert reply.status == 404
    assert "nobody" in reply.problem["detail"]


def test_no_more_goes_out_than_is_free(door: Door) -> None:
    door.place(amount="1", price="50000")

    reply = door.send("POST", "/balance/USDT/withdrawal", '{"amount": 50000.01}')

    assert (reply.status, reply.problem["code"]) == (422, "InsufficientFunds")
    assert "50000 USDT is free" in reply.problem["detail"]
    assert door.get("/balance/USDT")["total"] == 100_000


def test_an_asset_that_was_never_held_is_zero(quiet_door: Door) -> None:
    assert quiet_door.get("/balance/DOGE") == {"asset": "DOGE", "free": 0, "used": 0, "total": 0}


@pytest.mark.parametrize("asset", ["usdt", "US-DT", "X" * 21, "%20"])
def test_what_is_no_asset_is_refused(memory_door: Door, asset: str) -> None:
    for method, path, body in (
        ("GET", f"/balance/{asset}", None),
        ("POST", f"/balance/{asset}/deposit", '{"amount": 1}'),
    ):
        reply = memory_door.send(method, path, body)
        assert (reply.status, reply.problem["code"]) == (400, "BadRequest")
        assert "write it like USDT" in reply.problem["detail"]


def test_a_trade_is_three_lines_of_the_ledger(door: Door) -> None:
    trade = door.place(amount="0.01")["trades"][0]

    lines = door.get("/ledger")[-3:]

    assert [(line["kind"], line["asset"], line["reference"]) for line in lines] == [
        ("trade", "USDT", trade["id"]),
        ("trade", "BTC", trade["id"]),
        ("fee", "BTC", trade["id"]),
    ]
