"""How candles are written. A record is a JSON array as the others (records.py); a block is packed, because there are
thousands of them: whole numbers of the smallest units, mostly small ones, in MessagePack.

    block    [decimal places of prices, of volumes, then six numbers for each candle]
    candle   its place in the block, open less the close before, high above the body, low below it, close less open,
             volume

A one-minute candle takes about 17 bytes this way, against 50 and more as text (docs/design.md has the figures).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from ..domain.amounts import add, decimal_places, from_units, subtract, text, to_units
from ..domain.candle_blocks import BlockName
from ..domain.candle_building import CandleRecord, Filled
from ..domain.candles import Candle

_encode_text = msgspec.json.Encoder().encode
_decode_text = msgspec.json.Decoder(list[Any]).decode
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[int | str]).decode

_NUMBERS = 6
"""For each candle."""

_PACKED = range(-(2**63), 2**64)
"""What MessagePack can write as an integer; beyond it stands text."""


def write_record(record: CandleRecord) -> str:
    """A symbol's candle record."""
    minute = record.open
    opened = [minute.time, *map(text, _amounts(minute))] if minute else None
    return _encode_text([record.version, record.tick, record.lost, opened, record.filled]).decode()


def read_record(written: str | bytes | None) -> CandleRecord:
    """The candle record in a text; the very first one when there is none."""
    if written is None:
        return CandleRecord()
    version, tick, lost, opened, filled = _decode_text(written)
    minute = Candle(opened[0], *map(Decimal, opened[1:])) if opened else None
    return CandleRecord(version, tick, lost, minute, {name: Filled(*times) for name, times in filled.items()})


def write_block(name: BlockName, candles: tuple[Candle, ...]) -> bytes:
    """A block, with its candles oldest first."""
    price_places = max(decimal_places(price) for candle in candles for price in _amounts(candle)[:4])
    volume_places = max(decimal_places(candle.volume) for candle in candles)
    begin, length = name.number * name.series.block, name.series.length
    numbers: list[int | str] = [price_places, volume_places]
    close = Decimal(0)
    for candle in candles:
        body = sorted((candle.open, candle.close))
        prices = (
            subtract(candle.open, close),
            subtract(candle.high, body[1]),
            subtract(body[0], candle.low),
            subtract(candle.close, candle.open),
        )
        numbers.append((candle.time - begin) // length)
        numbers += [_number(to_units(price, price_places)) for price in prices]
        numbers.append(_number(to_units(candle.volume, volume_places)))
        close = candle.close
    return _pack(numbers)


def read_block(name: BlockName, written: bytes) -> tuple[Candle, ...]:
    """The candles in a block."""
    price_places, volume_places, *numbers = (int(number) for number in _unpack(written))
    begin, length = name.number * name.series.block, name.series.length
    candles: list[Candle] = []
    close = Decimal(0)
    for start in range(0, len(numbers), _NUMBERS):
        place, gap, above, below, change, volume = numbers[start : start + _NUMBERS]
        opened = add(close, from_units(gap, price_places))
        close = add(opened, from_units(change, price_places))
        candles.append(
            Candle(
                begin + place * length,
                opened,
                add(max(opened, close), from_units(above, price_places)),
                subtract(min(opened, close), from_units(below, price_places)),
                close,
                from_units(volume, volume_places),
            )
        )
    return tuple(candles)


def _amounts(candle: Candle) -> tuple[Decimal, ...]:
    return candle.open, candle.high, candle.low, candle.close, candle.volume


def _number(units: int) -> int | str:
    return units if units in _PACKED else str(units)
