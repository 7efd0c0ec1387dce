"""The wallet of the Binance wire, /sapi: assets and fees.

What belongs to parts of Binance that do not exist here (margin, futures, options) is answered with nothing of it, so
that a client that loads all markets starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from ..domain.amounts import ZERO
from ..domain.balances import Account, Balance
from ..domain.errors import BadRequest
from ..domain.instruments import split_symbol
from ..exchange import Exchange
from .binance_endpoints import Asked, Endpoint, Security, written
from .binance_errors import BinanceError
from .binance_parameters import Parameter, flag, number, symbol, words
from .binance_symbols import WireSymbols, wire_name

NETWORK = "MOCK"
"""The only network there is: it leads nowhere."""


class WireWallet:
    """Assets of an account."""

    def __init__(self, exchange: Exchange, symbols: WireSymbols, on_maintenance: Callable[[], bool]) -> None:
        self._exchange = exchange
        self._symbols = symbols
        self._on_maintenance = on_maintenance

    def endpoints(self) -> list[Endpoint]:
        """Every path."""
        user, trade = Security.USER_DATA, Security.TRADE
        capital, asset = "/sapi/v1/capital", "/sapi/v1/asset"
        transfer = (
            Parameter("type", words, required=True),
            Parameter("asset", words, required=True),
            Parameter("amount", number, required=True),
        )
        margin = "/sapi/v1/margin"
        burn = (Parameter("spotBNBBurn", flag), Parameter("interestBNBBurn", flag))
        return [
            Endpoint("GET", "/sapi/v1/system/status", self.status),
            Endpoint("GET", "/sapi/v1/account/status", self.account_status, user),
            Endpoint("GET", "/sapi/v1/account/apiTradingStatus", self.trading_status, user),
            Endpoint("GET", "/sapi/v1/spot/delist-schedule", self.nothing, Security.MARKET_DATA),
            Endpoint("GET", f"{capital}/config/getall", self.assets, user, slow=True),
            Endpoint("GET", f"{asset}/tradeFee", self.fees, user, (Parameter("symbol", symbol),), slow=True),
            Endpoint("GET", "/sapi/v1/bnbBurn", self.burn, user),
            Endpoint("POST", "/sapi/v1/bnbBurn", self.set_burn, trade, burn),
            Endpoint("GET", f"{asset}/assetDetail", self.asset_detail, user, (Parameter("asset", words),), slow=True),
            Endpoint("POST", f"{asset}/transfer", self.transfer, trade, transfer),
            Endpoint("GET", f"{asset}/transfer", self.transfers, user, (Parameter("type", words, required=True),)),
            Endpoint("POST", "/sapi/v3/asset/getUserAsset", self.user_assets, user, (Parameter("asset", words),)),
            Endpoint("GET", f"{margin}/allPairs", self.nothing, Security.MARKET_DATA),
            Endpoint("GET", f"{margin}/isolated/allPairs", self.nothing, user),
            Endpoint("GET", f"{margin}/allAssets", self.nothing, Security.MARKET_DATA),
        ]

    def status(self, asked: Asked) -> object:
        """0: all is well; 1: under maintenance."""
        del asked
        return {"status": 1, "msg": "system_maintenance"} if self._on_maintenance() else {"status": 0, "msg": "normal"}

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
        terms = self._exchange.fee_terms(asked.account_id)
        name = asked["symbol"]
        markets = self._symbols.all() if name is None else [self._symbols.unified(name)]
        return [
            {
                "symbol": wire_name(market),
                "makerCommission": written(rates.maker.rate),
                "takerCommission": written(rates.taker.rate),
            }
            for market, rates in ((each, terms.on(each)) for each in markets)
        ]

    def burn(self, asked: Asked) -> object:
        """Whether the account pays its fees in the fee asset."""
        return _burn(self._exchange.account(asked.account_id))

    def set_burn(self, asked: Asked) -> object:
        """Have the account pay its fees in the fee asset, or not. There is no interest to pay."""
        if asked["interestBNBBurn"]:
            raise BinanceError(-9000, "This exchange has a spot wallet only; there is no margin interest to pay.")
        if asked["spotBNBBurn"] is None:
            return self.burn(asked)
        try:
            return _burn(self._exchange.accounts.set_fees(asked.account_id, pays_in_fee_asset=asked["spotBNBBurn"]))
        except BadRequest as error:
            raise BinanceError(-9000, f"{error.detail[0].upper()}{error.detail[1:]}.") from None

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

    def transfer(self, asked: Asked) -> object:
        """There is no other wallet to move anything to."""
        del asked
        raise BinanceError(-9000, "This exchange has a spot wallet only; there is nothing to transfer to.")

    def transfers(self, asked: Asked) -> object:
        """Of no transfers, all."""
        del asked
        return {"total": 0, "rows": []}


def _burn(account: Account) -> dict[str, object]:
    return {"spotBNBBurn": account.pays_in_fee_asset, "interestBNBBurn": False}


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
