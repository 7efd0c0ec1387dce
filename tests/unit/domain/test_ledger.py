"""The ledger: three lines for a fill, one for a deposit or a withdrawal, and balances from them alone."""

from __future__ import annotations

import pytest

from mockexchange.domain.ledger import LedgerEntry, LedgerKind, fill_entries, received, replay

from .story import Story
from .words import NOW, D


def lines(order: str, first: str) -> list[tuple[str, int, str, str]]:
    story = Story(first)
    story.quote("99 101")
    story.place(order)
    (fill,) = story.fills
    return [(line.kind, line.reference, line.asset, str(line.amount.normalize())) for line in fill_entries(fill)]


def test_a_buy_pays_quote_receives_base_and_pays_its_fee_in_base() -> None:
    assert lines("BUY 2", "USDT 1000") == [
        ("trade", 1, "USDT", "-202"),
        ("trade", 1, "BTC", "2"),
        ("fee", 1, "BTC", "-0.002"),
    ]


def test_a_sell_pays_base_receives_quote_and_pays_its_fee_in_quote() -> None:
    assert lines("SELL 2", "BTC 2") == [
        ("trade", 1, "BTC", "-2"),
        ("trade", 1, "USDT", "198"),
        ("fee", 1, "USDT", "-0.198"),
    ]


@pytest.mark.parametrize(("order", "amount"), [("BUY 2", "1.998"), ("SELL 2", "197.802")])
def test_what_a_fill_credits_is_what_it_received_less_the_fee(order: str, amount: str) -> None:
    story = Story("BTC 2, USDT 1000")
    story.quote("99 101")
    story.place(order)
    assert received(story.fills[0]) == D(amount)


def test_the_ledger_alone_gives_what_is_owned() -> None:
    story = Story("BTC 2, USDT 1000", sized=True)
    deposits = [entry(LedgerKind.DEPOSIT, "BTC", "2"), entry(LedgerKind.DEPOSIT, "USDT", "1000")]
    story.quote("99 101x0.5")
    story.place("BUY 2 @ 101")
    story.meet("98 101x0.7")
    story.place("SELL 1")
    book = deposits + [line for fill in story.fills for line in fill_entries(fill)]
    owned = replay(book)
    for asset in ("BTC", "USDT"):
        assert owned[asset] == sum(amount for (name, _), amount in story.amounts.items() if name == asset)


def test_paying_out_more_than_there_ever_was_is_noticed() -> None:
    with pytest.raises(ArithmeticError, match="USDT falls to -0.00000001 at withdrawal 2"):
        replay(
            [
                entry(LedgerKind.DEPOSIT, "USDT", "5"),
                entry(LedgerKind.WITHDRAWAL, "USDT", "-5.00000001", reference=2),
                entry(LedgerKind.DEPOSIT, "USDT", "1"),
            ]
        )


def entry(kind: LedgerKind, asset: str, amount: str, *, reference: int = 1) -> LedgerEntry:
    return LedgerEntry(kind, reference, asset, D(amount), NOW)
