"""Paper money in and out, as the Binance wire has it: /sapi/v1/capital.

Deposits are made through the native API or `mockx deposit`. A withdrawal takes the money, and sends nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ..domain.amounts import ZERO, decimal_places
from ..domain.errors import InsufficientFunds
from ..domain.funding import check_asset
from ..domain.ledger import LedgerEntry, LedgerKind
from ..exchange import Exchange
from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint, Security, written
from .binance_errors import BinanceError
from .binance_parameters import Parameter, integer, number, positive, words
from .binance_times import END_TIME, START_TIME
from .binance_wallet import NETWORK
from .native import moment

ADDRESS = "paper-money-only"
"""Of every deposit, and of withdrawals whose sender named none."""

NOTED = ("address", "addressTag", "network", "withdrawOrderId")
"""What is kept of a withdrawal, as it was said, in the note of its ledger line."""

PAGE = 1000

MOST = 1000

LONGEST_REMARK = 200
"""Characters."""

WINDOW: tuple[Parameter[Any], ...] = (
    Parameter("coin", words),
    Parameter("status", integer),
    START_TIME,
    END_TIME,
    Parameter("offset", integer, default=0),
    Parameter("limit", positive, default=MOST),
)

COMPLETED_WITHDRAWAL = 6
COMPLETED_DEPOSIT = 1
"""Binance's numbers of the states."""


class WirePayments:
    """What moves money beside trades."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user, trade, capital = Security.USER_DATA, Security.TRADE, "/sapi/v1/capital"
        coin = Parameter("coin", words, required=True)
        withdrawal = (
            coin,
            Parameter("amount", number, required=True),
            Parameter("address", remark, required=True),
            *(Parameter(name, remark) for name in NOTED[1:]),
        )
        withdrawals = (*WINDOW, Parameter("withdrawOrderId", words))
        return [
            Endpoint("GET", f"{capital}/deposit/hisrec", self.deposits, user, WINDOW, slow=True),
            Endpoint("GET", f"{capital}/deposit/address", self.address, user, (coin,)),
            Endpoint("GET", f"{capital}/withdraw/history", self.withdrawals, user, withdrawals, slow=True),
            Endpoint("POST", f"{capital}/withdraw/apply", self.withdraw, trade, withdrawal),
        ]

    def address(self, asked: Asked) -> object:
        """Where paper money would be sent to, if it could be."""
        check_asset(asked["coin"])
        return {"address": ADDRESS, "coin": asked["coin"], "tag": "", "url": ""}

    def deposits(self, asked: Asked) -> object:
        """Paper money that came in, newest first."""
        return [
            {
                "id": str(line.reference),
                "amount": written(line.amount),
                "coin": line.asset,
                "network": NETWORK,
                "status": COMPLETED_DEPOSIT,
                "address": ADDRESS,
                "addressTag": "",
                "txId": f"{ADDRESS}-{line.reference}",
                "insertTime": line.timestamp,
                "completeTime": line.timestamp,
                "transferType": 0,
                "confirmTimes": "1/1",
                "unlockConfirm": 0,
                "walletType": 0,
            }
            for line in self._moved(asked, LedgerKind.DEPOSIT, COMPLETED_DEPOSIT)
        ]

    def withdrawals(self, asked: Asked) -> object:
        """Paper money that went out, newest first."""
        wanted = asked["withdrawOrderId"]
        lines = self._moved(asked, LedgerKind.WITHDRAWAL, COMPLETED_WITHDRAWAL)
        return [_withdrawal(line) for line in lines if wanted in (None, _noted(line).get("withdrawOrderId"))]

    def withdraw(self, asked: Asked) -> object:
        """Take paper money out of the account. It is gone: there is nobody at the other end."""
        amount, coin = asked["amount"], asked["coin"]
        check_asset(coin)
        if not amount or decimal_places(amount) > self._exchange.rules.scale(coin):
            raise BinanceError(-4022, "The amount must be positive, and have no more digits than the coin.")
        try:
            entry_id = self._exchange.pay_out(asked.account_id, coin, amount, _note(asked))
        except InsufficientFunds:
            raise BinanceError(-4026, "User has insufficient balance") from None
        return {"id": str(entry_id)}

    def _moved(self, asked: Asked, kind: LedgerKind, completed: int) -> list[LedgerEntry]:
        """Payments of one kind, newest first. All are completed at once."""
        if asked["status"] is not None and asked["status"] != completed:
            return []
        start, end, coin = asked["startTime"], asked["endTime"], asked["coin"]
        found = [
            line
            for line in self._payments(asked.account_id)
            if line.kind is kind
            and coin in (None, line.asset)
            and (start is None or line.timestamp >= start)
            and (end is None or line.timestamp <= end)
        ]
        found.reverse()
        return found[asked["offset"] :][: min(asked["limit"], MOST)]

    def _payments(self, account_id: str) -> Iterator[LedgerEntry]:
        account = self._exchange.account(account_id)
        cursor = 0
        while True:
            page = self._exchange.store.movements(account, cursor, PAGE)
            yield from page.items
            if page.cursor is None or page.cursor == cursor:
                return
            cursor = page.cursor


def remark(name: str, text: str) -> str:
    """A few words that are kept."""
    if not (text.isprintable() and len(text) <= LONGEST_REMARK):
        raise errors.illegal(name, f"^.{{1,{LONGEST_REMARK}}}$")
    return text


def _note(asked: Asked) -> str:
    said = {name: asked[name] for name in NOTED if asked[name] is not None}
    return msgspec.json.encode(said).decode()


def _noted(line: LedgerEntry) -> Mapping[str, str]:
    return msgspec.json.decode(line.note, type=dict[str, str]) if line.note else {}


def _withdrawal(line: LedgerEntry) -> dict[str, object]:
    noted = _noted(line)
    return {
        "id": str(line.reference),
        "amount": written(abs(line.amount)),
        "transactionFee": written(ZERO),
        "coin": line.asset,
        "network": noted.get("network", NETWORK),
        "status": COMPLETED_WITHDRAWAL,
        "address": noted.get("address", ADDRESS),
        "addressTag": noted.get("addressTag", ""),
        "withdrawOrderId": noted.get("withdrawOrderId", ""),
        "txId": f"{ADDRESS}-{line.reference}",
        "applyTime": _moment(line.timestamp),
        "completeTime": _moment(line.timestamp),
        "transferType": 0,
        "info": "paper money",
        "confirmNo": 1,
        "walletType": 0,
        "txKey": "",
    }


def _moment(milliseconds: int) -> str:
    """A time in ms as this part of Binance writes it: UTC, to the second."""
    return moment(milliseconds)[:19].replace("T", " ")
