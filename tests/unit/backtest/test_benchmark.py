"""What `make bench-backtest` times does what it says: no figure without the fills."""

from __future__ import annotations

import pytest

from tests.benchmarks.backtest import ours
from tests.benchmarks.backtest.measuring import CASES, Stopwatch
from tests.benchmarks.backtest.quotes import COMMISSION, Outcome, Quotes, expected, made


@pytest.fixture(scope="module")
def quotes() -> Quotes:
    return made(201)


@pytest.mark.parametrize("case", CASES)
def test_this_project_does_what_arithmetic_says(quotes: Quotes, case: str) -> None:
    wanted = expected(quotes, case)

    done = ours.run(quotes, case, Stopwatch())

    assert done.fills == wanted.fills == (20 if case == "orders" else 0)
    assert done.traded == pytest.approx(wanted.traded, rel=1e-12)
    # the fee of a buy is in coins, which are worth another price at the end
    assert done.profit == pytest.approx(wanted.profit, abs=COMMISSION * wanted.traded * 1e-2 + 1e-9)


def test_quotes_are_the_same_from_the_same_seed(quotes: Quotes) -> None:
    assert (made(201).bid == quotes.bid).all()
    assert (made(201, seed=8).bid != quotes.bid).any()
    assert (made(100).bid == quotes.first(100).bid).all()


def test_what_orders_must_come_to() -> None:
    quotes = made(20)
    buy, sell = float(quotes.ask[9]) * 0.01, float(quotes.bid[19]) * 0.01

    assert expected(quotes, "orders") == Outcome(2, buy + sell, sell - buy - 0.001 * (buy + sell))
