"""What `mockx honesty` says of its runs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.backtest.again import again
from mockexchange.backtest.honesty import Run
from mockexchange.backtest.recorded import recorded
from mockexchange.cli.honesty import conclude, counted, row, run_table, wanted_models
from mockexchange.cli.own_orders import agreement
from mockexchange.cli.tables import rich_table
from mockexchange.domain.orders import Side
from tests.unit.backtest.journaled import Traded

D = Decimal


def test_models_that_are_not_named_are_all_but_the_same_twice() -> None:
    assert wanted_models(None) == ["last", "touch", "touch-size", "depth", "realistic", "brutal"]
    assert wanted_models("last, touch+share=0.5") == ["last", "touch+share=0.5"]


def test_one_is_one() -> None:
    assert [counted(number, "look") for number in (0, 1, 1_800)] == ["0 looks", "1 look", "1,800 looks"]


def test_whether_the_fills_came_out_again_is_said() -> None:
    traded = Traded("touch")
    traded.order(Side.BUY, "0.1", "50000")
    said: list[str] = []
    for _ in range(3):
        of = recorded(traded.store, "bot", "USDT")
        said.append(agreement(of, again(of, [])))
        traded.order(Side.BUY, "0.1")
    assert said == [
        "as it was: touch: no fill, and the account has none.",
        "as it was: touch: exactly the one fill that the account has.",
        "as it was: touch: exactly the 2 fills that the account has.",
    ]
    of = recorded(traded.store, "bot", "USDT")
    other = agreement(of, replace(again(of, []), same=False))
    assert other.startswith("as it was: touch: not the fills that the account has; those are 3, these 3. The journal")


def test_a_run_that_began_with_nothing_has_no_profit_and_what_it_won(capsys: pytest.CaptureFixture[str]) -> None:
    """Money that came or went is neither; one without a profit is set apart by what it won."""
    nothing = Run("last", last=D(7), paid_out=D(5), refused=1, refusal="why")
    some = Run("touch", first=D(100), last=D(60), paid_in=D(100), paid_out=D(130), spread=True)
    assert (row(nothing)["profitPercent"], row(some)["profitPercent"]) == (None, D("-5"))
    assert [cells[-2:] for cells in run_table([nothing, some]).rows] == [("-", "22.00"), ("-5.000", "0.00")]
    conclude([nothing, some], "The same")
    said = capsys.readouterr().err
    assert "The same: last and touch differ by 22.00 of the quote asset." in said
    assert "last: 1 refused, 0 taken. The last refusal: why" in said


@pytest.mark.parametrize("skips", [False, True])
def test_a_narrow_terminal_shows_what_there_is_room_for(skips: bool) -> None:
    """What the table has not is not left out either."""
    drawn, left_out = rich_table(run_table([Run("touch", first=D(1), last=D(1))], skips=skips), 40)
    assert left_out == ["refused", *(["skipped"] if skips else []), "traded", "makers"]
    assert [str(column.header) for column in drawn.columns][:3] == ["model", "orders", "fills"]
