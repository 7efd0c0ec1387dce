"""What banners say of a readiness."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mockexchange.clients.answers import FeedOutage, Readiness, SymbolHealth
from mockexchange.deck.banners import warnings_of

FRESH = SymbolHealth(age_sec=Decimal("0.5"), stale=False)
STALE = SymbolHealth(age_sec=Decimal(900), stale=True)


def said_of(symbols: dict[str, SymbolHealth] | None = None, **facts: Any) -> list[str]:
    given: dict[str, Any] = {"feed": "ccxt:binance", "synthetic": False, **facts}
    return warnings_of(Readiness(status="ready", symbols=symbols or {"BTC/USDT": FRESH}, **given))


def test_nothing_is_said_of_a_live_market() -> None:
    assert said_of() == []


def test_made_up_prices_are_named() -> None:
    [said] = said_of(feed="synthetic:7", synthetic=True)

    assert "Made-up prices" in said
    assert "synthetic:7" in said


def test_faults_come_first() -> None:
    said = said_of(chaos="5 % of requests answered with 503", synthetic=True)

    assert said[0] == "**Faults on purpose:** 5 % of requests answered with 503"
    assert len(said) == 2


def test_stale_symbols_are_named_and_many_are_counted() -> None:
    few = said_of({"A/USDT": STALE, "B/USDT": FRESH})
    many = said_of({f"{name}/USDT": STALE for name in "ABCDE"})

    assert few == ["**Stale prices:** A/USDT; market orders are refused until there are new ones."]
    assert "A/USDT, B/USDT, C/USDT and 2 more;" in many[0]


def test_what_is_catching_up_is_not_called_stale_too() -> None:
    said = said_of({"A/USDT": SymbolHealth(age_sec=Decimal(900), stale=True, catching_up=1_767_225_600_000)})

    assert said == ["**Catching up:** A/USDT went without prices; 2026-01-01 00:00:00 UTC is reached."]


def test_an_outage_says_since_when_and_why() -> None:
    [said] = said_of(outage=FeedOutage(since=1_767_225_600_000, reason="RequestTimeout"))

    assert "since 2026-01-01 00:00:00 UTC: RequestTimeout" in said
