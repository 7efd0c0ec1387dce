"""`synthetic`: any number of feeders, at any moments, give the same ticks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.synthetic import MOST_MISSED, SyntheticSource
from mockexchange.feed.synthetic_market import INVENTED
from mockexchange.ports import FeedTick

START = 1_700_000_000_500
SYMBOLS = ("BTC/USDT", "FOO/BAR")


def source(interval: int = 1_000) -> SyntheticSource:
    """A feeder that has just been started."""
    return SyntheticSource(7, SYMBOLS, interval)


@given(st.lists(st.integers(0, 9_000), max_size=12))
@settings(deadline=None)
def test_any_chunking_of_polls_gives_the_same_ticks(waits: list[int]) -> None:
    """Polled now and then, by a new process each time, or once at the end: every interval once, in order."""
    now = START
    state = source().start(START)
    given_now_and_then: list[FeedTick] = []
    for wait in waits:
        now += wait
        batch = source().poll(state, now)
        given_now_and_then += batch.ticks
        state = batch.state
    given_now_and_then += source().poll(state, now).ticks
    at_once: list[FeedTick] = []
    state = source().start(START)
    for moment in range(START, now + 1, 500):
        batch = source().poll(state, moment)
        at_once += batch.ticks
        state = batch.state
    at_once += source().poll(state, now).ticks
    assert given_now_and_then == at_once
    assert [tick.quote.timestamp for tick in at_once[::2]] == list(range(START - 500, now + 1, 1_000))


def test_the_first_poll_has_a_price_for_every_symbol() -> None:
    """`mockx up` does not wait for the next interval."""
    batch = source().poll(source().start(START), START)
    assert [tick.quote.symbol for tick in batch.ticks] == list(SYMBOLS)
    assert batch.market_time is None


def test_one_poll_run_twice_gives_the_same_ticks() -> None:
    """A retry, or a second feeder."""
    state = source().start(START)
    assert source().poll(state, START + 5_000) == source().poll(state, START + 5_000)


def test_a_second_poll_within_an_interval_gives_nothing_and_moves_nothing() -> None:
    """So that there is nothing to write either."""
    feeder = source()
    batch = feeder.poll(feeder.start(START), START)
    again = feeder.poll(batch.state, START + 100)
    assert (list(again.ticks), again.state) == ([], batch.state)


def test_after_downtime_the_newest_intervals_are_given_and_never_a_storm() -> None:
    """A week off is not 600,000 ticks."""
    feeder = source()
    state = feeder.poll(feeder.start(START), START).state
    batch = feeder.poll(state, START + 7 * 86_400_000)
    assert len(batch.ticks) == MOST_MISSED * len(SYMBOLS)
    assert batch.ticks[-1].quote.timestamp == START - 500 + 7 * 86_400_000
    assert batch.state.position == batch.ticks[-1].position


def test_a_clock_that_was_set_back_gives_nothing() -> None:
    """Prices wait until it has caught up."""
    feeder = source()
    batch = feeder.poll(feeder.start(START), START)
    assert not feeder.poll(batch.state, START - 10_000).ticks


@pytest.mark.parametrize("changed", [200, 5_000, 7_000])
def test_positions_still_grow_when_the_interval_is_changed(changed: int) -> None:
    """Otherwise the log would refuse every quote from then on."""
    feeder = source()
    before = feeder.poll(feeder.start(START), START)
    after = source(changed).poll(before.state, START + 30_000)
    assert after.ticks
    assert all(tick.position > before.state.position for tick in after.ticks)


def test_a_symbol_named_twice_is_one_market() -> None:
    """Its ticks would otherwise stand in the log's way."""
    twice = SyntheticSource(7, ("BTC/USDT", "BTC/USDT"), 1_000)
    assert [instrument.symbol for instrument in twice.instruments()] == ["BTC/USDT"]


def test_it_says_its_seed() -> None:
    """Recorded with every tick: another seed is another source."""
    assert source().name == "synthetic:7"


@pytest.mark.parametrize("symbols", [(), ("*/EUR",), ("FOO/*",)])
def test_it_wants_the_names_of_its_markets(symbols: tuple[str, ...]) -> None:
    """Nobody can invent a market without a name."""
    with pytest.raises(BadRequest, match="SYMBOLS"):
        SyntheticSource(7, symbols, 1_000)


def test_a_pattern_finds_the_markets_that_people_try_first() -> None:
    """With those that are named, each once."""
    patterned = SyntheticSource(7, ("FOO/BAR", "BTC/*", "BTC/USDT"), 1_000)
    assert [each.symbol for each in patterned.instruments()] == ["FOO/BAR", "BTC/USDT"]
    assert len(SyntheticSource(7, ("*",), 1_000).instruments()) == len(INVENTED)


def test_an_interval_of_nothing_is_refused() -> None:
    """It says what it was."""
    with pytest.raises(BadRequest, match="was 0"):
        SyntheticSource(7, SYMBOLS, 0)
