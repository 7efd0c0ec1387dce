"""The screen Markets: every symbol with its price, its last day, its spread, and how old its price is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from mockexchange.clients.answers import Readiness, SymbolHealth, Ticker
from mockexchange.clients.errors import NotAvailable, Refused
from mockexchange.clients.http import ExchangeClient

from ..amounts import age, money
from ..live import live
from ..reach import reached
from ..tables import table

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
        st.info(f"No market has {wanted!r} in its name." if wanted else "No market has a price yet.")
        return
    lines = reached(lambda client: [_line(client, row) for row in rows])
    table(
        {
            "Symbol": [row.symbol for row in rows],
            "Last": [_last(row) for row in rows],
            "24 h %": [_change(row) for row in rows],
            "Last 24 h": lines,
            "Spread": [_spread(row) for row in rows],
            "Spread, bp": [spread_in_basis_points(row.ticker) for row in rows],
            "Price is": [_age(row) for row in rows],
        },
        key="markets.table",
        config={
            "Symbol": st.column_config.TextColumn(pinned=True),
            "Last": st.column_config.TextColumn(alignment="right", help="In the quote asset, to the last digit."),
            "24 h %": st.column_config.NumberColumn(format="%+.2f %%"),
            "Last 24 h": st.column_config.LineChartColumn(help=f"Closes of the last {LINE_HOURS} hours."),
            "Spread": st.column_config.TextColumn(alignment="right", help="Ask less bid, in the quote asset."),
            "Spread, bp": st.column_config.NumberColumn(format="%.2f", help="In basis points of the bid."),
            "Price is": st.column_config.TextColumn(help="How old it is, and whether it is too old to trade at."),
        },
    )


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


def spread_in_basis_points(ticker: Ticker | None) -> float | None:
    """Of the bid, for comparing markets with each other. It is worked out here and rounded, so a float will do."""
    if ticker is None or not ticker.bid:
        return None
    return float((ticker.ask - ticker.bid) / ticker.bid * BASIS_POINTS)


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


def _last(row: Row) -> str:
    return money(row.ticker.last if row.ticker else None)


def _change(row: Row) -> float | None:
    share = row.ticker.percentage if row.ticker else None
    return None if share is None else float(share)


def _spread(row: Row) -> str:
    return money(row.ticker.ask - row.ticker.bid if row.ticker else None)


def _age(row: Row) -> str:
    if row.ticker is None:
        return "not there yet"
    old = age(row.health.age_sec) + " old" if row.health and row.health.age_sec is not None else "of unknown age"
    return f"{old}, stale" if row.ticker.stale else old
