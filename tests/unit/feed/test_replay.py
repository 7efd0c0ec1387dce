"""`replay:<file>`: each tick once, in order, at the pace of a clock that survives restarts."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.replay import ReplayOptions, ReplaySource, replay_symbol
from mockexchange.ports import FeedState, FeedTick

T = 1_640_995_200_000
NOW = 1_790_000_000_000
MINUTE = 60_000
CANDLES = 50


@pytest.fixture(scope="module")
def candle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty minutes of seeded candles."""
    dice = random.Random(7)
    rows = ["timestamp,open,high,low,close,volume"]
    price = 46_000
    for minute in range(CANDLES):
        opened, price = price, price + dice.randint(-30, 30)
        high, low = max(opened, price) + dice.randint(0, 9), min(opened, price) - dice.randint(0, 9)
        rows.append(f"{T + minute * MINUTE},{opened},{high},{low},{price},{dice.random():.5f}")
    path = tmp_path_factory.mktemp("recordings") / "BTC_USDT-1m.csv"
    path.write_text("\n".join(rows))
    return path


def replay(path: Path, speed: float = 1, most_ticks: int = 2_500) -> ReplaySource:
    """A source in a process that has just been started."""
    return ReplaySource(path, "BTC/USDT", ReplayOptions(speed=speed, interval=1_000, most_ticks=most_ticks))


def played(source: ReplaySource, state: FeedState, moments: list[int]) -> tuple[list[FeedTick], FeedState]:
    """All ticks of several polls."""
    ticks: list[FeedTick] = []
    for moment in moments:
        batch = source.poll(state, moment)
        ticks += batch.ticks
        state = batch.state
    return ticks, state


def test_the_first_poll_gives_the_first_tick_at_once(candle_file: Path) -> None:
    """And sets the venue's clock to it."""
    source = replay(candle_file)
    batch = source.poll(source.start(NOW), NOW)
    assert [tick.quote.timestamp for tick in batch.ticks] == [T]
    assert (batch.market_time, batch.state.position, batch.state.finished) == (T, 1, False)


@given(waits=st.lists(st.integers(0, 4_000), min_size=1, max_size=60), speed=st.sampled_from([0.5, 1, 7.3, 60, 600]))
@settings(deadline=None)
def test_any_chunking_and_doubling_of_polls_gives_each_tick_once_in_order(
    candle_file: Path, waits: list[int], speed: float
) -> None:
    """Every poll is run twice with the same state, in processes of their own."""
    one, other = replay(candle_file, speed=speed), replay(candle_file, speed=speed)
    now, state = NOW, one.start(NOW)
    positions: list[int] = []
    for wait in waits:
        now += wait
        batch, again = one.poll(state, now), other.poll(state, now)
        assert batch == again
        assert all(tick.quote.timestamp <= batch.state.market for tick in batch.ticks)
        positions += [tick.position for tick in batch.ticks]
        state = batch.state
    assert positions == list(range(1, len(positions) + 1))
    assert state.position == (positions[-1] if positions else 0)
    # as far as one long look would have come, but for the millisecond that each poll may round off
    if not state.finished:
        assert 0 <= T + sum(waits) * speed - state.market <= len(waits)


def test_a_late_poll_gives_what_was_missed_up_to_a_bound(candle_file: Path) -> None:
    """A day of downtime is five intervals of prices: the replay goes on where it was."""
    source = replay(candle_file, speed=60)
    state = source.poll(source.start(NOW), NOW).state
    batch = source.poll(state, NOW + 86_400_000)
    assert batch.state.market == T + 5 * 60 * 1_000
    assert batch.ticks[-1].quote.timestamp == T + 5 * MINUTE
    after = source.poll(batch.state, NOW + 86_400_000 + 1_000)
    assert after.state.market == T + 6 * 60 * 1_000


def test_a_wall_clock_that_is_set_back_does_not_stop_the_replay(candle_file: Path) -> None:
    """It goes on from there; a second feeder whose clock is a little behind does not turn time back."""
    source = replay(candle_file, speed=60)
    state = source.poll(source.start(NOW), NOW).state
    a_little = source.poll(state, NOW - 2_000)
    assert (a_little.state.market, a_little.state.wall) == (T, NOW)
    an_hour = source.poll(state, NOW - 3_600_000)
    assert an_hour.state.market == T
    assert source.poll(an_hour.state, NOW - 3_600_000 + 1_000).state.market == T + MINUTE


@pytest.mark.parametrize("speed", [0.0003, 0.5, 1.3])
def test_a_slow_replay_does_not_stand_still(candle_file: Path, speed: float) -> None:
    """Fractions of a millisecond add up over 2,000 polls: within a thousandth of its pace."""
    source = replay(candle_file, speed=speed)
    _, state = played(source, source.start(NOW), [NOW + step * 999 for step in range(2_001)])
    gone = 2_000 * 999 * speed
    assert abs(state.market - T - gone) <= max(2, gone / 1_000)


def test_the_end_is_said_once_and_the_last_price_stays(candle_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing more is given, and nothing more has to be written."""
    source = replay(candle_file, speed=600)
    ticks, state = played(source, source.start(NOW), [NOW + step * 1_000 for step in range(10)])
    assert len(ticks) == CANDLES * 4
    assert state.finished
    batch = source.poll(state, NOW + 60_000)
    assert (list(batch.ticks), batch.state, batch.market_time) == ([], state, T + CANDLES * MINUTE - 1)
    assert [record.message for record in caplog.records] == [
        "replay of BTC_USDT-1m.csv: the end of the recording is reached, its last price stays"
    ]


def test_one_poll_never_gives_more_than_the_log_holds(candle_file: Path) -> None:
    """The clock waits instead; the next poll goes on without a gap."""
    source = replay(candle_file, speed=100_000, most_ticks=7)
    now, state, positions = NOW, source.start(NOW), list[int]()
    while not state.finished:
        batch = source.poll(state, now)
        assert len(batch.ticks) <= 7
        assert batch.state.market == batch.ticks[-1].quote.timestamp or batch.state.finished
        positions += [tick.position for tick in batch.ticks]
        state, now = batch.state, now + 1_000
    assert positions == list(range(1, CANDLES * 4 + 1))


def test_rows_of_one_millisecond_are_not_lost_at_the_bound(tmp_path: Path) -> None:
    """The position tells them apart, the time does not."""
    path = tmp_path / "BTC_USDT-trades.csv"
    path.write_text("time,price,quantity\n" + f"{T},10,1\n" * 20)
    source = replay(path, most_ticks=6)
    ticks, state = played(source, source.start(NOW), [NOW] * 4)
    assert [tick.position for tick in ticks] == list(range(1, 21))
    assert state.finished


def test_a_poll_without_a_tick_still_tells_the_venues_time(candle_file: Path) -> None:
    """A feeder may have died between appending a tick and moving the clock."""
    source = replay(candle_file)
    state = source.poll(source.start(NOW), NOW).state
    batch = source.poll(state, NOW + 1_000)
    assert (list(batch.ticks), batch.market_time) == ([], T)


def test_a_file_that_has_become_shorter_is_refused(candle_file: Path) -> None:
    """Its positions mean something else now."""
    source = replay(candle_file)
    with pytest.raises(BadRequest, match="the file has changed"):
        source.poll(FeedState(source.name, position=CANDLES * 4 + 1), NOW)


def test_dropped_rows_are_named_in_the_log_and_in_the_first_batch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And not again later."""
    path = tmp_path / "BTC_USDT.csv"
    path.write_text(f"time,bid,ask\n{T + 1},9,10\n{T},11,10\n{T},8,9\n{T},8,9\n")
    source = replay(path)
    batch = source.poll(source.start(NOW), NOW)
    assert batch.rejected == ["BTC_USDT.csv, row 2: crossed: bid 11 is above ask 10"]
    assert not source.poll(batch.state, NOW).rejected
    log = caplog.text
    assert "not in order" in log
    assert "1 duplicates" in log
    assert "row 2: crossed" in log


def test_a_known_market_keeps_its_increments(tmp_path: Path) -> None:
    """Whatever the recording's decimals are."""
    path = tmp_path / "BTC_USDT.csv"
    path.write_text(f"time,price,quantity\n{T},46000.123456,1\n")
    source = replay(path)
    assert source.instruments()[0].tick_size == Decimal("0.01")
    assert source.poll(source.start(NOW), NOW).ticks[0].quote.bid == Decimal("46000.123456")


@pytest.mark.parametrize(
    ("price", "tick_size"),
    [("123.4567891", "0.0000001"), ("123.4", "0.001"), ("0.1234567890123456", "1E-12")],
)
def test_an_unknown_market_gets_increments_that_fit_the_prices(tmp_path: Path, price: str, tick_size: str) -> None:
    """Never coarser than what was recorded, but no finer than money is."""
    path = tmp_path / "FOO_BAR.csv"
    path.write_text(f"time,price,quantity\n{T},100,1\n{T},{price},1\n")
    instrument = ReplaySource(path, "FOO/BAR", ReplayOptions()).instruments()[0]
    assert instrument.tick_size == instrument.min_price == Decimal(tick_size)


@pytest.mark.parametrize(
    ("name", "symbols", "symbol"),
    [
        ("BTC_USDT-1m-202201.csv.gz", ("BTC/USDT", "ETH/USDT"), "BTC/USDT"),
        ("ETH_BTC-5m.feather", ("*",), "ETH/BTC"),
        ("1INCH_USDT.csv", (), "1INCH/USDT"),
        ("prices.csv", ("SOL/USDT",), "SOL/USDT"),
        ("BTC_USDT-1m.csv", ("BTC/USDT",), "BTC/USDT"),
    ],
)
def test_the_symbol_comes_from_the_name_or_from_the_setting(name: str, symbols: tuple[str, ...], symbol: str) -> None:
    """The name of the file first."""
    assert replay_symbol(Path("/anywhere") / name, symbols) == symbol


@pytest.mark.parametrize(
    ("name", "symbols", "reason"),
    [
        ("prices.csv", ("BTC/USDT", "ETH/USDT"), "whose prices"),
        ("prices.csv", ("*",), "whose prices"),
        ("BTCUSDT-1m.csv", (), "whose prices"),
        ("BTC_USDT-1m.csv", ("ETH/USDT",), "says BTC/USDT but SYMBOLS says ETH/USDT"),
    ],
)
def test_a_recording_of_nobody_knows_what_is_refused(name: str, symbols: tuple[str, ...], reason: str) -> None:
    """With both ways to tell."""
    with pytest.raises(BadRequest, match=reason):
        replay_symbol(Path(name), symbols)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("time,open,high,low,close\n1640995200000,1,1,1,1\n", "single candle"),
        ("time,bid,ask\n1640995200000,3,2\n", "no row that can be replayed: row 1: crossed"),
        ("time,bid,ask\n", "no row that can be replayed"),
        ("time,bid,ask,symbol\n1,1,2,A/B\n2,1,2,C/D\n", r"several markets \(A/B, C/D\)"),
    ],
)
def test_a_recording_that_cannot_be_played_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """At the start, not in the middle."""
    path = tmp_path / "BTC_USDT.csv"
    path.write_text(text)
    with pytest.raises(BadRequest, match=reason):
        replay(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0},
        {"speed": -1},
        {"speed": float("nan")},
        {"speed": float("inf")},
        {"volume": "both"},
        {"spread_bps": Decimal(-1)},
        {"interval": 0},
        {"most_ticks": 0},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """They say what the value was."""
    with pytest.raises(BadRequest, match=r"was|were"):
        ReplayOptions(**wrong)  # type: ignore[arg-type]  # options by name
