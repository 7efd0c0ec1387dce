"""The screen Markets."""

from __future__ import annotations

from decimal import Decimal

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.http import ExchangeClient
from mockexchange.deck.screens.markets import rows_of
from mockexchange.domain.instruments import Instrument

from ..conformance.served import KEY, Served
from .pages import screen, tables_of


def test_every_market_has_a_row_with_its_exact_price(deck: Served) -> None:
    deck.price("0.00001233", "0.00001235", symbol="SHIB/USDT")
    page = screen("markets").run()

    assert not page.exception
    [shown] = tables_of(page)
    assert shown["Market"] == ["BTC/USDT", "ETH/USDT", "SHIB/USDT"]
    assert shown["Last"] == ["60,000.00", "3,000.00", "0.00001234"]
    assert shown["Spread"] == ["2.00", "2.00", "0.00000002"]
    assert shown["Spread, bp"][0] == "0.33"
    assert all(age.endswith(" s") for age in shown["Age of the price"])
    assert shown["State"] == ["fresh"] * 3


def test_markets_are_found_by_a_part_of_their_name(deck: Served) -> None:
    page = screen("markets").run()
    page.text_input(key="markets.find").input("eth").run()

    assert [table["Market"] for table in tables_of(page)] == [["ETH/USDT"]]

    page.text_input(key="markets.find").input("doge").run()
    assert not tables_of(page)
    assert "'DOGE'" in page.info[0].value


def test_a_market_without_a_price_hides_none_of_the_others(deck: Served) -> None:
    tick = Decimal("0.01")
    new = Instrument("NEW/USDT", "NEW", "USDT", tick_size=tick, step_size=tick, min_notional=Decimal(1))
    deck.store.put_instruments([new], replace=False)
    with ExchangeClient(Endpoint(deck.url, KEY)) as client:
        rows = {row.symbol: row for row in rows_of(client)}

    assert rows["NEW/USDT"].ticker is None
    assert rows["BTC/USDT"].ticker is not None
    assert rows["ETH/USDT"].ticker is not None


def test_an_old_price_is_called_stale(deck: Served) -> None:
    deck.price("10", "12", symbol="OLD/USDT", age=7_200_000)
    page = screen("markets").run()

    [shown] = tables_of(page)
    said = dict(zip(shown["Market"], zip(shown["Age of the price"], shown["State"], strict=True), strict=True))
    assert said["OLD/USDT"] == ("2 h", "stale")
    assert said["BTC/USDT"][1] == "fresh"
