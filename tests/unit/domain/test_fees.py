"""What a fill costs: rates, tiers, markets with rates of their own, the fee asset."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import ZERO, add
from mockexchange.domain.fees import (
    DAY,
    VIP,
    FeeBooks,
    FeeReading,
    FeeSchedule,
    Traded,
    VolumeWrite,
    charge,
    commission,
    in_words,
    market_rates,
    read_overrides,
    read_tiers,
    reading,
    references,
)
from mockexchange.domain.fills import FeeRule, Fill, Liquidity
from mockexchange.domain.orders import Side

from .words import NOW, D, account

TIERS = read_tiers({"1000": "0.0009/0.001", "5000": "0.0005/0.0007"})
MARKETS = read_overrides({"BTC/FDUSD": "0/-", "*/FDUSD": "0", "ETH/BTC": "0.002/0.003"})
BNB = FeeSchedule(asset="BNB", discount=D("0.25"))
PAYER = replace(account(), pays_in_fee_asset=True)
TODAY = NOW // DAY
PRICES = {"BNB/USDT": D(600), "BTC/USDT": D(60_000), "BNB/BTC": D("0.01")}


@pytest.mark.parametrize(
    ("received", "rate", "scale", "fee"),
    [
        ("2", "0.001", 8, "0.002"),
        ("198", "0.00075", 8, "0.1485"),
        ("0.00080478", "0.001", 8, "0.00000081"),  # 0.00000080478
        ("0.00000001", "0.001", 8, "0.00000001"),  # a unit is the least there is
        ("0.00000001", "0", 8, "0"),
        ("5", "0.001", 0, "1"),
        ("0.000000000000000001", "0.001", 18, "0.000000000000000001"),
        ("123456789012345678901234567890.12345678", "0.001", 8, "123456789012345678901234567.89012346"),
    ],
)
def test_a_commission_is_its_share_of_what_is_received_rounded_up(
    received: str, rate: str, scale: int, fee: str
) -> None:
    assert commission(D(received), D(rate), scale) == D(fee)
    assert commission(D(received), D(rate), scale) <= D(received)


# rates


@pytest.mark.parametrize(
    ("symbol", "volume", "maker", "taker"),
    [
        ("BTC/USDT", "0", ("0.001", "account"), ("0.001", "account")),
        ("BTC/USDT", "999.99999999", ("0.001", "account"), ("0.001", "account")),
        ("BTC/USDT", "1000", ("0.0009", "tier"), ("0.001", "account")),
        ("BTC/USDT", "1000000", ("0.0005", "tier"), ("0.0007", "tier")),
        ("BTC/FDUSD", "0", ("0", "market"), ("0.001", "account")),
        ("BTC/FDUSD", "5000", ("0", "market"), ("0.0007", "tier")),
        ("ETH/FDUSD", "0", ("0", "market"), ("0", "market")),
        ("ETH/BTC", "5000", ("0.002", "market"), ("0.003", "market")),
    ],
)
def test_a_rate_is_the_markets_or_the_lower_of_tier_and_account(
    symbol: str, volume: str, maker: tuple[str, str], taker: tuple[str, str]
) -> None:
    rates = market_rates(FeeSchedule(TIERS, MARKETS), account(), symbol, D(volume))
    for paid, expected in ((rates.of(Liquidity.MAKER), maker), (rates.of(Liquidity.TAKER), taker)):
        assert (paid.rate, paid.rule) == (D(expected[0]), FeeRule(expected[1]))


def test_a_tier_never_makes_an_account_pay_more_than_its_own_rate() -> None:
    rates = market_rates(FeeSchedule(TIERS), account(maker="0.0001", taker="0.01"), "BTC/USDT", D(5_000))
    assert (rates.maker.rate, rates.taker.rate) == (D("0.0001"), D("0.0007"))


def test_the_table_of_binances_tiers_can_be_read() -> None:
    tiers = read_tiers(VIP)
    assert len(tiers) == 9
    assert all(lower.maker >= higher.maker for lower, higher in pairwise(tiers))


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"1000": "0.001/0.001", "1000.0": "0/0"}, "a volume of 1000.0 is not above 1000"),
        ({"1000": "1"}, "a rate is a fraction"),
        ({"1000": "0/-"}, "a rate left out"),
        ({"much": "0"}, "'much' is not a number"),
        ({"-1": "0"}, "'-1' is below 0"),
    ],
)
def test_a_table_of_tiers_that_makes_no_sense_is_refused(table: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_tiers(table)


def test_a_table_of_markets_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="'BTC' is not a market"):
        read_overrides({"BTC": "0"})


# volume


def read(schedule: FeeSchedule, books: FeeBooks, symbol: str = "BTC/USDT", *, now: int = NOW) -> FeeReading:
    return reading(schedule, PAYER, symbol, books, PRICES, now)


def sold(quantity: str, quote_quantity: str, symbol: str = "BTC/USDT") -> Traded:
    return Traded(symbol, Side.SELL, Liquidity.TAKER, D(quantity), D(quote_quantity), 8)


def bought(quantity: str, quote_quantity: str, symbol: str = "BTC/USDT") -> Traded:
    return Traded(symbol, Side.BUY, Liquidity.MAKER, D(quantity), D(quote_quantity), 8)


def test_the_volume_of_a_tier_is_that_of_the_thirty_days_before_today() -> None:
    days = tuple((TODAY + day, D(10**place)) for place, day in enumerate((-31, -30, -1, 0)))
    found = read(FeeSchedule(TIERS), FeeBooks(days=days))
    assert found.volume == 10 + 100
    tomorrow = read(FeeSchedule(TIERS), FeeBooks(days=days), now=NOW + DAY)
    assert tomorrow.volume == 100 + 1000


def test_a_fill_adds_its_worth_to_today_and_the_next_one_sees_it() -> None:
    schedule = FeeSchedule(TIERS)
    _, after = charge(sold("1", "60000"), PAYER, schedule, read(schedule, FeeBooks(days=((TODAY - 2, D(7)),))))
    assert after.volume_write == VolumeWrite(TODAY, TODAY - 2, D(7), D(60_000))
    _, later = charge(sold("1", "60001"), PAYER, schedule, after.after)
    assert later.volume_write == VolumeWrite(TODAY, TODAY, D(60_000), D(60_001))
    assert later.after.days == ((TODAY - 2, D(7)), (TODAY, D(120_001)))


def test_volume_is_counted_in_the_quote_asset_of_the_schedule() -> None:
    schedule = FeeSchedule(TIERS)
    _, after = charge(sold("1", "0.05", "ETH/BTC"), PAYER, schedule, read(schedule, FeeBooks(), "ETH/BTC"))
    assert after.added == 3_000
    unknown = replace(read(schedule, FeeBooks(), "ETH/BTC"), prices=())
    assert charge(sold("1", "0.05", "ETH/BTC"), PAYER, schedule, unknown)[1].added == 0


def test_what_costs_nothing_is_no_volume() -> None:
    schedule = FeeSchedule(TIERS, MARKETS)
    known = replace(read(schedule, FeeBooks(), "BTC/FDUSD"), prices=(("FDUSD/USDT", D(1)),))
    makes, takes = bought("1", "60000", "BTC/FDUSD"), sold("1", "60000", "BTC/FDUSD")
    assert charge(makes, PAYER, schedule, known)[1].added == 0
    assert charge(takes, PAYER, schedule, known)[1].added == 60_000


def test_without_tiers_no_volume_is_kept() -> None:
    assert charge(sold("1", "60000"), PAYER, BNB, read(BNB, FeeBooks()))[1].volume_write is None


def test_a_clock_that_went_back_counts_on_the_newest_day() -> None:
    assert read(FeeSchedule(TIERS), FeeBooks(days=((TODAY + 5, D(1)),))).day == TODAY + 5


# the fee asset


def test_a_fee_in_the_fee_asset_is_less_and_leaves_what_was_received_whole() -> None:
    fee, after = charge(sold("1", "60000"), PAYER, BNB, read(BNB, FeeBooks(D(1), 8)))
    # 60,000 USDT x 0.1 % x 75 % = 45 USDT, at 600 USDT each
    assert (fee.commission, fee.asset, fee.rate, fee.discount, fee.price) == (
        D("0.075"), "BNB", D("0.00075"), D("0.25"), D(600)
    )  # fmt: skip
    assert after.guard is not None
    assert (after.guard.at_least, after.guard.below) == (D("0.075"), None)
    assert after.after.free == D("0.925")


def test_the_fee_asset_rounds_up_at_its_own_scale() -> None:
    fee, _ = charge(sold("0.001", "7"), PAYER, BNB, read(BNB, FeeBooks(D(1), 4)))
    assert fee.commission == D("0.0001")  # 0.00000875


def test_who_has_too_little_pays_all_of_it_in_what_comes_in() -> None:
    fee, after = charge(sold("1", "60000"), PAYER, BNB, read(BNB, FeeBooks(D("0.07499999"), 8)))
    assert (fee.commission, fee.asset, fee.rate, fee.discount) == (D(60), "USDT", D("0.001"), D(0))
    assert after.guard is not None
    assert (after.guard.at_least, after.guard.below) == (None, D("0.075"))


def test_several_fills_share_what_is_free() -> None:
    terms = read(BNB, FeeBooks(D("0.1"), 8))
    first, after = charge(sold("1", "60000"), PAYER, BNB, terms)
    second, after = charge(sold("1", "60000"), PAYER, BNB, after)
    third, after = charge(sold("0.1", "6000"), PAYER, BNB, after)
    assert [fee.asset for fee in (first, second, third)] == ["BNB", "USDT", "BNB"]
    assert after.guard is not None
    assert (after.guard.at_least, after.guard.below) == (D("0.0825"), D("0.15"))


def test_what_a_fill_brings_pays_for_the_next_one_and_not_for_itself() -> None:
    terms = read(BNB, FeeBooks(D(0), 8), "BNB/USDT")
    first, after = charge(bought("1", "600", "BNB/USDT"), PAYER, BNB, terms)
    second, after = charge(bought("1", "600", "BNB/USDT"), PAYER, BNB, after)
    assert (first.commission, first.discount) == (D("0.001"), D(0))
    assert (second.commission, second.discount) == (D("0.00075"), D("0.25"))


def test_what_an_order_gives_away_does_not_pay_its_fee() -> None:
    terms = read(BNB, FeeBooks(D("5.001"), 8), "BNB/USDT").moving("BNB", D(-5))
    fee, _ = charge(sold("5", "3000", "BNB/USDT"), PAYER, BNB, terms)
    assert fee.asset == "USDT"  # 0.00375 are due, 0.001 are left
    assert charge(sold("1", "600", "BNB/USDT"), PAYER, BNB, terms)[0].asset == "BNB"


def test_the_price_of_the_fee_asset_is_that_of_a_market_or_leads_through_the_quote_asset() -> None:
    straight = read(BNB, FeeBooks(D(9), 8), "ETH/BTC")
    assert straight.prices == (("BNB/BTC", D("0.01")), ("BNB/USDT", D(600)), ("BTC/USDT", D(60_000)))
    assert charge(sold("1", "2", "ETH/BTC"), PAYER, BNB, straight)[0].commission == D("0.15")
    through = replace(straight, prices=straight.prices[1:])
    assert charge(sold("1", "2", "ETH/BTC"), PAYER, BNB, through)[0].commission == D("0.15")
    unpriced = replace(straight, prices=straight.prices[2:])
    assert charge(sold("1", "2", "ETH/BTC"), PAYER, BNB, unpriced)[0].asset == "BTC"


def test_nobody_pays_nothing_in_the_fee_asset() -> None:
    schedule = replace(BNB, overrides=MARKETS)
    fee, after = charge(sold("1", "9", "ETH/FDUSD"), PAYER, schedule, read(schedule, FeeBooks(D(9), 8), "ETH/FDUSD"))
    assert (fee.commission, fee.asset) == (D(0), "FDUSD")
    assert after.guard is None


def test_who_does_not_pay_in_the_fee_asset_needs_no_price() -> None:
    assert references(BNB, account(), "BTC/USDT") == []
    assert references(BNB, PAYER, "BTC/USDT") == ["BNB/USDT", "USDT/BNB"]
    assert references(BNB, PAYER, "BNB/USDT") == []
    assert references(FeeSchedule(TIERS), account(), "BTC/USDT") == []
    assert references(FeeSchedule(TIERS), account(), "ETH/BTC") == ["BTC/USDT", "USDT/BTC"]


amounts = st.integers(1, 10**30).map(lambda units: Decimal(units).scaleb(-8))
rates = st.integers(0, 99_999_999).map(lambda units: Decimal(units).scaleb(-8))


@settings(deadline=None)
@given(quote_quantity=amounts, price=amounts, rate=rates, discount=rates, scale=st.integers(0, 18))
def test_a_fee_in_the_fee_asset_is_the_exact_one_rounded_up_once(
    quote_quantity: Decimal, price: Decimal, rate: Decimal, discount: Decimal, scale: int
) -> None:
    schedule = FeeSchedule(asset="BNB", discount=discount)
    payer = replace(PAYER, taker_rate=rate)
    books = FeeBooks(D(10**60), scale)
    terms = reading(schedule, payer, "BTC/USDT", books, {"BNB/USDT": price}, NOW)
    fee, _ = charge(Traded("BTC/USDT", Side.SELL, Liquidity.TAKER, D(1), quote_quantity, 8), payer, schedule, terms)
    exact = Fraction(quote_quantity) * Fraction(rate) * (1 - Fraction(discount)) / Fraction(price)
    unit = Fraction(1, int("1" + "0" * scale))
    assert not rate or Fraction(fee.commission) == ceil(exact / unit) * unit


@settings(deadline=None)
@given(quantities=st.lists(amounts, min_size=1, max_size=6), free=amounts, reserved=amounts)
def test_the_guard_says_exactly_when_the_same_fees_would_be_charged(
    quantities: list[Decimal], free: Decimal, reserved: Decimal
) -> None:
    def fees(free: Decimal) -> tuple[list[str], FeeReading]:
        after = read(BNB, FeeBooks(free, 8)).moving("BNB", reserved.copy_negate())
        assets: list[str] = []
        for quantity in quantities:
            fee, after = charge(sold("1", str(quantity)), PAYER, BNB, after)
            assets.append(fee.asset)
        return assets, after

    assets, after = fees(free)
    guard = after.guard
    assert guard is not None
    unit = Decimal("0.00000001")
    for bound, inside, outside in ((guard.at_least, ZERO, -unit), (guard.below, -unit, ZERO)):
        if bound is not None:
            assert fees(add(bound, inside))[0] == assets
            assert fees(add(bound, outside))[0] != assets


# words


def test_a_fill_says_why_it_cost_what_it_did() -> None:
    fill = Fill(
        1, 1, "BTC/USDT", Side.SELL, D(1), D(1), D(1), D(1), "USDT", Liquidity.TAKER, NOW, 1, "test", "touch",
        D("0.001"),
    )  # fmt: skip
    assert in_words(fill) == "taker rate 0.001, the account's own"
    assert in_words(replace(fill, fee_rule=FeeRule.TIER)) == "taker rate 0.001, for its 30-day volume"
    assert in_words(replace(fill, rate=D(0), fee_rule=FeeRule.MARKET)) == (
        "taker rate 0, which this market has for everybody"
    )
    paid = replace(fill, rate=D("0.00075"), discount=D("0.25"), commission_asset="BNB", fee_price=D(600))
    assert in_words(paid) == "taker rate 0.00075, the account's own, 25 % off for paying in BNB (1 BNB = 600 USDT)"
