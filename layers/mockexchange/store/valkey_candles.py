"""Candles in Valkey. See ports.Candles and the key schema in keys.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..domain.candle_blocks import ALL_SERIES, BlockName, oldest_kept
from ..ports import CandleChange, CandleRead
from . import keys, records
from .candle_cache import CandleCache
from .candle_records import read_record, write_block, write_record
from .valkey_connection import Argument, Command, Connection, Script

_CHANGE = Script("candles")
_LOOK = Script("look_candles")

_KEY_NUMBER = {series: number for number, series in enumerate(ALL_SERIES, 2)}
"""The place of each series' key among a script's keys."""


class ValkeyCandles:
    """Candles in Valkey."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._cache = CandleCache()

    def read_candles(self, wanted: Sequence[tuple[str, Iterable[BlockName]]]) -> list[CandleRead]:
        """See ports.Candles.read_candles."""
        asked = [(symbol, list(names)) for symbol, names in wanted]
        answers = self.connection.pipe([_look(symbol, names) for symbol, names in asked])
        found: list[CandleRead] = []
        for (symbol, names), (record, *blocks) in zip(asked, answers, strict=True):
            written = [(name, block) for name, block in zip(names, blocks, strict=True) if block]
            read = {name: self._cache.read(symbol, name, block) for name, block in written}
            found.append(CandleRead(read_record(record), read))
        return found

    def change_candles(self, changes: Sequence[CandleChange]) -> list[bool]:
        """See ports.Candles.change_candles. A script that ran and whose answer was lost finds another version when it
        is sent again, and changes nothing."""
        return [bool(changed) for changed in self.connection.pipe([_change(change) for change in changes])]


def _keys(symbol: str) -> list[str]:
    return [keys.candles_of(symbol), *(keys.candles_of(symbol, series.timeframe) for series in ALL_SERIES)]


def _look(symbol: str, names: Sequence[BlockName]) -> Command:
    if not names:
        return _LOOK.command([keys.candles_of(symbol)])
    return _LOOK.command(_keys(symbol), *(word for name in names for word in (_KEY_NUMBER[name.series], name.number)))


def _change(change: CandleChange) -> Command:
    oldest = oldest_kept(change.now)
    words: list[Argument] = [
        records.version_prefix(change.before.version) if change.before.version else "",
        write_record(change.after),
        *(oldest[series] for series in ALL_SERIES),
        len(change.blocks),
    ]
    for name, candles in change.blocks.items():
        words += (_KEY_NUMBER[name.series], name.number, write_block(name, candles))
    return _CHANGE.command(_keys(change.symbol), *words)
