"""What an account did at a venue, done again by the exchange of back-tests: the same books, to the byte."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.backtest.recorded import recorded
from mockexchange.backtest.sameness import Sameness, same_again
from mockexchange.store.memory import MemoryStore

from .journaled import wild


def again(store: MemoryStore) -> Sameness:
    return same_again(recorded(store, "bot", "USDT"), store)


@pytest.mark.parametrize("model", ["last", "touch", "touch-size", "depth", "depth+queue", "touch+slippage=5+seed=3"])
@pytest.mark.parametrize("seed", range(3))
def test_everything_is_the_same(seed: int, model: str) -> None:
    store = MemoryStore(levels=20)
    wild(seed, model, 150, store=store)
    found = again(store)
    assert found.differences == ()
    assert min(found.orders, found.fills, found.ledger_entries) > 10


def test_what_differs_is_told() -> None:
    store = MemoryStore(levels=20)
    wild(1, "touch", 150, store=store)
    books = store.state.books["bot", 1]
    first, last = books.trades[0], books.trades[-1]
    books.fills[first] = replace(books.fills[first], price=books.fills[first].price + Decimal("0.01"))
    books.fills[last] = replace(books.fills[last], trade_id=last + 1)
    fills = [each for each in again(store).differences if each.startswith("fill")]
    assert [each.partition(":")[0] for each in fills] == ["fill 1", f"fill {len(books.trades)}"]
    assert fills[1].startswith(f"fill {len(books.trades)}: there {last + 1} ")
    assert f"here {last} " in fills[1]
