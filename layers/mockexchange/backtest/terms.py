"""What a back-test simulates: as it was asked for, and as the exchange takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..domain.candles import LENGTHS
from ..domain.errors import BadRequest
from ..domain.fees import FeeSchedule
from ..domain.fill_models import latency_of, named
from ..domain.instruments import split_symbol
from ..domain.models import MOST_LATENCY, Engine
from ..domain.rules import Rules
from ..feed.columns import exact
from .candle_paths import Path

LEVELS = 20
"""Of each side of a book, where the history has one."""

FIRST = Decimal(10_000)
"""What an account has of the quote asset, where nothing is said."""

_FOR_EVER = 1 << 60
"""No price of a history is too old (ms)."""

Number = int | float | str | Decimal
"""An amount as people write it. A float is taken for what it prints as."""


@dataclass(frozen=True, slots=True)
class Terms:
    """See Backtest. Every method raises BadRequest for what makes no sense."""

    balances: Mapping[str, Number] | None = None
    timeframe: str | None = None
    every: int | None = None
    commission: Number | None = None
    maker: Number | None = None
    taker: Number | None = None
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    fill_model: str = "touch"
    latency: int = 0
    path: str = Path.DEFAULT
    seed: int = 0
    same_bar: bool = False
    check_path: bool = True
    stale_after: int | None = None
    quote_asset: str | None = None

    @property
    def length(self) -> int | None:
        """That of a bar (ms); None where nothing is said."""
        if self.timeframe is not None and self.timeframe not in LENGTHS:
            raise BadRequest(f"timeframe must be one of {', '.join(LENGTHS)}, was {self.timeframe!r}")
        return None if self.timeframe is None else LENGTHS[self.timeframe]

    def quote_asset_of(self, symbols: Sequence[str]) -> str:
        """What the account is valued in."""
        found = self.quote_asset or split_symbol(symbols[0])[1]
        assets = {asset for symbol in symbols for asset in split_symbol(symbol)}
        if found not in assets:
            raise BadRequest(f"quote_asset {found!r} is in no market of the data: {', '.join(sorted(assets))}")
        return found

    def first_balances(self, quote_asset: str) -> dict[str, Decimal]:
        """By asset."""
        given: Mapping[str, Number] = {quote_asset: FIRST} if self.balances is None else self.balances
        if not isinstance(given, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  # what people write
            raise BadRequest(f"balances are amounts by asset, like {{{quote_asset!r}: 1000}}, was {given!r}")
        return {asset: _number(amount, asset) for asset, amount in given.items()}

    def rules(self, symbols: Sequence[str]) -> Rules:
        """Those of the venue."""
        rates: list[Decimal] = []
        for name, rate in (("maker", self.maker), ("taker", self.taker)):
            own = _number(Rules().maker_rate if self.commission is None else self.commission, "commission")
            rates.append(own if rate is None else _number(rate, name))
            if not 0 <= rates[-1] < 1:
                raise BadRequest(f"{name} must be a fraction from 0 to below 1 (0.001 is 0.1 %), was {rates[-1]}")
        latency = self.latency
        whole = isinstance(latency, int)  # pyright: ignore[reportUnnecessaryIsInstance]  # what people write
        if not whole or not 0 <= latency <= MOST_LATENCY:
            raise BadRequest(f"latency must be a whole number of ms from 0 to {MOST_LATENCY}, was {latency}")
        engine = Engine(
            model=named(self.fill_model, levels=LEVELS, seed=self.seed),
            stale_after=_FOR_EVER if self.stale_after is None else self.stale_after,
            fees=self.fees,
            latency=latency_of(self.fill_model, latency),
        )
        maker, taker = rates
        quote_asset = self.quote_asset_of(symbols)
        return Rules(engine, maker, taker, tuple(symbols), quote_asset=quote_asset, book_levels=LEVELS)


def _number(given: Number, name: str) -> Decimal:
    try:
        return exact(given)
    except ValueError:
        raise BadRequest(f"{name}: {given!r} is no number") from None
