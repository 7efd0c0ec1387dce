"""A feeder that reaches the HTTP API only, in front of a real one."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from decimal import Decimal

import httpx
import pytest

from mockexchange.clock import SystemClock
from mockexchange.domain.chaos import ChaosPlan
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.instruments import Instrument
from mockexchange.domain.quotes import Quote
from mockexchange.feed.posting import PricePoster
from mockexchange.feed.synthetic import SyntheticSource
from mockexchange.ports import FeedBatch, FeedState, FeedTick, PriceSource
from mockexchange.store.memory import MemoryStore
from tests.conformance.served import KEY, Served, serve

D = Decimal
MakePoster = Callable[..., PricePoster]


class HandSource:
    """Gives what it is told to, and says what it was asked to go on from."""

    name = "by hand"

    def __init__(self) -> None:
        self.next: list[FeedTick] = []
        self.outage: str | None = None
        self.market_time: int | None = None
        self.asked: list[int] = []

    def instruments(self) -> Sequence[Instrument]:
        """None."""
        return ()

    def start(self, now: int) -> FeedState:
        """See ports.PriceSource."""
        return FeedState(self.name, wall=now)

    def poll(self, state: FeedState, now: int) -> FeedBatch:
        """See ports.PriceSource."""
        self.asked.append(state.position)
        after = FeedState(self.name, wall=now, position=state.position + 1)
        return FeedBatch(self.next, after, self.market_time, outage=self.outage)

    def give(self, symbol: str, bid: str, ask: str, sizes: tuple[str, str] | None = None) -> None:
        """Have it in the next poll."""
        low, high = D(bid), D(ask)
        shown = (D(sizes[0]), D(sizes[1])) if sizes else (None, None)
        self.next.append(FeedTick(Quote(symbol, low, high, low, SystemClock().now(), *shown), 1))


@pytest.fixture
def served() -> Iterator[Served]:
    with serve(MemoryStore(), priced=False) as running:
        yield running


@pytest.fixture
def source() -> HandSource:
    return HandSource()


@pytest.fixture
def poster() -> Iterator[MakePoster]:
    """Makes one, and closes it."""
    with ExitStack() as made:

        def make(source: PriceSource, url: str, key: str = KEY) -> PricePoster:
            return made.enter_context(closing(PricePoster(source, SystemClock(), url, key)))

        yield make


def test_quotes_arrive_exactly_and_orders_meet_them(poster: MakePoster, served: Served, source: HandSource) -> None:
    source.give("BTC/USDT", "59999.123456789", "60001.5", ("0.25", "1000000"))
    source.give("ETH/USDT", "3000", "3000")

    report = poster(source, served.url).tick()

    assert (report.sent, report.rejected, report.failure) == (2, [], None)
    tick = served.store.market("BTC/USDT").tick
    assert tick is not None
    quote = tick.quote
    assert (quote.bid, quote.ask, quote.last) == (D("59999.123456789"), D("60001.5"), D("59999.123456789"))
    assert (quote.bid_size, quote.ask_size) == (D("0.25"), D(1000000))
    other = served.store.market("ETH/USDT").tick
    assert other is not None
    assert (other.quote.bid_size, other.quote.ask_size) == (None, None)


def test_of_several_quotes_of_a_market_the_newest_is_sent(
    poster: MakePoster, served: Served, source: HandSource
) -> None:
    for price in ("1", "2", "3"):
        source.give("BTC/USDT", price, price)

    assert poster(source, served.url).tick().sent == 1
    tick = served.store.market("BTC/USDT").tick
    assert tick is not None
    assert (tick.number, tick.quote.last) == (1, 3)


def test_invented_prices_go_on_from_where_they_were(poster: MakePoster, served: Served) -> None:
    posting = poster(SyntheticSource(7, ("BTC/USDT",), 1), served.url)

    assert [posting.tick().sent for _ in range(3)].count(1) >= 2


def test_a_quote_that_the_exchange_does_not_want_leaves_the_others_alone(
    poster: MakePoster, served: Served, source: HandSource
) -> None:
    source.give("NOT A MARKET", "1", "1")
    source.give("BTC/USDT", "60000", "60000")

    report = poster(source, served.url).tick()

    assert report.sent == 1
    assert len(report.rejected) == 1
    assert report.rejected[0].startswith("NOT A MARKET: 4")
    assert source.asked == [0]


def test_a_wrong_key_is_told_once_and_what_was_not_sent_is_given_again(
    poster: MakePoster, served: Served, source: HandSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.give("BTC/USDT", "60000", "60000")
    posting = poster(source, served.url, "a-wrong-key")

    with caplog.at_level(logging.WARNING):
        reports = [posting.tick(), posting.tick()]

    assert [report.sent for report in reports] == [0, 0]
    assert reports[0].failure is not None
    assert "takes no prices: 401" in reports[0].failure
    assert source.asked == [0, 0]
    assert len(caplog.messages) == 1
    assert "a-wrong-key" not in caplog.text


def test_an_api_that_is_not_there_and_comes_back(
    poster: MakePoster, source: HandSource, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    source.give("BTC/USDT", "60000", "60000")
    posting = poster(source, f"http://127.0.0.1:{port}")
    with caplog.at_level(logging.WARNING):
        failure = posting.tick().failure
        assert failure is not None
        assert "does not answer" in failure

        with serve(MemoryStore(), priced=False, port=port):
            assert posting.tick().sent == 1
            assert posting.tick().sent == 1

    assert [message.split(": ", 1)[1].split(":")[0] for message in caplog.messages] == ["no prices", "prices again"]


def test_a_connection_that_died_while_idle_is_opened_anew(poster: MakePoster, source: HandSource) -> None:
    with serve(MemoryStore(), priced=False) as first:
        port = int(first.url.rpartition(":")[2])
        source.give("BTC/USDT", "60000", "60000")
        posting = poster(source, first.url)
        assert posting.tick().sent == 1
    with serve(MemoryStore(), priced=False, port=port):
        assert posting.tick().sent == 1


def test_an_outage_of_the_source_is_a_failure(
    poster: MakePoster, served: Served, source: HandSource, caplog: pytest.LogCaptureFixture
) -> None:
    source.outage = "it is asleep"

    with caplog.at_level(logging.WARNING):
        assert poster(source, served.url).tick().failure == "it is asleep"
    assert caplog.messages == ["by hand: no prices: it is asleep"]


def test_a_replay_cannot_be_sent(poster: MakePoster, served: Served, source: HandSource) -> None:
    source.market_time = 1

    with pytest.raises(BadRequest, match="drives the venue's clock"):
        poster(source, served.url).tick()


def test_an_address_that_is_none(poster: MakePoster, source: HandSource) -> None:
    with pytest.raises(BadRequest, match="API_URL"):
        poster(source, "nowhere")


def test_prices_that_come_this_way_go_wrong_on_purpose_too(
    poster: MakePoster, served: Served, source: HandSource
) -> None:
    """And one that somebody sets by hand does not."""
    served.price("59999", "60001")
    served.store.put_chaos(ChaosPlan(frozen=True, stale=90_000))
    source.give("BTC/USDT", "70000", "70002")

    assert poster(source, served.url).tick().sent == 1

    tick = served.store.market("BTC/USDT").tick
    assert tick is not None
    assert (tick.number, tick.quote.bid, tick.quote.ask) == (2, 59_999, 60_001)
    assert 90_000 <= tick.logged_at - tick.quote.timestamp < 95_000
    body = {"price": 80_000}
    answer = httpx.put(f"{served.url}/admin/tickers/BTC/USDT/price", json=body, headers={"x-api-key": KEY})
    assert (answer.status_code, answer.json()["last"], answer.json()["stale"]) == (200, 80_000, False)


def test_prices_that_come_this_way_may_be_missing(poster: MakePoster, served: Served, source: HandSource) -> None:
    served.price("59999", "60001")
    served.store.put_chaos(ChaosPlan(gap=D(1)))
    source.give("BTC/USDT", "70000", "70002")
    source.give("ETH/USDT", "3000", "3002")

    report = poster(source, served.url).tick()

    assert (report.sent, report.failure) == (1, None)
    assert report.rejected == ["ETH/USDT: 404 ETH/USDT has no price yet"]
    tick = served.store.market("BTC/USDT").tick
    assert tick is not None
    assert (tick.number, tick.quote.bid) == (1, 59_999)
