"""Answers made of the books: who has one is told that it is still right, and never that when it is not."""

from __future__ import annotations

import pytest

from mockexchange.store.journal_records import version_of

from .door import Door, Reply

PATHS = (
    "/balance",
    "/balance/USDT",
    "/balance/list",
    "/admin/accounts/default/balance",
    "/admin/accounts/default/balance/USDT",
    "/ledger",
    "/order_lists",
    "/orders",
    "/orders?status=open&symbol=BTC/USDT&limit=5",
    "/orders/list",
    "/orders/client:mine",
    "/trades?symbol=BTC/USDT&limit=500",
)


def again(door: Door, path: str, before: Reply, key: str | None = None) -> Reply:
    named = {"if-none-match": before.headers["etag"]}
    return door.send("GET", path, headers=named, **({"key": key} if key else {}))


@pytest.fixture
def busy(door: Door) -> Door:
    door.place(clientOrderId="mine", amount="0.1")
    return door


@pytest.mark.parametrize("path", PATHS)
def test_what_is_as_before_is_not_sent_again_and_what_is_not_is(busy: Door, path: str) -> None:
    first = busy.send("GET", path)
    same = again(busy, path, first)

    assert first.status == 200
    assert (same.status, same.text, same.headers["etag"]) == (304, "", first.headers["etag"])
    assert "content-type" not in same.headers

    busy.place(clientOrderId="another", amount="0.1")

    new = again(busy, path, first)
    assert (new.status, new.text) == (200, busy.send("GET", path).text)
    assert again(busy, path, new).status == 304


def test_prices_that_match_nothing_change_nothing_and_those_that_do_are_seen(door: Door) -> None:
    door.place(amount="0.1", price="50000")
    before = door.send("GET", "/orders")
    door.price("60001")
    assert again(door, "/orders", before).status == 304

    door.price("49000")

    after = again(door, "/orders", before)
    assert (after.status, after.json[0]["status"]) == (200, "closed")


def test_everything_that_changes_the_books_changes_the_tag(busy: Door) -> None:
    resting = busy.place(amount="0.1", price="50000")["id"]
    before = busy.send("GET", "/balance")
    for method, path, body in (
        ("POST", f"/orders/{resting}/cancel", None),
        ("POST", "/balance/USDT/deposit", '{"amount": 1}'),
        ("POST", "/balance/USDT/withdrawal", '{"amount": 1}'),
        ("POST", "/account/reset", "{}"),
    ):
        assert busy.send(method, path, body).status < 300
        after = again(busy, "/balance", before)
        assert (after.status, after.text) == (200, busy.send("GET", "/balance").text), path
        before = after


def test_a_tag_is_of_one_question_and_of_one_account(busy: Door) -> None:
    first = busy.send("GET", "/orders")
    other = busy.give_key("other")["apiKey"]
    tag = busy.send("GET", "/orders").headers["etag"]

    assert again(busy, "/orders?limit=1", first).status == 200
    theirs = busy.send("GET", "/orders", key=other, headers={"if-none-match": tag})
    assert (theirs.status, theirs.json) == (200, [])
    assert again(busy, "/orders", theirs).status == 200
    assert again(busy, "/orders", theirs, key=other).status == 304


def test_of_several_tags_one_is_enough_and_a_proxy_may_weaken_it(busy: Door) -> None:
    tag = busy.send("GET", "/orders").headers["etag"]

    for named, status in ((f'"x", {tag}', 304), (f"W/{tag}", 304), ('"x"', 200), ("*", 200), (tag[1:-1], 200)):
        assert busy.send("GET", "/orders", headers={"if-none-match": named}).status == status, named


def test_what_prices_are_part_of_carries_no_tag_and_neither_does_a_refusal(busy: Door) -> None:
    for path in ("/tickers/BTC/USDT", "/overview/capital", "/account", "/health/ready"):
        assert "etag" not in busy.send("GET", path).headers, path
    refused = busy.send("GET", "/orders/999999")
    assert (refused.status, "etag" in refused.headers) == (404, False)


def test_who_may_not_ask_learns_nothing(busy: Door) -> None:
    tag = busy.send("GET", "/orders").headers["etag"]

    assert busy.send("GET", "/orders", key="wrong", headers={"if-none-match": tag}).status == 401


def test_older_books_that_went_another_way_are_other_books() -> None:
    assert version_of(7, b"one") == version_of(7, b"one")
    assert len({version_of(7, b"one"), version_of(7, b"two"), version_of(8, b"one")}) == 3
