"""Every form that prices come in, and a clear word about everything that is wrong with them."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mockexchange.backtest.history import History
from mockexchange.backtest.loading import load
from mockexchange.domain.errors import BadRequest
from mockexchange.domain.instruments import default_instrument
from mockexchange.feed.columns import Kind

T = 1_704_067_200_000  # 2024-01-01
MINUTE = 60_000
DATA = Path(__file__).parents[4] / "shared" / "data"

Rows = list[list[Any]]
ROWS: Rows = [
    [T, 10.0, 12.5, 9.0, 11.0, 4.0],
    [T + MINUTE, 11.0, 13.0, 8.0, 9.25, 8.0],
    [T + 2 * MINUTE, 9.25, 9.5, 9.0, 9.5, 0.5],
]
NAMES = ["timestamp", "open", "high", "low", "close", "volume"]


def csv(rows: Rows, names: Sequence[str] | None = NAMES) -> str:
    lines = [",".join(map(str, row)) for row in rows]
    return "\n".join([",".join(names), *lines] if names else lines) + "\n"


def one(data: object, **how: Any) -> History:
    (history,) = load(data, **how)
    return history


def is_right(history: History, source: str = "") -> None:
    """The three candles, as every form has them."""
    assert history.symbol == "BTC/USDT"
    assert (history.kind, history.length) == (Kind.CANDLES, MINUTE)
    candles = history.candles
    columns = (candles.opened, candles.open, candles.high, candles.low, candles.close, candles.volume)
    assert [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)] == ROWS
    assert (history.notices, history.rejected, history.gaps) == ([], [], [])
    if source:
        assert history.source == f"replay:{source}"


def frame(rows: Rows = ROWS) -> Any:
    return pytest.importorskip("pandas").DataFrame(rows, columns=NAMES)


def dated(unit: str = "ms", **how: Any) -> Any:
    """The usual frame: its index is the time."""
    pandas = pytest.importorskip("pandas")
    found = frame().drop(columns="timestamp")
    found.index = pandas.to_datetime([row[0] for row in ROWS], unit="ms", **how).as_unit(unit)
    return found


def nullable() -> Any:
    found = frame().convert_dtypes()
    assert {str(each) for each in found.dtypes} >= {"Int64", "Float64"}
    return found


class Convertible:
    """What Polars and Arrow have."""

    def to_pandas(self) -> Any:
        return frame()


@pytest.mark.parametrize(
    "make",
    [
        frame,
        dated,
        lambda: dated("ns", utc=True),
        lambda: dated("s", utc=True).tz_convert("Asia/Tokyo"),
        lambda: frame().astype(str),
        lambda: frame().astype(object),
        lambda: frame().astype({"timestamp": float, "open": "float32"}),
        lambda: frame().astype(str).map(Decimal),
        lambda: dated().reset_index(names="Date").rename(columns=str.title),
        lambda: dated(utc=True).reset_index(names="date"),
        lambda: dated(utc=True).reset_index(names="date").astype(object),
        lambda: frame().set_index("timestamp"),
        nullable,
        Convertible,
        lambda: ROWS,
        lambda: iter(ROWS),
        lambda: [tuple(row) for row in ROWS],
        lambda: [[*row[:5], np.float64(row[5])] for row in ROWS],
        lambda: [[datetime.fromtimestamp(row[0] / 1000, UTC), *map(np.float32, row[1:])] for row in ROWS],
        lambda: [[np.datetime64(row[0], "ms"), *row[1:]] for row in ROWS],
        lambda: np.array(ROWS),
        lambda: [dict(zip(NAMES, row, strict=True)) for row in ROWS],
        lambda: {"BTC/USDT": ROWS},
        lambda: [frame(ROWS[:2]), frame(ROWS[2:])],
    ],
)
def test_what_is_in_memory_is_read(make: Callable[[], Any]) -> None:
    is_right(one(make(), symbol="BTC/USDT"))


def feather(path: Path) -> None:
    frame().to_feather(path)


def parquet(path: Path) -> None:
    dated(utc=True).reset_index(names="date").to_parquet(path)


def text(content: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(gzip.compress(content.encode()) if path.suffix == ".gz" else content.encode())

    return write


def zipped(content: str, *others: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (f"{path.stem}.csv", *others):
                archive.writestr(name, content)

    return write


def klines(unit: int) -> str:
    """Binance's public candles: no header, times in ms, or in us from 2025 on."""
    rows: Rows = [[row[0] * unit, *row[1:], (row[0] + 59_999) * unit, 1.5, 3, 0.1, 0.2, 0] for row in ROWS]
    return csv(rows, None)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("BTC_USDT-1m.csv", text(csv(ROWS))),
        ("BTC_USDT-1m-202401.csv.gz", text(csv(ROWS))),
        ("BTC_USDT-1m.csv", text(csv(ROWS, None))),
        ("BTC_USDT-1m.json", text(json.dumps(ROWS))),
        ("BTC_USDT-1m.json.gz", text(json.dumps(ROWS))),
        ("BTC_USDT.json", text(json.dumps([dict(zip(NAMES, row, strict=True)) for row in ROWS]))),
        ("BTC_USDT-1m.feather", feather),
        ("BTC_USDT-1m.parquet", parquet),
        ("BTCUSDT-1m-2024-01.csv", text(klines(1))),
        ("BTCUSDT-1m-2025-01.csv", text(klines(1_000))),
        ("BTCUSDT-1m-2024-01.zip", zipped(klines(1))),
        ("BTCUSDT-1m-2024-01-01.zip", zipped(klines(1_000))),
    ],
)
def test_every_form_of_file_is_read(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    is_right(one(tmp_path / name), name)
    is_right(one(str(tmp_path / name), symbol="BTC/USDT", timeframe="1m"), name)


TRADES = [["7", "100.5", "0.25", T, False], ["8", "100.25", "0.5", T + 1, True]]


def listed(rows: Rows) -> str:
    return json.dumps([[at, id_, None, "sell" if sold else "buy", p, q, 1] for id_, p, q, at, sold in rows])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("BTCUSDT-trades-2024-01.zip", csv([[i, p, q, "25.1", t, m, True] for i, p, q, t, m in TRADES], None)),
        ("BTCUSDT-trades-2025-01.csv", csv([[i, p, q, "1", t * 1000, m, True] for i, p, q, t, m in TRADES], None)),
        ("BTCUSDT-aggTrades-2024-01.zip", csv([[i, p, q, 1, 2, t, m, True] for i, p, q, t, m in TRADES], None)),
        (
            "BTCUSDT-aggTrades-2026-01.csv",
            csv(
                [[i, p, q, 1, 2, t, m] for i, p, q, t, m in TRADES],
                "agg_trade_id price quantity first_trade_id last_trade_id transact_time is_buyer_maker".split(),
            ),
        ),
        ("BTC_USDT-trades.json.gz", listed(TRADES)),
    ],
)
def test_trades_of_public_archives_are_read(tmp_path: Path, name: str, content: str) -> None:
    (zipped if name.endswith(".zip") else text)(content)(tmp_path / name)
    history = one(tmp_path / name)
    assert (history.symbol, history.kind, len(history), history.notices) == ("BTC/USDT", Kind.TRADES, 2, [])
    found = [history.tick(number).trades[0] for number in (1, 2)]
    assert [
        [str(each.trade_id), str(each.price), str(each.quantity), each.timestamp, each.buyer_is_maker] for each in found
    ] == TRADES


def test_a_folder_of_freqtrades_gives_every_market(tmp_path: Path) -> None:
    for name in ("BTC_USDT-1m", "ETH_USDT-1m"):
        feather(tmp_path / f"{name}.feather")
    (tmp_path / "notes.md").write_text("about")
    (tmp_path / "futures").mkdir()
    is_right(load(tmp_path)[0])
    assert [history.symbol for history in load(tmp_path)] == ["BTC/USDT", "ETH/USDT"]
    assert one(tmp_path, symbol="ETH/USDT").source == "replay:ETH_USDT-1m.feather"
    feather(tmp_path / "BTC_USDT-5m.feather")
    with pytest.raises(BadRequest, match="BTC/USDT is there as 1m, 5m: choose one, as in timeframe='1m'"):
        load(tmp_path)
    assert one(tmp_path, symbol="BTC/USDT", timeframe="1m").source == "replay:BTC_USDT-1m.feather"
    with pytest.raises(BadRequest, match="there is no 1h of BTC/USDT; there is 1m, 5m"):
        load(tmp_path, timeframe="1h")


def test_what_a_folder_has_beside_is_said(tmp_path: Path) -> None:
    feather(tmp_path / "BTC_USDT-1m.feather")
    feather(tmp_path / "BTC_USDT_USDT-1m-futures.feather")
    (notice,) = one(tmp_path).notices
    assert notice.endswith("tell no market: BTC_USDT_USDT-1m-futures.feather")


def test_monthly_files_are_joined(tmp_path: Path) -> None:
    for month, rows in (("01", ROWS[:1]), ("02", ROWS[1:])):
        text(csv(rows))(tmp_path / f"BTC_USDT-1m-2024-{month}.csv")
    names = "BTC_USDT-1m-2024-01.csv..BTC_USDT-1m-2024-02.csv"
    is_right(one(str(tmp_path / "BTC_USDT-1m-*.csv")), names)
    is_right(one([tmp_path / "BTC_USDT-1m-2024-01.csv", tmp_path / "BTC_USDT-1m-2024-02.csv"]), names)
    is_right(one({"BTC/USDT": tmp_path}), names)


def test_rows_of_joined_files_are_named_by_file(tmp_path: Path) -> None:
    text(csv(ROWS[:2]))(tmp_path / "BTC_USDT-a.csv")
    other: Rows = [[*ROWS[1][:4], 9.0, 8.0], [T + 2 * MINUTE, 1, 2, 3, 4, 5], [1, 2], ROWS[2]]
    text(csv(other))(tmp_path / "BTC_USDT-b.csv")
    history = one(tmp_path)
    assert history.rejected == [
        "BTC_USDT-b.csv, row 3: 2 cells where 6 were expected",
        "BTC_USDT-b.csv, row 2: impossible candle: open 1, high 2, low 3, close 4",
        "BTC_USDT-b.csv, row 1: differs from BTC_USDT-a.csv, row 2, which has the same time",
    ]
    assert history.notices == ["1 duplicates were dropped"]
    assert history.candles.close.tolist() == [11.0, 9.25, 9.5]


def test_a_gap_that_is_shorter_than_a_candle_is_one_that_is_missing() -> None:
    rows: Rows = [[T + at, 1, 1, 1, 1, 0] for at in (0, MINUTE, 2 * MINUTE, 3 * MINUTE - 20_000, 4 * MINUTE)]
    [gap, early] = one(rows, symbol="BTC/USDT").notices
    assert gap.startswith("1 candle missing, in 1 gap, the longest from 2024-01-01T00:03:40")
    assert early.startswith("begun before the one before was over")


def test_gaps_are_said_and_not_filled() -> None:
    rows: Rows = [[T + at * MINUTE, 1, 1, 1, 1, 0] for at in (0, 1, 2, 4, 5, 9)]
    history = one(rows, symbol="BTC/USDT")
    assert history.gaps == [(T + 3 * MINUTE, T + 4 * MINUTE), (T + 6 * MINUTE, T + 9 * MINUTE)]
    assert history.notices == [
        "4 candles missing, in 2 gaps, the longest from 2024-01-01T00:06:00.000Z to 2024-01-01T00:09:00.000Z"
    ]
    assert len(history) == 4 * 6


def test_what_is_wrong_with_rows_is_said() -> None:
    rows: Rows = [ROWS[1], ROWS[0], ROWS[2], ROWS[2], [T + 150_000, 9, 9, 9, 9, 1], [T, 0, 1, 1, 1, 1], [None] * 6]
    history = one(rows, symbol="BTC/USDT")
    assert history.notices == [
        "the rows were not in order of time and have been sorted",
        "1 duplicates were dropped",
        "begun before the one before was over, which ends there: 1 candle",
    ]
    assert history.rejected == ["row 6: open must be greater than 0, was 0", "row 7: open: None is not a number"]


@pytest.mark.parametrize(
    ("since", "until", "opened"),
    [
        (T + 1, None, [T + MINUTE, T + 2 * MINUTE]),
        ("2024-01-01T00:01:00Z", "2024-01-01 00:02", [T + MINUTE]),
        (None, datetime(2024, 1, 1, 0, 1, tzinfo=UTC), [T]),
        (date(2024, 1, 1), date(2024, 1, 2), [T, T + MINUTE, T + 2 * MINUTE]),
        (None, datetime(2024, 1, 1, 0, 1), [T]),  # noqa: DTZ001  # UTC where it does not say
    ],
)
def test_a_part_is_taken(since: Any, until: Any, opened: list[int]) -> None:
    history = one(ROWS, symbol="BTC/USDT", since=since, until=until)
    assert history.candles.opened.tolist() == opened
    assert (len(history), history.length) == (4 * len(opened), MINUTE)


def test_volumes_in_the_quote_asset_become_those_of_the_base_asset() -> None:
    history = one(ROWS, symbol="BTC/USDT", volume="quote")
    assert history.candles.volume.tolist() == [row[5] / (sum(row[1:5]) / 4) for row in ROWS]


def test_a_market_is_like_it_is_told() -> None:
    known = one(ROWS, symbol="BTC/USDT").instrument
    assert known == default_instrument("BTC/USDT")
    unknown = one([[row[0], *(f"{cell}" for cell in row[1:])] for row in ROWS], symbol="ABC/XYZ").instrument
    assert unknown.tick_size == unknown.min_price == Decimal("0.0001")
    finer = one([[T, "1.0000001", "2", "1", "2", "1"], ROWS[1]], symbol="ABC/XYZ").instrument
    assert finer.tick_size == Decimal("1E-7")
    chosen = one(ROWS, symbol="BTC/USDT", tick_size=0.5, step_size="0.001").instrument
    assert (chosen.tick_size, chosen.min_price) == (Decimal("0.5"), Decimal("0.5"))
    assert (chosen.step_size, chosen.min_quantity) == (Decimal("0.001"), Decimal("0.001"))
    assert one(ROWS, symbol="BTC/USDT", instruments={"BTC/USDT": unknown}).instrument is unknown


def test_unusual_names_are_given() -> None:
    rows = [{"t": row[0], "o": row[1], "high": row[2], "low": row[3], "close": row[4], "v": row[5]} for row in ROWS]
    is_right(one(rows, symbol="BTC/USDT", columns={"time": "t", "open": "o", "volume": "v"}))
    with pytest.raises(BadRequest, match=r"Name them with columns, as in columns=\{'time'"):
        load(rows, symbol="BTC/USDT")


@pytest.mark.parametrize("said", ["BTC/USDT", "BTC_USDT", "btcusdt", "BTC-USDT"])
def test_the_rows_can_say_their_market(said: str) -> None:
    rows = [dict(zip(NAMES, row, strict=True)) | {"symbol": said} for row in ROWS]
    is_right(one(rows))
    with pytest.raises(BadRequest, match=f"rows of rows are of {said}, not of ETH/USDT"):
        load(rows, symbol="ETH/USDT")
    rows[0]["symbol"] = "ETH/USDT"
    with pytest.raises(BadRequest, match="holds several markets"):
        load(rows)


@pytest.mark.parametrize(
    ("name", "content", "how", "reason"),
    [
        ("absent.csv", None, {}, "there is no file or folder"),
        ("*.csv", None, {}, "no file fits the pattern"),
        ("prices.csv", csv(ROWS), {}, "whose prices are in prices.csv"),
        ("BTC_USDT.csv", csv(ROWS), {"symbol": "ETH/USDT"}, "says BTC/USDT but symbol is ETH/USDT"),
        ("BTC_USDT.csv", csv([]), {}, "has no row that can be used"),
        ("BTC_USDT.csv", csv([[T, 1, 1, 1, 0, 1]] * 2), {}, "can be used: row 1: close must be"),
        ("BTC_USDT.csv", csv(ROWS[:1]), {}, "has a single candle"),
        ("BTC_USDT.csv", csv(ROWS), {"since": "2025-01-01"}, "none is from since to until"),
        ("BTC_USDT.csv", csv(ROWS), {"since": "soon-ish"}, "write it like 2024-01-31"),
        ("BTC_USDT.csv", csv(ROWS), {"since": 5 * 10**11, "until": 4 * 10**11}, "since must be before until"),
        ("BTC_USDT.csv", csv(ROWS), {"path": "best"}, "path must be one of default, random, optimistic, pessimistic"),
        ("BTC_USDT.csv", csv(ROWS), {"volume": "both"}, "volume must be base or quote"),
        ("BTC_USDT.csv", csv(ROWS), {"spread_bps": -1}, "spread_bps must be from 0"),
        ("BTC_USDT.csv", csv(ROWS), {"tick_size": 0}, "tick_size must be greater than 0"),
        ("BTC_USDT.csv", csv(ROWS), {"step_size": "x"}, "step_size: 'x' is not a number"),
        ("BTC_USDT.xls", "1;2", {}, "no known format"),
        ("btc.csv", csv(ROWS), {"symbol": "BTCUSDT"}, "is not a spot symbol"),
        ("BTC_USDT-1m.zip", "no zip", {}, "cannot be read"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_what_to_do(
    tmp_path: Path, name: str, content: str | None, how: dict[str, Any], reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(Exception, match=reason) as refusal:
        load(tmp_path / name, **how)
    assert type(refusal.value).__module__ == BadRequest.__module__


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (7, "lists of rows .* this was a int"),
        (b"prices", "this was a bytes"),
        ([], "empty list"),
        ([7], "this was a list"),
        ([[1, 2]], "a list of rows must hold objects, or lists of 6"),
        ({"BTC/USDT": []}, "empty list"),
    ],
)
def test_what_is_no_data_is_refused(data: object, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        load(data)


def test_a_small_float_of_a_frame_has_the_digits_that_it_shows() -> None:
    found = frame([[row[0], *[10.1] * 4, 1] for row in ROWS]).astype(dict.fromkeys(NAMES[1:5], "float32"))
    assert one(found, symbol="BTC/USDT").tick(1).quote.bid == Decimal("10.1")


def test_a_length_that_rows_do_not_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="the candles of rows are 1m long, not 1h"):
        load(ROWS, symbol="BTC/USDT", timeframe="1h")
    text(csv(ROWS))(tmp_path / "BTC_USDT-5m.csv")
    history = one(tmp_path)
    assert (history.length, history.notices) == (
        MINUTE,
        ["the name of BTC_USDT-5m.csv says 5m; its candles are 1m long"],
    )
    text(csv(ROWS[:1]))(tmp_path / "BTC_USDT-5m.csv")
    assert one(tmp_path).length == one(ROWS[:1], symbol="BTC/USDT", timeframe="5m").length == 5 * MINUTE


def test_a_frame_of_what_ccxt_gives_has_its_columns() -> None:
    found = pytest.importorskip("pandas").DataFrame(ROWS)
    assert one(found, symbol="BTC/USDT").candles.close.tolist() == [row[4] for row in ROWS]


def test_a_frame_without_rows_is_refused() -> None:
    with pytest.raises(BadRequest, match="the frame has no rows"):
        load(frame().iloc[:0], symbol="BTC/USDT")


def test_an_empty_cell_of_a_frame_is_named() -> None:
    found = dated().reset_index(names="date")
    found.loc[1, "date"] = None
    found.loc[2, "low"] = None
    with pytest.raises(BadRequest, match="single candle"):
        load(found, symbol="BTC/USDT")
    quotes = pytest.importorskip("pandas").DataFrame({"time": [T, T], "bid": [1, None], "ask": [2.0, 2.0]})
    assert one(quotes, symbol="BTC/USDT").rejected == ["row 2: bid: NaN is not a finite number"]


def test_a_folder_without_prices_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="has no file of prices that is named like"):
        load(tmp_path)
    text(csv(ROWS))(tmp_path / "prices.csv")
    (tmp_path / "binance").mkdir()
    with pytest.raises(BadRequest, match=r"it has prices\.csv, binance/$"):
        load(tmp_path)
    is_right(one(tmp_path, symbol="BTC/USDT"))


def test_files_of_several_kinds_are_not_joined(tmp_path: Path) -> None:
    text(csv(ROWS))(tmp_path / "BTC_USDT.csv")
    text("time,bid,ask\n1,2,3\n")(tmp_path / "BTC_USDT-quotes.csv")
    with pytest.raises(BadRequest, match="has quotes and BTC_USDT.csv candles: give one kind"):
        load(tmp_path)
    text('1723161253937085768 {"stream":"btcusdt@bookTicker"}')(tmp_path / "BTC_USDT-quotes.csv")
    with pytest.raises(BadRequest, match="are not of one kind"):
        load(tmp_path)


def test_a_broken_recording_of_streams_is_refused(tmp_path: Path) -> None:
    text('1723161253937085768 {"stream":"btcusdt@bookTicker"}')(tmp_path / "BTC_USDT-l2")
    with pytest.raises(BadRequest, match="no message of a stream: KeyError"):
        load(tmp_path)
    text('1723161253937085768 {"stream":"btcusdt@bookTicker","data":{"b":')(tmp_path / "BTC_USDT-l2")
    with pytest.raises(BadRequest, match="no message of a stream: JSONDecodeError"):
        load(tmp_path)


def test_a_zip_holds_one_file(tmp_path: Path) -> None:
    zipped(csv(ROWS), "other.csv")(tmp_path / "BTCUSDT-1m.zip")
    with pytest.raises(BadRequest, match=r"BTCUSDT-1m\.zip must hold one CSV file; it has 2"):
        load(tmp_path / "BTCUSDT-1m.zip")


def test_a_name_that_says_another_market_than_the_one_it_is_given_for_is_refused(tmp_path: Path) -> None:
    text(csv(ROWS))(tmp_path / "BTC_USDT.csv")
    with pytest.raises(BadRequest, match=r"BTC_USDT\.csv says BTC/USDT but it was given for ETH/USDT"):
        load({"ETH/USDT": tmp_path / "BTC_USDT.csv"})


@pytest.mark.parametrize(
    ("name", "ticks", "volume"),
    [
        ("BTC_USDT-1m-202201.csv.gz", 4 * 45_031, "quote"),
        ("BTC_USDT-quotes.parquet", 451, "base"),
        ("BTC_USDT-trades.parquet", 2_001, "base"),
        ("ETH_BTC-5m.feather", 4 * 5_760, "base"),
        ("XRP_ETH-trades.json.gz", 12_477, "base"),
    ],
)
def test_real_recordings_are_loaded(name: str, ticks: int, volume: str) -> None:
    if not DATA.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must bring the recordings: there is no {DATA}")
        pytest.skip(f"there are no recordings in {DATA}")
    history = one(DATA / name, volume=volume)
    assert len(history) == ticks
    assert (history.notices, history.rejected) == ([], [])
    for number in (1, ticks // 3, ticks):
        assert float(history.tick(number).quote.last) == history.last[number - 1]
