"""One invented market: believable at any moment."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.amounts import is_multiple
from mockexchange.domain.errors import BadSymbol
from mockexchange.feed.synthetic_market import SyntheticMarket

START = 1_700_000_000_000
SYMBOLS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "ETH/BTC", "SHIB/USDT", "USDC/USDT", "XRP/ETH", "FOO/USDT", "FOO/BAR"]


@given(
    seed=st.integers(-(10**6), 10**6),
    symbol=st.sampled_from(SYMBOLS),
    time=st.integers(0, 4 * 10**12),
    interval=st.sampled_from([1, 100, 1_000, 2_000, 60_000]),
)
@settings(deadline=None)
def test_any_tick_is_a_believable_market(seed: int, symbol: str, time: int, interval: int) -> None:
    """Positive, uncrossed, whole ticks and steps, best level first, trades inside the interval with growing ids."""
    market = SyntheticMarket(seed, symbol)
    tick = market.tick(time, interval)
    quote, book, instrument = tick.quote, tick.book, market.instrument
    assert book is not None
    assert (quote.timestamp, tick.position) == (time, time)
    assert 0 < quote.bid < quote.ask
    assert quote.ask - quote.bid <= max(instrument.tick_size * 2, quote.bid / 10_000)
    assert book.bids[0] == (quote.bid, quote.bid_size)
    assert book.asks[0] == (quote.ask, quote.ask_size)
    assert all(better > worse > 0 for (better, _), (worse, _) in pairwise(book.bids))
    assert all(better < worse for (better, _), (worse, _) in pairwise(book.asks))
    assert len(book.asks) == 20
    for price, quantity in [*book.bids, *book.asks, *((trade.price, trade.quantity) for trade in tick.trades)]:
        assert is_multiple(price, instrument.tick_size)
        assert quantity > 0
        assert is_multiple(quantity, instrument.step_size)
    assert 1 <= len(tick.trades) <= 7
    assert all(time - interval < trade.timestamp <= time for trade in tick.trades)
    assert all(earlier.trade_id < later.trade_id for earlier, later in pairwise(tick.trades))
    assert all(earlier.timestamp <= later.timestamp for earlier, later in pairwise(tick.trades))
    assert quote.last == tick.trades[-1].price


def test_the_digits_are_the_same_everywhere() -> None:
    """One tick, written down."""
    tick = SyntheticMarket(7, "BTC/USDT").tick(START, 2_000)
    quote = tick.quote
    assert [str(value) for value in (quote.bid, quote.ask, quote.last, quote.bid_size, quote.ask_size)] == [
        "101346.98",
        "101351.49",
        "101338.50",
        "0.00952",
        "0.00929",
    ]
    assert tick.trades[0].trade_id == 13599999985184


def test_markets_that_share_assets_agree() -> None:
    """ETH in dollars is ETH in bitcoin times bitcoin in dollars, to within spreads and increments."""
    eth_btc, btc, eth = (SyntheticMarket(4, symbol) for symbol in ("ETH/BTC", "BTC/USDT", "ETH/USDT"))
    for time in range(START, START + 10**10, 10**9):
        cross, in_dollars = eth_btc.tick(time, 1_000).quote, btc.tick(time, 1_000).quote
        straight = eth.tick(time, 1_000).quote
        assert abs(cross.bid * in_dollars.bid / straight.bid - 1) < Decimal("0.0005")


def test_seeds_are_different_worlds() -> None:
    """The same moment, other prices."""
    bids = {SyntheticMarket(seed, "BTC/USDT").tick(START, 2_000).quote.bid for seed in range(20)}
    assert len(bids) == 20


def test_known_markets_start_where_people_expect_them() -> None:
    """Bitcoin costs tens of thousands, whatever the seed."""
    bids = [SyntheticMarket(seed, "BTC/USDT").tick(START, 2_000).quote.bid for seed in range(50)]
    assert Decimal(15_000) < min(bids) < Decimal(64_000) < max(bids) < Decimal(250_000)


def test_every_tick_of_a_known_market_moves() -> None:
    """Nobody watches a frozen ticker."""
    market = SyntheticMarket(7, "BTC/USDT")
    quotes = [market.tick(START + step * 2_000, 2_000).quote for step in range(200)]
    assert all(before.bid != after.bid for before, after in pairwise(quotes))


def test_trade_ids_grow_from_interval_to_interval_even_when_the_interval_changes() -> None:
    """A tape never repeats an id."""
    market = SyntheticMarket(7, "BTC/USDT")
    ids: list[int] = []
    for time, interval in [(START, 2_000), (START + 2_000, 2_000), (START + 2_500, 500), (START + 12_500, 10_000)]:
        ids += [trade.trade_id for trade in market.tick(time, interval).trades]
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_what_is_no_market_is_refused() -> None:
    """With a word on how to write one."""
    with pytest.raises(BadSymbol, match="BTC/USDT"):
        SyntheticMarket(1, "BTCUSDT")
