"""`auto`: once per data, and for good."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from typing import Any

import pytest

from mockexchange.domain.errors import BadRequest
from mockexchange.domain.instruments import default_instrument
from mockexchange.domain.quotes import Quote
from mockexchange.feed.choosing import auto_source
from mockexchange.feed.feeding import Feeder
from mockexchange.ports import FeedState, FeedTick
from mockexchange.settings import Settings
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from tests.stand_in_exchange.server import Failure, StandInExchange, closed_port_url

from .live import START, Live

D = Decimal


def settings(config: dict[str, Any], **more: Any) -> Settings:
    return Settings(exchange_config=json.dumps(config), symbols="BTC/USDT", **more)


def unreachable() -> Settings:
    return settings({"urls": {"api": {"public": f"{closed_port_url()}/api/v3"}}})


def test_it_is_live_when_the_exchange_answers(
    store: MemoryStore | ValkeyStore, exchange: StandInExchange, caplog: pytest.LogCaptureFixture
) -> None:
    """It is on record, and a later outage changes nothing."""
    with caplog.at_level(logging.WARNING):
        assert auto_source(settings(exchange.config()), store, START).name == "ccxt:binance"
    assert "auto: ccxt:binance answers" in caplog.text
    assert store.feed_state() == FeedState("ccxt:binance", wall=START)
    assert auto_source(unreachable(), store, START).name == "ccxt:binance"


def test_it_is_synthetic_otherwise_and_says_so_loudly(
    store: MemoryStore | ValkeyStore, exchange: StandInExchange, caplog: pytest.LogCaptureFixture
) -> None:
    """And stays so when the exchange answers later, or the seed is another."""
    with caplog.at_level(logging.WARNING):
        assert auto_source(unreachable(), store, START).name == "synthetic:0"
    assert "SYNTHETIC prices, made up" in caplog.text
    assert "cannot be reached" in caplog.text
    assert "mockx reset --prices" in caplog.text
    assert auto_source(settings(exchange.config(), seed=9), store, START).name == "synthetic:0"


@pytest.mark.parametrize("failure", [Failure(status=429), Failure(status=451), Failure(status=503), Failure(lost=True)])
def test_an_answer_that_is_no_price_is_no_answer(exchange: StandInExchange, failure: Failure) -> None:
    """Whatever the refusal."""
    exchange.fail(failure)
    assert auto_source(settings(exchange.config()), MemoryStore(), START).name == "synthetic:0"


def test_of_two_that_choose_at_once_one_decides(exchange: StandInExchange, store: MemoryStore | ValkeyStore) -> None:
    """Both read that nothing is on record; the other's network was down."""

    class Late:
        """Market data as the second feeder sees it: nothing on record at first."""

        def __init__(self) -> None:
            self.first = True

        def feed_state(self) -> FeedState | None:
            known, self.first = None if self.first else store.feed_state(), False
            return known

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

    late: Any = Late()
    auto_source(settings(exchange.config()), store, START)
    assert auto_source(unreachable(), late, START).name == "ccxt:binance"
    assert store.feed_state() == FeedState("ccxt:binance", wall=START)


def test_data_of_another_source_is_refused(exchange: StandInExchange) -> None:
    """With what to do."""
    for source in ("replay:prices.csv", "ccxt:kraken", "manual"):
        data = MemoryStore()
        data.put_feed_state(FeedState(source))
        with pytest.raises(BadRequest, match=rf"{source}.*`auto` follows ccxt:binance.*needs a reset.*--prices"):
            auto_source(settings(exchange.config()), data, START)


def test_after_a_reset_of_prices_it_chooses_again(store: MemoryStore | ValkeyStore, exchange: StandInExchange) -> None:
    """Numbers go on, old prices are gone, and the new source owns the symbol."""
    clock = Live(exchange)
    source = auto_source(unreachable(), store, START)
    for _ in range(3):
        clock.time += 2_000
        Feeder(store, source, clock).tick()
    invented = store.market("BTC/USDT").tick
    assert invented is not None
    store.forget_feed()
    assert store.feed_state() is None
    assert store.market("BTC/USDT").tick is None
    assert store.book("BTC/USDT") is None
    assert store.public_trades("BTC/USDT", 10) == []
    live = auto_source(settings(exchange.config()), store, START)
    assert live.name == "ccxt:binance"
    clock.time += 2_000
    Feeder(store, live, clock).tick()
    tick = store.market("BTC/USDT").tick
    assert tick is not None
    assert (tick.number, tick.source, tick.quote.bid) == (invented.number + 1, "ccxt:binance", 60_000)
    store.forget_feed()
    store.forget_feed()  # twice is once


def test_a_reset_of_prices_frees_the_symbols(store: MemoryStore | ValkeyStore) -> None:
    """The same source may begin again below its old positions, and what others write is a price again."""
    quote = Quote("BTC/USDT", D(10), D(11), D(10), START)
    store.put_instruments([default_instrument("BTC/USDT")], replace=False)
    assert store.append(FeedTick(quote, 1_000), "ccxt:binance", START, serves=True) == 1
    assert store.append(FeedTick(quote, 1), "ccxt:binance", START, serves=True) is None
    store.forget_feed()
    if isinstance(store, MemoryStore):
        store.write_mailbox("BTC/USDT", {"price": "12"})
    else:
        store.connection.run("HSET", "sym_BTC/USDT", "price", "12")
    mailbox = store.market("BTC/USDT").mailbox
    assert mailbox is not None
    assert mailbox.fields["price"] == "12"
    assert store.append(FeedTick(quote, 1), "ccxt:binance", START, serves=True) == 2
