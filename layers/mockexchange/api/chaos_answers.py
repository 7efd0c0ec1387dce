"""What a client sees of each fault on purpose: what each door says, to the letter, where it happens by itself."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from ..domain.chaos import ChaosPlan, Door, Fault
from ..domain.errors import (
    BadRequest,
    ExchangeError,
    ExchangeNotAvailable,
    OnMaintenance,
    OrderRejected,
    OutcomeUnknown,
    RateLimitExceeded,
)
from ..domain.placing import PlaceOrder
from ..observability import correlation_id
from . import binance_errors as errors
from .binance_errors import BinanceError
from .problems import internal, refusal

BUSIEST = 6000
"""Request weight a minute that Binance allows, for words about a limit where none is set."""

_GATEWAY = (
    b"<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
    b"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n"
)
"""What a load balancer says that finds nobody behind it."""

UNKNOWN = OutcomeUnknown(
    "no answer came in time; whether anything was changed is unknown: look before you repeat it (an order by its"
    " clientOrderId)"
)


class ChaosAnswers:
    """Puts faults into words. `weight_per_minute`: the limit of the Binance wire, 0 for none."""

    def __init__(self, weight_per_minute: int) -> None:
        self._weight = weight_per_minute or BUSIEST

    def of(self, fault: Fault, plan: ChaosPlan, door: Door, path: str, now: int) -> Response:
        """The answer to a request that a fault befell; `now` in wall ms."""
        if door is Door.NATIVE:
            return _native(fault, plan, path)
        if fault is Fault.UNAVAILABLE:
            return Response(_GATEWAY, 503, media_type="text/html")
        return wire_answer(self.wire_error(fault, plan, now))

    def wire_error(self, fault: Fault, plan: ChaosPlan, now: int) -> BinanceError:
        """The same in the words of the Binance wire."""
        match fault:
            case Fault.RATE_LIMITED:
                return errors.too_much_weight(self._weight, plan.retry_after)
            case Fault.BANNED:
                return errors.banned(now + 1000 * plan.retry_after, plan.retry_after)
            case Fault.MAINTENANCE:
                return errors.on_maintenance()
            case Fault.ERROR:
                return errors.internal()
            case _:
                return errors.from_refusal(UNKNOWN)


def refused(error: BadRequest, door: Door, path: str) -> Response:
    """The answer to a request whose header asks for faults that there are not."""
    return refusal(error, path) if door is Door.NATIVE else wire_answer(errors.invalid("x-mockexchange-chaos"))


def reject(command: PlaceOrder) -> None:
    """Raises OrderRejected for a new order that the exchange would have taken."""
    raise OrderRejected(f"the matching engine took no order on {command.symbol} at this moment; nothing was placed")


def wire_answer(error: BinanceError) -> Response:
    """An error of the Binance wire as a response."""
    answer = Response(msgspec.json.encode(error.body), error.status, media_type="application/json;charset=UTF-8")
    answer.raw_headers += [(b"x-mbx-uuid", correlation_id.get().encode()), *error.headers]
    return answer


def _native(fault: Fault, plan: ChaosPlan, path: str) -> Response:
    if fault is Fault.ERROR:
        return internal(correlation_id.get(), path)
    wait = plan.retry_after
    said: Mapping[Fault, ExchangeError] = {
        Fault.RATE_LIMITED: RateLimitExceeded(f"too many requests with this key; wait {wait} s", retry_after=wait),
        Fault.BANNED: RateLimitExceeded(
            f"too many requests came from this address; it is not listened to for {wait} s", retry_after=wait
        ),
        Fault.MAINTENANCE: OnMaintenance("the exchange is under maintenance; nothing was changed, try again later"),
        Fault.UNAVAILABLE: ExchangeNotAvailable("the exchange cannot be reached now; nothing was changed"),
    }
    return refusal(said.get(fault, UNKNOWN), path)
