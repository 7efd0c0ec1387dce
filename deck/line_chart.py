"""Lines, areas and bars over time, drawn by the script that draws the candles. The chart stays in the browser between
two refreshes, with its zoom and its place; a double click shows all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .drawn import drawn

HEIGHT = 300
"""Pixels."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is drawn: points as (ms, value), oldest first; None leaves a gap. The values are for drawing alone, so they
    may be floats."""

    name: str
    points: Sequence[tuple[int, float | None]]
    kind: Literal["line", "area", "bars"] = "line"


def line_chart(series: Sequence[Series], *, name: str, unit: str, key: str, height: int = HEIGHT) -> None:
    """Draw them over each other, on a page on which `load_library` was called. By its `key` a chart is the same after
    a refresh."""
    data = chart_data(series, name=name, unit=unit, height=height)
    drawn("line_chart", html=_HTML, css=_CSS, js=_JS, key=key, data=data)


def chart_data(series: Sequence[Series], *, name: str, unit: str, height: int) -> dict[str, Any]:
    """What the browser gets. The script wants seconds, none of them twice: the last of each counts."""
    last = [f"{each.name} {_last(each)}" for each in series]
    return {
        "height": height,
        "unit": unit,
        "summary": f"{name}, {unit}: {', '.join(last)} at the end.",
        "series": [
            {
                "name": each.name,
                "kind": each.kind,
                "points": list({time // 1000: at for time, at in each.points}.items()),
            }
            for each in series
        ],
    }


def _last(series: Series) -> str:
    found = next((value for _, value in reversed(series.points) if value is not None), None)
    return "nothing" if found is None else f"{found:,.2f}"


_HTML = """
<div class="legend"></div>
<div class="lines" role="img"></div>
"""

_CSS = """
.lines { width: 100%; }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.25rem; min-height: 1.4em; color: var(--st-text-color);
  font: 0.85rem var(--st-font); font-variant-numeric: tabular-nums; }
.legend i { display: inline-block; width: 0.75rem; height: 0.2rem; margin-right: 0.4rem; vertical-align: middle; }
"""

_JS = """
const COLORS = ["#1c83e1", "#f0a020", "#26a69a"], UP = "#26a69a", DOWN = "#ef5350";
const drawn = new WeakMap();

export default function ({ data: [data], parentElement }) {
  const place = parentElement.querySelector(".lines");
  if (!drawn.has(place)) drawn.set(place, { legend: parentElement.querySelector(".legend"), refreshes: 0 });
  const chart = drawn.get(place);
  chart.next = data;
  place.setAttribute("aria-label", data.summary);
  when(200, place, () => draw(place, chart));
  return () => {
    drawn.delete(place);
    if (chart.api) chart.api.remove();
  };
}

// The library comes as an element of its own, before this one or just after it.
function when(tries, place, then) {
  if (window.LightweightCharts) then();
  else if (tries > 0) setTimeout(() => when(tries - 1, place, then), 50);
  else place.textContent = "The chart's script did not load.";
}

function draw(place, chart) {
  const data = chart.next;
  place.style.height = `${data.height}px`;
  if (!chart.api) create(place, chart);
  paint(place, chart);
  const kinds = JSON.stringify(data.series.map(({ name, kind }) => [name, kind]));
  if (chart.kinds !== kinds) series(chart, data);
  chart.kinds = kinds;
  const points = JSON.stringify(data.series);
  if (chart.points !== points) {
    const time = chart.api.timeScale();
    const seen = chart.moved ? time.getVisibleRange() : null;
    data.series.forEach((each, index) => chart.series[index].setData(each.points.map(point(each))));
    if (seen) time.setVisibleRange(seen);
    else time.fitContent();
  }
  chart.points = points;
  legend(chart);
  // what a canvas shows, for those who cannot look at it
  place.dataset.refreshes = ++chart.refreshes;
  place.dataset.points = data.series.map((each) => each.points.length).join(" ");
}

function create(place, chart) {
  const library = window.LightweightCharts;
  chart.api = library.createChart(place, {
    autoSize: true,
    crosshair: { mode: library.CrosshairMode.Normal },
    handleScroll: { vertTouchDrag: false, mouseWheel: false },
    timeScale: { timeVisible: true, lockVisibleTimeRangeOnResize: true },
    localization: { priceFormatter: shown },
  });
  // what was moved by hand stays where it is; what was not shows everything
  for (const kind of ["wheel", "pointerdown", "touchstart"]) {
    place.addEventListener(kind, () => { chart.moved = true; }, { passive: true });
  }
  place.addEventListener("dblclick", () => {
    chart.moved = false;
    chart.api.timeScale().fitContent();
  });
  chart.api.subscribeCrosshairMove((event) => legend(chart, event));
  chart.api.timeScale().subscribeVisibleTimeRangeChange((range) => {
    if (range) place.dataset.visible = `${range.from} ${range.to}`;
  });
}

function series(chart, data) {
  (chart.series || []).forEach((each) => chart.api.removeSeries(each));
  const plain = { lineWidth: 2, priceLineVisible: false, lastValueVisible: false };
  chart.series = data.series.map(({ kind }, index) => {
    const color = COLORS[index % COLORS.length];
    if (kind === "bars") return chart.api.addHistogramSeries({ priceLineVisible: false, lastValueVisible: false });
    if (kind === "line") return chart.api.addLineSeries({ ...plain, color });
    // what is below a peak hangs from the top
    const pale = DOWN + "33";
    return chart.api.addBaselineSeries({
      ...plain, lineWidth: 1, baseValue: { type: "price", price: 0 }, bottomLineColor: DOWN, topLineColor: DOWN,
      topFillColor1: pale, topFillColor2: pale, bottomFillColor1: pale, bottomFillColor2: pale,
    });
  });
}

const color = ({ kind }, index) => (kind === "line" ? COLORS[index % COLORS.length] : kind === "area" ? DOWN : UP);
const point = ({ kind }) => ([time, value]) => {
  if (value === null) return { time };
  return kind === "bars" ? { time, value, color: value < 0 ? DOWN : UP } : { time, value };
};
const shown = (value) => value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

// The values under the pointer, else the last ones.
function legend(chart, event) {
  const { unit } = chart.next;
  const time = event?.time;
  const when = time === undefined ? [] : [document.createElement("span")];
  if (when.length) when[0].textContent = new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";
  chart.legend.replaceChildren(...chart.next.series.map((each, index) => {
    const line = document.createElement("span");
    const mark = line.appendChild(document.createElement("i"));
    mark.style.background = color(each, index);
    const under = event?.seriesData?.get(chart.series[index])?.value;
    const last = each.points.filter(([, value]) => value !== null).at(-1)?.[1];
    const value = time === undefined ? last : under;
    line.append(`${each.name} ${value === undefined ? "-" : `${shown(value)} ${unit}`}`);
    return line;
  }), ...when);
}

function paint(place, chart) {
  const style = getComputedStyle(place);
  const color = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const text = color("--st-text-color", "#808495");
  const line = color("--st-border-color-light", "rgba(128, 132, 149, 0.2)");
  if (chart.painted === text + line) return;
  chart.painted = text + line;
  chart.api.applyOptions({
    layout: { background: { color: "transparent" }, textColor: text },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    timeScale: { borderColor: line },
    rightPriceScale: { borderColor: line },
  });
}
"""
