"""What the market-data endpoints answer: candles, books and public trades."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from .schemas import Amount, Answer, Milliseconds, Moment, Symbol

# Described as lists of numbers: generators and testers of clients seldom know arrays whose places differ.

OhlcvLine = Annotated[
    list[Any],
    Meta(
        description="One candle, as ccxt has it: its opening (ms), then open, high, low and close in the quote asset, "
        "and the volume in the base asset, 0 where it is not known.",
        extra_json_schema={"items": {"type": "number"}, "minItems": 6, "maxItems": 6},
        examples=[[1767225600000, 60000, 60010.5, 59990, 60005, 12.5]],
    ),
]

BookLevel = Annotated[
    list[Any],
    Meta(
        description="A price in the quote asset, and the amount there in the base asset.",
        extra_json_schema={"items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        examples=[[59999.99, 0.5]],
    ),
]


class OrderBook(Answer):
    """Levels of a book, best first. The best ones are the ticker's bid and ask."""

    symbol: Symbol
    bids: list[BookLevel]
    asks: list[BookLevel]
    timestamp: Milliseconds
    datetime: Moment
    nonce: Annotated[int, Meta(description="Number of its quote in the market's tick log.", examples=[12])]
    synthetic: Annotated[bool, Meta(description="Levels and amounts are made up around the bid and the ask.")]


class PublicTrade(Answer):
    """One trade of the market's tape."""

    id: Annotated[str, Meta(examples=["28457"])]
    timestamp: Milliseconds
    datetime: Moment
    symbol: Symbol
    side: Annotated[Literal["buy", "sell"], Meta(description="What the taker did.")]
    price: Annotated[Amount, Meta(description="In the quote asset.", examples=[60000])]
    amount: Annotated[Amount, Meta(description="In the base asset.", examples=[0.01])]
    cost: Annotated[Amount, Meta(description="In the quote asset.", examples=[600])]
    synthetic: Annotated[bool, Meta(description="Made up: the price is a quote's, the amount means nothing.")]
