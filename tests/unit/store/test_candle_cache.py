"""What was unpacked is kept: one form of each block, and so many candles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from mockexchange.domain.candle_blocks import MINUTES, BlockName
from mockexchange.domain.candles import Candle
from mockexchange.store.candle_cache import CandleCache
from mockexchange.store.candle_records import write_block

BTC, ETH = "BTC/USDT", "ETH/USDT"


def block(number: int, *closes: int) -> tuple[BlockName, tuple[Candle, ...], bytes]:
    """A block of minutes with these prices: its name, its candles, and how they are written."""
    name = BlockName(MINUTES, number)
    begin = number * MINUTES.block
    prices = [Decimal(close) for close in closes]
    candles = tuple(
        Candle(begin + place * MINUTES.length, price, price, price, price, Decimal(1))
        for place, price in enumerate(prices)
    )
    return name, candles, write_block(name, candles)


def test_the_same_bytes_are_unpacked_once() -> None:
    cache = CandleCache()
    name, candles, written = block(7, 60_000, 60_010)
    first = cache.read(BTC, name, written)
    assert first == candles
    assert cache.read(BTC, name, bytes(bytearray(written))) is first


def test_a_block_that_changed_takes_the_place_of_what_it_was() -> None:
    cache = CandleCache()
    for minutes in range(1, 61):
        name, candles, written = block(7, *range(60_000, 60_000 + minutes))
        assert cache.read(BTC, name, written) == candles
        assert len(cache) == minutes


def test_markets_share_names_and_not_blocks() -> None:
    cache = CandleCache()
    name, bitcoin, written = block(7, 60_000)
    _, ether, other = block(7, 3_000)
    assert cache.read(BTC, name, written) == bitcoin
    assert cache.read(ETH, name, other) == ether
    assert cache.read(BTC, name, written) == bitcoin


def test_what_was_asked_for_last_is_kept() -> None:
    cache = CandleCache(kept=2)
    first = cache.read(BTC, block(1, 1)[0], block(1, 1)[2])
    cache.read(BTC, block(2, 2)[0], block(2, 2)[2])
    assert cache.read(BTC, block(1, 1)[0], block(1, 1)[2]) is first
    cache.read(BTC, block(3, 3)[0], block(3, 3)[2])
    assert len(cache) == 2
    assert cache.read(BTC, block(1, 1)[0], block(1, 1)[2]) is first


def test_several_threads_may_read() -> None:
    cache = CandleCache(kept=11)
    blocks = [block(number, number + 1, number + 2) for number in range(20)]

    def read(turn: int) -> bool:
        name, candles, written = blocks[turn * 7 % 20]
        return cache.read(BTC, name, written) == candles

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(read, range(2_000)))
    assert len(cache) == 10


def test_a_block_that_is_too_large_is_read_all_the_same() -> None:
    cache = CandleCache(kept=2)
    name, candles, written = block(7, 1, 2, 3)
    assert cache.read(BTC, name, written) == candles
    assert len(cache) == 0
