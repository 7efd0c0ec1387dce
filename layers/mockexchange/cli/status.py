"""`mockx status`, `audit` and `version`: how the exchange is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import typer

from ..clients.answers import Audit, Readiness, Ticker
from ..domain.amounts import text
from .cells import NOTHING, moment, optional
from .exit_codes import ExitCode
from .failures import fail
from .invocation import invocation_of
from .parameters import Json
from .tables import Table, facts

if TYPE_CHECKING:
    from ..clients.http import ExchangeClient

MOST_COUNTED = 10_000
"""Open orders are counted up to here: beyond it, counting takes longer than anybody waits for a status."""


def status(context: typer.Context, as_json: Json = False) -> None:
    """Show whether the exchange is ready, where its prices come from and how old they are, and open orders."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        ready = exchange.readiness()
        tickers = _tickers(exchange, ready)
        open_orders = exchange.count_open_orders(MOST_COUNTED)
        data = _data(exchange.endpoint.url, ready, tickers, open_orders)
        invocation.show(data, lambda: _tables(exchange.endpoint.url, ready, tickers, open_orders), as_json=as_json)


def audit(context: typer.Context, as_json: Json = False) -> None:
    """Check the books: balances, locks, fills and ledger must agree to the last digit."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.audit()
        invocation.show(found, lambda: _audit_tables(found), as_json=as_json)
    if not found.clean:
        step = (
            "Keep the data directory as it is, and report this with the problems above: it is a fault of the exchange."
        )
        fail(f"The books are not clean: {len(found.problems)} problems.", ExitCode.REFUSED, step)


def version(as_json: Json = False) -> None:
    """Show which version this is."""
    # here, not above: no other command wants it
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        number = installed_version("mockexchange")
    except PackageNotFoundError:
        number = "not installed (run from its source folder)"
    typer.echo(f'{{"version": "{number}"}}' if as_json else f"mockx {number}")


def _tickers(exchange: ExchangeClient, ready: Readiness) -> dict[str, Ticker]:
    priced = [symbol for symbol, health in ready.symbols.items() if health.age_sec is not None]
    return exchange.tickers(priced) if priced else {}


def _data(url: str, ready: Readiness, tickers: dict[str, Ticker], open_orders: int) -> dict[str, Any]:
    def price(symbol: str) -> dict[str, Decimal | None]:
        ticker = tickers.get(symbol)
        return (
            {"last": ticker.last, "bid": ticker.bid, "ask": ticker.ask}
            if ticker
            else dict.fromkeys(("last", "bid", "ask"))
        )

    return {
        "url": url,
        "status": ready.status,
        "feed": ready.feed,
        "synthetic": ready.synthetic,
        "outage": {"since": ready.outage.since, "reason": ready.outage.reason} if ready.outage else None,
        "chaos": ready.chaos,
        "openOrders": open_orders,
        "openOrdersComplete": open_orders < MOST_COUNTED,
        "symbols": {
            symbol: {
                **price(symbol),
                "ageSec": health.age_sec,
                "stale": health.stale,
                "catchingUp": health.catching_up,
            }
            for symbol, health in ready.symbols.items()
        },
    }


def _tables(url: str, ready: Readiness, tickers: dict[str, Ticker], open_orders: int) -> list[Table]:
    counted = f"{open_orders} or more" if open_orders >= MOST_COUNTED else str(open_orders)
    card = facts(
        [
            ("exchange", url),
            ("status", ready.status),
            ("feed", ready.feed),
            ("prices", "synthetic" if ready.synthetic else "not synthetic"),
            *([("outage", f"since {moment(ready.outage.since)}: {ready.outage.reason}")] if ready.outage else []),
            *([("chaos", f"on purpose: {ready.chaos}")] if ready.chaos else []),
            ("open orders", counted),
        ]
    )
    rows: list[tuple[str, ...]] = []
    for symbol, health in ready.symbols.items():
        ticker = tickers.get(symbol)
        prices = (text(ticker.last), text(ticker.bid), text(ticker.ask)) if ticker else (NOTHING,) * 3
        state = "stale" if health.stale else ""
        if health.catching_up is not None:
            state = f"catching up: {moment(health.catching_up)}"
        rows.append((symbol, *prices, optional(health.age_sec), state))
    headers = ("symbol", ">last", ">bid", ">ask", ">age (s)", "")
    return [card, Table(headers, rows, empty="No market has a price yet.")]


def _audit_tables(found: Audit) -> list[Table]:
    card = facts(
        [
            ("books", "clean" if found.clean else "NOT CLEAN"),
            ("accounts", str(found.accounts)),
            ("orders", str(found.orders)),
            ("open orders", str(found.open_orders)),
            ("fills", str(found.fills)),
            ("ledger entries", str(found.ledger_entries)),
        ]
    )
    return [card] if found.clean else [card, Table(("problem",), [(problem,) for problem in found.problems])]
