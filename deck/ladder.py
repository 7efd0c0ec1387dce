"""The book as a ladder of buttons: a click, or Enter, on one of its prices gives that price. The arrow keys go up and
down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mockexchange.clients.answers import OrderBook

from .amounts import money, price
from .drawn import drawn


def ladder(book: OrderBook, *, tick: Decimal, step: Decimal, levels: int = 10) -> str | None:
    """Draw the best levels of both sides. Gives the price that was clicked just now."""
    data = ladder_data(book, tick=tick, step=step, levels=levels)
    return drawn("ladder", html=_HTML, css=_CSS, js=_JS, key="ladder", data=data, told="price")


def ladder_data(book: OrderBook, *, tick: Decimal, step: Decimal, levels: int) -> dict[str, Any]:
    """What the browser gets: rows from the highest price down, each with its share of the largest amount in percent."""
    asks, bids = book.asks[:levels], book.bids[:levels]
    most = max((amount for _, amount in (*asks, *bids)), default=Decimal(1)) or Decimal(1)
    places = max(0, -int(step.normalize().as_tuple().exponent))

    def rows(side: str, found: tuple[tuple[Decimal, Decimal], ...]) -> list[dict[str, Any]]:
        return [
            {
                "side": side,
                "price": format(level, "f"),
                "shown": price(level, tick),
                "amount": money(amount, places),
                "share": round(float(amount / most) * 100),
            }
            for level, amount in found
        ]

    return {"rows": rows("ask", asks[::-1]) + rows("bid", bids)}


_HTML = """<div class="ladder" role="group" aria-label="Order book"></div>"""

_CSS = """
.ladder { display: grid; font: 0.8rem var(--st-code-font); }
.ladder button {
  display: flex; justify-content: space-between; align-items: center; min-height: 1.5rem;
  border: 0; padding: 0 0.4rem; cursor: pointer; font: inherit;
  color: var(--st-text-color); background: linear-gradient(to left, var(--depth) var(--share), transparent 0);
}
.ladder button:hover, .ladder button:focus-visible { outline: 1px solid var(--st-primary-color); outline-offset: -1px; }
.ladder .ask { --depth: rgba(239, 83, 80, 0.22); }
.ladder .bid { --depth: rgba(38, 166, 154, 0.22); }
.ladder .ask + .bid { border-top: 1px solid var(--st-border-color); }
"""

_JS = """
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const ladder = parentElement.querySelector(".ladder");
  // the buttons stay, so that the one with the focus keeps it
  while (ladder.children.length > data.rows.length) ladder.lastChild.remove();
  while (ladder.children.length < data.rows.length) {
    const button = ladder.appendChild(document.createElement("button"));
    button.type = "button";
    button.append(document.createElement("span"), document.createElement("span"));
  }
  data.rows.forEach((row, number) => {
    const button = ladder.children[number];
    button.className = row.side;
    button.style.setProperty("--share", `${row.share}%`);
    button.children[0].textContent = row.shown;
    button.children[1].textContent = row.amount;
    button.setAttribute("aria-label", `${row.side} ${row.shown}, amount ${row.amount}: take this price`);
    button.onclick = () => setTriggerValue("price", row.price);
  });
  // one stop for the Tab key, not twenty; from there the arrows go up and down
  const reachable = (wanted) => [...ladder.children].forEach((each) => { each.tabIndex = each === wanted ? 0 : -1; });
  if (!ladder.querySelector('[tabindex="0"]')) reachable(ladder.querySelector(".bid") ?? ladder.firstChild);
  ladder.onkeydown = (event) => {
    const from = event.target;
    const to = { ArrowUp: from.previousSibling, ArrowDown: from.nextSibling }[event.key];
    if (!to) return;
    event.preventDefault();
    reachable(to);
    to.focus();
  };
}
"""
