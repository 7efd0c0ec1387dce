"""What the API answers about what accounts made, as types. Money is in the venue's quote asset. See answers.py."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class Capital(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an account is worth, and what was paid in. `profit_rate` (a fraction) None: nothing of it is left."""

    quote_asset: str
    equity: Decimal
    cash: Decimal
    assets_value: Decimal
    deposits: Decimal
    withdrawals: Decimal
    net_deposits: Decimal
    profit: Decimal
    profit_rate: Decimal | None
    unpriced: list[str]


class Holding(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an account has of an asset, in it; `price` of one and `value` of all, None where no market prices it."""

    free: Decimal
    frozen: Decimal
    total: Decimal
    price: Decimal | None
    value: Decimal | None


class Holdings(Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything that an account has."""

    quote_asset: str
    by_asset: dict[str, Holding]
    unpriced: list[str]


class AssetProfit(Struct, frozen=True, kw_only=True, rename="camel"):
    """What came of an asset: of what was sold (`realized`, `round_trips`), and of the `quantity` that was not, None
    where it has no price now."""

    quantity: Decimal
    cost: Decimal
    price: Decimal | None
    value: Decimal | None
    unrealized: Decimal | None
    realized: Decimal
    fees: Decimal
    round_trips: int
    won: int
    lost: int


class Profit(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an account made since it began. `uncovered`: more was sold of them than there was."""

    quote_asset: str
    realized: Decimal
    unrealized: Decimal
    fees: Decimal
    fees_known: bool
    round_trips: int
    won: int
    lost: int
    by_asset: dict[str, AssetProfit]
    uncovered: list[str]
    unpriced: list[str]


class RoundTrip(Struct, frozen=True, kw_only=True, rename="camel"):
    """What one order sold of what another had bought (None: paid in); `amount` in the base asset, times in ms."""

    symbol: str
    entry_order: str | None
    exit_order: str
    entered: int
    exited: int
    amount: Decimal
    cost: Decimal
    proceeds: Decimal
    fees: Decimal
    profit: Decimal


class Fall(Struct, frozen=True, kw_only=True, rename="camel"):
    """The deepest fall from a peak (`depth`, a negative fraction), and when (ms)."""

    depth: Decimal
    peak: int | None
    bottom: int | None
    recovered: int | None
    longest: int


class CurveNumbers(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a curve says. Returns are fractions; None: not defined."""

    total_return: Decimal | None
    annual_return: Decimal | None
    volatility: Decimal | None
    sharpe: Decimal | None
    sortino: Decimal | None
    calmar: Decimal | None
    drawdown: Fall | None
    best_day: Decimal | None
    worst_day: Decimal | None
    positive_days: Decimal | None
    days: int


class Trading(Struct, frozen=True, kw_only=True, rename="camel"):
    """What was traded in a period."""

    fills: int
    fees: Decimal
    round_trips: int
    won: int
    lost: int
    win_rate: Decimal | None
    profit_factor: Decimal | None
    realized: Decimal


class DayResult(Struct, frozen=True, kw_only=True, rename="camel"):
    """What a day (UTC, beginning at `day`, ms) made, and as a fraction."""

    day: int
    profit: Decimal
    rate: Decimal | None


Point = tuple[int, Decimal, Decimal | None, Decimal | None]
"""A moment (ms), the equity, what one unit of money became, and the equity of buying and holding."""


class Performance(Struct, frozen=True, kw_only=True, rename="camel"):
    """How an account did over a stretch of time; deposits and withdrawals are no returns."""

    quote_asset: str
    since: int | None
    until: int | None
    first_equity: Decimal | None
    final_equity: Decimal | None
    net_deposits: Decimal
    profit: Decimal
    account: CurveNumbers
    buy_and_hold: CurveNumbers | None
    trading: Trading
    days: list[DayResult]
    curve: list[Point]


class LedgerLine(Struct, frozen=True, kw_only=True):
    """One change of what an account owns: deposit, withdrawal, trade or fee. `amount` is negative when it went out;
    `reference` is the trade's id, or the line's own."""

    kind: str
    reference: str
    asset: str
    amount: Decimal
    timestamp: int
    datetime: str
