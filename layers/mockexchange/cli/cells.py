"""How single values look in a table."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from ..domain.amounts import text

NOTHING = "-"


def optional(amount: Decimal | None) -> str:
    """An amount with every digit, or a dash where there is none."""
    return NOTHING if amount is None else text(amount)


def moment(milliseconds: int | None) -> str:
    """A time as UTC, to the second."""
    if milliseconds is None:
        return NOTHING
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
