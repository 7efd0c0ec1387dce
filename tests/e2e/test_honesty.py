"""`mockx honesty`, as a person types it: no exchange runs."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mockexchange.cli.main import app

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = [
    example
    for page in ("cli.md", "honesty.md")
    for example in re.findall(r"^\$ mockx honesty (--bot .*)$", (DOCS / page).read_text(), re.MULTILINE)
]


def mockx(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["honesty", "--minutes", "5", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_a_table_a_sentence_and_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "honesty.svg"
    code, out, err = mockx("--bot", "taker", "--models", "last,touch", "--plot", str(file))
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["model", "last", "touch"]
    assert "last and touch differ by" in err
    assert file.read_text().startswith("<svg")


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_the_pages_show_is_done(example: str) -> None:
    code, out, err = mockx(*example.split(), "--minutes", "1")
    assert code == 0, err
    assert out.startswith("model ")


def test_each_page_shows_one() -> None:
    assert len(EXAMPLES) == 2


def test_a_picture_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    code, out, err = mockx("--models", "last,touch", "--plot", str(tmp_path / "nowhere" / "x.svg"))
    assert (code, out.split()[0]) == (2, "model")
    assert "The picture cannot be written" in err


def test_a_bot_that_is_refused_says_why() -> None:
    code, _, err = mockx("--balance", "10", "--worth", "1", "--models", "touch")
    assert code == 0
    assert "touch: 60 refused, 0 taken. The last refusal: NOTIONAL: " in err


def test_a_difference_that_rounds_to_nothing_is_one() -> None:
    _, _, err = mockx("--bot", "taker", "--models", "last,touch", "--balance", "1000000000", "--worth", "10")
    assert "last and touch differ by less than 0.001 percentage points" in err
    assert "win or lose the same" not in err
    _, _, err = mockx("--bot", "taker", "--models", "touch,touch")
    assert "looks at the same prices: all models win or lose the same" in err
    assert "differ by" not in err


def test_fees_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def fees() -> Decimal:
        told = json.loads(mockx("--json", "--bot", "taker", "--models", "touch")[1], parse_float=Decimal)
        (row,) = told["models"]
        assert row["fills"] > 0
        return Decimal(row["fees"]) / row["traded"]

    assert round(fees(), 5) == Decimal("0.001")
    monkeypatch.setenv("COMMISSION_TAKER", "0.002")
    assert round(fees(), 5) == Decimal("0.002")
    monkeypatch.setenv("FEE_OVERRIDES", "BTC/USDT=0")
    assert fees() == 0


def test_json_for_machines() -> None:
    code, out, _ = mockx("--json", "--models", "last, touch-size")
    told = json.loads(out)
    assert (code, told["bot"], told["steps"]) == (0, "maker", 150)
    assert [each["model"] for each in told["models"]] == ["last", "touch-size"]


def test_a_recording(tmp_path: Path) -> None:
    file = tmp_path / "BTC_USDT-1m.csv"
    rows = [
        f"{1_767_225_600_000 + 60_000 * n},{100 + n % 7},{101 + n % 7},{99 + n % 7},{100 + n % 7},5" for n in range(60)
    ]
    file.write_text("timestamp,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    code, out, err = mockx("--feed", f"replay:{file}", "--minutes", "60", "--interval", "15", "--models", "touch")
    assert (code, out.splitlines()[1].split()[0]) == (0, "touch"), err
    assert "These prices show no spread and no sizes" in err
    assert "differ by" not in err


def test_what_is_wrong_is_said() -> None:
    for arguments, said in (
        (("--bot", "x"), "unknown bot 'x'"),
        (("--models", "kind"), "unknown fill model 'kind'"),
        (("--worth", "60000"), "more than a quarter of 100000"),
        (("--feed", "ccxt:binance"), "synthetic[:seed] or replay:FILE"),
        (("--feed", "replay:nowhere.csv"), "nowhere.csv"),
    ):
        code, out, err = mockx(*arguments)
        assert (code, out) == (2, ""), err
        assert said in err
