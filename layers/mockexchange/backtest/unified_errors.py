"""Exceptions as ccxt has them: its own classes where ccxt is loaded, classes of the same names where it is not.

ccxt itself is never imported here: a program that catches ccxt's exceptions has imported it, and any other one need not
wait for it. What the exchange refuses is translated twice, as on the way over the wire: into Binance's code and words,
and from those into what ccxt's `binance` raises for them.
"""

from __future__ import annotations

import json
import sys

from ..api.binance_errors import BinanceError

ID = "mockexchange"


class BaseError(Exception):
    """Base of all of them."""


class ExchangeError(BaseError):
    """The exchange said no."""


class AuthenticationError(ExchangeError):
    """No such account, or none that may do this."""


class PermissionDenied(AuthenticationError):
    """The account may not do this."""


class ArgumentsRequired(ExchangeError):
    """An argument is missing."""


class BadRequest(ExchangeError):
    """A value that cannot be, or that no order of this type takes."""


class BadSymbol(BadRequest):
    """No such market."""


class OperationRejected(ExchangeError):
    """It cannot be done now."""


class MarketClosed(OperationRejected):
    """The market does not trade."""


class InsufficientFunds(ExchangeError):
    """More than is free."""


class InvalidOrder(ExchangeError):
    """An order that breaks a rule of its market."""


class OrderNotFound(InvalidOrder):
    """No such order, or none that is open."""


class OrderImmediatelyFillable(InvalidOrder):
    """A post-only order that would take, or a stop that is reached already."""


class DuplicateOrderId(InvalidOrder):
    """The client order id belongs to another order."""


class NotSupported(ExchangeError):
    """ccxt has it, and this exchange does not."""


class OperationFailed(BaseError):
    """It may work when it is tried again."""


class NetworkError(OperationFailed):
    """Somewhere between here and there."""


class DDoSProtection(NetworkError):
    """Too many requests: nobody asks too often here, but where a test wants it."""


class RateLimitExceeded(NetworkError):
    """Too many requests."""


class ExchangeNotAvailable(NetworkError):
    """The exchange is there, and cannot work now."""


class OnMaintenance(ExchangeNotAvailable):
    """The exchange is closed for a while."""


class InvalidNonce(NetworkError):
    """A request of another time."""


class RequestTimeout(NetworkError):
    """No answer in time: it may have been carried out."""


class BadResponse(OperationFailed):
    """An answer that does not say what was asked."""


_NAMES = {name: kind for name, kind in globals().items() if isinstance(kind, type) and issubclass(kind, BaseError)}

_BY_STATUS = {418: "DDoSProtection", 429: "DDoSProtection"}
"""What ccxt raises for statuses of Binance's answers, whatever they say."""

_BY_CODE = {
    code: name
    for name, codes in {
        "AuthenticationError": (-1002, -1022, -2014, -2015),
        "BadRequest": (
            *(-1013, -1020, -1100, -1101, -1102, -1104, -1105, -1106, -1108, -1111, -1115, -1116, -1117),
            *(-1120, -1127, -1128, -1130, -1131, -1134, -1145, -4022),
        ),
        "BadResponse": (-2021, -2022),
        "BadSymbol": (-1121, -1151),
        "InsufficientFunds": (-4026,),
        "InvalidNonce": (-1021,),
        "InvalidOrder": (-1014, -2010),
        "OperationFailed": (-1000, -1001),
        "OrderNotFound": (-2011, -2013),
        "RateLimitExceeded": (-1003,),
        "RequestTimeout": (-1007,),
    }.items()
    for code in codes
}
"""What ccxt raises for Binance's codes, of those that this exchange has; ExchangeError for any other."""

_BY_MESSAGE = {
    "Account has insufficient balance for requested action.": "InsufficientFunds",
    "Market is closed.": "MarketClosed",
    "Order would immediately match and take.": "OrderImmediatelyFillable",
    "Stop price would trigger immediately.": "OrderImmediatelyFillable",
    "System is under maintenance.": "OnMaintenance",
}
"""What it raises for the very words, whatever the code."""

_BY_FILTER = ("LOT_SIZE", "PRICE_FILTER", "PERCENT_PRICE_BY_SIDE")
"""Filters that it calls an invalid order; what fails any other it calls a bad request."""


def error(name: str, said: str) -> Exception:
    """The exception of that name, to be raised; `said` follows the exchange's id, as in ccxt."""
    kind: type[Exception] = getattr(sys.modules.get("ccxt"), name, None) or _NAMES[name]
    return kind(f"{ID} {said}")


def of_wire(refused: BinanceError) -> Exception:
    """What ccxt makes of a refusal."""
    body = json.dumps(refused.body, separators=(",", ":"))
    if refused.status in _BY_STATUS:
        return error(_BY_STATUS[refused.status], body)
    if any(name in body for name in _BY_FILTER):
        return error("InvalidOrder", refused.msg if "PERCENT_PRICE" in refused.msg else body)
    if refused.msg in _BY_MESSAGE:
        return error(_BY_MESSAGE[refused.msg], refused.msg)
    return error(_BY_CODE.get(refused.code, "ExchangeError"), body)
