"""What the exchange refuses, and why.

`code` is the name of the ccxt exception a client raises for it; every door translates from here and adds no rule of
its own.

    ExchangeError
      BadRequest
        BadSymbol
      InvalidOrder
        FilterFailure
        OrderRejected
        OrderImmediatelyFillable
          TriggersImmediately
        PricesOutOfOrder
        DuplicateOrderId
        IcebergExceedsQuantity
        OrderNotFound
          OrderListNotFound
        OrderNotOpen
        CancelRestricted
        AmendmentRefused
          QuantityIncreased
          NothingAmended
          QuantityFilled
      InsufficientFunds
      MarketClosed
      BadQuote
      AuthenticationError
      PermissionDenied
      AccountNotFound
      AccountExists
      SnapshotNotFound
      SnapshotExists
      KeyNotFound
      RateLimitExceeded
      ExchangeNotAvailable
        OutcomeUnknown
        Contention
        OnMaintenance
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import ClassVar


class ExchangeError(Exception):
    """Base of all refusals. `detail` says what the value was and what to do next."""

    code: ClassVar[str] = "ExchangeError"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BadRequest(ExchangeError):
    """The request itself is malformed: a missing, unknown or unreadable value."""

    code = "BadRequest"


class BadSymbol(BadRequest):
    """No such market here."""

    code = "BadSymbol"


class InvalidOrder(ExchangeError):
    """The order breaks a rule of the market."""

    code = "InvalidOrder"


class FilterFailure(InvalidOrder):
    """The order fails one of Binance's symbol filters; `filter_name` is Binance's word for it (LOT_SIZE, ...)."""

    def __init__(self, filter_name: str, detail: str) -> None:
        super().__init__(f"{filter_name}: {detail}")
        self.filter_name = filter_name


class OrderRejected(InvalidOrder):
    """The matching engine refuses the order, for a reason that lies with the exchange."""


class OrderImmediatelyFillable(InvalidOrder):
    """A post-only order would take liquidity at once."""

    code = "OrderImmediatelyFillable"


class TriggersImmediately(OrderImmediatelyFillable):
    """The last price has reached the stop price of a new order already."""


class PricesOutOfOrder(InvalidOrder):
    """The prices of the orders of a list do not lie as they must: to each other, or to the last price."""


class DuplicateOrderId(InvalidOrder):
    """The client order id already belongs to another order."""

    code = "DuplicateOrderId"


class IcebergExceedsQuantity(InvalidOrder):
    """The part of an order that shows is not smaller than the order."""


class OrderNotFound(InvalidOrder):
    """This account has no such order."""

    code = "OrderNotFound"


class OrderListNotFound(OrderNotFound):
    """This account has no such order list."""


class OrderNotOpen(InvalidOrder):
    """The order exists but has reached a terminal state, which never changes."""


class CancelRestricted(InvalidOrder):
    """The order is open, but not in the state that its cancellation was asked for in."""


class AmendmentRefused(InvalidOrder):
    """An open order cannot be given the quantity that was asked for."""


class QuantityIncreased(AmendmentRefused):
    """The quantity is more than the order's; it may only be made smaller."""


class NothingAmended(AmendmentRefused):
    """The quantity is the order's already."""


class QuantityFilled(AmendmentRefused):
    """So much of the order has filled, or more: nothing would be left of it."""


class InsufficientFunds(ExchangeError):
    """The free balance does not cover the order or the withdrawal."""

    code = "InsufficientFunds"


class MarketClosed(ExchangeError):
    """There is no price, or none fresh enough, to trade at."""

    code = "MarketClosed"


class BadQuote(ExchangeError):
    """A quote that is missing a price, not a number, not positive, or crossed. The last good one stays."""

    code = "BadRequest"


class AuthenticationError(ExchangeError):
    """No API key, or one that is not known."""

    code = "AuthenticationError"


class PermissionDenied(ExchangeError):
    """The API key is known but may not do this."""

    code = "PermissionDenied"


class AccountNotFound(ExchangeError):
    """No such account in this venue."""

    code = "AccountNotFound"


class AccountExists(ExchangeError):
    """The account's id belongs to one that was opened otherwise."""

    code = "AccountExists"


class SnapshotNotFound(ExchangeError):
    """This account has no such snapshot."""

    code = "SnapshotNotFound"


class SnapshotExists(ExchangeError):
    """This account has a snapshot of that name already."""

    code = "SnapshotExists"


class KeyNotFound(ExchangeError):
    """No API key with this public id in this venue."""

    code = "KeyNotFound"


class RateLimitExceeded(ExchangeError):
    """Too many requests; `retry_after` is how many seconds to wait."""

    code = "RateLimitExceeded"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ExchangeNotAvailable(ExchangeError):
    """The state store cannot be reached; nothing was changed by this call, or the outcome is unknown (it says
    which)."""

    code = "ExchangeNotAvailable"


class OutcomeUnknown(ExchangeNotAvailable):
    """The state store stopped answering in the middle: whether anything was changed is not known, or something was and
    what follows cannot be read. Look before you repeat it."""


class OnMaintenance(ExchangeNotAvailable):
    """The exchange is closed for a while, on purpose. Nothing was changed."""

    code = "OnMaintenance"


class Contention(ExchangeNotAvailable):
    """Other writers changed what this decision stood on, again and again. Nothing was changed; try again."""


@contextmanager
def already(done: str) -> Generator[None]:
    """For what follows a commit. A reading that fails says that nothing was changed, which is true of the reading
    alone: the error that leaves here says what was `done`, so that nobody does it twice."""
    try:
        yield
    except ExchangeNotAvailable as error:
        raise OutcomeUnknown(f"{done}; what comes after it cannot be read or done now, look later") from error
