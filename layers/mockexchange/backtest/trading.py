"""What an account did in a run, as numbers; as a whole and in each market."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Trading:
    """What the account did. Money is in the quote asset, rates are fractions; None: not defined, as a rate of nothing.

    Trades are round trips (`RoundTrip`), won with a profit above zero after fees, lost with one below. `profit_factor`
    is all profits over all losses, `expectancy` the mean profit of a trade. `turnover` is the traded value over the
    mean equity. `exposure` is the share of time with a position, `mean_invested` the mean share of the equity in coins.
    """

    orders: int
    refused: int
    fills: int
    maker_share: float | None
    traded: Decimal
    turnover: float | None
    fees: Decimal | None
    exposure: float | None
    mean_invested: float | None
    trades: int
    win_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    average_win: float | None
    average_loss: float | None
    realized: Decimal
    unrealized: Decimal


@dataclass(frozen=True, slots=True)
class OfSymbol:
    """One market's part: `bought` and `sold` in the base asset, money in the run's quote asset; `change` is the price's
    own, from its first to its last."""

    symbol: str
    orders: int
    fills: int
    bought: Decimal
    sold: Decimal
    traded: Decimal
    fees: Decimal | None
    trades: int
    win_rate: float | None
    realized: Decimal
    change: float | None
