"""Calls about accounts: who they are, resetting, cloning."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .account_answers import Account, AccountFees, WhoAmI
from .calls import Calls, in_path


class AccountCalls(Calls):
    """`account` names another account than the key's own; that needs an admin key."""

    def who_am_i(self) -> WhoAmI:
        """The account and the key of this client."""
        return self._wire.read("/account", WhoAmI)

    def accounts(self, limit: int) -> list[Account]:
        """The first `limit` accounts there are. Needs an admin key."""
        return self._pages("/admin/accounts", Account, limit, {})

    def account(self, account_id: str) -> Account:
        """One account. Needs an admin key."""
        return self._wire.read(f"/admin/accounts/{in_path(account_id)}", Account)

    def create_account(
        self,
        account_id: str,
        balances: Mapping[str, Decimal] | None = None,
        maker_rate: Decimal | None = None,
        taker_rate: Decimal | None = None,
    ) -> Account:
        """Open an account; what is None is as the exchange is configured. The same again gives it again."""
        body = _said(id=account_id, balances=balances, makerRate=maker_rate, takerRate=taker_rate)
        look = f"`mockx account show {account_id}` shows whether it was opened"
        return self._wire.command("POST", "/admin/accounts", Account, body=body, look=look, send_again=True)

    def set_fees(
        self,
        account_id: str,
        maker_rate: Decimal | None = None,
        taker_rate: Decimal | None = None,
        *,
        pays_in_fee_asset: bool | None = None,
    ) -> Account:
        """Change what an account pays from now on, and in what; what is None stays."""
        body = _said(makerRate=maker_rate, takerRate=taker_rate, paysInFeeAsset=pays_in_fee_asset)
        look = f"`mockx account show {account_id}` shows its rates"
        path = f"/admin/accounts/{in_path(account_id)}"
        return self._wire.command("PATCH", path, Account, body=body, look=look, send_again=True)

    def set_fill_model(self, account_id: str, model: str | None) -> Account:
        """Change how an account's orders fill from now on; None: as the exchange is configured."""
        look = f"`mockx account show {account_id}` shows its fill model"
        path = f"/admin/accounts/{in_path(account_id)}"
        return self._wire.command("PATCH", path, Account, body={"fillModel": model}, look=look, send_again=True)

    def fees(self, account: str | None = None, symbol: str | None = None) -> AccountFees:
        """What an account pays, on every market or on one."""
        return self._wire.read(f"{account_path(account)}/fees", AccountFees, query={"symbol": symbol})

    def pay_in_fee_asset(self, *, pays: bool) -> AccountFees:
        """Have this client's account pay its fees in the fee asset, or no longer."""
        look = "`mockx account fees` shows what it pays in"
        body = _said(paysInFeeAsset=pays)
        return self._wire.command("PATCH", "/account/fees", AccountFees, body=body, look=look, send_again=True)

    def clone_account(self, account_id: str, to: str) -> Account:
        """Open the account `to` with everything that another one has."""
        look = f"`mockx account show {to}` shows whether it was made"
        path = f"/admin/accounts/{in_path(account_id)}/clone"
        return self._wire.command("POST", path, Account, body={"to": to}, look=look)

    def reset_account(self, balances: Mapping[str, Decimal] | None = None, account: str | None = None) -> Account:
        """Let an account begin anew, with these balances, or its first ones when None. Orders, trades and ledger are
        gone."""
        look = "`mockx account show` shows its generation, which counts up with every reset"
        path = f"{account_path(account)}/reset"
        return self._wire.command("POST", path, Account, body=_said(balances=balances), look=look)

    def reset_feed(self) -> Any:
        """Forget where the prices come from, so that another price source may begin. Needs an admin key."""
        look = "`mockx status` shows where prices come from"
        return self._wire.command("POST", "/admin/feed/reset", object, look=look, send_again=True)


def account_path(account: str | None) -> str:
    """Where an account's own matters are; None: the key's account."""
    return "/account" if account is None else f"/admin/accounts/{in_path(account)}"


def _said(**fields: Any) -> dict[str, Any]:
    """What is not None."""
    return {name: value for name, value in fields.items() if value is not None}
