"""`mockx keys`: who else may use the exchange."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .account_tables import key_table, new_key_card
from .confirming import Yes, confirm
from .invocation import invocation_of, say
from .parameters import AccountOption, Json, Limit, name

keys = typer.Typer(no_args_is_help=True, help="Make, list, rotate and revoke API keys.")

SHOWN_ONCE = (
    "The api key and the secret are shown this once: keep them now. The secret signs requests on the Binance wire."
)


class KeyScope(StrEnum):
    """What a key may do; each more than the one before."""

    READ = "read"
    TRADE = "trade"
    ADMIN = "admin"


KeyId = Annotated[str, typer.Argument(parser=name, metavar="KEY", help="A key's id (`mockx keys list`).")]


@keys.command("create", epilog="Example: mockx keys create alice --scope trade --label 'grid bot'")
def create(
    context: typer.Context,
    account: Annotated[str, typer.Argument(parser=name, metavar="ACCOUNT", help="The account that it opens.")],
    scope: Annotated[
        KeyScope, typer.Option(metavar="read|trade|admin", case_sensitive=False, help="What it may do.")
    ] = KeyScope.TRADE,
    label: Annotated[str | None, typer.Option(metavar="TEXT", help="A note for people.")] = None,
    as_json: Json = False,
) -> None:
    """Make an API key for an account."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        made = exchange.create_key(account, scope.value, label)
        invocation.show(made, lambda: new_key_card(made), as_json=as_json)
        say(SHOWN_ONCE)


@keys.command("list", epilog="Example: mockx keys list --account alice")
def list_keys(
    context: typer.Context, account: AccountOption = None, limit: Limit = 1000, as_json: Json = False
) -> None:
    """List the keys, revoked ones too."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.keys(account, limit)
        invocation.show(found, lambda: [key_table(found)], as_json=as_json)


@keys.command("rotate", epilog="Example: mockx keys rotate Zk3b0PqX7cWm1TnE --yes")
def rotate(context: typer.Context, of: KeyId, yes: Yes = False, as_json: Json = False) -> None:
    """Replace a key's api key and secret; the old ones are refused from then on."""
    invocation = invocation_of(context)
    confirm(invocation, f"Replace the key {of}? Whoever uses the old one is locked out then.", yes=yes)
    with invocation.exchange() as exchange:
        made = exchange.rotate_key(of)
        invocation.show(made, lambda: new_key_card(made), as_json=as_json)
        say(SHOWN_ONCE)


@keys.command("revoke", epilog="Example: mockx keys revoke Zk3b0PqX7cWm1TnE --yes")
def revoke(context: typer.Context, of: KeyId, yes: Yes = False, as_json: Json = False) -> None:
    """End a key for good."""
    invocation = invocation_of(context)
    confirm(invocation, f"Revoke the key {of} for good?", yes=yes)
    with invocation.exchange() as exchange:
        gone = exchange.revoke_key(of)
        invocation.show(gone, lambda: [key_table([gone])], as_json=as_json)
