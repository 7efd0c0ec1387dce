"""Errors as Binance says them: an HTTP status and {"code", "msg"} (binance-spot-api-docs, errors.md).

Clients branch on `code`, and some on the very words of `msg`, so the words are Binance's. What was wrong exactly goes
into the log, where a rule of ours says more than Binance's words do.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..domain import errors
from ..domain.errors import ExchangeError


class BinanceError(Exception):
    """A refusal. `code` and `msg` are Binance's; `data` is what cancel-replace adds."""

    def __init__(
        self,
        code: int,
        msg: str,
        status: int = 400,
        *,
        data: Mapping[str, object] | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(f"{code} {msg}")
        self.code = code
        self.msg = msg
        self.status = status
        self.data = data
        self.headers = headers

    @property
    def body(self) -> dict[str, object]:
        """What the answer holds."""
        document: dict[str, object] = {"code": self.code, "msg": self.msg}
        if self.data is not None:
            document["data"] = self.data
        return document


# parameters


def missing(name: str) -> BinanceError:
    """A mandatory parameter that was not sent."""
    return BinanceError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def either_missing(one: str, other: str) -> BinanceError:
    """Two parameters of which one must be sent."""
    return BinanceError(-1102, f"Param '{one}' or '{other}' must be sent, but both were empty/null!")


def empty(name: str) -> BinanceError:
    """A parameter without a value."""
    return BinanceError(-1105, f"Parameter '{name}' was empty.")


def illegal(name: str, legal: str) -> BinanceError:
    """A value that is not written as it must be; `legal` is the pattern, in Binance's words."""
    return BinanceError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def not_required(name: str) -> BinanceError:
    """A parameter that this order has no use for."""
    return BinanceError(-1106, f"Parameter '{name}' sent when not required.")


def too_precise(name: str) -> BinanceError:
    """More decimal places than the asset keeps."""
    return BinanceError(-1111, f"Parameter '{name}' has too much precision.")


def invalid(name: str) -> BinanceError:
    """A value that is written well and means nothing."""
    return BinanceError(-1130, f"Data sent for parameter '{name}' is not valid.")


def unread(read: int, sent: int) -> BinanceError:
    """Parameters that this endpoint does not know."""
    return BinanceError(-1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'.")


def duplicate() -> BinanceError:
    """One parameter twice."""
    return BinanceError(-1101, "Duplicate values for a parameter detected.")


def bad_combination() -> BinanceError:
    """Optional parameters that do not go together."""
    return BinanceError(-1128, "Combination of optional parameters invalid.")


def too_long(hours: int) -> BinanceError:
    """A stretch of time that is longer than may be looked up at once."""
    return BinanceError(-1127, f"More than {hours} hours between startTime and endTime.")


def bad_symbol() -> BinanceError:
    """No such market."""
    return BinanceError(-1121, "Invalid symbol.")


def not_supported(what: str) -> BinanceError:
    """A kind of order that a market does not take; `what` as in "Stop loss"."""
    return BinanceError(-1013, f"{what} orders are not supported for this symbol.")


# orders


def rejected(msg: str) -> BinanceError:
    """A new order that is refused."""
    return BinanceError(-2010, msg)


UNKNOWN_ORDER = "Unknown order sent."
NO_MONEY = "Account has insufficient balance for requested action."


def cancel_rejected(msg: str = UNKNOWN_ORDER) -> BinanceError:
    """A cancellation that is refused."""
    return BinanceError(-2011, msg)


def amend_rejected(msg: str) -> BinanceError:
    """An amendment that is refused."""
    return BinanceError(-2038, msg)


def no_such_order() -> BinanceError:
    """A question about an order that is not there."""
    return BinanceError(-2013, "Order does not exist.")


# who, and when


def bad_key_format() -> BinanceError:
    """No key, or one that cannot be any."""
    return BinanceError(-2014, "API-key format invalid.", 401)


def bad_key() -> BinanceError:
    """A key that is unknown here, or may not do this."""
    return BinanceError(-2015, "Invalid API-key, IP, or permissions for action.", 401)


def bad_signature() -> BinanceError:
    """A signature that does not fit."""
    return BinanceError(-1022, "Signature for this request is not valid.")


def too_late() -> BinanceError:
    """A request that was on its way for too long."""
    return BinanceError(-1021, "Timestamp for this request is outside of the recvWindow.")


def too_early() -> BinanceError:
    """A request from the future."""
    return BinanceError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")


# how much


def too_much_weight(limit: int, wait: int) -> BinanceError:
    """More request weight than `limit` a minute; `wait` in seconds."""
    said = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. Please use WebSocket "
        "Streams for live updates to avoid polling the API."
    )
    return BinanceError(-1003, said, 429, headers=retry_after(wait))


def banned(until: int, wait: int) -> BinanceError:
    """An address that is not listened to until then (ms); `wait` in seconds."""
    said = (
        f"Way too much request weight used; IP banned until {until}. Please use WebSocket Streams for live updates to "
        "avoid bans."
    )
    return BinanceError(-1003, said, 418, headers=retry_after(wait))


def retry_after(seconds: int) -> tuple[tuple[bytes, bytes], ...]:
    """The header that says how long to wait."""
    return ((b"retry-after", str(seconds).encode()),)


# the exchange itself


def on_maintenance() -> BinanceError:
    """The exchange is closed for a while. Not in Binance's list of errors, but what its clients know (ccxt)."""
    return BinanceError(1, "System is under maintenance.", 503)


def internal() -> BinanceError:
    """What nobody foresaw."""
    return BinanceError(-1000, "An unknown error occurred while processing the request.", 500)


def _unavailable() -> BinanceError:
    return BinanceError(-1001, "Internal error; unable to process your request. Please try again.", 503)


def _unknown_outcome() -> BinanceError:
    return BinanceError(
        -1007,
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
        504,
    )


_FIXED: Mapping[type[ExchangeError], BinanceError] = {
    errors.OutcomeUnknown: _unknown_outcome(),
    errors.OnMaintenance: on_maintenance(),
    errors.ExchangeNotAvailable: _unavailable(),
    errors.BadSymbol: bad_symbol(),
    errors.InsufficientFunds: rejected(NO_MONEY),
    errors.OrderRejected: rejected("NEW_ORDER_REJECTED"),
    errors.DuplicateOrderId: rejected("Duplicate order sent."),
    errors.OrderImmediatelyFillable: rejected("Order would immediately match and take."),
    errors.PricesOutOfOrder: rejected("The relationship of the prices for the orders is not correct."),
    errors.IcebergExceedsQuantity: rejected("IcebergQty exceeds QTY."),
    errors.TriggersImmediately: rejected("Stop price would trigger immediately."),
    errors.MarketClosed: rejected("Market is closed."),
    errors.OrderNotFound: no_such_order(),
    errors.OrderNotOpen: cancel_rejected(),
    errors.AuthenticationError: bad_key(),
    errors.PermissionDenied: bad_key(),
    errors.AccountNotFound: bad_key(),
}
"""What each refusal of the exchange is on the wire; the nearest class counts."""


def from_refusal(error: ExchangeError) -> BinanceError:
    """What the exchange refused, in Binance's words."""
    if isinstance(error, errors.FilterFailure):
        return BinanceError(-1013, f"Filter failure: {error.filter_name}")
    found = next((_FIXED[kind] for kind in type(error).__mro__ if kind in _FIXED), None)
    if found is None:
        # A rule of ours that Binance has no words for: ours say what is wrong.
        found = BinanceError(-1013, error.detail)
    return BinanceError(found.code, found.msg, found.status)
