"""Quotes, books, trades and candles as ccxt gives them, in the domain's words. What cannot be used is refused here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from ..domain.candles import Candle
from ..domain.errors import BadQuote
from ..domain.quotes import Book, PublicTrade, Quote


def quote_of(symbol: str, ticker: Mapping[str, Any] | None, now: int) -> Quote:
    """The quote that an exchange confirmed at `now` (ms). Where it has no last price, the bid stands for it: a price
    that somebody offers. Raises BadQuote, which names the field and what it held."""
    if ticker is None:
        raise BadQuote(f"{symbol}: the exchange gives no price for it")
    if reason := ticker.get("unreadable"):
        raise BadQuote(f"{symbol}: a ticker that cannot be read, {reason}")
    bid, ask = _price(symbol, ticker, "bid"), _price(symbol, ticker, "ask")
    last = bid if ticker.get("last") is None else _price(symbol, ticker, "last")
    return Quote(symbol, bid, ask, last, now, _size(symbol, ticker, "bidVolume"), _size(symbol, ticker, "askVolume"))


def _price(symbol: str, ticker: Mapping[str, Any], name: str) -> Decimal:
    written = ticker.get(name)
    if written is None:
        raise BadQuote(f"{symbol}: no {name} (null or zero)")
    return _number(symbol, name, written)  # Quote refuses what is not finite and positive


def _size(symbol: str, ticker: Mapping[str, Any], name: str) -> Decimal | None:
    """A size; None when it is not known, which 0 means too."""
    written = ticker.get(name)
    return None if written is None else _number(symbol, name, written) or None


def _number(symbol: str, name: str, written: object) -> Decimal:
    try:
        return Decimal(str(written))
    except InvalidOperation:
        raise BadQuote(f"{symbol}: {name} must be a number, was {str(written)[:40]!r}") from None


def book_of(symbol: str, book: Mapping[str, Any], levels: int) -> Book:
    """The best `levels` of a book. Raises BadQuote when it is crossed or holds what is no price."""
    sides = [_levels(symbol, book.get(side) or (), levels) for side in ("bids", "asks")]
    bids, asks = sides
    if bids and asks and bids[0][0] > asks[0][0]:
        raise BadQuote(f"{symbol}: the book is crossed, bid {bids[0][0]} is above ask {asks[0][0]}")
    return Book(bids, asks)


def _levels(symbol: str, side: Sequence[Sequence[Any]], levels: int) -> tuple[tuple[Decimal, Decimal], ...]:
    found = [tuple(_number(symbol, "a level", cell) for cell in level[:2]) for level in side[:levels]]
    for price, size in found:
        if not (price.is_finite() and size.is_finite() and price > 0 and size >= 0):
            raise BadQuote(f"{symbol}: a level of the book is {size} at {price}")
    return tuple((price, size) for price, size in found if size)


def trades_of(symbol: str, trades: Sequence[Mapping[str, Any]]) -> list[PublicTrade]:
    """Public trades, oldest first. Ids that are no numbers are replaced by one made from the time and the place among
    the trades of that millisecond. Unusable ones are left out."""
    found: list[PublicTrade] = []
    nth: dict[int, int] = {}
    for trade in sorted(trades, key=lambda each: int(each.get("timestamp") or 0)):
        time = int(trade.get("timestamp") or 0)
        nth[time] = nth.get(time, 0) + 1
        given = str(trade.get("id"))
        try:
            price, quantity = (_number(symbol, name, trade.get(name)) for name in ("price", "amount"))
        except BadQuote:
            continue
        if price.is_finite() and quantity.is_finite() and price > 0 and quantity > 0:
            number = int(given) if given.isdecimal() else time * 1000 + nth[time]
            found.append(PublicTrade(number, price, quantity, time, trade.get("side") == "sell"))
    return sorted(found, key=lambda each: each.trade_id)


def candles_of(symbol: str, rows: Sequence[Sequence[Any]]) -> list[Candle]:
    """Candles, oldest first; one that is impossible, or not whole, is left out."""
    found: list[Candle] = []
    for time, *cells in rows:
        try:
            opened, high, low, close, volume = (_number(symbol, "candle", cell) for cell in cells[:5])
        except (BadQuote, ValueError):
            continue
        prices = (opened, high, low, close)
        if not (all(each.is_finite() and each > 0 for each in prices) and volume.is_finite() and volume >= 0):
            continue
        if low <= min(opened, close) and max(opened, close) <= high:
            found.append(Candle(int(time), opened, high, low, close, volume))
    return sorted(found, key=lambda candle: candle.time)
