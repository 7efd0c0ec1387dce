"""A venue that is made again out of its journal, held against the original: what each has, and the other has not."""

from __future__ import annotations

from collections.abc import Sequence

from mockexchange.clock import SystemClock
from mockexchange.domain.journal import JournalEntry
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.replaying import replay
from mockexchange.store.dump import Dump, dump_memory
from mockexchange.store.memory import MemoryStore

BOOKKEEPING = ("sequence", "cursor", "taken", "announced", "generations", "trails")
"""What a replayed journal does not bring back: cursors and counters of the original's own processes."""


def check_replay(journal: Sequence[JournalEntry], dump: Dump, *, swept: bool = False) -> None:
    """The journal makes the same bytes again. `swept`: books that nobody uses are deleted in the original."""
    again = MemoryStore()
    replay(journal, again)
    if swept:
        Exchange(again, SystemClock(), Rules()).accounts.sweep(unused_for=0)
    made, kept = results(dump_memory(again.state)), results(dump)
    for key in sorted(made.keys() | kept.keys()):
        assert made.get(key) == kept.get(key), key


def results(dump: Dump) -> Dump:
    """What a replayed journal brings back."""
    return {key: value for key, value in dump.items() if key.partition("}:")[2].partition(":")[0] not in BOOKKEEPING}
