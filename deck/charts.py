"""The candle chart: candles with volume, fills as markers, prices as lines; a click on it gives its price.

TradingView's script is read from the installed package `lightweight-charts` and sent once for a page; what refreshes
sends numbers alone. The chart itself stays in the browser between two refreshes, with its zoom and its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.metadata import files
from typing import Any, Literal

from streamlit.components.v2 import component

from mockexchange.clients.answers import Ohlcv
from mockexchange.domain.amounts import decimal_places, text

from .drawn import drawn

LENGTHS = {"1m": 60, "5m": 300, "15m": 900, "1h": 3_600, "4h": 14_400, "1d": 86_400}
"""Candles that the chart can show: their names in the API, and seconds."""

SHOWN = 120
"""Candles that one sees before one zooms."""

HEIGHT = 460
"""Pixels."""

_SCRIPT = "js/lightweight-charts.js"
"""TradingView's script within the package."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A fill on the chart, at `time` (ms)."""

    time: int
    side: str
    label: str


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price over the whole chart."""

    price: Decimal
    label: str
    kind: Literal["buy", "sell", "average"]


def candle_chart(
    symbol: str,
    length: str,
    candles: Sequence[Ohlcv],
    *,
    tick: Decimal,
    markers: Sequence[Marker] = (),
    lines: Sequence[PriceLine] = (),
) -> str | None:
    """Draw a market's candles of one of LENGTHS. Gives the price that was clicked just now, to the tick."""
    load_library()
    data = chart_data(symbol, length, candles, tick=tick, markers=markers, lines=lines)
    return drawn("chart", html=_HTML, css=_CSS, js=_JS, key="chart", data=data, told="price")


def chart_data(
    symbol: str,
    length: str,
    candles: Sequence[Ohlcv],
    *,
    tick: Decimal,
    markers: Sequence[Marker],
    lines: Sequence[PriceLine],
) -> dict[str, Any]:
    """What the browser gets. The numbers are for drawing alone, so they may be floats; labels have every digit."""
    seconds = LENGTHS[length]
    last = f", last {text(candles[-1][4])}" if candles else ""
    return {
        "id": f"{symbol} {length}",
        "summary": f"Candles of {symbol}, {length} each{last}. {len(markers)} fills, {len(lines)} price lines.",
        "digits": decimal_places(tick),
        "tick": float(tick),
        "shown": SHOWN,
        "candles": [[time // 1000, *map(float, rest)] for time, *rest in candles],
        "markers": [
            # the script wants them at the opening of a candle, in the order of time
            {"time": each.time // 1000 // seconds * seconds, "side": each.side, "label": each.label}
            for each in sorted(markers, key=lambda each: each.time)
            if candles and each.time >= candles[0][0]
        ],
        "lines": [{"price": float(each.price), "label": each.label, "kind": each.kind} for each in lines],
    }


def load_library() -> None:
    """Send TradingView's script, once for a page: as an element of its own, which never changes."""
    component("mockexchange_chart_library", js=_library() + _NOTHING_ELSE)(key="chart.library")


@cache
def _library() -> str:
    """TradingView's script."""
    for each in files("lightweight-charts") or ():
        if each.as_posix().endswith(_SCRIPT):
            return each.read_text()
    raise FileNotFoundError(f"the package lightweight-charts has no {_SCRIPT}; install its version 2")


_NOTHING_ELSE = "\nexport default function () {}\n"

_HTML = f"""
<div class="candles" role="img" style="height: {HEIGHT}px"></div>
<p class="source">Charts by <a href="https://www.tradingview.com/" target="_blank" rel="noopener">TradingView</a>,
Lightweight Charts. Times are UTC. A click sets the ticket's price.</p>
"""

_CSS = """
.candles { width: 100%; }
.source { color: var(--st-text-color); font: 0.75rem var(--st-font); margin: 0.25rem 0 0; opacity: 0.8; }
.source a { color: inherit; }
"""

_JS = """
const UP = "#26a69a", DOWN = "#ef5350", AVERAGE = "#f0a020";
const drawn = new WeakMap();

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".candles");
  if (!drawn.has(place)) drawn.set(place, { refreshes: 0 });
  const chart = drawn.get(place);
  chart.pick = (price) => setTriggerValue("price", price);
  chart.next = data;
  place.setAttribute("aria-label", data.summary);
  when(200, place, () => draw(place, chart));
  return () => {
    // Streamlit calls this, too, for data that newer data overtook, while the chart is looked at
    if (place.isConnected) return;
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
  if (!chart.api) create(place, chart);
  paint(place, chart);
  chart.candles.applyOptions({ priceFormat: { type: "price", precision: data.digits, minMove: data.tick } });
  candles(chart, data);
  markers(chart, data.markers);
  lines(chart, data.lines);
  chart.digits = data.digits;
  // what a canvas shows, for those who cannot look at it
  place.dataset.refreshes = ++chart.refreshes;
  place.dataset.candles = data.candles.length;
  place.dataset.markers = data.markers.length;
  place.dataset.lines = data.lines.length;
  // at its upper and at its lower edge
  const edges = [0, place.clientHeight].map((y) => chart.candles.coordinateToPrice(y));
  place.dataset.prices = edges.join(" ");
}

function create(place, chart) {
  const library = window.LightweightCharts;
  chart.api = library.createChart(place, {
    autoSize: true,
    crosshair: { mode: library.CrosshairMode.Normal },
    handleScroll: { vertTouchDrag: false },
    timeScale: { timeVisible: true, rightOffset: 5 },
  });
  chart.candles = chart.api.addCandlestickSeries({
    upColor: UP, downColor: DOWN, wickUpColor: UP, wickDownColor: DOWN, borderVisible: false,
  });
  chart.volume = chart.api.addHistogramSeries({
    priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false,
  });
  chart.volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
  chart.drawnLines = [];
  chart.api.subscribeClick((event) => {
    const price = event.point && chart.candles.coordinateToPrice(event.point.y);
    if (price > 0) chart.pick(price.toFixed(chart.digits));
  });
  chart.api.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range) place.dataset.visible = `${range.from.toFixed(2)} ${range.to.toFixed(2)}`;
  });
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
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    timeScale: { borderColor: line },
    rightPriceScale: { borderColor: line },
  });
}

const candle = ([time, open, high, low, close]) => ({ time, open, high, low, close });
const bar = ([time, open, , , close, value]) => ({ time, value, color: (close < open ? DOWN : UP) + "66" });

function candles(chart, data) {
  const all = data.candles;
  if (chart.id === data.id && all.length && chart.newest >= all[0][0]) {
    // only what is new or still open: setting all of it anew would move what one looks at
    for (const each of all.filter(([time]) => time >= chart.newest)) {
      chart.candles.update(candle(each));
      chart.volume.update(bar(each));
    }
  } else {
    chart.candles.setData(all.map(candle));
    chart.volume.setData(all.map(bar));
    chart.api.priceScale("right").applyOptions({ autoScale: true });
    const end = all.length;
    if (end) chart.api.timeScale().setVisibleLogicalRange({ from: Math.max(0, end - data.shown) - 1, to: end + 5 });
  }
  chart.id = data.id;
  chart.newest = all.length ? all[all.length - 1][0] : undefined;
}

function markers(chart, all) {
  const written = JSON.stringify(all);
  if (chart.markers === written) return;
  chart.markers = written;
  chart.candles.setMarkers(all.map(({ time, side, label }) => ({
    time, text: label,
    position: side === "buy" ? "belowBar" : "aboveBar",
    shape: side === "buy" ? "arrowUp" : "arrowDown",
    color: side === "buy" ? UP : DOWN,
  })));
}

function lines(chart, all) {
  const written = JSON.stringify(all);
  if (chart.lines === written) return;
  chart.lines = written;
  chart.drawnLines.forEach((each) => chart.candles.removePriceLine(each));
  const style = window.LightweightCharts.LineStyle;
  chart.drawnLines = all.map(({ price, label, kind }) => chart.candles.createPriceLine({
    price, title: label, axisLabelVisible: true, lineWidth: 1,
    color: { buy: UP, sell: DOWN, average: AVERAGE }[kind],
    lineStyle: kind === "average" ? style.Solid : style.Dashed,
  }));
}
"""
