"""Which fill model each fill should be of, by the journal alone."""

from __future__ import annotations

from mockexchange.domain.fills import Fill
from mockexchange.domain.journal import FillModelChanged, ListPlaced, Matched, Placed, Replaced
from mockexchange.domain.models import NO_BOOK
from mockexchange.domain.orders import Order

from .world import World


def check_models(world: World, orders: dict[int, Order], fills: list[Fill]) -> None:
    """Whatever is committed after a change of an account's model is decided under the new one."""
    own: dict[str, str | None] = {}
    expected: dict[tuple[int, int], str] = {}
    for entry in world.store.journal(0, 100_000).items:
        if isinstance(entry, FillModelChanged):
            own[entry.account_id] = entry.model
            continue
        placed = entry.placed[0] if isinstance(entry, ListPlaced) else entry
        placed = placed.placed if isinstance(placed, Replaced) else placed
        if isinstance(placed, Placed | Matched) and placed.order_id in orders:
            account = orders[placed.order_id].account_id
            expected[placed.order_id, placed.tick] = own.get(account) or world.model
    for fill in fills:
        # one of before its account was brought back is of an order that had another id
        model = expected.get((fill.order_id, fill.tick))
        assert model is None or fill.model.removesuffix(NO_BOOK) == model, f"{fill} should be of {model}"
