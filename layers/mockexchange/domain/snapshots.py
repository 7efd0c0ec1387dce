"""An account's books at one moment, kept under a name. Pure.

The lists of a generation only grow, and a closed order never changes. So a snapshot holds the lengths of the lists, the
balances and the open orders; all else is in the generation that it was taken of, which stays for as long as a snapshot
names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, subtract
from .balances import Balance
from .errors import BadRequest
from .orders import Order

LONGEST_NAME = 64

_PUNCTUATION = str.maketrans("._-", "aaa")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The books of `account_id` in `generation` at `created_at` (venue ms). `orders`, `trades` and `ledger` are the
    lengths of its lists; `fees` its (maker, taker) rates; `open_orders` are as they were then.
    `volumes` is what was traded by day (domain/fees.py), `pays_in_fee_asset` and
    `fill_model` are as the account has them."""

    account_id: str
    name: str
    created_at: int
    generation: int
    orders: int
    trades: int
    ledger: int
    open_count: int
    fees: tuple[Decimal, Decimal]
    first_balances: tuple[tuple[str, Decimal], ...]
    balances: tuple[Balance, ...]
    open_orders: tuple[Order, ...] = ()
    volumes: tuple[tuple[int, Decimal], ...] = ()
    pays_in_fee_asset: bool = False
    fill_model: str | None = None


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """How books changed from one moment to another. `balances`: (total before, total after) of the assets that differ.
    Counts are negative where there is less than before, as after a reset."""

    balances: Mapping[str, tuple[Decimal, Decimal]]
    orders_added: int
    orders_closed: int
    trades_added: int
    ledger_added: int


def difference(before: Snapshot, after: Snapshot) -> SnapshotDiff:
    """What happened between two moments of an account."""
    earlier = {each.asset: each.total for each in before.balances}
    later = {each.asset: each.total for each in after.balances}
    moved = {
        asset: (earlier.get(asset, ZERO), later.get(asset, ZERO))
        for asset in sorted(earlier.keys() | later.keys())
        if earlier.get(asset, ZERO) != later.get(asset, ZERO)
    }
    added = after.orders - before.orders
    return SnapshotDiff(
        balances=moved,
        orders_added=added,
        orders_closed=before.open_count + added - after.open_count,
        trades_added=after.trades - before.trades,
        ledger_added=after.ledger - before.ledger,
    )


def change(amounts: tuple[Decimal, Decimal]) -> Decimal:
    """After minus before."""
    return subtract(amounts[1], amounts[0])


def check_snapshot_name(name: str) -> None:
    """Raises BadRequest unless it can stand in a path and in a key."""
    if not (
        0 < len(name) <= LONGEST_NAME
        and name.isascii()
        and name.translate(_PUNCTUATION).isalnum()
        and not name.startswith(".")
    ):
        raise BadRequest(
            f"a snapshot's name is 1 to {LONGEST_NAME} letters, digits and . _ - (no . in front), was {name[:80]!r}"
        )
