"""Exact amounts as text. Nothing is rounded that the exchange said: what has more digits than are asked for shows them
all, and what has more than a unit's smallest part, because it was divided, ends there. Only what the deck works out
itself (percents, ages) is rounded, for it has no last digit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

NOTHING = "-"
"""What stands where there is no amount."""

SMALLEST = Decimal("0.00000001")
"""The smallest part of an amount that Binance books of most assets."""

_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""More digits than any amount of the exchange has."""

_AGES = ((86_400, "d"), (3_600, "h"), (60, "min"))
"""From the longest: seconds of a unit, and its name."""


def money(amount: Decimal | None, places: int = 2) -> str:
    """An amount with at least this many decimal places, and with every digit that it has: 1,234.50."""
    if amount is None:
        return NOTHING
    return f"{amount:,.{max(places, _places(amount))}f}"


def worth(amount: Decimal | None) -> str:
    """What something is or was worth: to the eighth decimal place, the rest cut off. Prices times amounts, and shares
    of a cost, have up to eighteen, which nobody reads."""
    return NOTHING if amount is None else money(_unsigned_zero(amount.quantize(SMALLEST, ROUND_DOWN, _WIDE)))


def price(amount: Decimal | None, tick: Decimal | None = None) -> str:
    """A price with the decimal places of the market's tick, which is its smallest change."""
    return money(amount, 2 if tick is None else _places(tick))


def percent(share: Decimal | None, places: int = 2, *, signed: bool = True) -> str:
    """So many percent, rounded: +1.25 %. `share` is in percent already."""
    if share is None:
        return NOTHING
    rounded = _rounded(share, places)
    return f"{rounded:{'+' if signed and rounded else ''},.{places}f} %"


def ratio(value: Decimal | None) -> str:
    """A plain number, rounded to two places."""
    return NOTHING if value is None else f"{_rounded(value, 2):,.2f}"


def age(seconds: Decimal | None) -> str:
    """How long ago, in the largest unit that it fills: 0.4 s, 12 s, 3 min, 2 h, 5 d."""
    if seconds is None:
        return NOTHING
    for length, unit in _AGES:
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{seconds:.1f} s" if seconds < 10 else f"{int(seconds)} s"


def moment(milliseconds: int | None) -> str:
    """A time as UTC, to the second: 2026-01-31 12:00:00."""
    if milliseconds is None:
        return NOTHING
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _rounded(value: Decimal, places: int) -> Decimal:
    """Half to even, whatever others made of the thread's decimal context."""
    return _unsigned_zero(value.quantize(Decimal(1).scaleb(-places), context=_WIDE))


def _unsigned_zero(value: Decimal) -> Decimal:
    """There is no minus nothing."""
    return value or value.copy_abs()


def _places(amount: Decimal) -> int:
    """Decimal places that are not zeros at the end."""
    exponent = amount.normalize(_WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
