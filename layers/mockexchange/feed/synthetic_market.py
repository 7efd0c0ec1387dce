"""One invented market: its quote, book and trades at any moment, computed from (seed, symbol, time) alone.

Prices are whole ticks and sizes whole steps, all integer arithmetic; the one transcendental function is Decimal's
`exp`, which its specification rounds correctly, so that every platform gives the same digits. Every asset has one path
against the dollar: two pairs that share assets never disagree about a price.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from hashlib import blake2b
from struct import Struct

from ..domain.amounts import multiply
from ..domain.instruments import Instrument, default_instrument, split_symbol
from ..domain.quotes import Book, PublicTrade, Quote
from ..ports import FeedTick
from .noise import LogPath

# dollars to start from, and the standard deviation of an hour's change in millionths
_ASSETS = {
    "BTC": ("64000", 7_000),
    "ETH": ("3400", 8_500),
    "SOL": ("150", 11_000),
    "BNB": ("580", 7_500),
    "XRP": ("0.55", 9_500),
    "DOGE": ("0.12", 12_000),
    "ADA": ("0.45", 10_500),
    "SHIB": ("0.000018", 13_000),
    "EUR": ("1.08", 800),
    "GBP": ("1.27", 900),
    "USD": ("1", 0),
    "USDT": ("1", 0),
    "USDC": ("1", 50),
    "FDUSD": ("1", 50),
    "TUSD": ("1", 50),
    "DAI": ("1", 50),
}
_UNKNOWN_ASSET_VOLATILITY = 12_000

INVENTED = tuple(f"{asset}/USDT" for asset in ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "ADA", "SHIB"))
"""What a pattern finds; any other market is invented when it is named."""

_LEVELS = 20
_MOST_TRADES = 7
"""In one interval; with 8 ids set aside for every millisecond no two trades share one."""

_DICE = Struct(">32H")

_CONTEXT = Context(prec=20, rounding=ROUND_HALF_EVEN)
"""Invents prices, moves no money: 20 digits are far more than any tick size shows."""


class SyntheticMarket:
    """A believable market for a symbol. Raises BadSymbol."""

    def __init__(self, seed: int, symbol: str) -> None:
        base, quote = split_symbol(symbol)
        base_dollars, base_volatility = _asset(base)
        quote_dollars, quote_volatility = _asset(quote)
        self.symbol = symbol
        self.start_price = _CONTEXT.divide(base_dollars, quote_dollars)
        self.instrument: Instrument = default_instrument(symbol, self.start_price)
        self._base_path = LogPath(seed, base, base_volatility)
        self._quote_path = LogPath(seed, quote, quote_volatility)
        self._key = blake2b(f"{seed}:{symbol}".encode(), digest_size=32).digest()
        hundred_dollars = _CONTEXT.divide(_CONTEXT.divide(Decimal(100), base_dollars), self.instrument.step_size)
        self._lot = max(1, int(hundred_dollars))
        self._newest = (-1, 0)  # the middle just computed, which the next tick starts from: a saving, never a state

    def tick(self, time: int, interval: int) -> FeedTick:
        """The quote, the book and the trades of the `interval` (ms) that ends at `time` (ms)."""
        before, now = self._middle(time - interval), self._middle(time)
        spread_die, *dice = self._dice(b"tick", time)
        book = self._book(now, spread_die, time)
        trades = self._trades(before, now, spread_die, dice, time, interval)
        (bid, bid_size), (ask, ask_size) = book.bids[0], book.asks[0]
        quote = Quote(self.symbol, bid, ask, trades[-1].price, time, bid_size, ask_size)
        return FeedTick(quote, position=time, trades=trades, book=book)

    def last_price(self, time: int, interval: int) -> Decimal:
        """The last price of the tick at `time`, without the rest of it: the price of its newest trade."""
        before, now = self._middle(time - interval), self._middle(time)
        spread_die, *dice = self._dice(b"tick", time)
        count = 1 + dice[0] % _MOST_TRADES
        age = min(die * interval >> 16 for die in dice[1 : 1 + count])
        bid, ask = _touch(now + (before - now) * age // interval, spread_die)
        return self._price(bid if dice[_MOST_TRADES + count] & 1 else ask)

    def traded_steps(self, time: int) -> int:
        """What all trades of the tick at `time` amount to, in whole steps of the market's quantity."""
        _, *dice = self._dice(b"tick", time)
        first = 1 + _MOST_TRADES
        return sum(self._steps(die, 1) for die in dice[first : first + 1 + dice[0] % _MOST_TRADES])

    def _middle(self, time: int) -> int:
        """The price around which the market quotes, in ticks; at least 2, so that there is room for a bid."""
        if self._newest[0] == time:
            return self._newest[1]
        log = self._base_path.at(time) - self._quote_path.at(time)
        price = _CONTEXT.multiply(self.start_price, _CONTEXT.exp(Decimal(log).scaleb(-12, _CONTEXT)))
        middle = max(2, int(_CONTEXT.divide(price, self.instrument.tick_size)))
        self._newest = time, middle
        return middle

    def _book(self, middle: int, spread_die: int, time: int) -> Book:
        bid, ask = _touch(middle, spread_die)
        # Levels stand one tick to half a basis point apart: 20 of them reach about five basis points deep.
        gap = _half_basis_point(middle)
        bids: list[tuple[Decimal, Decimal]] = []
        asks: list[tuple[Decimal, Decimal]] = []
        dice = zip(self._dice(b"bids", time), self._dice(b"asks", time), strict=True)
        for level, (bid_die, ask_die) in zip(range(_LEVELS), dice, strict=False):
            if bid > 0:
                bids.append((self._price(bid), self._quantity(bid_die, 4 + level)))
            asks.append((self._price(ask), self._quantity(ask_die, 4 + level)))
            bid -= 1 + ((bid_die & 255) * gap >> 8)
            ask += 1 + ((ask_die & 255) * gap >> 8)
        return Book(tuple(bids), tuple(asks))

    def _trades(
        self, before: int, now: int, spread_die: int, dice: list[int], time: int, interval: int
    ) -> tuple[PublicTrade, ...]:
        """One to seven trades, each at the bid or the ask of a straight line between the two prices."""
        count = 1 + dice[0] % _MOST_TRADES
        ages = sorted((die * interval >> 16 for die in dice[1 : 1 + count]), reverse=True)
        trades: list[PublicTrade] = []
        for nth, (age, die) in enumerate(zip(ages, dice[1 + _MOST_TRADES :], strict=False)):
            bid, ask = _touch(now + (before - now) * age // interval, spread_die)
            sold = bool(die & 1)
            trades.append(
                PublicTrade(
                    trade_id=(time - age) * 8 + nth,
                    price=self._price(bid if sold else ask),
                    quantity=self._quantity(die, 1),
                    timestamp=time - age,
                    buyer_is_maker=sold,
                )
            )
        return tuple(trades)

    def _price(self, ticks: int) -> Decimal:
        return multiply(Decimal(ticks), self.instrument.tick_size)

    def _quantity(self, die: int, depth: int) -> Decimal:
        """From 50 dollars' worth up to 1,600 times `depth`, small ones far more often."""
        return multiply(Decimal(self._steps(die, depth)), self.instrument.step_size)

    def _steps(self, die: int, depth: int) -> int:
        cubed = die * die * die >> 32
        return max(1, self._lot * (128 + die % 128 + cubed * depth // 16) >> 8)

    def _dice(self, purpose: bytes, time: int) -> tuple[int, ...]:
        """32 numbers from 0 to 65535: the chance that belongs to this market, moment and purpose."""
        return _DICE.unpack(blake2b(purpose + time.to_bytes(12, signed=True), key=self._key, digest_size=64).digest())


def _touch(middle: int, die: int) -> tuple[int, int]:
    """Bid and ask in ticks: one tick to about half a basis point apart."""
    spread = 1 + (die * _half_basis_point(middle) >> 16)
    bid = max(1, middle - spread // 2)
    return bid, bid + spread


def _half_basis_point(ticks: int) -> int:
    return max(1, ticks // 20_000)


def _asset(name: str) -> tuple[Decimal, int]:
    """Dollars to start from and volatility; an asset nobody knows gets 0.01 to 900 dollars by its name."""
    known = _ASSETS.get(name)
    if known:
        return Decimal(known[0]), known[1]
    digest = blake2b(name.encode(), digest_size=4).digest()
    digits = 100 + int.from_bytes(digest[:2]) % 900
    return Decimal(digits).scaleb(digest[2] % 5 - 4), _UNKNOWN_ASSET_VOLATILITY
