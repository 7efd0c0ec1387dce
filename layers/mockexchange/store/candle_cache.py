"""Blocks of candles that were read before, so that they need not be unpacked again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ..domain.candle_blocks import BlockName
from ..domain.candles import Candle
from .candle_records import read_block

KEPT_CANDLES = 25_000
"""Candles that are kept. One takes 600 bytes as objects, forty times what it is packed, and 4 us to unpack: so 15 MB at
most, enough for the newest 500 minutes of 40 markets or the last day's statistics of 200."""


class CandleCache:
    """Blocks are read far more often than they change: a bot asks every few seconds, a block changes once a minute.

    Of each block the form that was read last is kept, and of all blocks those that were asked for last, `kept` candles
    in all. May be used by several threads.
    """

    def __init__(self, kept: int = KEPT_CANDLES) -> None:
        self._kept = kept
        self._count = 0
        self._blocks: OrderedDict[tuple[str, BlockName], tuple[bytes, tuple[Candle, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many candles are kept."""
        return self._count

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
            _, before = self._blocks.pop(key, (b"", ()))
            self._blocks[key] = written, candles
            self._count += len(candles) - len(before)
            while self._count > self._kept:
                _, (_, oldest) = self._blocks.popitem(last=False)
                self._count -= len(oldest)
        return candles
