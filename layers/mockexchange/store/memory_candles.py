"""Candles in memory. See ports.Candles."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..domain.candle_blocks import BlockName, Blocks, oldest_kept
from ..domain.candle_building import CandleRecord
from ..domain.candles import Candle
from ..ports import CandleChange, CandleRead


@dataclass(slots=True)
class _Kept:
    """One symbol's candles."""

    record: CandleRecord = field(default_factory=CandleRecord)
    blocks: Blocks = field(default_factory=dict[BlockName, tuple[Candle, ...]])


class MemoryCandles:
    """Candles in memory; a lock makes each change whole."""

    def __init__(self) -> None:
        self._candles: dict[str, _Kept] = {}
        self._changing = threading.Lock()

    def read_candles(self, wanted: Sequence[tuple[str, Iterable[BlockName]]]) -> list[CandleRead]:
        """See ports.Candles.read_candles."""
        found: list[CandleRead] = []
        with self._changing:
            for symbol, names in wanted:
                kept = self._candles.get(symbol) or _Kept()
                found.append(
                    CandleRead(kept.record, {name: kept.blocks[name] for name in names if name in kept.blocks})
                )
        return found

    def change_candles(self, changes: Sequence[CandleChange]) -> list[bool]:
        """See ports.Candles.change_candles."""
        with self._changing:
            return [self._change(change) for change in changes]

    def _change(self, change: CandleChange) -> bool:
        kept = self._candles.setdefault(change.symbol, _Kept())
        if kept.record.version != change.before.version:
            return False
        kept.record = change.after
        if change.blocks:
            oldest = oldest_kept(change.now)
            blocks = {**kept.blocks, **change.blocks}
            kept.blocks = {name: block for name, block in blocks.items() if name.number >= oldest[name.series]}
        return True
