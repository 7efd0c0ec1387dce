"""Accounts and what is paid in and out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mockexchange.domain.errors import AccountNotFound, BadRequest, InsufficientFunds
from mockexchange.domain.ledger import LedgerKind
from mockexchange.domain.rules import Rules

from .venue import D, Venue, order


def test_opening_an_account_twice_pays_in_once(empty_venue: Venue) -> None:
    first = empty_venue.exchange.open_account("alice", {"USDT": D(1000)})
    again = empty_venue.another().open_account("alice", {"USDT": D(5), "BTC": D(7)}, maker_rate=D("0.5"))
    assert first == again
    assert empty_venue.owned() == {"USDT": (D(1000), D(0))}
    assert [line.amount for line in empty_venue.exchange.ledger("alice").items] == [D(1000)]


def test_accounts_have_the_rates_they_were_opened_with(empty_venue: Venue) -> None:
    empty_venue.exchange.open_account("alice", {"USDT": D(1000)}, maker_rate=D("0.0002"), taker_rate=D("0.0004"))
    empty_venue.exchange.open_account("bob", {"USDT": D(1000)})
    empty_venue.price("99", "100")
    for account, fee in (("alice", "0.0004"), ("bob", "0.001")):
        (fill,) = empty_venue.exchange.place(order("BUY", "1", account=account)).fills
        assert (fill.rate, fill.commission) == (D(fee), D(fee))


def test_an_unknown_account_is_not_found_whatever_is_asked_of_it(venue: Venue) -> None:
    exchange = venue.exchange
    for ask in (
        lambda: exchange.balances("nobody"),
        lambda: exchange.balance("nobody", "USDT"),
        lambda: exchange.deposit("nobody", "USDT", D(1)),
        lambda: exchange.withdraw("nobody", "USDT", D(1)),
        lambda: exchange.place(order("BUY", "1", account="nobody")),
        lambda: exchange.cancel("nobody", 1),
        lambda: exchange.cancel_all("nobody"),
        lambda: exchange.orders("nobody"),
        lambda: exchange.trades("nobody"),
        lambda: exchange.ledger("nobody"),
        lambda: exchange.audit("nobody"),
    ):
        with pytest.raises(AccountNotFound, match="no account 'nobody' in this venue"):
            ask()


def test_deposits_and_withdrawals_move_exactly_what_they_say(venue: Venue) -> None:
    assert venue.exchange.deposit("alice", "USDT", D("0.00000001")).free == D("1000.00000001")
    assert venue.exchange.withdraw("alice", "USDT", D("999.99999999")).free == D("0.00000002")
    assert venue.exchange.deposit("alice", "ETH", D("3.5")).free == D("3.5")
    assert venue.exchange.balance("alice", "NEVER").total == 0
    lines = [(line.kind, line.asset, line.amount) for line in venue.exchange.ledger("alice").items[2:]]
    assert lines == [
        (LedgerKind.DEPOSIT, "USDT", D("0.00000001")),
        (LedgerKind.WITHDRAWAL, "USDT", D("-999.99999999")),
        (LedgerKind.DEPOSIT, "ETH", D("3.5")),
    ]


@pytest.mark.parametrize(("asset", "amount"), [("USDT", "1000.00000001"), ("ETH", "0.00000001"), ("BTC", "1.50000001")])
def test_more_than_is_free_cannot_be_withdrawn(venue: Venue, asset: str, amount: str) -> None:
    venue.exchange.place(order("SELL", "0.5", "120"))  # locked BTC is not free
    before = venue.dump()
    with pytest.raises(InsufficientFunds, match=f"withdrawal of {amount} {asset}: (1000|0|1.5) {asset} is free"):
        venue.exchange.withdraw("alice", asset, D(amount))
    after = venue.dump()
    # Only the sequence of ids has a gap.
    assert {key: value for key, value in after.items() if key != "{main}:sequence"} == {
        key: value for key, value in before.items() if key != "{main}:sequence"
    }


@pytest.mark.parametrize(
    ("asset", "amount", "reason"),
    [
        ("usdt", "1", "'usdt' is not an asset; write it like USDT"),
        ("US:DT", "1", "'US:DT' is not an asset"),
        ("", "1", "'' is not an asset"),
        ("X" * 21, "1", "is not an asset"),
        ("USDT", "0", "must be greater than 0, was 0"),
        ("USDT", "-1", "must be greater than 0, was -1"),
        ("USDT", "0.000000001", "USDT is kept with 8 decimal places, 0.000000001 has more"),
    ],
)
def test_what_cannot_be_paid_is_a_bad_request(venue: Venue, asset: str, amount: str, reason: str) -> None:
    for ask in (
        lambda: venue.exchange.deposit("alice", asset, D(amount)),
        lambda: venue.exchange.withdraw("alice", asset, D(amount)),
        lambda: venue.exchange.open_account("bob", {asset: D(amount)}),
    ):
        with pytest.raises(BadRequest, match=reason):
            ask()
    assert venue.store.account_ids() == ["alice"]
    assert venue.owned() == {"BTC": (D(2), D(0)), "USDT": (D(1000), D(0))}


@pytest.mark.parametrize("account_id", ["", "a|b", "a b", "a:b", "{a}", "ä", "x" * 65, "new\nline"])
def test_account_ids_that_would_not_fit_into_a_key_are_refused(venue: Venue, account_id: str) -> None:
    with pytest.raises(BadRequest, match="an account id is 1 to 64 letters, digits"):
        venue.exchange.open_account(account_id, {"USDT": D(1)})


@pytest.mark.parametrize("account_id", ["alice@example.org", "team-1", "A_b.c", "x" * 64, "1"])
def test_account_ids_of_everyday_characters_are_taken(venue: Venue, account_id: str) -> None:
    exchange = venue.another(model="touch-size")
    exchange.open_account(account_id, {"USDT": D(1000)})
    venue.tick("99", "101", sizes="1")
    for quantity, filled in (("0.75", "0.75"), ("0.75", "0.25")):
        placed = exchange.place(order("BUY", quantity, account=account_id))
        assert placed.order.filled_quantity == D(filled)
    exchange.place(order("BUY", "1", "100", account=account_id))
    venue.tick("98", "100", sizes="1")
    assert exchange.match().fills == 1


def test_amounts_beyond_what_a_double_or_a_64_bit_integer_holds(empty_venue: Venue) -> None:
    """2^53 units of 18 decimal places are 0.009 of an asset; 2^63 units are 9.2 of it."""
    exchange = empty_venue.another(Rules(scales={"WEI": 18, "SHIB": 8}))
    supply = Decimal("123456789012345678901.123456789012345678")
    exchange.open_account("alice", {"WEI": supply, "SHIB": D("999999999999999.99999999")})
    wei = D("0.000000000000000001")
    assert exchange.withdraw("alice", "WEI", wei).free == D("123456789012345678901.123456789012345677")
    assert exchange.deposit("alice", "WEI", D("0.876543210987654323")).free == D("123456789012345678902")
    assert exchange.withdraw("alice", "WEI", D("123456789012345678901.999999999999999999")).free == wei
    with pytest.raises(InsufficientFunds):
        exchange.withdraw("alice", "WEI", D("0.000000000000000002"))
    assert exchange.deposit("alice", "SHIB", D("0.00000001")).free == D("1000000000000000")


def test_a_scale_is_written_once(empty_venue: Venue) -> None:
    """Whoever sees an asset first decides; later configurations do not change what is on record."""
    first = empty_venue.another(Rules(scales={"TKN": 2}))
    first.open_account("alice", {"TKN": D("1.25")})
    later = empty_venue.another(Rules(scales={"TKN": 18}))
    assert later.deposit("alice", "TKN", D("0.01")).free == D("1.26")
    with pytest.raises(BadRequest, match="TKN is kept with 2 decimal places"):
        later.deposit("alice", "TKN", D("0.001"))
