"""Raw streams: the book is rebuilt as the exchange had it, and each message is a tick."""

from __future__ import annotations

import gzip
import json
import random
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.raw_streams import RebuiltBook, RecordedStreams, is_raw_streams
from mockexchange.feed.recording import Terms
from mockexchange.feed.replay import ReplayOptions, ReplaySource
from mockexchange.local.recorded_books import Rebuilt, rebuild, tables, trade

D = Decimal
START = 1_723_161_253_000_000_000
TERMS = Terms("BTC/USDT", D("0.01"), D("0.00001"))


def line(message: object, number: int = 0) -> str:
    return f"{START + number * 1_000_000} {json.dumps(message, separators=(',', ':'))}"


def snapshot(last: int, bids: str, asks: str) -> dict[str, object]:
    return {"lastUpdateId": last, "bids": _levels(bids), "asks": _levels(asks)}


def update(first: int, last: int, bids: str = "", asks: str = "") -> dict[str, object]:
    data = {"e": "depthUpdate", "U": first, "u": last, "b": _levels(bids), "a": _levels(asks)}
    return {"stream": "btcusdt@depth@100ms", "data": data}


def ticker(number: int, bid: str, ask: str) -> dict[str, object]:
    (b, bq), (a, aq) = _levels(bid)[0], _levels(ask)[0]
    return {"stream": "btcusdt@bookTicker", "data": {"u": number, "b": b, "B": bq, "a": a, "A": aq}}


def trade_of(number: int, price: str, quantity: str, time: int) -> dict[str, object]:
    data = {"e": "trade", "t": number, "p": price, "q": quantity, "T": time, "m": True}
    return {"stream": "btcusdt@trade", "data": data}


def _levels(words: str) -> list[list[str]]:
    return [each.split("x") for each in words.split()]


def shown(book: RebuiltBook, levels: int = 9) -> str:
    found = book.book(levels)
    if found is None:
        return "unknown"
    return " / ".join(" ".join(f"{price}x{size}" for price, size in side) for side in (found.bids, found.asks))


def test_a_book_begins_with_its_snapshot_and_follows_the_updates() -> None:
    book = RebuiltBook()
    book.take(update(1, 5, "99x1"))
    assert shown(book) == "unknown"
    book.take(snapshot(10, "99x1 98x2", "101x1 102x2"))
    book.take(update(8, 10, "90x9"))  # older than the snapshot
    book.take(update(11, 12, "99x0 98.5x4", "101x3"))
    assert shown(book) == "98.5x4 98x2 / 101x3 102x2"
    assert shown(book, 1) == "98.5x4 / 101x3"
    assert book.gaps == 0
    book.take(update(15, 16, "", "102x0"))
    assert (shown(book), book.gaps) == ("98.5x4 98x2 / 101x3", 1)


def test_a_newer_book_ticker_drops_what_contradicts_it() -> None:
    book = RebuiltBook()
    book.take(snapshot(10, "99x1 98x2", "101x1 102x2"))
    book.take(ticker(12, "98x2.5", "101.5x7"))
    assert shown(book) == "98x2.5 / 101.5x7 102x2"
    book.take(ticker(13, "98x2.5", "102x1.5"))
    assert shown(book) == "98x2.5 / 102x1.5", "the one before it holds no longer"
    book.take(update(11, 13, "98x2.4", "102x1.5"))
    assert shown(book) == "98x2.4 / 102x1.5"
    book.take(ticker(12, "99x1", "100x1"))
    assert shown(book) == "98x2.4 / 102x1.5", "an older one says nothing"


def test_an_update_that_is_older_than_the_book_ticker_does_not_bring_back_what_that_dropped() -> None:
    book = RebuiltBook()
    book.take(snapshot(10, "99x1 98x2", "101x1 102x2"))
    book.take(ticker(15, "98x2", "102x2"))
    book.take(update(11, 13, "99x3 97x1", "101x4"))
    assert shown(book) == "98x2 97x1 / 102x2"


def test_a_level_between_two_updates_holds_until_the_next_book_ticker() -> None:
    book = RebuiltBook()
    book.take(snapshot(10, "98x2", "102x2"))
    book.take(ticker(12, "99x1", "102x2"))
    book.take(update(11, 14, "97x1"))
    assert shown(book) == "99x1 98x2 97x1 / 102x2"
    book.take(ticker(15, "98.5x1", "102x2"))
    assert shown(book) == "98.5x1 98x2 97x1 / 102x2"


def recorded(messages: int = 3_000, seed: int = 7) -> list[str]:
    """A market that behaves: a book that is changed level by level, an update for every few changes, a bookTicker when
    the best changes, and trades; the snapshot comes a little late and leaves a gap."""
    dice = random.Random(seed)
    sides = {"b": {100_000 - away: dice.randint(1, 9) for away in range(40)},
             "a": {100_001 + away: dice.randint(1, 9) for away in range(40)}}  # fmt: skip
    changed: dict[str, dict[int, int]] = {"b": {}, "a": {}}
    lines: list[str] = []
    number = first = 100

    def best() -> tuple[int, int]:
        return max(sides["b"]), min(sides["a"])

    def write(message: object) -> None:
        lines.append(line(message, len(lines) * 7))

    def told() -> dict[str, object]:
        bid, ask = best()
        return ticker(number, f"{bid}x{sides['b'][bid]}", f"{ask}x{sides['a'][ask]}")

    while len(lines) < messages:
        before = [(price, sides[side][price]) for side, price in zip("ba", best(), strict=True)]
        number += 1
        name = dice.choice("ba")
        away = min(int(dice.expovariate(0.3)), 30)
        price = best()[0] + 1 - away if name == "b" else best()[1] - 1 + away
        inside = price < min(sides["a"]) if name == "b" else price > max(sides["b"])
        if not inside:
            continue
        quantity = dice.choice([0, 0, dice.randint(1, 9)])
        if quantity:
            sides[name][price] = quantity
        elif len(sides[name]) > 25:
            sides[name].pop(price, None)
        else:
            continue
        changed[name][price] = quantity
        now = [(price, sides[side][price]) for side, price in zip("ba", best(), strict=True)]
        if now != before or not lines:
            write(told())
        if dice.random() < 0.2:
            write(trade_of(number, str(best()[0]), "0.5", START // 1_000_000 + len(lines) * 7))
        if dice.random() < 0.25:
            said = {side: [[str(price), str(size)] for price, size in changed[side].items()] for side in "ba"}
            write({"stream": "btcusdt@depth@100ms",
                   "data": {"e": "depthUpdate", "U": first, "u": number, **said}})  # fmt: skip
            changed["b"], changed["a"], first = {}, {}, number + 1
            if len(lines) > 20 and not any("lastUpdateId" in each for each in lines):
                whole = {side: " ".join(f"{price}x{size}" for price, size in sides[side].items()) for side in "ba"}
                write(snapshot(number, whole["b"], whole["a"]))
    return lines


def test_the_rebuilt_book_has_the_recorded_best_prices() -> None:
    found = rebuild(recorded(), RebuiltBook())
    assert found.compared == found.same > 400
    assert rebuild(recorded(seed=8), RebuiltBook()) != found
    assert Rebuilt().same == 0


def test_a_comparison_notices_a_book_that_is_not_the_recorded_one() -> None:
    lines = [line(snapshot(10, "98x2", "102x2")), line(ticker(12, "99x1", "102x2")), line(update(11, 14, "99x0"))]
    found = rebuild(lines, RebuiltBook())
    assert (found.compared, found.same) == (1, 0)


def test_each_message_is_a_tick_with_the_book_as_it_is_then() -> None:
    lines = recorded(500)
    recording = RecordedStreams(lines, 5)
    ticks = [recording.tick(position, TERMS) for position in range(1, recording.last + 1)]
    assert len(ticks) == sum('"stream"' in each for each in lines)
    assert ticks[0].book is None
    known = [tick for tick in ticks if tick.book]
    assert len(known) > 400
    for tick in known:
        assert tick.book is not None
        assert (tick.quote.bid, tick.quote.bid_size) == tick.book.bids[0]
        assert (tick.quote.ask, tick.quote.ask_size) == tick.book.asks[0]
        assert len(tick.book.bids) == len(tick.book.asks) == 5
    traded = [tick for tick in ticks if tick.trades]
    assert len(traded) == sum("@trade" in each for each in lines)
    assert all(tick.quote.last == tick.trades[0].price for tick in traded)
    assert recording.tick(7, TERMS) == ticks[6], "also out of order"
    assert recording.tick(300, TERMS) == ticks[299]
    for tick in traded[:5]:
        assert recording.tick(tick.position, TERMS) == recording.tick(tick.position, TERMS) == tick, "and again"


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_of_streams_is_replayed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"BTC_USDT-l2{suffix}"
    text = "\n".join(recorded(300))
    path.write_bytes(gzip.compress(text.encode()) if suffix else text.encode())
    assert is_raw_streams(path)
    source = ReplaySource(path, "BTC/USDT", ReplayOptions(interval=1_000, levels=3))
    batch = source.poll(source.start(0), 10_000)
    assert len(batch.ticks) > 100
    assert batch.ticks[-1].book is not None
    assert len(batch.ticks[-1].book.bids) == 3
    assert batch.market_time == batch.ticks[-1].quote.timestamp
    (market,) = source.instruments()
    assert market.symbol == "BTC/USDT"


def test_what_is_no_recording_says_so(tmp_path: Path) -> None:
    for name, content in (("none.csv", "time,bid,ask\n1,2,3\n"), ("broken.gz", "1723161253937085768 {}")):
        (tmp_path / name).write_text(content)
        assert not is_raw_streams(tmp_path / name)
    assert not is_raw_streams(tmp_path / "absent")
    only = tmp_path / "BTC_USDT-l2"
    only.write_text(line(update(1, 2, "99x1")))
    with pytest.raises(BadRequest, match="needs a bookTicker"):
        ReplaySource(only, "BTC/USDT", ReplayOptions())


def test_nobody_gets_more_of_a_recorded_book_than_it_offered(tmp_path: Path) -> None:
    """Under `depth`; `touch` shows that the count would notice."""
    path = tmp_path / "BTC_USDT-l2"
    path.write_text("\n".join(recorded(1_500)))
    walking, kind = trade(RecordedStreams(path.read_text().splitlines(), 20), ("depth", "touch"), order=10)
    assert walking.is_clean()
    assert walking.fills > 50
    assert (walking.wrong, kind.wrong > 20) == (0, True)
    rows = list(tables([path]))
    assert rows[2].startswith("| BTC_USDT-l2 | 1,50")
    walked, waited = (
        next(row for row in rows if row.startswith(f"| `{model}` |")) for model in ("depth", "depth+queue")
    )
    assert walked.endswith("| 0 |")
    assert waited.endswith("| 0 |")
    assert int(walked.split(" | ")[2]) > 50
    assert int(waited.split(" | ")[1]) > 20
