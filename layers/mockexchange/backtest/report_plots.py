"""The plots of a report: lines as SVG that stretches to any width; labels and marks as HTML, which keeps its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ..domain.candles import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDTH, _HEIGHT = 1000, 100
"""Of the SVG's own coordinates, which are stretched."""

_BUCKETS = 500
"""Parts of a curve of which the first, lowest, highest and last point are drawn: more cannot be seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve; `kind` is its style's name. An `area` is filled up to zero; `bars` stand on it."""

    name: str
    kind: str
    values: NDArray[np.float64]
    area: bool = False
    bars: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at a point: `kind` is its style's name, `told` what it says when pointed at."""

    time: int
    value: float
    kind: str
    sign: str
    told: str


def plot(
    title: str,
    times: NDArray[np.int64],
    lines: Sequence[Line],
    marks: Sequence[Mark] = (),
    *,
    height: int = 220,
    in_percent: bool = False,
    zero: bool = False,
) -> str:
    """A figure of lines over time. `height` in pixels; `zero`: zero is among the values shown."""
    shown = np.concatenate([line.values[np.isfinite(line.values)] for line in lines])
    values = np.concatenate((shown, [mark.value for mark in marks], [0.0] if zero else []))
    if len(times) < 2 or not len(shown):
        return f"<figure><figcaption>{escape(title)}</figcaption><p class=quiet>Nothing to draw.</p></figure>"
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - (abs(low) * 0.01 or 1), high + (abs(high) * 0.01 or 1)
    ticks = _ticks(low, high)
    margin = (high - low) * 0.04
    low, high = low - margin, high + margin
    begin, end = int(times[0]), int(times[-1])
    room = _Room(begin, end, low, high)
    drawn = "".join(f'<path class="grid" d="M0 {room.y(tick):.2f}H{_WIDTH}"/>' for tick in ticks) + "".join(
        _drawn(line, times, room) for line in lines
    )
    labels = "".join(f'<i style="top:{room.y(tick):.2f}%">{_written(tick, ticks, in_percent)}</i>' for tick in ticks)
    signs = "".join(
        f'<b class="{mark.kind}" style="left:{room.x(mark.time) / 10:.2f}%;top:{room.y(mark.value):.2f}%" '
        f'title="{escape(mark.told)}">{mark.sign}</b>'
        for mark in marks
    )
    legend = "".join(f'<span class="{line.kind}">{escape(line.name)}</span>' for line in lines if line.name)
    dates = "".join(f'<i style="left:{left:.2f}%">{told}</i>' for left, told in _dates(begin, end))
    return (
        f"<figure><figcaption>{escape(title)} <small>{legend}</small></figcaption>"
        f'<div class="plot" style="height:{height}px"><div class="y">{labels}</div><div class="in">'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(title)}">'
        f'{drawn}</svg>{signs}</div></div><div class="x">{dates}</div></figure>'
    )


def thinned(times: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The points to draw: all, or of each of `_BUCKETS` equal stretches of time the first, lowest, highest and last, so
    that no peak is lost."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) <= 4 * _BUCKETS:
        return known
    length = max(1, int(times[-1] - times[0]))
    of = (times[known] - times[0]).astype(np.float64) / length * _BUCKETS // 1
    kept = [known[[0, -1]]]
    for part in np.split(known, np.flatnonzero(np.diff(of)) + 1):
        low, high = part[values[part].argmin()], part[values[part].argmax()]
        kept.append(np.array([part[0], low, high, part[-1]]))
    return np.unique(np.concatenate(kept))


@dataclass(frozen=True, slots=True)
class _Room:
    begin: int
    end: int
    low: float
    high: float

    def x(self, time: float) -> float:
        return (time - self.begin) / (self.end - self.begin) * _WIDTH

    def y(self, value: float) -> float:
        return (self.high - value) / (self.high - self.low) * _HEIGHT


def _drawn(line: Line, times: NDArray[np.int64], room: _Room) -> str:
    at = thinned(times, line.values)
    points = [(room.x(int(times[index])), room.y(float(line.values[index]))) for index in at]
    zero = min(max(room.y(0), 0), _HEIGHT)
    if line.bars:
        path = "".join(f"M{x:.2f} {zero:.2f}V{y:.2f}" for x, y in points)
        return f'<path class="{line.kind} bars" d="{path}"/>'
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    filled = (
        f'<path class="{line.kind} area" d="{path}L{points[-1][0]:.2f} {zero:.2f}L{points[0][0]:.2f} {zero:.2f}Z"/>'
    )
    return (filled if line.area else "") + f'<path class="{line.kind}" d="{path}"/>'


def _ticks(low: float, high: float) -> list[float]:
    """Three to eight round numbers among the values."""
    raw = (high - low) / 7
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def _written(tick: float, ticks: Sequence[float], in_percent: bool) -> str:  # noqa: FBT001  # a part of `plot`
    factor = 100 if in_percent else 1
    step = (ticks[1] - ticks[0] if len(ticks) > 1 else abs(tick) or 1) * factor
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step, places) != round(step, places + 1):
        places += 1  # steps of 2.5
    return f"{tick * factor + 0:,.{places}f}{' %' if in_percent else ''}"


def _dates(begin: int, end: int) -> list[tuple[float, str]]:
    """Where moments stand on the axis, in percent, and what they are called."""
    form = "%H:%M" if end - begin <= 2 * DAY else "%d %b" if end - begin <= 300 * DAY else "%b %Y"
    spots = [begin + (end - begin) * part // 4 for part in range(5)]
    return [
        (100 * (spot - begin) / (end - begin), datetime.fromtimestamp(spot / 1000, UTC).strftime(form))
        for spot in spots
    ]
