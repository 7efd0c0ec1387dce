"""Accounts, resets, snapshots and clones over HTTP, on every store."""

from __future__ import annotations

import pytest

from .door import START, Door

BASE = {"BTC": {"free": 2, "used": 0, "total": 2}, "USDT": {"free": 100_000, "used": 0, "total": 100_000}}


def balances(door: Door) -> dict[str, dict[str, object]]:
    held = door.get("/balance")
    return {asset: {name: each[name] for name in ("free", "used", "total")} for asset, each in held.items()}


def open_bob(door: Door) -> None:
    body = '{"id": "bob", "balances": {"USDT": 500.25}, "makerRate": 0, "takerRate": 0.002}'
    assert door.send("POST", "/admin/accounts", body).status == 201


def test_one_is_told_who_one_is(door: Door) -> None:
    assert door.get("/account") == {
        "account": {
            "id": "default",
            "createdAt": START,
            "makerRate": door.get("/account")["account"]["makerRate"],
            "takerRate": door.get("/account")["account"]["takerRate"],
            "paysInFeeAsset": False,
            "fillModel": None,
            "firstBalances": {"USDT": 100_000, "BTC": 2},
            "generation": 1,
        },
        "key": {"id": "default", "scope": "admin"},
    }


def test_an_account_is_given_a_fill_model_and_the_exchange_s_again(door: Door) -> None:
    open_bob(door)
    bob = "/admin/accounts/bob"
    assert door.get(bob)["fillModel"] is None
    changed = door.send("PATCH", bob, '{"fillModel": "frictionless+slippage=5", "takerRate": 0.001}')
    assert (changed.status, changed.json["fillModel"]) == (200, "last+slippage=5+seed=0")
    assert door.send("PATCH", bob, '{"takerRate": 0.003}').json["fillModel"] == "last+slippage=5+seed=0"
    assert door.get("/account")["account"]["fillModel"] is None
    last = door.send("PATCH", bob, '{"fillModel": null}').json
    assert (last["fillModel"], str(last["takerRate"])) == (None, "0.003")
    assert door.get("/events?account=bob")[-1]["data"] == {"change": "FillModelChanged"}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ('"best"', "unknown fill model 'best'; one of: last, touch, touch-size, depth"),
        ('"venue"', "fillModel must be null for the exchange's own fill model, was 'venue'"),
        ('"touch+size=1"', "the options, each at most once, are queue"),
        ('"depth"', "KEEP_BOOKS=true"),
        ("7", "fillModel"),
        (f'"{"x" * 101}"', "fillModel"),
    ],
)
def test_a_fill_model_that_cannot_be_is_refused_and_the_fees_stay(door: Door, model: str, words: str) -> None:
    open_bob(door)
    refused = door.send("PATCH", "/admin/accounts/bob", f'{{"fillModel": {model}, "takerRate": 0.003}}')
    assert (refused.status, refused.problem["code"]) == (400, "BadRequest")
    assert words in refused.problem["detail"]
    assert str(door.get("/admin/accounts/bob")["takerRate"]) == "0.002"


def test_a_fill_model_is_set_by_admins_of_accounts_that_are_there(door: Door) -> None:
    assert door.send("PATCH", "/admin/accounts/nobody", '{"fillModel": "last"}').status == 404
    assert door.send("PATCH", "/account", '{"fillModel": "last"}').status == 405


def test_an_account_is_opened_once(door: Door) -> None:
    open_bob(door)
    body = '{"id": "bob", "balances": {"USDT": 500.25}, "makerRate": 0, "takerRate": 0.002}'

    again = door.send("POST", "/admin/accounts", body)
    other = door.send("POST", "/admin/accounts", '{"id": "bob", "balances": {"USDT": 1}}')

    assert again.status == 200
    assert again.json["firstBalances"] == {"USDT": again.json["firstBalances"]["USDT"]}
    assert str(again.json["firstBalances"]["USDT"]) == "500.25"
    assert (other.status, other.problem["code"]) == (409, "AccountExists")
    assert [each["id"] for each in door.get("/admin/accounts")] == ["bob", "default"]


@pytest.mark.parametrize(
    "body",
    [
        '{"id": "b b"}',
        '{"id": ""}',
        '{"id": "bob", "balances": {"usdt": 1}}',
        '{"id": "bob", "balances": {"USDT": 0}}',
        '{"id": "bob", "balances": {"USDT": 1e-9}}',
        '{"id": "bob", "makerRate": 1}',
        '{"id": "bob", "makerRate": -0.1}',
        '{"id": "bob", "isAdmin": true}',
        '{"balances": {}}',
    ],
)
def test_an_account_that_cannot_be_is_refused(door: Door, body: str) -> None:
    assert door.send("POST", "/admin/accounts", body).problem["status"] == 400
    assert [each["id"] for each in door.get("/admin/accounts")] == ["default"]


def test_lists_of_accounts_have_pages(door: Door) -> None:
    open_bob(door)

    first = door.send("GET", "/admin/accounts?limit=1")
    second = door.send("GET", f"/admin/accounts?limit=1&cursor={first.headers['x-next-cursor']}")

    assert [first.json[0]["id"], second.json[0]["id"]] == ["bob", "default"]
    assert "x-next-cursor" not in second.headers


def test_fees_can_be_changed(door: Door) -> None:
    open_bob(door)

    changed = door.send("PATCH", "/admin/accounts/bob", '{"takerRate": "0.0005"}').json

    assert (str(changed["makerRate"]), str(changed["takerRate"])) == ("0", "0.0005")
    assert door.get("/admin/accounts/bob") == changed
    assert door.send("PATCH", "/admin/accounts/nobody", '{"takerRate": 0}').problem["code"] == "AccountNotFound"


def test_a_reset_begins_anew(door: Door) -> None:
    door.place(amount="0.1")
    door.place(amount="0.1", price="50000")
    before = door.get("/account")["account"]

    after = door.send("POST", "/account/reset").json

    assert balances(door) == BASE
    assert door.get("/orders") == []
    assert door.get("/trades") == []
    assert len(door.get("/ledger")) == 2
    assert after == {**before, "generation": after["generation"]}
    assert after["generation"] > before["generation"]


def test_a_reset_takes_balances_of_its_own(door: Door) -> None:
    reset = door.send("POST", "/account/reset", '{"balances": {"USDT": 7.5}}')

    assert str(reset.json["firstBalances"]["USDT"]) == "7.5"
    assert list(balances(door)) == ["USDT"]


def test_a_snapshot_is_taken_and_restored(door: Door) -> None:
    door.place(amount="0.1", price="50000", clientOrderId="low")
    taken = door.send("POST", "/account/snapshots", '{"name": "before"}')
    held = balances(door)
    door.place(amount="0.5")
    door.send("DELETE", "/orders")

    restored = door.send("POST", "/account/snapshots/before/restore")

    assert taken.status == 201
    assert {name: taken.json[name] for name in ("name", "account", "openOrders", "orders", "trades")} == {
        "name": "before",
        "account": "default",
        "openOrders": 1,
        "orders": 1,
        "trades": 0,
    }
    assert restored.status == 200
    assert balances(door) == held
    assert [each["clientOrderId"] for each in door.get("/orders?status=open")] == ["low"]
    assert door.get("/account/snapshots") == [taken.json]
    assert door.get("/account/snapshots/before") == taken.json
    assert door.send("DELETE", "/account/snapshots/before").json == taken.json
    assert door.send("GET", "/account/snapshots/before").problem["code"] == "SnapshotNotFound"


def test_a_snapshot_is_compared(door: Door) -> None:
    door.send("POST", "/account/snapshots", '{"name": "one"}')
    door.place(amount="0.1")

    diff = door.get("/account/snapshots/one/diff")

    assert (diff["from"], diff["to"]) == ("one", None)
    assert {asset: str(each["change"]) for asset, each in diff["balances"].items()} == {
        "BTC": "0.0999",
        "USDT": "-6000.1",
    }
    assert diff["orders"] == {"added": 1, "closed": 1}
    assert (diff["trades"], diff["ledgerEntries"]) == ({"added": 1}, {"added": 1})
    assert door.send("GET", "/account/snapshots/one/diff?against=two").status == 404


def test_the_name_of_a_snapshot_is_taken_once(door: Door) -> None:
    assert door.send("POST", "/account/snapshots", '{"name": "one"}').status == 201

    again = door.send("POST", "/account/snapshots", '{"name": "one"}')

    assert (again.status, again.problem["code"]) == (409, "SnapshotExists")
    assert door.send("POST", "/account/snapshots", '{"name": "a/b"}').status == 400


def test_an_admin_does_the_same_with_any_account(door: Door) -> None:
    open_bob(door)
    at = "/admin/accounts/bob"

    assert door.send("POST", f"{at}/snapshots", '{"name": "one"}').status == 201
    assert door.send("POST", f"{at}/reset", '{"balances": {"BTC": 1}}').status == 200
    assert door.send("POST", f"{at}/snapshots/one/restore").status == 200
    assert door.send("POST", f"{at}/clone", '{"to": "carol"}').status == 201
    assert door.send("POST", f"{at}/clone", '{"to": "carol"}').problem["code"] == "AccountExists"
    assert [each["name"] for each in door.get(f"{at}/snapshots")] == ["one"]
    assert door.get(f"{at}/snapshots/one/diff")["balances"] == {}
    assert door.send("DELETE", f"{at}/snapshots/one").status == 200
    assert {each["id"] for each in door.get("/admin/accounts")} == {"bob", "carol", "default"}
    assert door.send("POST", "/admin/accounts/nobody/reset").status == 404
    assert balances(door) == BASE
