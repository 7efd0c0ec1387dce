"""Blocks of candles that were read before, so that they need not be unpacked again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ..domain.candle_blocks import BlockName
from ..domain.candles import Candle
from .candle_records import read_block

KEPT_BLOCKS = 256
"""Blocks that are kept. One of minutes is about 37 kB as objects, fifty times what it is packed, and takes 0.2 ms to
unpack: so at most 10 MB, enough for the newest 500 minutes of 28 markets."""


class CandleCache:
    """Blocks are read far more often than they change: a bot asks every few seconds, a block changes once a minute.

    Of each block the form that was read last is kept, and of all blocks those that were asked for last. May be used by
    several threads.
    """

    def __init__(self, kept: int = KEPT_BLOCKS) -> None:
        self._kept = kept
        self._blocks: OrderedDict[tuple[str, BlockName], tuple[bytes, tuple[Candle, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._blocks)

    def read(self, symbol: str, name: BlockName, written: bytes) -> tuple[Candle, ...]:
        """The candles in a block that is written so."""
        key = symbol, name
        with self._lock:
            known = self._blocks.get(key)
            if known is not None and known[0] == written:
                self._blocks.move_to_end(key)
                return known[1]
        candles = read_block(name, written)
        with self._lock:
            self._blocks[key] = written, candles
            self._blocks.move_to_end(key)
            if len(self._blocks) > self._kept:
                self._blocks.popitem(last=False)
        return candles
