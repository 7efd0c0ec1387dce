"""The screen Portfolio: what the account is worth, where its money is, and what it made of each asset."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.profit_answers import Capital, Holding, LedgerLine

from ..amounts import moment, money, percent, worth
from ..figures import Figure, figures
from ..live import live
from ..moving import move_form
from ..reach import may_trade, reached
from ..tables import Numbers, Shares, table

BEAT = 5.0
"""Seconds between two refreshes."""

MOVEMENTS = 1_000
"""Deposits and withdrawals that are shown at most."""

LOOKED_AT = 100_000
"""Of each of them, at most: the exchange lists them from the oldest on."""

HUNDRED = Decimal(100)


def show() -> None:
    """Draw it."""
    st.title("Portfolio")
    _holdings()
    profits = st.container()
    if may_trade():
        with st.expander("Deposit or withdraw paper money"):
            move_form("portfolio")
    _movements()
    with profits:  # after all the rest: the first time the exchange counts the whole history for it
        _profits()


@live(BEAT)
def _holdings() -> None:
    capital, found = reached(lambda client: (client.capital(), client.holdings()))
    _capital(capital)
    holdings = {asset: each for asset, each in found.by_asset.items() if each.total}
    if holdings:
        _assets(holdings, capital)
    else:
        st.info("The account has nothing. A deposit, below or by `mockx deposit`, gives it something to trade with.")


def movements_of(client: ExchangeClient) -> list[LedgerLine]:
    """Deposits and withdrawals, newest first."""
    found = client.ledger(LOOKED_AT, kind="deposit") + client.ledger(LOOKED_AT, kind="withdrawal")
    return sorted(found, key=lambda line: line.timestamp)[::-1]  # of one moment those that came last, too


def _capital(capital: Capital) -> None:
    quote = capital.quote_asset
    rate = None if capital.profit_rate is None else capital.profit_rate * HUNDRED
    shown = [
        Figure(f"Equity, {quote}", worth(capital.equity)),
        Figure(
            f"Profit, {quote}", worth(capital.profit), "" if rate is None else f"{percent(rate)} of what was paid in"
        ),
        Figure(f"Net deposits, {quote}", worth(capital.net_deposits)),
    ]
    figures(shown, key="portfolio.capital")
    if capital.unpriced:
        st.warning(f"No market prices {', '.join(capital.unpriced)}: they count as nothing.")


def _assets(holdings: Mapping[str, Holding], capital: Capital) -> None:
    st.subheader("Allocation")
    by_value = sorted(holdings.items(), key=lambda pair: (-(pair[1].value or Decimal(0)), pair[0]))
    quote = capital.quote_asset
    table(
        {
            "Asset": [asset for asset, _ in by_value],
            "Share of the equity": Shares([_share(each.value, capital.equity) for _, each in by_value]),
            f"Value, {quote}": Numbers([each.value for _, each in by_value], worth),
            "Free": Numbers([each.free for _, each in by_value]),
            "Locked": Numbers([each.frozen for _, each in by_value]),
            "Total": Numbers([each.total for _, each in by_value]),
            f"Price, {quote}": Numbers([each.price for _, each in by_value]),
        },
        name="What the account has",
        key="portfolio.assets",
    )


@live(BEAT)
def _profits() -> None:
    st.subheader("Profit and loss")
    profit = reached(lambda client: client.profit())
    rows, quote = sorted(profit.by_asset.items()), profit.quote_asset
    if not rows:
        st.info("Nothing but the quote asset was ever held.")
        return
    shown = [
        Figure(f"Realized, {quote}", worth(profit.realized)),
        Figure(f"Unrealized, {quote}", worth(profit.unrealized)),
        Figure(f"Fees, {quote}", worth(profit.fees)),
    ]
    figures(shown, key="portfolio.results")
    if profit.uncovered:
        st.warning(f"More was sold of {', '.join(profit.uncovered)} than was bought or paid in.")
    if not profit.fees_known:
        st.warning("Some fees were paid in an asset that no market prices: they count as nothing.")
    table(
        {
            "Asset": [asset for asset, _ in rows],
            "Held": Numbers([each.quantity for _, each in rows]),
            f"Cost, {quote}": Numbers([each.cost for _, each in rows], worth),
            f"Value, {quote}": Numbers([each.value for _, each in rows], worth),
            f"Unrealized, {quote}": Numbers([each.unrealized for _, each in rows], worth),
            f"Realized, {quote}": Numbers([each.realized for _, each in rows], worth),
            f"Fees, {quote}": Numbers([each.fees for _, each in rows], worth),
            "Round trips": Numbers([Decimal(each.round_trips) for _, each in rows], _whole),
            "Won": Numbers([Decimal(each.won) for _, each in rows], _whole),
            "Lost": Numbers([Decimal(each.lost) for _, each in rows], _whole),
        },
        name="Profit and loss by asset",
        key="portfolio.profits",
    )
    st.caption("Sales are held against the oldest purchases; costs and results are after fees.")


@live(BEAT)
def _movements() -> None:
    st.subheader("Deposits and withdrawals")
    found = reached(movements_of)
    if not found:
        st.info("Nothing was paid in or taken out.")
        return
    lines = found[:MOVEMENTS]
    table(
        {
            "When (UTC)": [moment(each.timestamp) for each in lines],
            "Kind": [each.kind for each in lines],
            "Asset": [each.asset for each in lines],
            "Amount": Numbers([each.amount for each in lines]),
        },
        name="Deposits and withdrawals",
        key="portfolio.movements",
    )
    if len(found) > len(lines):
        st.caption(f"These are the newest {MOVEMENTS:,} of {len(found):,}; `GET /ledger` has all of them.")


def _share(value: Decimal | None, equity: Decimal) -> Decimal | None:
    return value / equity * HUNDRED if value is not None and equity else None


def _whole(number: Decimal | None) -> str:
    return money(number, 0)
