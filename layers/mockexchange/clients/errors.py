"""What can go wrong between a client and the exchange. Every message says what was tried.

ClientError
  NotConfigured      where the exchange is, or the key to it, cannot be read
  Unreachable        nobody answered
    OutcomeUnknown   the connection was lost after a command was sent: it may have been carried out
  BadAnswer          somebody answered, but not as a MockExchange does
  Refused            the exchange said no: status, code and detail of its problem document
    NotAuthorized    401, 403
    NotFound         404
    NotAvailable     5xx
"""

from __future__ import annotations


class ClientError(Exception):
    """Base of all of them."""


class NotConfigured(ClientError):
    """The address or the key of the exchange is unusable."""


class Unreachable(ClientError):
    """Nobody answered at `url`."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"No exchange answers at {url}: {reason}. If it is not running, start it with `mockx up`.")
        self.url = url
        self.reason = reason


class OutcomeUnknown(Unreachable):
    """The connection was lost after a command had been sent. It may have been carried out, or not: look before you
    send it again."""

    def __init__(self, url: str, reason: str, look: str) -> None:
        super().__init__(url, reason)
        self.look = look
        self.args = (f"The connection to {url} was lost: {reason}. Whether it was carried out is unknown: {look}.",)


class BadAnswer(ClientError):
    """What answers at `url` does not speak the contract: another program, a proxy, or another version."""

    def __init__(self, url: str, status: int, reason: str) -> None:
        super().__init__(f"The answer of {url} (status {status}) is not one of MockExchange's: {reason}")
        self.url = url
        self.status = status


class Refused(ClientError):
    """The exchange said no. `code` is the name of the ccxt exception, `filter_name` Binance's word for the filter that
    failed (LOT_SIZE, ...), if it was one."""

    def __init__(self, status: int, code: str, detail: str, filter_name: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.filter_name = filter_name


class NotAuthorized(Refused):
    """No API key, an unknown one, or one that may not do this."""


class NotFound(Refused):
    """No such order, symbol, account or path."""


class NotAvailable(Refused):
    """The exchange is there, but cannot work now: its store is away, it has no fresh price yet, or it has a fault."""
