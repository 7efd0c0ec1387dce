"""Reading a quote that a foreign process wrote into a symbol's `sym_` hash.

Any process that writes this hash is a price feed, so the reading is generous about what is missing and strict about
what is wrong:

    price       missing: the bid, when a bid and an ask are there (a price somebody offers; the middle may lie off the
                market's increments)
    bid, ask    missing: the price
    bidVolume,  missing, empty, None, nan or zero: the size is unknown, which is not the same as no liquidity
    askVolume
    timestamp   epoch seconds, with or without a fraction; missing: now

Anything else that is not a positive number, and a bid above its ask, is refused: the last good quote stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Context, Decimal

from .amounts import parse_amount
from .errors import BadQuote, BadRequest
from .quotes import Quote

MAILBOX_FIELDS = ("price", "timestamp", "bid", "ask", "bidVolume", "askVolume")
"""The fields that are read; any other is the feeder's own business."""

_UNKNOWN = frozenset({"", "none", "null", "nan"})
"""How feeders spell a volume that their exchange does not give."""

_LATEST_SECOND = Decimal(10) ** 11
"""Year 5138. A `timestamp` beyond it is milliseconds by mistake: it would never go stale."""

_WIDE = Context(prec=60)
"""Holds any accepted timestamp exactly; the only rounding is the fraction of a millisecond, down."""


def quote_from_mailbox(symbol: str, fields: Mapping[str, str], now: int) -> Quote:
    """The quote in a `sym_` hash, exactly as its text says. `now` (ms) stands in for a missing timestamp.

    Raises BadQuote, which names the field and what it held.
    """
    price = _price(symbol, fields, "price")
    bid = _price(symbol, fields, "bid")
    ask = _price(symbol, fields, "ask")
    if price is None:
        if bid is None or ask is None:
            raise BadQuote(f"{symbol}: no price, and no bid and ask to stand for one; found {_shown(fields)}")
        price = bid
    return Quote(
        symbol=symbol,
        bid=price if bid is None else bid,
        ask=price if ask is None else ask,
        last=price,
        timestamp=_timestamp(symbol, fields, now),
        bid_size=_size(symbol, fields, "bidVolume"),
        ask_size=_size(symbol, fields, "askVolume"),
    )


def _price(symbol: str, fields: Mapping[str, str], name: str) -> Decimal | None:
    written = fields.get(name)
    return None if written is None else _number(symbol, name, written)


def _size(symbol: str, fields: Mapping[str, str], name: str) -> Decimal | None:
    written = fields.get(name)
    if written is None or written.strip().lower() in _UNKNOWN:
        return None
    return _number(symbol, name, written, positive=False) or None  # a negative one is refused by Quote


def _timestamp(symbol: str, fields: Mapping[str, str], now: int) -> int:
    written = fields.get("timestamp")
    if written is None:
        return now
    seconds = _number(symbol, "timestamp", written)
    if seconds > _LATEST_SECOND:
        raise BadQuote(f"{symbol}: timestamp must be epoch seconds, {written[:40]!r} looks like a finer unit")
    return int(seconds.scaleb(3, _WIDE).to_integral_value(ROUND_FLOOR, _WIDE))


def _number(symbol: str, name: str, written: str, *, positive: bool = True) -> Decimal:
    try:
        return parse_amount(written, name, positive=positive)
    except BadRequest as refused:
        raise BadQuote(f"{symbol}: {refused.detail}") from None


def _shown(fields: Mapping[str, str]) -> str:
    return ", ".join(sorted(fields))[:200] or "an empty hash"
