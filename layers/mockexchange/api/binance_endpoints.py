"""What an endpoint of the Binance wire is, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ..domain.access import Scope
from ..domain.request_weights import Usage
from .binance_errors import BinanceError
from .binance_parameters import Parameter


class Security(StrEnum):
    """What an endpoint asks for, in Binance's words."""

    NONE = "NONE"
    """nothing"""
    MARKET_DATA = "MARKET_DATA"
    """a key"""
    USER_DATA = "USER_DATA"
    """a key and a signature"""
    TRADE = "TRADE"
    """a key that may trade, and a signature"""

    @property
    def is_signed(self) -> bool:
        """Whether requests carry a signature and a timestamp."""
        return self in (Security.USER_DATA, Security.TRADE)

    @property
    def scope(self) -> Scope:
        """What the key must be allowed."""
        return Scope.TRADE if self is Security.TRADE else Scope.READ


@dataclass(frozen=True, slots=True)
class Asked:
    """One request whose parameters are read. `account_id` is whose it is (the default account's where no key is asked
    for), `texts` are the parameters as they were sent, `usage` is what the client has used of its limits,
    `over` why it may place no new order now, where it wants to cancel one all the same."""

    values: Mapping[str, Any]
    texts: Mapping[str, str]
    account_id: str
    usage: Usage
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    """Whatever is put here goes out with the answer."""
    over: BinanceError | None = None

    def __getitem__(self, name: str) -> Any:
        """A parameter's value; None when it was not sent and has no default."""
        return self.values[name]


Handler = Callable[[Asked], object]
"""Answers with what is written as JSON. Raises BinanceError, and whatever the exchange refuses."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    `weight` is Binance's, fixed or by what was sent (the texts of the parameters); `orders`: how many new orders a
    request may place, counted apart. `slow`: it runs in a thread of its own, for it may take long. Unknown parameters
    are refused where Binance refuses them: on /api, not on /sapi, and not where it is `lenient`.
    """

    method: str
    path: str
    handle: Handler
    security: Security = Security.NONE
    parameters: tuple[Parameter[Any], ...] = ()
    weight: int | Callable[[Mapping[str, str]], int] = 1
    orders: int = 0
    slow: bool = False
    lenient: bool = False

    @property
    def strict(self) -> bool:
        """Whether parameters that it does not know are refused."""
        return self.path.startswith("/api/") and not self.lenient


def written(amount: Decimal | None, places: int = 8) -> str:
    """An amount as the wire has it: fixed point, `places` decimal places or as many more as it needs; None is zero."""
    if not amount:
        return f"{0:.{places}f}"
    text = f"{amount:f}"
    whole, _, fraction = text.partition(".")
    if len(fraction) > places:
        fraction = fraction[:places] + fraction[places:].rstrip("0")
    return f"{whole}.{fraction:0<{places}}"
