"""The book of every change in what an account owns. Locking is not in it: a lock moves nothing in or out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .amounts import add, subtract, text
from .fills import Fill
from .orders import Side


class LedgerKind(StrEnum):
    """Why the balance changed."""

    DEPOSIT = "deposit"
    """paper money in"""
    WITHDRAWAL = "withdrawal"
    """paper money out"""
    TRADE = "trade"
    """one leg of a fill, before its commission"""
    FEE = "fee"
    """the commission of a fill"""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line: `amount` of `asset`, negative when it went out. `reference` is the trade id, or the entry's own id for
    deposits and withdrawals. `timestamp` is venue ms. `note` is what its sender said about it."""

    kind: LedgerKind
    reference: int
    asset: str
    amount: Decimal
    timestamp: int
    note: str = ""


def fill_entries(fill: Fill) -> tuple[LedgerEntry, LedgerEntry, LedgerEntry]:
    """The three lines of a fill: what went out, what came in, and the commission."""
    base, quote = fill.symbol.split("/")
    if fill.side is Side.BUY:
        legs = ((quote, fill.quote_quantity.copy_negate()), (base, fill.quantity))
    else:
        legs = ((base, fill.quantity.copy_negate()), (quote, fill.quote_quantity))
    trade = [LedgerEntry(LedgerKind.TRADE, fill.trade_id, asset, amount, fill.timestamp) for asset, amount in legs]
    fee = LedgerEntry(
        LedgerKind.FEE, fill.trade_id, fill.commission_asset, fill.commission.copy_negate(), fill.timestamp
    )
    return trade[0], trade[1], fee


def received(fill: Fill) -> Decimal:
    """What a fill credits in the asset received: less its commission, where that is charged in it."""
    base, _, quote = fill.symbol.partition("/")
    asset, amount = (base, fill.quantity) if fill.side is Side.BUY else (quote, fill.quote_quantity)
    return subtract(amount, fill.commission) if fill.commission_asset == asset else amount


def replay(entries: list[LedgerEntry]) -> dict[str, Decimal]:
    """Total owned of each asset after all entries, in order. Raises ArithmeticError if any point was below zero."""
    owned: dict[str, Decimal] = {}
    for entry in entries:
        owned[entry.asset] = add(owned.get(entry.asset, Decimal(0)), entry.amount)
        if owned[entry.asset] < 0 and entry.kind is not LedgerKind.TRADE:
            raise ArithmeticError(
                f"{entry.asset} falls to {text(owned[entry.asset])} at {entry.kind} {entry.reference}"
            )
    return owned
