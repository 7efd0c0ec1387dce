"""What the HTTP API answers about the price feed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from .schemas import Answer


class FeedReset(Answer):
    """The price source that was forgotten."""

    source: Annotated[str | None, Meta(description="Null when there was none.", examples=["ccxt:binance"])]
