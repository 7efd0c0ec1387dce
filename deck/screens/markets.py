"""The screen Markets: every symbol with its price, its last day, its spread, and how old its price is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from mockexchange.clients.answers import Readiness, SymbolHealth, Ticker
from mockexchange.clients.errors import NotAvailable, Refused
from mockexchange.clients.http import ExchangeClient

from ..amounts import age, percent, ratio
from ..going import go_to
from ..live import live
from ..reach import reached
from ..tables import Lines, Numbers, table

BEAT = 5.0
"""Seconds between two refreshes: with hundreds of symbols each of them is some work."""

ASKED_AT_ONCE = 100
"""Symbols in one question, so that its address stays short."""

LINE_HOURS = 24
"""Candles of an hour that a sparkline has."""

LINE_AGE = 600
"""Seconds that a sparkline is kept: its candles are hours long, and it takes one request for each symbol."""

BASIS_POINTS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one symbol; `ticker` is None when it never had a price."""

    symbol: str
    ticker: Ticker | None
    health: SymbolHealth | None


def show() -> None:
    """Draw it."""
    st.title("Markets")
    wanted = st.text_input("Find", key="markets.find", placeholder="BTC").strip().upper()
    _table(wanted)


@live(BEAT)
def _table(wanted: str) -> None:
    rows = [row for row in reached(rows_of) if wanted in row.symbol]
    if not rows:
        st.info(
            f"No market has {wanted!r} in its name."
            if wanted
            else "No market has a price yet. The feed brings them, and Admin sets one by hand."
        )
        return
    lines = reached(lambda client: [_line(client, row) for row in rows])
    tickers = [row.ticker for row in rows]
    chosen = table(
        {
            "Market": [row.symbol for row in rows],
            "Last": Numbers([each and each.last for each in tickers]),
            "24 h": Numbers([each and each.percentage for each in tickers], percent),
            "Closes of 24 h": Lines(lines),
            "High": Numbers([each and each.high for each in tickers]),
            "Low": Numbers([each and each.low for each in tickers]),
            "Volume, 24 h": Numbers([each and each.quote_volume for each in tickers]),
            "Spread": Numbers([each and each.ask - each.bid for each in tickers]),
            "Spread, bp": Numbers([spread_in_basis_points(each) for each in tickers], ratio),
            "Age of the price": Numbers([row.health.age_sec if row.health else None for row in rows], age),
            "State": [_state(row) for row in rows],
        },
        name="Markets",
        key="markets.table",
        opens=[row.symbol for row in rows],
    )
    st.caption(
        "Prices, spreads and volumes are in the quote asset; bp: basis points of the bid. A click on a market trades "
        "it, one on a column's name sorts."
    )
    if chosen is not None:
        go_to("trade", symbol=chosen)


def rows_of(client: ExchangeClient) -> list[Row]:
    """Every symbol, in the order of the alphabet."""
    ready = _readiness(client)
    symbols = sorted(client.symbols())
    health = {} if ready is None else ready.symbols
    tickers = tickers_of(client, symbols)
    return [Row(symbol, tickers.get(symbol), health.get(symbol)) for symbol in symbols]


def tickers_of(client: ExchangeClient, symbols: Sequence[str]) -> dict[str, Ticker]:
    """The tickers of those that have a price."""
    found: dict[str, Ticker] = {}
    for begin in range(0, len(symbols), ASKED_AT_ONCE):
        asked = symbols[begin : begin + ASKED_AT_ONCE]
        try:
            found |= client.tickers(asked)
        except Refused as error:
            if len(asked) == 1:
                if error.code == "MarketClosed":
                    continue  # it never had a price
                raise
            # one without a price makes the exchange refuse them all
            half = len(asked) // 2
            found |= tickers_of(client, asked[:half]) | tickers_of(client, asked[half:])
    return found


def spread_in_basis_points(ticker: Ticker | None) -> Decimal | None:
    """Of the bid, for comparing markets with each other."""
    if ticker is None or not ticker.bid:
        return None
    return (ticker.ask - ticker.bid) / ticker.bid * BASIS_POINTS


@st.cache_data(ttl=LINE_AGE, max_entries=5_000, show_spinner=False)
def line_of(_client: ExchangeClient, url: str, symbol: str) -> tuple[float, ...]:
    """The closes of its last day. A picture: nothing is read from it to the digit. Kept by exchange and symbol."""
    del url  # it tells exchanges apart
    try:
        candles = _client.ohlcv(symbol, "1h", limit=LINE_HOURS)
    except Refused:
        return ()
    return tuple(float(candle[4]) for candle in candles)


def _readiness(client: ExchangeClient) -> Readiness | None:
    try:
        return client.readiness()
    except NotAvailable:
        return None  # the banner says why


def _line(client: ExchangeClient, row: Row) -> tuple[float, ...]:
    return line_of(client, client.endpoint.url, row.symbol) if row.ticker else ()


def _state(row: Row) -> str:
    if row.ticker is None:
        return "no price yet"
    if row.health and row.health.catching_up is not None:
        return "catching up"
    return "stale" if row.ticker.stale else "fresh"
