"""Books and tapes that fit the quote."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockexchange.domain.amounts import is_multiple
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.quotes import Book, Quote, Tick
from mockexchange.domain.showing import MOST_INVENTED, invented_trades, shown_book, shown_sizes

D = Decimal
BTC = default_instrument("BTC/USDT")


def quote(bid: str, ask: str, bid_size: str | None = None, ask_size: str | None = None) -> Quote:
    sizes = [D(size) if size else None for size in (bid_size, ask_size)]
    return Quote("BTC/USDT", D(bid), D(ask), D(bid), 0, *sizes)


def levels(*written: str) -> tuple[tuple[Decimal, Decimal], ...]:
    pairs = (each.split("x") for each in written)
    return tuple((D(price), D(size)) for price, size in pairs)


def test_a_book_of_the_same_moment_is_shown_as_it_is() -> None:
    book = Book(levels("100x1", "99x2"), levels("101x3", "102x4"))

    shown = shown_book(quote("100", "101", "1", "3"), book, BTC, 10)

    assert (shown.book, shown.invented) == (book, False)
    assert shown_book(quote("100", "101"), book, BTC, 1).book == Book(book.bids[:1], book.asks[:1])


def test_a_book_of_another_moment_begins_with_the_quote_all_the_same() -> None:
    book = Book(levels("100x1", "99.9x2", "99.8x5"), levels("100.1x3", "100.2x4"))

    fallen = shown_book(quote("99.85", "99.95", "7", "8"), book, BTC, 10)

    assert fallen.book == Book(levels("99.85x7", "99.8x5"), levels("99.95x8", "100.1x3", "100.2x4"))
    assert not fallen.invented


@pytest.mark.parametrize(
    "book", [None, Book((), ()), Book(levels("100x1"), ()), Book(levels("60000x1"), levels("60001x1"))]
)
def test_without_a_book_of_this_price_there_is_a_ladder(book: Book | None) -> None:
    shown = shown_book(quote("100", "101", "0.5"), book, BTC, 3)

    assert shown.invented
    assert shown.book.bids == levels("100x0.5", "99.99x0.625", "99.98x0.75")
    assert [price for price, _ in shown.book.asks] == [D("101"), D("101.01"), D("101.02")]
    assert shown.book.asks[0][1] == 50  # 5,000 USDT: a size that nobody told


@given(st.decimals("0.00000001", 10**9, places=8), st.integers(1, 1000), st.decimals(0, "0.01", places=4))
def test_a_ladder_stands_around_the_touch_whatever_the_price(price: Decimal, limit: int, spread: Decimal) -> None:
    instrument = default_instrument("FOO/USDT", price)
    ask = price * (1 + spread)
    shown = shown_book(Quote("FOO/USDT", price, ask, price, 0), None, instrument, limit).book

    assert (shown.bids[0][0], shown.asks[0][0]) == (price, ask)
    assert all(level_price > 0 and size > 0 for level_price, size in (*shown.bids, *shown.asks))
    assert [each for each, _ in shown.bids] == sorted({each for each, _ in shown.bids}, reverse=True)
    assert [each for each, _ in shown.asks] == sorted({each for each, _ in shown.asks})
    assert len(shown.asks) == min(limit, MOST_INVENTED)
    assert all(is_multiple(size, instrument.step_size) for _, size in shown.bids)


def test_a_tape_is_made_of_the_price_s_changes() -> None:
    ticks = [
        Tick(number, Quote("BTC/USDT", D(price), D(price), D(price), number * 1000), "manual", 0)
        for number, price in enumerate((100, 101, 99, 99), 7)
    ]

    trades = invented_trades(ticks, BTC)

    assert [(each.trade_id, each.price, each.buyer_is_maker, each.timestamp) for each in trades] == [
        (8, 101, False, 8000),
        (9, 99, True, 9000),
        (10, 99, False, 10_000),
    ]
    assert all(each.quantity > 0 for each in trades)
    assert [each.trade_id for each in invented_trades(ticks[:1], BTC)] == [7]
    assert invented_trades([], BTC) == []


def test_sizes_at_the_touch_are_the_quote_s_or_made_up() -> None:
    assert shown_sizes(quote("100", "101", "1", "3"), BTC) == (1, 3)
    assert shown_sizes(quote("100", "101", "1"), BTC) == (1, 50)
    assert shown_sizes(quote("100", "101"), BTC) == (50, 50)
    book = shown_book(quote("100", "101"), None, BTC, 1).book
    assert (book.bids[0][1], book.asks[0][1]) == (50, 50)
