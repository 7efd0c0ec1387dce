"""The equity of several runs, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape

from .honesty import Run

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 360, 90, 250, 34, 30
_COLORS = ("#888888", "#2a78b5", "#c2571a", "#3f9142", "#8a4fb0", "#b5852a", "#c23a5e")
_STYLE = "font-family='sans-serif' font-size='11' fill='#555'"


def picture(title: str, runs: Sequence[Run]) -> str:
    """One line for each run, over time; its profit stands beside its end."""
    values = [value for run in runs for _, value in run.curve]
    times = [time for run in runs for time, _ in run.curve]
    low, high, begin, end = min(values), max(values), min(times), max(times)
    spread, length = float(high - low) or 1.0, (end - begin) or 1

    def x(time: int) -> float:
        return _LEFT + (time - begin) / length * (_WIDTH - _LEFT - _RIGHT)

    def y(value: Decimal) -> float:
        return _TOP + float(high - value) / spread * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}'>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='white'/>",
        f"<text x='{_LEFT}' y='18' font-family='sans-serif' font-size='13'>{escape(title)}: equity</text>",
    ]
    parts += [
        f"<text x='{_LEFT - 6}' y='{y(value) + 4:.1f}' text-anchor='end' {_STYLE}>{value:,.0f}</text>"
        for value in (low, high)
    ]
    legend = _TOP
    for number, run in enumerate(sorted(runs, key=lambda each: each.last, reverse=True)):
        color = _COLORS[number % len(_COLORS)]
        line = " ".join(f"{x(time):.1f},{y(value):.1f}" for time, value in run.curve)
        parts.append(f"<polyline points='{line}' fill='none' stroke='{color}' stroke-width='1.5'/>")
        # names stand below each other, however close the lines end
        legend = max(legend + 15, int(y(run.last)))
        profit = "-" if run.profit is None else f"{float(run.profit) * 100:+.3f} %"
        said = f"{escape(run.model)} {profit}"
        parts.append(
            f"<text x='{_WIDTH - _RIGHT + 8}' y='{legend}' {_STYLE}><tspan fill='{color}'>■</tspan> {said}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
