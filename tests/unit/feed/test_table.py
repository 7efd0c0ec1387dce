"""Reading recorded files: every digit as it was written, and a clear word about what cannot be read."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mockexchange.domain.errors import BadRequest
from mockexchange.feed.table import read_table


def written(path: Path, text: str) -> Path:
    """A file with this text, zipped when its name says so."""
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV"])
def test_csv_cells_stay_text(tmp_path: Path, name: str) -> None:
    """No float comes between the file and Decimal."""
    table = read_table(written(tmp_path / name, "time,price\n1,0.10000000000000000001\n\n2,6.4e4\n"))
    assert table.columns == {"time": ["1", "2"], "price": ["0.10000000000000000001", "6.4e4"]}


def test_a_csv_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    """As exchanges publish their archives; REPLAY_COLUMNS can then say time=0."""
    assert list(read_table(written(tmp_path / "a.csv", "1700000000000,1,2\n")).columns) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1,2,3,4,5,6", {"timestamp": "1", "close": "5", "volume": "6", "5": "6"}),
        ("1,2,3,4,5,6,7,8,9,10,11,12", {"open_time": "1", "volume": "6", "close_time": "7", "11": "12"}),
        ("1,2,3,4,5,True,True", {"id": "1", "price": "2", "qty": "3", "time": "5", "is_buyer_maker": "True"}),
        ("1,2,3,4,5,6,false,True", {"agg_trade_id": "1", "quantity": "3", "transact_time": "6"}),
    ],
)
def test_the_archives_of_binance_have_names_beside_their_numbers(
    tmp_path: Path, row: str, expected: dict[str, str]
) -> None:
    """And so have candles as ccxt lists them."""
    columns = read_table(written(tmp_path / "a.csv", f"{row}\n")).columns
    assert {name: columns[name] for name in expected} == {name: [cell] for name, cell in expected.items()}


@pytest.mark.parametrize("row", ["1,2,3,4,5,6,7", "1,2,3,4,5,6,7,8", "1,2,3,4,5,6,7,8,9,10,11"])
def test_a_form_that_is_not_known_has_numbers_only(tmp_path: Path, row: str) -> None:
    """Nothing is guessed."""
    columns = read_table(written(tmp_path / "a.csv", f"{row}\n")).columns
    assert list(columns) == [str(number) for number in range(len(columns))]


def test_a_zip_is_the_csv_in_it(tmp_path: Path) -> None:
    """One, whatever else there is."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "\ufefftime,price\n1,0.10\n")
        archive.writestr("CHECKSUM", "")
    assert read_table(path).columns == {"time": ["1"], "price": ["0.10"]}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b.csv", "")
    with pytest.raises(BadRequest, match=r"a\.zip must hold one CSV file; it has 2"):
        read_table(path)


def test_a_byte_order_mark_is_not_part_of_a_name(tmp_path: Path) -> None:
    """Spreadsheets write one."""
    assert list(read_table(written(tmp_path / "a.csv", "\ufefftime,price\n1,2\n")).columns) == ["time", "price"]


def test_a_row_of_another_length_is_named(tmp_path: Path) -> None:
    """The others are kept."""
    table = read_table(written(tmp_path / "a.csv", "time,price\n1,2\n3\n4,5,6\n7,8\n"))
    assert table.columns["time"] == ["1", "7"]
    assert table.rejected == ["row 2: 1 cells where 2 were expected", "row 3: 3 cells where 2 were expected"]


def test_json_lists_of_seven_are_trades_and_of_six_candles(tmp_path: Path) -> None:
    """The lists that ccxt and freqtrade save; fractions stay text, ids and times are whole."""
    trades = read_table(written(tmp_path / "a.json.gz", '[[1570752011620, "13", null, "sell", 0.00141342, 23.0, 1]]'))
    assert trades.columns["price"] == ["0.00141342"]
    assert trades.columns["timestamp"] == [1570752011620]
    candles = read_table(written(tmp_path / "b.json", "[[1, 2, 3.10, 1, NaN, 5]]"))
    assert (candles.columns["high"], candles.columns["close"], candles.columns["open"]) == (["3.10"], ["NaN"], [2])


def test_json_objects_are_columns_by_name(tmp_path: Path) -> None:
    """A missing key is an empty cell."""
    table = read_table(written(tmp_path / "a.json", json.dumps([{"t": 1, "price": 2}, {"t": 3}])))
    assert table.columns == {"t": [1, 3], "price": [2, None]}


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_arrow_files_keep_numbers_and_turn_times_into_milliseconds(tmp_path: Path, suffix: str) -> None:
    """Whatever the file's unit of time is."""
    pandas = pytest.importorskip("pandas")
    moment = datetime(2021, 1, 8, 0, 0, 1, 76_999, UTC)
    frame = pandas.DataFrame({"date": pandas.to_datetime([moment]).as_unit("ns"), "price": [0.1], "id": [7]})
    path = tmp_path / f"a.{suffix}"
    getattr(frame, f"to_{suffix}")(path)
    assert read_table(path).columns == {"date": [1_610_064_001_076], "price": [0.1], "id": [7]}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "", "is empty"),
        ("a.json", "{}", "must hold a JSON list"),
        ("a.json", "[]", "must hold a JSON list"),
        ("a.json", "[[1, 2]]", "lists of 6"),
        ("a.json", "[[1,2,3,4,5,6], [1]]", "lists of 6"),
        ("a.json", "[7]", "lists of 6"),
        ("a.json", "[{", "cannot be read"),
        ("a.zip", "no zip", "cannot be read"),
        ("a.parquet", "no parquet", "cannot be read"),
        ("a.feather", "no feather", "cannot be read"),
        ("a.xls", "1;2", "no known format"),
        ("a.gz", "1,2", "no known format"),
        ("a-l2.gz", '1723161253937085768 {"stream":"btcusdt@depth@100ms"}\n', "raw exchange streams"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, name: str, text: str, reason: str) -> None:
    """And with the file's name."""
    with pytest.raises(BadRequest, match=reason) as refused:
        read_table(written(tmp_path / name, text))
    assert name in refused.value.detail


def test_a_broken_gzip_is_refused(tmp_path: Path) -> None:
    """Cut off in the middle, or no gzip at all."""
    whole = gzip.compress(b"time,price\n1,2\n" * 1000)
    for content in (whole[:-20], b"time,price\n1,2\n"):
        (tmp_path / "a.csv.gz").write_bytes(content)
        with pytest.raises(BadRequest, match="cannot be read"):
            read_table(tmp_path / "a.csv.gz")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A typing error is the usual reason."""
    with pytest.raises(BadRequest, match=r"no file .*prices\.csv"):
        read_table(tmp_path / "prices.csv")
