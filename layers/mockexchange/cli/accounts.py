"""`mockx account` and `mockx reset`: whose money it is, and beginning anew."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from .account_tables import account_card, account_table, fees_tables
from .confirming import Yes, confirm
from .invocation import invocation_of, say
from .parameters import AccountOption, Json, Limit, SymbolOption, balances, name, rate


class Switch(StrEnum):
    """Whether something is done."""

    ON = "on"
    OFF = "off"


accounts = typer.Typer(
    no_args_is_help=True, help="Open, list, show and clone accounts; set their fees and how they fill."
)

NewAccount = Annotated[str, typer.Argument(parser=name, metavar="NAME", help="The new account's name.")]
Account = Annotated[str, typer.Argument(parser=name, metavar="ACCOUNT", help="An account's name.")]
AnyAccount = Annotated[
    str | None, typer.Argument(parser=name, metavar="ACCOUNT", help="Not given: the account of your key.")
]
Balances = Annotated[
    str | None,
    typer.Option(
        "--balances",
        metavar="LIST",
        help="Paper money it begins with, like USDT=1000,BTC=1, or none. Not given: see above.",
    ),
]
Maker = Annotated[
    Decimal | None, typer.Option("--maker", parser=rate, metavar="RATE", help="Fee rate of makers: 0.001 is 0.1 %.")
]
Taker = Annotated[Decimal | None, typer.Option("--taker", parser=rate, metavar="RATE", help="Fee rate of takers.")]


@accounts.command(
    "create", epilog="Example: mockx account create alice --balances USDT=1000,BTC=1 --maker 0 --taker 0.001"
)
def create(
    context: typer.Context,
    new: NewAccount,
    first: Balances = None,
    maker: Maker = None,
    taker: Taker = None,
    as_json: Json = False,
) -> None:
    """Open an account. What is not given is as for the default account (MOCKX_BALANCES, COMMISSION). The same command
    again changes nothing. `mockx keys create` makes a key for it."""
    wanted = None if first is None else balances(first)
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        opened = exchange.create_account(new, wanted, maker, taker)
        invocation.show(opened, lambda: account_card(opened), as_json=as_json)


@accounts.command("list", epilog="Example: mockx account list --json")
def list_accounts(context: typer.Context, limit: Limit = 1000, as_json: Json = False) -> None:
    """List the accounts of this venue."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.accounts(limit)
        invocation.show(found, lambda: [account_table(found)], as_json=as_json)


@accounts.command("show", epilog="Examples: mockx account show  |  mockx account show alice")
def show(
    context: typer.Context,
    of: AnyAccount = None,
    as_json: Json = False,
) -> None:
    """Show one account: fee rates, fill model, first balances, and how often it began anew."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        if of is None:
            me = exchange.who_am_i()
            found = me.account
            if not as_json:
                say(f"Your key is {me.key.id}, with the scope {me.key.scope}.")
        else:
            found = exchange.account(of)
        invocation.show(found, lambda: account_card(found), as_json=as_json)


@accounts.command("fees", epilog="Examples: mockx account fees  |  mockx account fees alice --symbol BTC/USDT")
def fees(
    context: typer.Context,
    of: AnyAccount = None,
    symbol: SymbolOption = None,
    as_json: Json = False,
) -> None:
    """Show what an account would pay on every market, its 30-day volume, and what it pays in."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.fees(of, symbol)
        invocation.show(found, lambda: fees_tables(found), as_json=as_json)


@accounts.command("fee-asset", epilog="Example: mockx account fee-asset on")
def fee_asset(
    context: typer.Context,
    switch: Annotated[Switch, typer.Argument(metavar="on|off", help="on: pay in it. off: in what is received.")],
    as_json: Json = False,
) -> None:
    """Pay the fees of your key's account in the fee asset (FEE_ASSET), with its discount, or no longer."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.pay_in_fee_asset(pays=switch is Switch.ON)
        invocation.show(now, lambda: fees_tables(now), as_json=as_json)


@accounts.command("set-fees", epilog="Example: mockx account set-fees alice --maker 0.0002 --taker 0.0005")
def set_fees(
    context: typer.Context,
    of: Account,
    maker: Maker = None,
    taker: Taker = None,
    in_fee_asset: Annotated[
        bool | None,
        typer.Option("--in-fee-asset/--not-in-fee-asset", help="Whether it pays in FEE_ASSET, with its discount."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change what an account pays from now on. What is not given stays as it is."""
    if maker is None and taker is None and in_fee_asset is None:
        raise typer.BadParameter("give a rate (--maker, --taker), or what it pays in (--in-fee-asset)")
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.set_fees(of, maker, taker, pays_in_fee_asset=in_fee_asset)
        invocation.show(now, lambda: account_card(now), as_json=as_json)


@accounts.command(
    "set-fill-model",
    epilog="Examples: mockx account set-fill-model alice depth+queue  |  mockx account set-fill-model alice venue",
)
def set_fill_model(
    context: typer.Context,
    of: Account,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="Like touch, depth+queue, touch+slippage=5+seed=7, or realistic; venue: as FILL_MODEL says.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Change how an account's orders fill from now on, so that accounts can be compared under different fill models.
    Those that read books need an exchange whose prices keep them (FILL_MODEL, KEEP_BOOKS). Latency is the exchange's
    (LATENCY_MS): of `brutal` an account gets all but the 500 ms."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        now = exchange.set_fill_model(of, None if model == "venue" else model)
        invocation.show(now, lambda: account_card(now), as_json=as_json)


@accounts.command("clone", epilog="Example: mockx account clone default experiment")
def clone(context: typer.Context, of: Account, to: NewAccount, as_json: Json = False) -> None:
    """Open a new account with everything that another one has: balances, orders, trades, fees."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        made = exchange.clone_account(of, to)
        invocation.show(made, lambda: account_card(made), as_json=as_json)


def reset(
    context: typer.Context,
    first: Balances = None,
    of: AccountOption = None,
    prices: Annotated[
        bool, typer.Option("--prices", help="Also forget where prices come from, so that another --feed may begin.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let an account begin anew, with its first balances or with --balances: orders, trades and ledger are gone.
    Snapshots stay."""
    wanted = None if first is None else balances(first)
    whose = "your account" if of is None else f"the account {of}"
    also = " and forget where prices come from" if prices else ""
    invocation = invocation_of(context)
    confirm(invocation, f"Empty {whose}{also}? Its orders, trades and ledger are gone then.", yes=yes)
    with invocation.exchange() as exchange:
        now = exchange.reset_account(wanted, of)
        if prices:
            exchange.reset_feed()
            say("Where prices come from is forgotten. Start the exchange with the --feed that you want.")
        invocation.show(now, lambda: account_card(now), as_json=as_json)
