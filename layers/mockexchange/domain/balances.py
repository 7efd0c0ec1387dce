"""What an account owns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .amounts import ZERO, add


class Bucket(StrEnum):
    """Where an amount stands."""

    FREE = "free"
    """can be spent or withdrawn"""
    LOCKED = "locked"
    """held by an open order"""


@dataclass(frozen=True, slots=True)
class Balance:
    """One asset of one account, in that asset."""

    asset: str
    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """free + locked."""
        return add(self.free, self.locked)


@dataclass(frozen=True, slots=True)
class Posting:
    """An exact change of one bucket: positive credits, negative debits. A bucket that would go below zero refuses
    the whole transaction."""

    asset: str
    bucket: Bucket
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """One account's record.

    `generation` names the keys that hold its present state; a reset moves to the next one. `version` counts the writes
    to this record. Rates are fractions (0.001 is 0.1 %). `first_balances` are its first deposits as (asset, amount):
    what a reset gives it again. `pays_in_fee_asset`: whether its fees are charged in the venue's fee asset, where there
    is one and it has enough of it. `fill_model` names the model that its orders fill by; None: the venue's.
    """

    account_id: str
    generation: int
    version: int
    maker_rate: Decimal
    taker_rate: Decimal
    created_at: int
    first_balances: tuple[tuple[str, Decimal], ...] = ()
    pays_in_fee_asset: bool = False
    fill_model: str | None = None
