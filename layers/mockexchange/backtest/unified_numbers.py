"""Numbers on their way between ccxt and the exchange: floats of strategies there, exact amounts here."""

from __future__ import annotations

from decimal import Decimal

from ..api import binance_errors as errors
from ..api.binance_parameters import NUMBER
from ..domain.amounts import add, divide, floor_to_step, subtract, text

_TOO_LARGE = Decimal(10) ** 20
"""The wire takes twenty digits before the point."""


def exact(number: object) -> Decimal:
    """The number that somebody meant: 0.1 is a tenth, however a float has it."""
    return number if isinstance(number, Decimal) else Decimal(str(number))


def truncated(number: object, step: Decimal) -> Decimal:
    """The multiple of `step` next to a number on the way to zero."""
    value = exact(number)
    if not value.is_finite():
        return value
    return floor_to_step(value, step) if value >= 0 else -floor_to_step(-value, step)


def rounded(number: object, step: Decimal) -> Decimal:
    """The multiple of `step` nearest to a number, the one away from zero of two."""
    value = exact(number)
    if not value.is_finite():
        return value
    size = abs(value)
    floor = floor_to_step(size, step)
    if floor != size and subtract(size, floor) * 2 >= step:
        floor = add(floor, step)
    return floor if value >= 0 else -floor


def sendable(name: str, value: Decimal) -> Decimal:
    """A number that the wire takes. Raises BinanceError as the wire does for one that is negative, or none."""
    if not value.is_finite() or value < 0 or value >= _TOO_LARGE:
        raise errors.illegal(name, NUMBER)
    return value


def written(value: Decimal) -> str:
    """A number as ccxt writes it."""
    return text(value) if value.is_finite() else str(value)


def quotient(amount: str, divisor: str, places: int = 18) -> float:
    """One number through another, above zero, as ccxt has it: to so many decimal places, the rest cut off."""
    value = Decimal(amount)
    return float(divide(value.copy_abs(), Decimal(divisor), places).copy_sign(value))


def positive(number: str) -> float | None:
    """A number of the wire where zero stands for none."""
    return float(number) or None
