"""The fill models by their words, and those that stand beside the touch. Each is described, with its assumptions and a
picture, in docs/realism.md."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from .amounts import DEFAULT_SCALE, ONE, ZERO, add, floor_to_step, is_multiple, multiply, subtract, text
from .depth import DEFAULT_LEVELS, MOST_LEVELS, DepthModel
from .errors import BadRequest
from .models import NO_BOOK, Execution, FillModel, Meeting, Over, TouchModel, reaches
from .orders import BASIS_POINTS, Side
from .quotes import Tick
from .tape import TapeModel

_SHARES = 10_000
"""Into how many parts chance divides the slippage that is configured."""

_PER_SHARE = Decimal("0.00000001")
"""One basis point, and one of its _SHARES parts."""


@dataclass(frozen=True)
class LastModel(TouchModel):
    """Everything at the last price, whatever its size: no spread, and no book. What naive paper trading does."""

    @property
    def name(self) -> str:
        """`last`."""
        return "last"

    def touch(self, side: Side, tick: Tick) -> Decimal:
        """The last price, on both sides."""
        del side
        return tick.quote.last


@dataclass(frozen=True)
class Slippage(Over):
    """Another model whose takers get a worse price than it shows: by a share of `basis_points` of the price, rounded
    away from them to the market's tick size, never beyond their limit. Makers get what they always get: slippage is
    what happens after an order was sent, and what was taken of the book is not what was paid.

    The share is from nothing to all, each as likely, and follows from seed, order id and tick alone: the same order on
    the same tick always slips the same.
    """

    basis_points: Decimal
    seed: int

    @property
    def name(self) -> str:
        """`touch+slippage=5+seed=0`."""
        return f"{self.of.name}+slippage={text(self.basis_points)}+seed={self.seed}"

    def take(self, side: Side, limit: Decimal | None, wanted: Decimal, meeting: Meeting) -> tuple[Execution, ...]:
        """What the other model gives, at worse prices."""
        slip = multiply(self.basis_points, multiply(_PER_SHARE, Decimal(self._share(meeting))))
        return tuple(
            replace(each, price=_slipped(side, limit, each.price, slip, meeting.tick_size))
            for each in self.of.take(side, limit, wanted, meeting)
        )

    def could_give(self, side: Side, price: Decimal, tick: Tick) -> bool:
        """Any price that is no better than the touch: how far it slipped depends on the order and the tick size."""
        return reaches(side, price, self.of.touch(side, tick))

    def _share(self, meeting: Meeting) -> int:
        drawn = blake2b(f"{self.seed}:{meeting.order_id}:{meeting.tick.number}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) % (_SHARES + 1)


def _slipped(side: Side, limit: Decimal | None, price: Decimal, slip: Decimal, tick_size: Decimal) -> Decimal:
    distance = multiply(price, slip)
    if side is Side.BUY:
        worse = add(price, distance)
        if not is_multiple(worse, tick_size):
            worse = add(floor_to_step(worse, tick_size), tick_size)
        return worse if limit is None else min(worse, limit)
    # The lowest price there is stays one that can be paid.
    worse = max(floor_to_step(subtract(price, distance), tick_size), min(price, tick_size))
    return worse if limit is None else max(worse, limit)


MODELS: dict[str, FillModel] = {
    "last": LastModel(),
    "touch": TouchModel(),
    "touch-size": TouchModel(sized=True),
    "depth": DepthModel(),
}
"""What FILL_MODEL may be."""


@lru_cache(maxsize=64)
def fill_model(name: str) -> FillModel:
    """The fill model of that very name, like `touch`, `depth+levels=50`, `depth+queue` or
    `touch+share=0.1+slippage=5+seed=7`; also as a fill names it. Raises BadRequest for one that there is not."""
    return _read(name, MODELS, DEFAULT_LEVELS, 0)


def named(name: str, *, levels: int, seed: int) -> FillModel:
    """The fill model that somebody asks for, also a preset, with options or without: they count before what the preset
    has. `levels` of each side of the book, and `seed`, unless it says others. Raises BadRequest for one that there is
    not."""
    return _read(name, NAMES, levels, seed)


def _read(name: str, words: Collection[str], levels: int, seed: int) -> FillModel:
    word, *written = name.removesuffix(NO_BOOK).split("+")
    if word not in words:
        raise BadRequest(f"unknown fill model {word[:60]!r}; one of: {', '.join(NAMES)}")
    preset = preset_of(word)
    options = {option: value for option, _, value in (each.partition("=") for each in written)}
    known = {"queue", "share", "slippage", "seed", *(("levels",) if preset.word == "depth" else ())}
    slippage = _fraction(options.get("slippage", text(preset.slippage)))
    share, queue = _fraction(options.get("share", "1")), options.get("queue")
    number, most = _whole(options.get("seed", str(seed))), _whole(options.get("levels", str(levels)))
    if (
        len(options) < len(written)
        or not options.keys() <= known
        or queue not in (None, "")
        or slippage is None
        or slippage >= BASIS_POINTS
        or share is None
        or not 0 < share <= 1
        or number is None
        or most is None
        or not 1 <= most <= MOST_LEVELS
    ):
        raise BadRequest(
            f"fill model {name[:100]!r}: the options, each at most once, are queue, share=S (above 0, up to 1), "
            f"slippage=S (from 0 to below {BASIS_POINTS}; both with up to {DEFAULT_SCALE} decimal places), seed=N, and "
            f"of depth levels=N (1 to {MOST_LEVELS})"
        )
    return _made(preset.word, most, slippage, number, queues=preset.queues or queue is not None, share=share)


def _fraction(written: str) -> Decimal | None:
    """A number with as many decimal places as amounts of most assets have; None for anything else."""
    return Decimal(written) if re.fullmatch(rf"[0-9]{{1,5}}(\.[0-9]{{1,{DEFAULT_SCALE}}})?", written) else None


def _whole(written: str) -> int | None:
    return int(written) if re.fullmatch("-?[0-9]{1,18}", written) else None


def _made(word: str, levels: int, slippage: Decimal, seed: int, *, queues: bool, share: Decimal) -> FillModel:
    model: FillModel = DepthModel(levels) if word == "depth" else MODELS[word]
    if queues or share < 1:
        model = TapeModel(model, queues, share)
    return Slippage(model, slippage, seed) if slippage else model


class Preset(NamedTuple):
    """A fill model with slippage (basis points), waiting in queues, and how long an order is on its way (ms), by a
    name."""

    word: str
    slippage: Decimal = ZERO
    queues: bool = False
    latency: int = 0


PRESETS = {
    "frictionless": Preset("last"),
    "realistic": Preset("depth", queues=True),
    "brutal": Preset("depth", Decimal(10), latency=500),
}
"""What FILL_MODEL may be, too."""

NAMES = (*MODELS, *PRESETS)
"""All that FILL_MODEL may be."""


def preset_of(word: str) -> Preset:
    """What FILL_MODEL stands for; a model's own word has no options."""
    return PRESETS.get(word, Preset(word))


def latency_of(name: str, said: int) -> int:
    """How long an order is on its way (ms): as is said, or, where that is 0, as the preset of that name has it."""
    return said or preset_of(name.partition("+")[0]).latency


def configured(
    word: str, *, levels: int, slippage: Decimal, seed: int, queues: bool = False, share: Decimal = ONE
) -> FillModel:
    """The model or the preset that FILL_MODEL names; `levels` of each side of the book; `slippage` in basis points, 0
    for the preset's; `queues` beside the preset's. Raises BadRequest for a word that there is not."""
    if word not in NAMES:
        raise BadRequest(f"unknown fill model {word!r}; one of: {', '.join(NAMES)}")
    preset = preset_of(word)
    return _made(preset.word, levels, slippage or preset.slippage, seed, queues=queues or preset.queues, share=share)
