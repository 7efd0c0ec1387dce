"""The command that holds fill models against recordings: what it counts by itself, and what it says of wrong files."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest

from mockexchange.domain.orders import Side
from mockexchange.domain.quotes import Book, PublicTrade, Quote
from mockexchange.local.recorded_books import Waiting, main
from mockexchange.ports import FeedTick

D = Decimal
SINCE = 1_000
TICKER = {"stream": "btcusdt@bookTicker", "data": {"u": 11, "b": "99", "B": "1", "a": "101", "A": "1"}}
SNAPSHOT = {"lastUpdateId": 10, "bids": [["99", "1"], ["98", "4"]], "asks": [["101", "1"]]}


def line(message: object) -> str:
    return f"1723161253937085768 {json.dumps(message)}"


def message(shown: str = "5", ask: str = "100", traded: tuple[str, str, int] | None = None) -> FeedTick:
    """What stands at 99 now, the ask, and a sale: price, quantity and time."""
    quote = Quote("BTC/USDT", D(99), D(ask), D(99), SINCE, D(shown), D(1))
    trades = (PublicTrade(1, D(traded[0]), D(traded[1]), traded[2], buyer_is_maker=True),) if traded else ()
    return FeedTick(quote, 1, trades, Book(((D(99), D(shown)), (D(98), D(9))), ((D(ask), D(1)),)))


def behind(before: str = "5") -> Waiting:
    return Waiting(1, Side.BUY, D(99), SINCE, D(before))


def test_trades_at_its_price_are_for_those_before_it_first() -> None:
    waiting = behind("5")
    waiting.look(message("5", traded=("99", "3", SINCE + 1)))
    assert (waiting.before, waiting.came) == (2, 0)
    waiting.look(message("5", traded=("99", "3", SINCE + 2)))
    assert (waiting.before, waiting.came) == (0, 1)
    waiting.look(message("5", traded=("100", "3", SINCE + 2)))  # short of its price
    assert (waiting.before, waiting.came) == (0, 1)


def test_a_trade_beyond_its_price_has_met_it_first() -> None:
    waiting = behind("5")
    waiting.look(message("5", traded=("98.5", "3", SINCE + 1)))
    assert (waiting.before, waiting.came) == (0, 3)


def test_what_traded_before_it_was_there_filled_others() -> None:
    waiting = behind("5")
    waiting.look(message("5", traded=("98.5", "3", SINCE)))
    assert (waiting.before, waiting.came) == (5, 0)
    waiting.look(message("5", traded=("99", "7", SINCE)))
    assert (waiting.before, waiting.came) == (0, 0)


def test_no_more_stands_before_it_than_is_shown_and_nothing_once_the_ask_is_there() -> None:
    waiting = behind("5")
    waiting.look(message("2"))
    assert waiting.before == 2
    waiting.look(message("6", ask="99"))
    assert (waiting.before, waiting.came) == (0, 0)


def test_what_lies_beyond_the_levels_shown_is_as_it_was() -> None:
    waiting = Waiting(1, Side.BUY, D(97), SINCE, D(5))
    waiting.look(message())
    assert waiting.before == 5


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("usage: python -m mockexchange.local.recorded_books")
    return " ".join(said.split("error: ")[1].split())


def test_what_cannot_be_held_against_anything_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert refusal(capsys) == "the following arguments are required: FILE"
    absent = tmp_path / "absent"
    assert refusal(capsys, absent) == f"there is no file {absent}"
    assert refusal(capsys, tmp_path) == f"there is no file {tmp_path}"
    packed = gzip.compress(line(TICKER).encode() * 99)
    for name, content, said in (
        ("some.csv", b"time,bid\n1,2\n", "some.csv is no recording of raw streams"),
        ("plain.gz", b"1723161253937085768 {}", "plain.gz cannot be read"),
        ("cut.gz", packed[:-9], "cut.gz cannot be read"),
        ("broken.gz", packed[:20] + b"\xff\xff" + packed[22:], "broken.gz cannot be read"),
        ("bytes", line(TICKER).encode() + b"\n\xff", "bytes cannot be read"),
        ("other", line({"stream": "btcusdt@trade", "data": {}}).encode(), "needs a bookTicker"),
        ("no-book", line(TICKER).encode(), "no book can be rebuilt of this"),
        ("torn", f"{line(TICKER)}\n{line(SNAPSHOT)[:50]}".encode(), "torn, line 2 is no message of raw streams: 17231"),
        ("blank", f"{line(TICKER)}\n\n".encode(), "blank, line 2 is no message of raw streams"),
        ("list", f"{line(TICKER)}\n{line([1])}".encode(), "list, line 2 is no message of raw streams"),
    ):
        (tmp_path / name).write_bytes(content)
        assert said in refusal(capsys, tmp_path / name)


def test_several_files_are_one_recording(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(f"{line(TICKER)}\n{line(SNAPSHOT)}\n")
    second.write_text(line(TICKER))
    main([str(first), str(second)])
    rows = capsys.readouterr().out.splitlines()
    assert rows[2:5] == ["| first | 2 | 0 | 0 | 0 |", "| second | 1 | 0 | 0 | 0 |", "| together | 3 | 0 | 0 | 0 |"]
    assert [row.split(" | ")[0] for row in rows if row.startswith("| `")] == [
        f"| `{model}`" for model in ("depth", "touch-size", "touch", "depth+queue", "depth", "touch+share=0.5")
    ]
