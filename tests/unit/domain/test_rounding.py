"""Where digits are lost, and to whom: costs and commissions round up, proceeds down, each once over the whole order."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import text, total
from mockexchange.domain.balances import Bucket
from mockexchange.domain.instruments import Instrument

from .story import Story
from .words import ETH_BTC, FINE_ETH_BTC, D, account, shown

UNIT = Fraction(1, 10**8)


def test_the_cost_of_a_buy_with_nine_decimal_places_rounds_up() -> None:
    """0.06543 x 0.0123 = 0.000804789."""
    story = Story("BTC 1", ETH_BTC)
    story.quote("0.06542 0.06543")
    story.place("BUY 0.0123")
    # fee 0.0123 x 0.001 = 0.0000123
    assert story.filled == ["0.0123 @ 0.06543 TAKER: 0.00080479, fee 0.0000123 ETH"]
    assert story.owned == "BTC 0.99919521, ETH 0.0122877"


def test_the_proceeds_of_a_sell_with_nine_decimal_places_round_down_and_the_fee_up() -> None:
    """0.00080478 x 0.001 = 0.00000080478, up to 0.00000081; 0.00080478 - 0.00000081 = 0.00080397."""
    story = Story("ETH 1", ETH_BTC)
    story.quote("0.06543 0.06544")
    story.place("SELL 0.0123")
    assert story.filled == ["0.0123 @ 0.06543 TAKER: 0.00080478, fee 0.00000081 BTC"]
    assert story.owned == "BTC 0.00080397, ETH 0.9877"


def test_a_lock_with_ten_decimal_places_rounds_up_and_is_released_to_the_unit() -> None:
    """0.065431 x 0.0007 = 0.0000458017."""
    story = Story("BTC 1", FINE_ETH_BTC)
    story.quote("0.07 0.08")
    story.place("BUY 0.0007 @ 0.065431")
    assert story.owned == "BTC 0.99995419+0.00004581"
    story.cancel(1)
    assert story.owned == "BTC 1"


@pytest.mark.parametrize(
    ("sizes", "moved", "fees"),
    [
        (["0.0123"], ["0.00080479"], ["0.00001230"]),
        # each third is 0.000268263; rounded one by one they would cost 0.00080481
        (["0.0041"] * 3, ["0.00026827", "0.00026826", "0.00026826"], ["0.0000041"] * 3),
        # 0.000006543, 0.000798246: 0.00000655 first, then 0.00080479 - 0.00000655
        (["0.0001", "0.0122"], ["0.00000655", "0.00079824"], ["0.0000001", "0.0000122"]),
    ],
)
def test_many_fills_of_a_buy_cost_what_one_would_have(sizes: list[str], moved: list[str], fees: list[str]) -> None:
    story = Story("BTC 1", ETH_BTC, sized=True)
    story.quote("0.07 0.08")
    story.place("BUY 0.0123 @ 0.06543")
    assert story.owned == "BTC 0.99919521+0.00080479"
    for size in sizes:
        story.meet(f"0.06 0.06543x{size}")
    assert [fill.quote_quantity for fill in story.fills] == [D(amount) for amount in moved]
    assert [fill.commission for fill in story.fills] == [D(fee) for fee in fees]
    assert story.state(1) == "FILLED 0.0123/0.0123"
    assert story.amounts["BTC", Bucket.FREE] == D("0.99919521")
    assert story.amounts["BTC", Bucket.LOCKED] == 0


def test_many_fills_of_a_sell_bring_what_one_would_have() -> None:
    """0.000268263 three times: 0.00026826, 0.00026826, 0.00026826; their sum 0.000804789 is down 0.00080478."""
    story = Story("ETH 0.0123", ETH_BTC, sized=True, owner=account(maker="0"))
    story.quote("0.05 0.06")
    story.place("SELL 0.0123 @ 0.06543")
    for _ in range(3):
        story.meet("0.06543x0.0041 0.07")
    assert [fill.quote_quantity for fill in story.fills] == [D("0.00026826")] * 3
    assert story.owned == "BTC 0.00080478"


def test_an_improvement_on_a_part_is_released_with_that_part() -> None:
    """0.0123 at 0.06543 locks 0.00080479. 0.0041 at 0.06 cost 0.000246; 0.000246 + 0.06543 x 0.0082 = 0.000782526
    promise 0.00078253 in all, so 0.00053653 stay locked and 0.00002226 come back."""
    story = Story("BTC 1", ETH_BTC, sized=True)
    story.quote("0.05 0.06x0.0041")
    story.place("BUY 0.0123 @ 0.06543")
    assert story.owned == "BTC 0.99921747+0.00053653, ETH 0.0040959"
    story.cancel(1)
    assert story.owned == "BTC 0.999754, ETH 0.0040959"


def test_a_sale_worth_less_than_a_unit_brings_nothing_and_costs_no_fee() -> None:
    market = Instrument("XRP/ETH", "XRP", "ETH", D("0.00000001"), D("0.1"), min_notional=D(0))
    story = Story("XRP 1", market)
    story.quote("0.00000009 0.0000001")
    story.place("SELL 0.1")
    assert story.filled == ["0.1 @ 0.00000009 TAKER: 0, fee 0 ETH"]
    assert story.owned == "XRP 0.9"


prices = st.integers(min_value=1, max_value=10**7)
steps = st.integers(min_value=1, max_value=10**6)


@settings(deadline=None)
@given(
    limit=prices,
    parts=st.lists(st.tuples(steps, st.integers(min_value=0, max_value=10**4)), min_size=1, max_size=8),
    rest=st.integers(min_value=0, max_value=10**5),
    rate=st.sampled_from(["0", "0.001", "0.00075", "0.0123456", "1"]),
)
def test_any_sequence_of_partial_fills_of_a_buy_pays_its_total_rounded_up_once_and_releases_the_lock(
    limit: int, parts: list[tuple[int, int]], rest: int, rate: str
) -> None:
    """Prices in millionths and quantities in ten-thousandths, so that notionals have up to ten decimal places. The
    first part is an arrival, perhaps below the limit; what is left at the end is canceled."""
    price = Fraction(limit, 10**6)
    first_price = Fraction(max(1, limit - parts[0][1]), 10**6)
    quantity = Fraction(sum(size for size, _ in parts) + rest, 10**4)
    story = Story("BTC 100000000", FINE_ETH_BTC, sized=True, owner=account(maker=rate, taker=rate))
    story.quote(f"0.000001 {decimal(first_price)}x{decimal(Fraction(parts[0][0], 10**4))}")
    story.place(f"BUY {decimal(quantity)} @ {decimal(price)}")
    for size, _ in parts[1:]:
        story.meet(f"0.000001 {decimal(price)}x{decimal(Fraction(size, 10**4))}")

    first, *later = (Fraction(size, 10**4) for size, _ in parts)
    exact = first_price * first + price * sum(later)
    paid = ceil(exact / UNIT) * UNIT
    promised = ceil((exact + price * Fraction(rest, 10**4)) / UNIT) * UNIT
    fees = sum(ceil(Fraction(size, 10**4) * Fraction(rate) / UNIT) * UNIT for size, _ in parts)
    free, locked = (Fraction(story.amounts.get(("BTC", bucket), Decimal(0))) for bucket in Bucket)
    assert Fraction(total(fill.quote_quantity for fill in story.fills)) == paid
    assert (free + locked, locked) == (10**8 - paid, promised - paid)
    assert Fraction(story.amounts.get(("ETH", Bucket.FREE), Decimal(0))) == first + sum(later) - fees
    if rest:
        story.cancel(1)
    assert story.amounts["BTC", Bucket.LOCKED] == 0
    assert Fraction(story.amounts["BTC", Bucket.FREE]) == 10**8 - paid


@settings(deadline=None)
@given(limit=prices, parts=st.lists(steps, min_size=1, max_size=8))
def test_any_sequence_of_partial_fills_of_a_sell_brings_its_total_rounded_down_once(
    limit: int, parts: list[int]
) -> None:
    price, quantity = Fraction(limit, 10**6), Fraction(sum(parts), 10**4)
    story = Story(f"ETH {decimal(quantity)}", FINE_ETH_BTC, sized=True, owner=account(maker="0", taker="0"))
    story.quote("0.000001 1000")
    story.place(f"SELL {decimal(quantity)} @ {decimal(price + 1)}")
    for size in parts:
        story.meet(f"{decimal(price + 1)}x{decimal(Fraction(size, 10**4))} 1000")
    brought = floor((price + 1) * quantity / UNIT) * UNIT
    assert Fraction(story.amounts.get(("BTC", Bucket.FREE), Decimal(0))) == brought
    assert story.orders[1].status == "FILLED"
    assert "ETH" not in shown(story.amounts)


def decimal(value: Fraction) -> str:
    """An exact decimal fraction, written out."""
    return text(D(value.numerator) / D(value.denominator))
