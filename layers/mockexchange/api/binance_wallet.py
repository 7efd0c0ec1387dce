"""The wallet of the Binance wire, /sapi: assets, fees, and paper money in and out.

What belongs to parts of Binance that do not exist here (margin, futures, options) is answered with nothing of it, so
that a client that loads all markets starts. Deposits are made through the native API or `mockx deposit`; a withdrawal
takes the money, and sends nothing anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from ..domain.amounts import ZERO, decimal_places
from ..domain.balances import Balance
from ..domain.errors import InsufficientFunds
from ..domain.funding import check_asset
from ..domain.instruments import split_symbol
from ..domain.ledger import LedgerEntry, LedgerKind
from ..exchange import Exchange
from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint, Security, written
from .binance_errors import BinanceError
from .binance_parameters import Parameter, integer, number, positive, symbol, words
from .binance_symbols import WireSymbols, wire_name
from .native import moment

NETWORK = "MOCK"
"""The only network there is: it leads nowhere."""

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
    Parameter("startTime", integer),
    Parameter("endTime", integer),
    Parameter("offset", integer, default=0),
    Parameter("limit", positive, default=MOST),
)

COMPLETED_WITHDRAWAL = 6
COMPLETED_DEPOSIT = 1
"""Binance's numbers of the states."""


class WireWallet:
    """Assets of an account, and what moves them beside trades."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols) -> None:
        self._exchange = exchange
        self._symbols = symbols

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user, trade = Security.USER_DATA, Security.TRADE
        capital, asset = "/sapi/v1/capital", "/sapi/v1/asset"
        coin = Parameter("coin", words, required=True)
        withdrawal = (
            coin,
            Parameter("amount", number, required=True),
            Parameter("address", remark, required=True),
            *(Parameter(name, remark) for name in NOTED[1:]),
        )
        transfer = (
            Parameter("type", words, required=True),
            Parameter("asset", words, required=True),
            Parameter("amount", number, required=True),
        )
        withdrawals = (*WINDOW, Parameter("withdrawOrderId", words))
        margin = "/sapi/v1/margin"
        return [
            Endpoint("GET", "/sapi/v1/system/status", self.status),
            Endpoint("GET", "/sapi/v1/account/status", self.account_status, user),
            Endpoint("GET", "/sapi/v1/account/apiTradingStatus", self.trading_status, user),
            Endpoint("GET", "/sapi/v1/spot/delist-schedule", self.nothing, Security.MARKET_DATA),
            Endpoint("GET", f"{capital}/config/getall", self.assets, user),
            Endpoint("GET", f"{asset}/tradeFee", self.fees, user, (Parameter("symbol", symbol),)),
            Endpoint("GET", f"{asset}/assetDetail", self.asset_detail, user, (Parameter("asset", words),)),
            Endpoint("GET", f"{capital}/deposit/hisrec", self.deposits, user, WINDOW, slow=True),
            Endpoint("GET", f"{capital}/deposit/address", self.address, user, (coin,)),
            Endpoint("GET", f"{capital}/withdraw/history", self.withdrawals, user, withdrawals, slow=True),
            Endpoint("POST", f"{capital}/withdraw/apply", self.withdraw, trade, withdrawal),
            Endpoint("POST", f"{asset}/transfer", self.transfer, trade, transfer),
            Endpoint("GET", f"{asset}/transfer", self.transfers, user, (Parameter("type", words, required=True),)),
            Endpoint("POST", "/sapi/v3/asset/getUserAsset", self.user_assets, user, (Parameter("asset", words),)),
            Endpoint("GET", f"{margin}/allPairs", self.nothing, Security.MARKET_DATA),
            Endpoint("GET", f"{margin}/isolated/allPairs", self.nothing, user),
            Endpoint("GET", f"{margin}/allAssets", self.nothing, Security.MARKET_DATA),
        ]

    def status(self, asked: Asked) -> object:
        """0: all is well."""
        del asked
        return {"status": 0, "msg": "normal"}

    def account_status(self, asked: Asked) -> object:
        """That the account may act."""
        del asked
        return {"data": "Normal"}

    def trading_status(self, asked: Asked) -> object:
        """That nothing keeps the account from trading."""
        del asked
        return {
            "data": {
                "isLocked": False,
                "plannedRecoverTime": 0,
                "triggerCondition": {"GCR": 150, "IFER": 150, "UFR": 300},
                "updateTime": 0,
            }
        }

    def nothing(self, asked: Asked) -> object:
        """What this exchange has none of."""
        del asked
        return []

    def assets(self, asked: Asked) -> object:
        """Every asset of a market or an account."""
        held = {each.asset: each for each in self._balances(asked)}
        return [
            _asset(name, held.get(name, Balance(name)), self._exchange.rules.scale(name)) for name in self._names(held)
        ]

    def user_assets(self, asked: Asked) -> object:
        """What the account holds."""
        return [
            {
                "asset": each.asset,
                "free": written(each.free),
                "locked": written(each.locked),
                "freeze": written(ZERO),
                "withdrawing": written(ZERO),
                "ipoable": written(ZERO),
                "btcValuation": written(ZERO),
            }
            for each in self._balances(asked)
            if each.total and asked["asset"] in (None, each.asset)
        ]

    def _balances(self, asked: Asked) -> Sequence[Balance]:
        return self._exchange.balances(asked.account_id)

    def _names(self, held: dict[str, Balance]) -> list[str]:
        parts = {part for each in self._symbols.all() for part in split_symbol(each)}
        return sorted(parts | set(held))

    def fees(self, asked: Asked) -> object:
        """What the account pays on one market, or on each."""
        account = self._exchange.account(asked.account_id)
        name = asked["symbol"]
        markets = self._symbols.all() if name is None else [self._symbols.unified(name)]
        return [
            {
                "symbol": wire_name(market),
                "makerCommission": written(account.maker_rate),
                "takerCommission": written(account.taker_rate),
            }
            for market in markets
        ]

    def asset_detail(self, asked: Asked) -> object:
        """What may be done with each asset."""
        names = (
            [asked["asset"]] if asked["asset"] else self._names({each.asset: each for each in self._balances(asked)})
        )
        return {
            name: {
                "minWithdrawAmount": written(ZERO),
                "depositStatus": True,
                "withdrawFee": 0,
                "withdrawStatus": True,
            }
            for name in names
        }

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

    def transfer(self, asked: Asked) -> object:
        """There is no other wallet to move anything to."""
        del asked
        raise BinanceError(-9000, "This exchange has a spot wallet only; there is nothing to transfer to.")

    def transfers(self, asked: Asked) -> object:
        """Of no transfers, all."""
        del asked
        return {"total": 0, "rows": []}

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


def _asset(name: str, balance: Balance, scale: int) -> dict[str, object]:
    nothing = written(ZERO)
    smallest = written(Decimal(1).scaleb(-scale))
    network: dict[str, object] = {
        "network": NETWORK,
        "coin": name,
        "name": "paper money",
        "isDefault": True,
        "depositEnable": True,
        "withdrawEnable": True,
        "depositDesc": "",
        "withdrawDesc": "",
        "specialTips": "",
        "withdrawFee": nothing,
        "withdrawMin": smallest,
        "withdrawMax": "9999999999.99999999",
        "depositDust": smallest,
        "withdrawIntegerMultiple": smallest,
        "minConfirm": 1,
        "unLockConfirm": 0,
        "sameAddress": False,
        "withdrawTag": False,
        "estimatedArrivalTime": 0,
        "busy": False,
        "addressRegex": "",
        "memoRegex": "",
        "resetAddressStatus": False,
        "contractAddress": "",
        "contractAddressUrl": "",
    }
    return {
        "coin": name,
        "name": name,
        "free": written(balance.free),
        "locked": written(balance.locked),
        "freeze": nothing,
        "storage": nothing,
        "ipoable": nothing,
        "ipoing": nothing,
        "withdrawing": nothing,
        "isLegalMoney": False,
        "trading": True,
        "depositAllEnable": True,
        "withdrawAllEnable": True,
        "networkList": [network],
    }


def _moment(milliseconds: int) -> str:
    """A time in ms as this part of Binance writes it: UTC, to the second."""
    return moment(milliseconds)[:19].replace("T", " ")
