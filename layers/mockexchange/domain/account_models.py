"""Fill models that single accounts have in the place of their venue's. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from .balances import Account
from .depth import DEFAULT_LEVELS
from .errors import BadRequest
from .fill_models import fill_model, named
from .journal import FillModelChanged
from .models import Engine, FillModel
from .orders import Side
from .quotes import Tick
from .rules import Rules
from .transactions import Transaction


def engine_of(engine: Engine, account: Account) -> Engine:
    """How a venue behaves towards an account: with the fill model of its own, if it has one."""
    return engine if account.fill_model is None else _with_model(engine, account.fill_model)


@lru_cache(maxsize=64)
def _with_model(engine: Engine, name: str) -> Engine:
    return replace(engine, model=fill_model(name))


def model_named(name: str, rules: Rules) -> FillModel:
    """The model that an account asks for: as `fill_model` knows it, or a preset, with options or without. `depth` walks
    as many levels as ticks keep unless it says how many. Raises BadRequest, also for what this venue cannot give."""
    model = named(name, levels=rules.book_levels or DEFAULT_LEVELS, seed=0)
    if model.reads_book and not (rules.book_levels or rules.engine.model.reads_book):
        raise BadRequest(
            f"fill model {name!r} reads books, and the ticks of this exchange keep none: set KEEP_BOOKS=true, "
            "or FILL_MODEL to one that reads them"
        )
    if "+share=" in model.name and not rules.may_bring_trades:
        raise BadRequest(
            f"fill model {name!r} lives on trades, and the live feed of this exchange brings none: set FEED_TRADES=true"
        )
    return model


def change_fill_model(account: Account, name: str | None, now: int) -> Transaction:
    """Another fill model from `now` (venue ms) on, by its own name; None: the venue's."""
    changed = replace(account, version=account.version + 1, fill_model=name)
    return Transaction(
        entry=FillModelChanged(now, account.account_id, name),
        account=account,
        changed=changed,
    )


def reach_of(name: str) -> str:
    """The plainest model that comes as far to resting orders as the one of this name: there are few of them, however
    many options accounts think of."""
    model = fill_model(name)
    return name.partition("+")[0] + ("+queue" if model.reads_tape else "")


def furthest(models: Iterable[FillModel], side: Side, tick: Tick) -> Decimal:
    """How far a tick came to resting orders on `side` under the model that it came furthest under."""
    prices = [model.reach(side, tick) for model in models]
    return min(prices) if side is Side.BUY else max(prices)
