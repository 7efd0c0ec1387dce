"""What the market-data endpoints answer: candles, books and public trades."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from .schemas import Amount, Answer, Milliseconds, Moment, Symbol

OhlcvLine = tuple[
    Milliseconds,
    Annotated[Amount, Meta(description="Open, in the quote asset.", examples=[60000])],
    Annotated[Amount, Meta(description="High, in the quote asset.", examples=[60010.5])],
    Annotated[Amount, Meta(description="Low, in the quote asset.", examples=[59990])],
    Annotated[Amount, Meta(description="Close, in the quote asset.", examples=[60005])],
    Annotated[Amount, Meta(description="Volume, in the base asset; 0 where it is not known.", examples=[12.5])],
]
"""One candle, as ccxt has it; the time is its opening."""

BookLevel = tuple[
    Annotated[Amount, Meta(description="Price, in the quote asset.", examples=[59999.99])],
    Annotated[Amount, Meta(description="Amount, in the base asset.", examples=[0.5])],
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
