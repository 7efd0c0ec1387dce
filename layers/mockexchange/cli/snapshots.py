"""`mockx snapshot`: an account as it was, kept under a name."""

from __future__ import annotations

from typing import Annotated

import typer

from .account_tables import account_card, diff_tables, snapshot_card, snapshot_table
from .confirming import Yes, confirm
from .invocation import invocation_of
from .parameters import AccountOption, Json, Limit, name

snapshots = typer.Typer(no_args_is_help=True, help="Keep an account as it is, and go back to it.")

Name = Annotated[str, typer.Argument(parser=name, metavar="NAME", help="The snapshot's name.")]


@snapshots.command("save", epilog="Example: mockx snapshot save before-the-test")
def save(context: typer.Context, of: Name, account: AccountOption = None, as_json: Json = False) -> None:
    """Keep balances, orders, trades and ledger as they are now."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        saved = exchange.save_snapshot(of, account)
        invocation.show(saved, lambda: snapshot_card(saved), as_json=as_json)


@snapshots.command("list", epilog="Example: mockx snapshot list --account alice")
def list_snapshots(
    context: typer.Context, account: AccountOption = None, limit: Limit = 100, as_json: Json = False
) -> None:
    """List the snapshots, the newest first."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.snapshots(limit, account)
        invocation.show(found, lambda: [snapshot_table(found)], as_json=as_json)


@snapshots.command("show", epilog="Example: mockx snapshot show before-the-test")
def show(context: typer.Context, of: Name, account: AccountOption = None, as_json: Json = False) -> None:
    """Show what a snapshot holds."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.snapshot(of, account)
        invocation.show(found, lambda: snapshot_card(found), as_json=as_json)


@snapshots.command("restore", epilog="Example: mockx snapshot restore before-the-test --yes")
def restore(
    context: typer.Context, of: Name, account: AccountOption = None, yes: Yes = False, as_json: Json = False
) -> None:
    """Make the account what it was. What came after the snapshot is gone; restored orders get new ids."""
    invocation = invocation_of(context)
    confirm(invocation, f"Go back to {of}? What the account did after it is gone then.", yes=yes)
    with invocation.exchange() as exchange:
        now = exchange.restore_snapshot(of, account)
        invocation.show(now, lambda: account_card(now), as_json=as_json)


@snapshots.command("diff", epilog="Examples: mockx snapshot diff monday  |  mockx snapshot diff monday friday")
def diff(
    context: typer.Context,
    of: Name,
    against: Annotated[
        str | None, typer.Argument(parser=name, metavar="OTHER", help="Another snapshot. Not given: the account now.")
    ] = None,
    account: AccountOption = None,
    as_json: Json = False,
) -> None:
    """Show what changed since a snapshot, or between two."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.snapshot_diff(of, against, account)
        invocation.show(found, lambda: diff_tables(found), as_json=as_json)


@snapshots.command("delete", epilog="Example: mockx snapshot delete before-the-test --yes")
def delete(
    context: typer.Context, of: Name, account: AccountOption = None, yes: Yes = False, as_json: Json = False
) -> None:
    """Forget a snapshot."""
    invocation = invocation_of(context)
    confirm(invocation, f"Delete the snapshot {of}?", yes=yes)
    with invocation.exchange() as exchange:
        gone = exchange.delete_snapshot(of, account)
        invocation.show(gone, lambda: snapshot_card(gone), as_json=as_json)
