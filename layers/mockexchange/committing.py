"""The loop that every command runs: decide, commit, and on a conflict read and decide again."""

from __future__ import annotations

from collections.abc import Callable

from .activity import Activity
from .domain.errors import Contention, InsufficientFunds
from .domain.transactions import Transaction, Verdict
from .ports import Store

ATTEMPTS = 50
"""How often a decision is taken again when others change what it stands on. Each retry means that someone else got
through, so running out of attempts takes a storm; it is an error, not a wait for ever."""


def commit(
    store: Store,
    decide: Callable[[], Transaction | None],
    shortage: Callable[[], str],
    activity: Activity | None = None,
) -> None:
    """Decide and commit until it is committed; None from `decide` means that there is nothing to change. `shortage`
    says what is missing when money is, `activity` counts the conflicts. Raises InsufficientFunds, Contention."""
    for _ in range(ATTEMPTS):
        transaction = decide()
        if transaction is None:
            return
        verdict = store.commit([transaction])[0]
        if verdict is Verdict.COMMITTED:
            return
        if verdict is Verdict.INSUFFICIENT:
            raise InsufficientFunds(shortage())
        if activity is not None:
            activity.conflicts += 1
    raise Contention(f"gave up after {ATTEMPTS} attempts; nothing was changed, try again")
