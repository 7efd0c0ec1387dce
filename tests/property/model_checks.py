"""Which fill model each fill should be of, by the journal alone."""

from __future__ import annotations

from mockexchange.domain.fill_models import fill_model
from mockexchange.domain.fills import Fill
from mockexchange.domain.journal import FillModelChanged, ListPlaced, Matched, Placed, Replaced
from mockexchange.domain.models import NO_BOOK, FillModel
from mockexchange.domain.orders import Order

from .world import World


class Models:
    """Which fill model each account's orders were held against, by the journal alone."""

    def __init__(self, world: World) -> None:
        entries = world.store.journal(0, 100_000).items
        self._venue = world.model
        self._changes = [entry for entry in entries if isinstance(entry, FillModelChanged)]

    def of(self, account: str, since: int, until: int) -> FillModel | None:
        """The one that it had all the time from one moment (venue ms) to another; None: it had several."""
        own = [entry for entry in self._changes if entry.account_id == account and entry.now <= until]
        if any(entry.now >= since for entry in own):
            return None
        return fill_model((own[-1].model if own else None) or self._venue)


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
