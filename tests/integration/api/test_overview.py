"""What an account is worth and what it did, over HTTP, on every store."""

from __future__ import annotations

from decimal import Decimal

from mockexchange.equity import EquityRecorder
from mockexchange.overview import Overview

from .door import START, Door

D = Decimal
MINUTE = 60_000


def test_capital_at_the_newest_prices(door: Door) -> None:
    """100,000 USDT and 2 BTC were paid in; 1 BTC is bought at 60,001 and then worth 61,000."""
    door.place(amount="1", price="60001")
    door.price("61000")

    found = door.get("/overview/capital")

    assert found == {
        "quoteAsset": "USDT",
        "equity": D("39999") + D("2.999") * 61_000,
        "cash": D("39999"),
        "assetsValue": D("2.999") * 61_000,
        "deposits": 100_000 + 2 * 61_000,  # nobody recorded what the coins were worth then
        "withdrawals": 0,
        "netDeposits": 222_000,
        "profit": D("39999") + D("2.999") * 61_000 - 222_000,
        "profitRate": (D("938") / D(222_000)).quantize(D("1e-18"), "ROUND_FLOOR"),
        "unpriced": [],
    }


def test_a_deposit_keeps_the_value_that_it_was_recorded_at(door: Door) -> None:
    door.get("/balance")
    EquityRecorder(Overview(door.exchange)).run()
    door.price("61000")
    door.send("POST", "/balance/BTC/withdrawal", '{"amount": 1}')

    found = door.get("/overview/capital")

    assert (found["deposits"], found["withdrawals"]) == (100_000 + 2 * 60_000, 61_000)
    assert found["profit"] == 100_000 + 61_000 - (220_000 - 61_000)


def test_assets_without_a_price_are_named_and_count_as_nothing(door: Door) -> None:
    door.send("POST", "/balance/FOO/deposit", '{"amount": 7}')
    door.send("POST", "/balance/ETH/deposit", '{"amount": 3}')
    door.price("0.05", symbol="ETH/BTC")
    door.place(amount="1", price="50000")

    found = door.get("/overview/assets")

    assert found["unpriced"] == ["FOO"]
    assert found["byAsset"]["FOO"] == {"free": 7, "frozen": 0, "total": 7, "price": None, "value": None}
    assert found["byAsset"]["ETH"] == {"free": 3, "frozen": 0, "total": 3, "price": 3000, "value": 9000}
    assert found["cash"] == {"free": 50_000, "frozen": 50_000, "total": 100_000}
    assert found["assets"] == {"free": 129_000, "frozen": 0, "total": 129_000}
    assert found["total"] == {"free": 179_000, "frozen": 50_000, "total": 229_000}
    assert door.get("/overview/capital")["unpriced"] == ["FOO"]


def test_an_inverse_market_prices_an_asset(door: Door) -> None:
    door.send("POST", "/balance/EUR/deposit", '{"amount": 3}')
    door.price("0.8", symbol="USDT/EUR")

    assert door.get("/overview/assets")["byAsset"]["EUR"]["value"] == D("3.75")


def test_trades_by_side_and_asset(door: Door) -> None:
    for _ in range(3):
        door.place(amount="0.1")
    door.place(side="sell", amount="0.2")

    found = door.get("/overview/trades")

    assert found["count"] == 4
    assert found["buy"]["BTC"] == {
        "count": 3,
        "amount": D("0.3"),
        "notional": {"USDT": D("18000.3")},
        "notionalValue": D("18000.3"),
        "fees": {"BTC": D("0.0003")},
        "feesValue": 18,
    }
    assert found["sell"]["BTC"]["notional"] == {"USDT": D("11999.8")}
    assert found["sell"]["BTC"]["fees"] == {"USDT": D("11.9998")}
    assert found["notional"] == D("30000.1")
    assert found["fees"] == {"BTC": D("0.0003"), "USDT": D("11.9998")}
    assert found["feesValue"] == D("29.9998")


def test_totals_go_on_from_what_was_recorded(door: Door) -> None:
    door.place(amount="0.1")
    EquityRecorder(Overview(door.exchange)).run()
    door.place(amount="0.1")
    door.place(side="sell", amount="0.1")

    found = door.get("/overview/trades")

    assert (found["buy"]["BTC"]["count"], found["sell"]["BTC"]["count"]) == (2, 1)
    assert door.exchange.store.tally(door.exchange.account("default")) is not None


def test_equity_is_recorded_once_a_minute_whoever_does_it_and_how_often(door: Door) -> None:
    door.get("/balance")
    first, second = (EquityRecorder(Overview(door.exchange)) for _ in range(2))
    for minute in range(3):
        door.clock.time = START + 20_000 + minute * MINUTE
        door.price(str(60_000 + minute))
        assert (first.run(), second.run(), first.run()) == (1, 1, 0)
        door.price("1")
        EquityRecorder(Overview(door.exchange)).run()

    curve = door.get("/overview/equity")

    assert curve == [[START + 20_000 + minute * MINUTE, 220_000 + 2 * minute] for minute in range(3)]
    assert door.get(f"/overview/equity?since={curve[1][0]}&until={curve[2][0]}") == [curve[1]]
    assert door.get("/overview/equity?step=1h") == curve[:1]


def test_the_curve_comes_in_pages_and_thins_with_age(door: Door) -> None:
    door.get("/balance")
    recorder = EquityRecorder(Overview(door.exchange))
    day = 24 * 60 * MINUTE
    moments = [START + offset for offset in (0, MINUTE, 60 * MINUTE, day, 200 * day, 200 * day + MINUTE)]
    for moment in moments:
        door.clock.time = moment
        recorder.run()

    whole = door.get("/overview/equity")
    first = door.send("GET", "/overview/equity?limit=2")
    rest = door.get(f"/overview/equity?cursor={first.headers['x-next-cursor']}")

    assert [moment for moment, _ in whole][-2:] == moments[-2:]
    assert {START, START + day} <= {moment for moment, _ in whole}
    assert first.json + rest == whole
