"""Tables, column by column: exact amounts at the right, sorted as numbers by a click on a column's name.

They are drawn by a component of the deck's own. Streamlit's table holds numbers as floats, which are not exact, or as
text, which it sorts letter by letter; and it cannot lead anywhere but into a new tab, which knows no key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .amounts import money, percent
from .drawn import drawn

ALL_OF_A_LINE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Cells that stand at the right and are sorted by what they are, not by how they are shown. None is always last."""

    values: Sequence[Decimal | None]
    show: Callable[[Decimal | None], str] = money


@dataclass(frozen=True, slots=True)
class AtRight:
    """Texts that stand at the right: figures of different kinds."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shares:
    """Percents of a whole, each with a bar behind it."""

    values: Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Lines:
    """Small pictures of how something went. Nothing is read from them to the digit."""

    values: Sequence[Sequence[float]]


Cells = Sequence[str] | AtRight | Numbers | Shares | Lines


def table(columns: Mapping[str, Cells], *, name: str, key: str, opens: Sequence[str] = ()) -> str | None:
    """Draw columns under their names; `name` is the table's for those who cannot see it. By its `key` it is the same
    after a refresh: its sorting and scrolling stay. Each of `opens` is what its row stands for: gives that of the row
    that was clicked just now."""
    data = table_data(columns, name=name, opens=opens)
    return drawn("table", html=_HTML, css=_CSS, js=_JS, key=key, data=data, told="open")


def table_data(columns: Mapping[str, Cells], *, name: str, opens: Sequence[str]) -> dict[str, Any]:
    """What the browser gets."""
    return {"name": name, "columns": [_column(title, cells) for title, cells in columns.items()], "opens": list(opens)}


def _column(title: str, cells: Cells) -> dict[str, Any]:
    match cells:
        case Numbers(values, show):
            return {"title": title, "kind": "number", "cells": [show(each) for each in values], "order": _order(values)}
        case Shares(values):
            shown = [percent(each, signed=False) for each in values]
            widths = [0.0 if each is None else float(max(Decimal(0), min(each, ALL_OF_A_LINE))) for each in values]
            return {"title": title, "kind": "number", "cells": shown, "order": _order(values), "bars": widths}
        case Lines(values):
            return {
                "title": title,
                "kind": "line",
                "cells": ["" for _ in values],
                "lines": [[*each] for each in values],
            }
        case AtRight(texts):
            return {"title": title, "kind": "text right", "cells": list(texts)}
        case _:
            return {"title": title, "kind": "text", "cells": list(cells)}


def _order(values: Sequence[Decimal | None]) -> list[str | None]:
    """Every digit, for a browser that counts in whole numbers of any length."""
    return [None if each is None else f"{each:f}" for each in values]


_HTML = (
    """<div class="scrolls" role="region" tabindex="0"><table><thead><tr></tr></thead><tbody></tbody></table></div>"""
)

_CSS = """
.scrolls { max-height: 30rem; overflow: auto; border: 1px solid var(--st-border-color); border-radius: 0.5rem; }
.scrolls:focus-visible { outline: 2px solid var(--st-primary-color); }
table { border-collapse: separate; border-spacing: 0; width: 100%; font: 0.85rem var(--st-font);
  color: var(--st-text-color); font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.75rem; text-align: left; white-space: nowrap; background: var(--st-background-color);
  border-bottom: 1px solid var(--st-border-color); }
tbody tr:last-child td { border-bottom: 0; }
th { position: sticky; top: 0; z-index: 1; padding: 0; font-weight: 400;
  background: var(--st-secondary-background-color); }
th:first-child, td:first-child { position: sticky; left: 0; }
th:first-child { z-index: 2; }
th button { all: unset; box-sizing: border-box; width: 100%; padding: 0.35rem 0.75rem; cursor: pointer; }
.number, .number button, .right, .right button { text-align: right; }
th.line { padding: 0.35rem 0.75rem; }
th button:focus-visible, td button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
th[aria-sort="ascending"] button::after { content: " \\2191"; }
th[aria-sort="descending"] button::after { content: " \\2193"; }
td.long { white-space: normal; min-width: 22rem; max-width: 60rem; }
td.bar { background: linear-gradient(to right, rgba(28, 131, 225, 0.25) var(--bar),
  transparent 0); }
td button { all: unset; cursor: pointer; color: var(--st-link-color); text-decoration: underline; }
tr.opens { cursor: pointer; }
tr.opens:hover td { background-color: var(--st-secondary-background-color); }
svg { display: block; width: 7rem; height: 1.5rem; }
svg polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke: #26a69a; }
svg polyline.down { stroke: #ef5350; }
"""

_JS = """
const LONG = 60;  // letters, from which on a text is wrapped
const PLACES = 40;  // more than an amount has behind its point
const drawn = new WeakMap();

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".scrolls");
  if (!drawn.has(place)) drawn.set(place, { sorted: null });
  const state = drawn.get(place);
  state.open = (value) => setTriggerValue("open", value);
  const written = JSON.stringify(data);
  if (state.written !== written) {
    // only what is different is drawn anew: what is selected and scrolled stays
    const titles = data.columns.map((each) => each.title).join("|");
    if (state.titles !== titles) head(place, state, data);
    state.titles = titles;
    state.data = data;
    state.written = written;
    place.setAttribute("aria-label", data.name);
    body(place, state);
  }
  return () => drawn.delete(place);
}

function head(place, state, data) {
  state.sorted = null;
  place.querySelector("thead tr").replaceChildren(...data.columns.map((column, index) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.className = column.kind;
    if (column.kind === "line") {
      cell.textContent = column.title;
      return cell;
    }
    const button = cell.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = column.title;
    button.onclick = () => {
      const { sorted } = state;
      // a third click gives back the order in which it came
      if (sorted?.index !== index) state.sorted = { index, down: column.kind === "number" };
      else if (sorted.down === (column.kind === "number")) state.sorted = { index, down: !sorted.down };
      else state.sorted = null;
      body(place, state);
    };
    return cell;
  }));
}

function body(place, state) {
  const { data, sorted } = state;
  place.querySelectorAll("th").forEach((cell, index) => {
    if (sorted?.index === index) cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  });
  const long = data.columns.map((column) => column.kind === "text" && column.cells.some((each) => each.length > LONG));
  place.querySelector("tbody").replaceChildren(...order(data, sorted).map((row) => {
    const line = document.createElement("tr");
    data.columns.forEach((column, index) => line.append(cell(column, row, long[index])));
    const opens = data.opens[row];
    if (opens !== undefined) link(line, () => state.open(opens));
    return line;
  }));
}

function order(data, sorted) {
  const rows = data.columns.length ? data.columns[0].cells.map((_, row) => row) : [];
  if (!sorted) return rows;
  const column = data.columns[sorted.index];
  const way = sorted.down ? -1 : 1;
  if (!column.order) {
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    return rows.sort((one, other) => way * compare(column.cells[one], column.cells[other]));
  }
  const values = column.order.map(exact);
  return rows.sort((one, other) => {
    const left = values[one], right = values[other];
    if (left === null || right === null) return (left === null) - (right === null);
    return left === right ? 0 : left < right ? -way : way;
  });
}

// A whole number of the smallest part that there is: a float would not hold all digits.
function exact(text) {
  if (text === null) return null;
  const [whole, part = ""] = text.split(".");
  return BigInt(whole.replace("-", "") + part.padEnd(PLACES, "0")) * (text.startsWith("-") ? -1n : 1n);
}

function cell(column, row, long) {
  const cell = document.createElement("td");
  cell.className = column.kind + (long ? " long" : "");
  if (column.lines) cell.append(picture(column.lines[row]));
  else cell.textContent = column.cells[row];
  if (column.bars) {
    cell.classList.add("bar");
    cell.style.setProperty("--bar", `${column.bars[row]}%`);
  }
  return cell;
}

function link(line, open) {
  line.className = "opens";
  const first = line.firstChild;
  const button = document.createElement("button");
  button.type = "button";
  button.append(...first.childNodes);
  first.append(button);
  // a click anywhere in the row does, but not the end of selecting a text in it
  line.onclick = () => { if (String(getSelection()) === "") open(); };
}

function picture(values) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("aria-hidden", "true");
  if (values.length < 2) return svg;
  const least = Math.min(...values), most = Math.max(...values), height = most - least || 1;
  svg.setAttribute("viewBox", `0 -1 ${values.length - 1} 22`);
  svg.setAttribute("preserveAspectRatio", "none");
  const line = svg.appendChild(document.createElementNS(space, "polyline"));
  line.setAttribute("points", values.map((each, index) => `${index},${20 - (20 * (each - least)) / height}`).join(" "));
  if (values[values.length - 1] < values[0]) line.setAttribute("class", "down");
  return svg;
}
"""
