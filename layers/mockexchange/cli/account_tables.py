"""Accounts, snapshots and keys as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ..clients.account_answers import Account, AccountFees, Key, NewKey, Rate, Snapshot, SnapshotDiff
from ..domain.amounts import multiply, text
from .cells import NOTHING, moment
from .tables import Table, facts


def account_table(accounts: Sequence[Account]) -> Table:
    """One row for each account."""
    return Table(
        headers=("account", "opened (UTC)", ">maker rate", ">taker rate", ">generation", "first balances"),
        rows=[
            (
                account.id,
                moment(account.created_at),
                text(account.maker_rate),
                text(account.taker_rate),
                str(account.generation),
                _amounts(account.first_balances),
            )
            for account in accounts
        ],
        empty="No account yet.",
        optional=("opened (UTC)", "generation"),
    )


def account_card(account: Account) -> list[Table]:
    """Everything about one account."""
    return [
        facts(
            [
                ("account", account.id),
                ("opened (UTC)", moment(account.created_at)),
                ("maker rate", text(account.maker_rate)),
                ("taker rate", text(account.taker_rate)),
                ("pays in the fee asset", "yes" if account.pays_in_fee_asset else "no"),
                ("fill model", account.fill_model or "the exchange's"),
                ("first balances", _amounts(account.first_balances)),
                ("generation", str(account.generation)),
            ]
        )
    ]


def fees_tables(fees: AccountFees) -> list[Table]:
    """What an account pays, and on which market."""
    asset = fees.fee_asset
    card = facts(
        [
            ("account", fees.account),
            ("maker rate", _rate(fees.maker)),
            ("taker rate", _rate(fees.taker)),
            ("30-day volume", NOTHING if fees.volume is None else text(fees.volume)),
            ("tier", f"from {text(fees.tier.volume)} on" if fees.tier else NOTHING),
            (
                "fee asset",
                f"{asset.asset}, {text(multiply(asset.discount, Decimal(100)))} % less" if asset else NOTHING,
            ),
            ("pays in it", ("yes, while it has enough" if asset.enabled else "no") if asset else NOTHING),
        ]
    )
    rows = [(each.symbol, _rate(each.maker), _rate(each.taker)) for each in fees.markets]
    return [card, Table(("market", "maker", "taker"), rows, empty="No market.")] if rows else [card]


def _rate(paid: Rate) -> str:
    return f"{text(paid.rate)} ({paid.rule})"


def snapshot_table(snapshots: Sequence[Snapshot]) -> Table:
    """One row for each snapshot."""
    return Table(
        headers=("snapshot", "account", "saved (UTC)", ">open orders", ">orders", ">trades", "balances"),
        rows=[
            (
                each.name,
                each.account,
                moment(each.created_at),
                str(each.open_orders),
                str(each.orders),
                str(each.trades),
                _amounts({asset: held.total for asset, held in each.balances.items()}),
            )
            for each in snapshots
        ],
        empty="No snapshot yet. `mockx snapshot save NAME` makes one.",
        optional=("balances", "account", "orders"),
    )


def snapshot_card(snapshot: Snapshot) -> list[Table]:
    """Everything about one snapshot."""
    card = facts(
        [
            ("snapshot", snapshot.name),
            ("account", snapshot.account),
            ("saved (UTC)", moment(snapshot.created_at)),
            ("open orders", str(snapshot.open_orders)),
            ("orders", str(snapshot.orders)),
            ("trades", str(snapshot.trades)),
            ("ledger entries", str(snapshot.ledger_entries)),
        ]
    )
    rows = [
        (asset, text(held.free), text(held.used), text(held.total)) for asset, held in sorted(snapshot.balances.items())
    ]
    return [card, Table(("asset", ">free", ">in orders", ">total"), rows, empty="It holds nothing.")]


def diff_tables(diff: SnapshotDiff) -> list[Table]:
    """What changed between a snapshot and another, or now."""
    card = facts(
        [
            ("from", diff.before),
            ("to", "now" if diff.after is None else diff.after),
            ("orders", f"{diff.orders.added:+} placed, {diff.orders.closed:+} closed"),
            ("trades", f"{diff.trades.added:+}"),
            ("ledger entries", f"{diff.ledger_entries.added:+}"),
        ]
    )
    rows = [
        (asset, text(change.before), text(change.after), ("+" if change.change > 0 else "") + text(change.change))
        for asset, change in sorted(diff.balances.items())
    ]
    return [card, Table(("asset", ">before", ">after", ">change"), rows, empty="No balance differs.")]


def key_table(keys: Sequence[Key]) -> Table:
    """One row for each key."""
    return Table(
        headers=("key", "account", "scope", "label", ">version", "made (UTC)", "revoked (UTC)"),
        rows=[
            (
                key.id,
                key.account,
                key.scope,
                key.label,
                str(key.version),
                moment(key.created_at),
                moment(key.revoked_at),
            )
            for key in keys
        ],
        empty="No key but the default account's own. `mockx keys create ACCOUNT` makes one.",
        optional=("made (UTC)", "version", "label"),
    )


def new_key_card(key: NewKey) -> list[Table]:
    """A key that was just made, with what is shown only once."""
    return [
        facts(
            [
                ("key", key.id),
                ("account", key.account),
                ("scope", key.scope),
                ("label", key.label),
                ("version", str(key.version)),
                ("api key", key.api_key),
                ("secret", key.secret),
            ]
        )
    ]


def _amounts(amounts: Mapping[str, Decimal]) -> str:
    """`BTC=1, USDT=1000`."""
    return ", ".join(f"{asset}={text(amount)}" for asset, amount in sorted(amounts.items())) or "none"
