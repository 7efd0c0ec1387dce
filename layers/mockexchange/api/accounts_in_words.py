"""Accounts and snapshots in the words of the native API."""

from __future__ import annotations

from ..domain import balances as domain
from ..domain import snapshots
from .native import balance_answer, number
from .schemas_accounts import Account, CountChange, OrdersChange, Snapshot, SnapshotDiff, TotalChange


def account_answer(account: domain.Account) -> Account:
    """One account."""
    return Account(
        id=account.account_id,
        created_at=account.created_at,
        maker_rate=number(account.maker_rate),
        taker_rate=number(account.taker_rate),
        pays_in_fee_asset=account.pays_in_fee_asset,
        fill_model=account.fill_model,
        first_balances={asset: number(amount) for asset, amount in account.first_balances},
        generation=account.generation,
    )


def snapshot_answer(snapshot: snapshots.Snapshot) -> Snapshot:
    """One snapshot."""
    return Snapshot(
        name=snapshot.name,
        account=snapshot.account_id,
        created_at=snapshot.created_at,
        open_orders=snapshot.open_count,
        orders=snapshot.orders,
        trades=snapshot.trades,
        ledger_entries=snapshot.ledger,
        balances={each.asset: balance_answer(each) for each in snapshot.balances},
    )


def diff_answer(before: str, after: str | None, diff: snapshots.SnapshotDiff) -> SnapshotDiff:
    """What happened between two moments, by the names of their snapshots."""
    return SnapshotDiff(
        before=before,
        after=after,
        balances={
            asset: TotalChange(number(totals[0]), number(totals[1]), number(snapshots.change(totals)))
            for asset, totals in diff.balances.items()
        },
        orders=OrdersChange(diff.orders_added, diff.orders_closed),
        trades=CountChange(diff.trades_added),
        ledger_entries=CountChange(diff.ledger_added),
    )
