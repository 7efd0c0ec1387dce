"""Opening an account, paying in and paying out."""

from __future__ import annotations

import pytest

from mockexchange.domain.balances import Bucket, Posting
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.funding import move, open_account
from mockexchange.domain.journal import AccountOpened, Deposited, Withdrawn
from mockexchange.domain.ledger import LedgerEntry, LedgerKind

from .words import NOW, D, account

ALICE = account()


def test_an_account_opens_with_its_deposits() -> None:
    transaction = open_account(ALICE, [(4, "USDT", D("1000.5")), (5, "WEI", D("1e-18"))], {"USDT": 8, "WEI": 18})
    assert transaction.opens_account
    assert transaction.postings == (
        Posting("USDT", Bucket.FREE, D("1000.5")),
        Posting("WEI", Bucket.FREE, D("0.000000000000000001")),
    )
    assert transaction.ledger == (
        LedgerEntry(LedgerKind.DEPOSIT, 4, "USDT", D("1000.5"), NOW),
        LedgerEntry(LedgerKind.DEPOSIT, 5, "WEI", D("1e-18"), NOW),
    )
    deposits = ((4, "USDT", D("1000.5"), 8), (5, "WEI", D("1e-18"), 18))
    assert transaction.entry == AccountOpened(NOW, "alice", D("0.001"), D("0.001"), deposits)


def test_an_account_may_open_with_nothing() -> None:
    transaction = open_account(ALICE, [], {})
    assert (transaction.postings, transaction.ledger, transaction.scales) == ((), (), {})


@pytest.mark.parametrize(
    ("asset", "amount", "reason"),
    [
        ("USDT", "0", "must be greater than 0, was 0"),
        ("USDT", "-5", "must be greater than 0, was -5"),
        ("USDT", "0.000000001", "USDT is kept with 8 decimal places, 0.000000001 has more"),
    ],
)
def test_an_account_opens_with_amounts_that_can_be_paid_in(asset: str, amount: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        open_account(ALICE, [(1, asset, D(amount))], {asset: 8})


def test_a_deposit_credits_and_a_withdrawal_debits() -> None:
    paid_in = move(ALICE, LedgerKind.DEPOSIT, "BTC", D("0.5"), 8, 9, NOW)
    assert paid_in.postings == (Posting("BTC", Bucket.FREE, D("0.5")),)
    assert paid_in.ledger == (LedgerEntry(LedgerKind.DEPOSIT, 9, "BTC", D("0.5"), NOW),)
    assert paid_in.entry == Deposited(NOW, "alice", 9, "BTC", D("0.5"), 8)
    paid_out = move(ALICE, LedgerKind.WITHDRAWAL, "BTC", D("0.5"), 8, 10, NOW)
    assert paid_out.postings == (Posting("BTC", Bucket.FREE, D("-0.5")),)
    assert paid_out.ledger == (LedgerEntry(LedgerKind.WITHDRAWAL, 10, "BTC", D("-0.5"), NOW),)
    assert paid_out.entry == Withdrawn(NOW, "alice", 10, "BTC", D("0.5"), 8)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("0", "amount of BTC must be greater than 0, was 0"),
        ("-1", "amount of BTC must be greater than 0, was -1"),
        ("1.000000001", "BTC is kept with 8 decimal places, 1.000000001 has more"),
    ],
)
@pytest.mark.parametrize("kind", [LedgerKind.DEPOSIT, LedgerKind.WITHDRAWAL])
def test_an_amount_that_cannot_be_moved_is_refused(kind: LedgerKind, amount: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        move(ALICE, kind, "BTC", D(amount), 8, 1, NOW)
