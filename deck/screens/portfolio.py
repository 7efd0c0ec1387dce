"""The screen Portfolio: what the account is worth, where its money is, and what it made of each asset."""

# pyright: reportUnknownMemberType=false
# what Streamlit takes for a table may be a frame of pandas, which has no types

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import AssetProfit, Capital, Holding, Holdings, LedgerLine, Profit

from ..amounts import NOTHING, moment, money, percent
from ..live import live
from ..reach import reached

BEAT = 5.0
"""Seconds between two refreshes."""

MOVEMENTS = 1_000
"""Deposits, and withdrawals, that are shown at most."""

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Books:
    """What the exchange says of the account, all of one moment or nearly."""

    capital: Capital
    holdings: Holdings
    profit: Profit


def show() -> None:
    """Draw it."""
    st.title("Portfolio")
    _books()
    _movements()


@live(BEAT)
def _books() -> None:
    books = reached(books_of)
    _figures(books)
    holdings = {asset: each for asset, each in books.holdings.by_asset.items() if each.total}
    if not holdings:
        st.info("The account has nothing. A deposit on Admin, or `mockx deposit`, gives it something to trade with.")
        return
    _assets(holdings, books.capital)
    _profits(books.profit)


def books_of(client: ExchangeClient) -> Books:
    """What the screen shows, but for deposits and withdrawals."""
    return Books(client.capital(), client.holdings(), client.profit())


def movements_of(client: ExchangeClient) -> list[LedgerLine]:
    """Deposits and withdrawals, newest first."""
    found = client.ledger(MOVEMENTS, kind="deposit") + client.ledger(MOVEMENTS, kind="withdrawal")
    return sorted(found, key=lambda line: line.timestamp, reverse=True)


def _figures(books: Books) -> None:
    capital, quote = books.capital, books.capital.quote_asset
    rate = None if capital.profit_rate is None else capital.profit_rate * HUNDRED
    with st.container(horizontal=True):
        st.metric(f"Equity, {quote}", money(capital.equity), border=True)
        st.metric(
            f"Profit, {quote}",
            money(capital.profit),
            None if rate is None else percent(rate),
            help="Equity less what was paid in and not taken out again.",
            border=True,
        )
        st.metric(f"Realized, {quote}", money(books.profit.realized), border=True)
        st.metric(f"Unrealized, {quote}", money(books.profit.unrealized), border=True)
        st.metric(f"Fees, {quote}", money(books.profit.fees), border=True)
        st.metric(f"Net deposits, {quote}", money(capital.net_deposits), border=True)
    if capital.unpriced:
        st.warning(f"No market prices {', '.join(capital.unpriced)}: they count as nothing.")
    if books.profit.uncovered:
        st.warning(f"More was sold of {', '.join(books.profit.uncovered)} than was bought or paid in.")
    if not books.profit.fees_known:
        st.warning("Some fees were paid in an asset that no market prices: they count as nothing.")


def _assets(holdings: Mapping[str, Holding], capital: Capital) -> None:
    st.subheader("Allocation")
    by_value = sorted(holdings.items(), key=lambda pair: (-(pair[1].value or Decimal(0)), pair[0]))
    priced = {asset: float(each.value) for asset, each in by_value if each.value}
    if priced:
        st.bar_chart(
            {"Asset": list(priced), capital.quote_asset: list(priced.values())},
            x="Asset",
            y=capital.quote_asset,
            horizontal=True,
            sort=False,
            height=60 + 28 * min(len(priced), 20),
        )
    st.dataframe(
        {
            "Asset": [asset for asset, _ in by_value],
            "Free": [money(each.free) for _, each in by_value],
            "Locked": [money(each.frozen) for _, each in by_value],
            "Total": [money(each.total) for _, each in by_value],
            f"Price, {capital.quote_asset}": [money(each.price) for _, each in by_value],
            f"Value, {capital.quote_asset}": [money(each.value) for _, each in by_value],
            "Share": [_share(each.value, capital.equity) for _, each in by_value],
        },
        hide_index=True,
        key="portfolio.assets",
        column_config={"Asset": st.column_config.TextColumn(pinned=True)},
    )


def _profits(profit: Profit) -> None:
    st.subheader("Profit and loss")
    rows = sorted(profit.by_asset.items())
    if not rows:
        st.info("Nothing but the quote asset was ever held.")
        return
    quote = profit.quote_asset
    st.dataframe(
        {
            "Asset": [asset for asset, _ in rows],
            "Held": [money(each.quantity) for _, each in rows],
            f"Cost, {quote}": [money(each.cost) for _, each in rows],
            f"Value, {quote}": [money(each.value) for _, each in rows],
            f"Unrealized, {quote}": [money(each.unrealized) for _, each in rows],
            f"Realized, {quote}": [money(each.realized) for _, each in rows],
            f"Fees, {quote}": [money(each.fees) for _, each in rows],
            "Round trips": [_trips(each) for _, each in rows],
        },
        hide_index=True,
        key="portfolio.profits",
        column_config={"Asset": st.column_config.TextColumn(pinned=True)},
    )
    st.caption("Sales are held against the oldest purchases; costs and results are after fees.")


@live(BEAT)
def _movements() -> None:
    st.subheader("Deposits and withdrawals")
    lines: Sequence[LedgerLine] = reached(movements_of)
    if not lines:
        st.info("Nothing was paid in or taken out.")
        return
    st.dataframe(
        {
            "When (UTC)": [moment(each.timestamp) for each in lines],
            "Kind": [each.kind for each in lines],
            "Asset": [each.asset for each in lines],
            "Amount": [money(each.amount) for each in lines],
        },
        hide_index=True,
        key="portfolio.movements",
    )


def _share(value: Decimal | None, equity: Decimal) -> str:
    return percent(value / equity * HUNDRED, signed=False) if value is not None and equity else NOTHING


def _trips(profit: AssetProfit) -> str:
    return f"{profit.round_trips} ({profit.won} won, {profit.lost} lost)" if profit.round_trips else "0"
