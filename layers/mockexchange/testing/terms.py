"""What a test may say about its exchange, by the names of the marker's arguments. The standard library only: every
suite loads this, whether it has an exchange or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

Amount = int | str | float | Decimal
"""A number as tests write it. One with a point counts as it is written: 0.1 is a tenth."""


class BadTerms(ValueError):
    """A name that there is not, or a value that cannot be."""


def exact(given: object) -> Decimal:
    """The number that is written. Raises BadTerms."""
    if isinstance(given, bool) or not isinstance(given, int | str | float | Decimal):
        raise BadTerms(f"a number is wanted, was {given!r}")
    try:
        number = given if isinstance(given, Decimal) else Decimal(str(given).strip())
    except InvalidOperation:
        raise BadTerms(f"a number is wanted, was {given!r}") from None
    if not number.is_finite():
        raise BadTerms(f"a number is wanted, was {given!r}")
    return number


@dataclass(frozen=True, slots=True)
class Terms:
    """How a test's exchange begins. `balances` by asset, `prices` by symbol (bid, ask and last in one), `symbols` what
    is traded (none: whatever gets a price), `latency` in ms, `start` in ms since the epoch, `stale_after` in seconds,
    None: a price is as good as new until the next one."""

    balances: Mapping[str, Decimal] = field(default_factory=lambda: {"USDT": Decimal(10_000)})
    symbols: tuple[str, ...] = ()
    fill_model: str = "touch"
    latency: int = 0
    commission: Decimal = Decimal("0.001")
    prices: Mapping[str, Decimal] = field(default_factory=lambda: {"BTC/USDT": Decimal(50_000)})
    start: int = 1_704_067_200_000  # 2024-01-01
    seed: int = 0
    stale_after: int | None = None


def read(*layers: Mapping[str, Any]) -> Terms:
    """The terms that these say together, the last one first of all. Raises BadTerms."""
    given: dict[str, Any] = {}
    for layer in layers:
        given.update(layer)
    unknown = [name for name in given if name not in READERS]
    if unknown:
        raise BadTerms(f"unknown argument {unknown[0]!r}; the known ones are {', '.join(READERS)}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = READERS[name](value)
        except BadTerms as error:
            raise BadTerms(f"{name}: {error}") from None
    if values.get("symbols") and "prices" not in values:
        standing = Terms().prices
        values["prices"] = {symbol: price for symbol, price in standing.items() if symbol in values["symbols"]}
    return Terms(**values)


def _amounts(given: object) -> dict[str, Decimal]:
    """A mapping, or a text like `USDT=10000,BTC=1` (`none`: an empty one)."""
    if isinstance(given, str):
        pairs = [each.partition("=") for each in _listed(given)]
        return {name.strip(): exact(value) for name, _, value in pairs}
    if not _is_mapping(given):
        raise BadTerms(f'amounts by name are wanted, like {{"USDT": 10_000}}, were {given!r}')
    return {str(name): exact(value) for name, value in given.items()}


def _prices(given: object) -> dict[str, Decimal]:
    prices = _amounts(given)
    for symbol, price in prices.items():
        if price <= 0:
            raise BadTerms(f"the price of {symbol} must be above 0, was {price}")
    return prices


def _symbols(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(_listed(given))
    if not _is_sequence(given):
        raise BadTerms(f'symbols are wanted, like ["BTC/USDT"], were {given!r}')
    return tuple(str(each) for each in given)


def _listed(given: str) -> list[str]:
    """The items of a text with commas; `none` has none."""
    return [each.strip() for each in given.split(",") if each.strip() and given.strip() != "none"]


def _word(given: object) -> str:
    if not isinstance(given, str):
        raise BadTerms(f"a word is wanted, was {given!r}")
    return given


def _whole(given: object) -> int:
    number = exact(given)
    if number != int(number) or number < 0:
        raise BadTerms(f"a whole number from 0 on is wanted, was {given!r}")
    return int(number)


def _whole_or_never(given: object) -> int | None:
    return None if given is None or given == "none" else _whole(given)


def _rate(given: object) -> Decimal:
    rate = exact(given)
    if not 0 <= rate < 1:
        raise BadTerms(f"a fraction is wanted, like 0.001 for 0.1 %, was {given!r}")
    return rate


def _moment(given: object) -> int:
    """Milliseconds since the epoch, from those or from a date; a date without a zone is UTC."""
    if isinstance(given, str) and not given.isdecimal():
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            raise BadTerms(f"a date is wanted, like 2024-01-01T09:30, or ms since the epoch, was {given!r}") from None
    if isinstance(given, datetime):
        moment = given if given.tzinfo else given.replace(tzinfo=UTC)
        return round(moment.timestamp() * 1000)
    return _whole(given)


def _is_mapping(given: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(given, Mapping)


def _is_sequence(given: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(given, Sequence)


READERS: dict[str, Callable[[object], Any]] = {
    "balances": _amounts,
    "symbols": _symbols,
    "fill_model": _word,
    "latency": _whole,
    "commission": _rate,
    "prices": _prices,
    "start": _moment,
    "seed": _whole,
    "stale_after": _whole_or_never,
}
"""What may be said, and what reads it."""

MEANINGS = {
    "balances": "what an account begins with, like USDT=10000,BTC=1",
    "symbols": "markets that are traded, like BTC/USDT,ETH/USDT (none: whatever gets a price)",
    "fill_model": "how orders fill: last, touch, touch-size, depth, or a preset; with options, like depth+queue",
    "latency": "ms that an order is on its way",
    "commission": "fee rate of makers and takers: 0.001 is 0.1 %",
    "prices": "prices that markets begin with, like BTC/USDT=50000",
    "start": "what time it is at the beginning: a date (UTC), or ms since the epoch",
    "seed": "seed of slippage",
    "stale_after": "seconds after which a price is too old to trade at (none: it stands until the next one)",
}
"""What each of them means, for `pytest --help`."""
