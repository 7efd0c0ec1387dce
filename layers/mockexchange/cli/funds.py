"""`mockx balance`, `deposit` and `withdraw`: the account's paper money."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from ..clients.answers import Balance
from ..domain.amounts import text
from .invocation import invocation_of
from .parameters import AccountOption, AmountArgument, AssetArgument, Json, asset
from .tables import Table


def balance(
    context: typer.Context,
    of: Annotated[
        str | None, typer.Argument(parser=asset, metavar="ASSET", help="A currency, like USDT; all when none.")
    ] = None,
    account: AccountOption = None,
    as_json: Json = False,
) -> None:
    """Show what the account holds, free and in open orders."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        if of is None:
            found = exchange.balances(account)
            invocation.show(found, lambda: [_table(found.values())], as_json=as_json)
        else:
            one = exchange.balance(of, account)
            invocation.show(one, lambda: [_table([one])], as_json=as_json)


def deposit(
    context: typer.Context,
    of: AssetArgument,
    amount: AmountArgument,
    account: AccountOption = None,
    as_json: Json = False,
) -> None:
    """Put paper money into the account."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.deposit(of, amount, account)
        invocation.show(now, lambda: [_table([now])], as_json=as_json)


def withdraw(
    context: typer.Context,
    of: AssetArgument,
    amount: AmountArgument,
    account: AccountOption = None,
    as_json: Json = False,
) -> None:
    """Take free paper money out of the account."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.withdraw(of, amount, account)
        invocation.show(now, lambda: [_table([now])], as_json=as_json)


def _table(balances: Iterable[Balance]) -> Table:
    return Table(
        headers=("asset", ">free", ">in orders", ">total"),
        rows=[(held.asset, text(held.free), text(held.used), text(held.total)) for held in balances],
        empty="The account holds nothing. `mockx deposit USDT 1000` puts some in.",
    )
