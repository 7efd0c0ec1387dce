"""Exact amounts: Decimal in the domain, integers of an asset's smallest unit in a store.

Python's operators on Decimal round silently at the thread's precision (28 digits by default). Nothing here uses them on
money: `add`, `subtract` and `multiply` run in a context that raises `decimal.Inexact` rather than lose a digit.
Comparisons (`<`, `==`) are exact in any context and are used freely.

Which way things round, and nowhere else (see docs/design.md):

    locks, costs, commissions   up     (never promise or hand out more than there is)
    credits, quantities bought  down
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)

from .errors import BadRequest

ZERO = Decimal(0)
ONE = Decimal(1)

MAX_DIGITS = 40
"""Longest amount accepted at a door, in digits: far above any supply in wei, far below what could exhaust memory."""

DEFAULT_SCALE = 8
"""Decimal places of an asset unless configured otherwise; Binance keeps 8 for every spot asset."""

# 200 digits hold any product of five 40-digit amounts, so Inexact can only mean a programming error.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, Underflow])
_ROUNDING = Context(prec=200, traps=[InvalidOperation, DivisionByZero, Overflow])
_UNIT = [Decimal(1).scaleb(-places) for places in range(MAX_DIGITS)]

add = _EXACT.add
subtract = _EXACT.subtract
multiply = _EXACT.multiply


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum of amounts; 0 when there are none."""
    result = ZERO
    for amount in amounts:
        result = add(result, amount)
    return result


def round_up(amount: Decimal, scale: int) -> Decimal:
    """The smallest amount with `scale` decimal places that is not below `amount`."""
    return amount.quantize(_UNIT[scale], ROUND_CEILING, _ROUNDING)


def round_down(amount: Decimal, scale: int) -> Decimal:
    """The largest amount with `scale` decimal places that is not above `amount`."""
    return amount.quantize(_UNIT[scale], ROUND_FLOOR, _ROUNDING)


def floor_to_step(amount: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `amount` (both positive); `amount` itself when step is 0."""
    if not step:
        return amount
    return multiply(_ROUNDING.divide_int(amount, step), step)


def divide_down(amount: Decimal, divisor: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` whose product with `divisor` is not above `amount`. Exact: no quotient is
    rounded."""
    return multiply(_ROUNDING.divide_int(amount, multiply(divisor, step)), step)


def divide_up(amount: Decimal, divisor: Decimal, scale: int) -> Decimal:
    """The smallest quotient with `scale` decimal places that is not too small. Exact: it is rounded once."""
    unit = _UNIT[scale]
    quotient = multiply(_ROUNDING.divide_int(amount, multiply(divisor, unit)), unit)
    return quotient if multiply(quotient, divisor) == amount else add(quotient, unit)


def divide(amount: Decimal, divisor: Decimal, places: int = 18) -> Decimal:
    """A quotient for people to read (mean price), rounded down to `places`. Never for money that moves."""
    return _ROUNDING.divide(amount, divisor).quantize(_UNIT[places], ROUND_FLOOR, _ROUNDING)


def is_multiple(amount: Decimal, step: Decimal) -> bool:
    """Whether `amount` is a whole number of `step`s; a step of 0 accepts everything."""
    return not step or not _ROUNDING.remainder(amount, step)


def decimal_places(amount: Decimal) -> int:
    """Decimal places needed to write `amount` exactly: 0 for 100, 2 for 0.10 -> 0.1 -> 1."""
    exponent = amount.normalize(_ROUNDING).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def to_units(amount: Decimal, scale: int) -> int:
    """`amount` in the asset's smallest unit. Raises ArithmeticError when it has more than `scale` decimal places."""
    scaled = amount.scaleb(scale, _EXACT)
    units = int(scaled)
    if units != scaled:
        raise ArithmeticError(f"{amount} has more than {scale} decimal places")
    return units


def from_units(units: int | str, scale: int) -> Decimal:
    """The amount that `units` smallest units stand for."""
    return Decimal(units).scaleb(-scale, _EXACT)


def text(amount: Decimal) -> str:
    """The one way to write an amount: fixed point, no exponent, no trailing zeros (`0.00000001`, `100`)."""
    written = format(amount, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def parse_amount(value: object, name: str, *, positive: bool = True) -> Decimal:
    """The exact amount in a string, an int or a Decimal; never a float, which has lost its digits already.

    Raises BadRequest, with `name` in it, for anything that is not a finite number of at most MAX_DIGITS digits, and for
    zero or less when `positive`.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise BadRequest(f"{name} must be a number, was {value!r}")
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        # Decimal() would take underscores, and other scripts' digits
        raise BadRequest(f"{name} must be a number, was {value[:60]!r}")
    try:
        amount = Decimal(value)
    except (InvalidOperation, ValueError):  # ValueError: an int string beyond Python's own digit limit
        raise BadRequest(f"{name} must be a number, was {str(value)[:60]!r}") from None
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int):
        raise BadRequest(f"{name} must be a finite number, was {amount}")
    if len(amount.as_tuple().digits) > MAX_DIGITS or not -MAX_DIGITS < exponent < MAX_DIGITS:
        raise BadRequest(f"{name} has too many digits (at most {MAX_DIGITS})")
    if positive and amount <= 0:
        raise BadRequest(f"{name} must be greater than 0, was {text(amount)}")
    return amount
