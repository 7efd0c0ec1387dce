"""A few figures side by side, each with its name and its unit. However many digits one has, all of them are shown:
Streamlit's own metric cuts off what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from .drawn import drawn


@dataclass(frozen=True, slots=True)
class Figure:
    """`label` says what it is and in which unit, `note` what else there is to say of it."""

    label: str
    value: str
    note: str = ""


def figures(shown: Sequence[Figure], *, key: str) -> None:
    """Draw them, as many in a line as there is room for."""
    data = {"figures": [asdict(each) for each in shown]}
    drawn("figures", html="<dl></dl>", css=_CSS, js=_JS, key=key, data=data)


_CSS = """
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 0.75rem 1.5rem;
  margin: 0; color: var(--st-text-color); font: 0.875rem var(--st-font); }
dl > div { border-left: 3px solid var(--st-border-color); padding-left: 0.75rem; }
dt { opacity: 0.8; }
dd { margin: 0; }
.value { font-size: 1.25rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
"""

_JS = """
export default function ({ data: [data], parentElement }) {
  const list = parentElement.querySelector("dl");
  const written = JSON.stringify(data);
  if (list.dataset.written === written) return;
  list.dataset.written = written;
  const part = (name, text, kind) => {
    const found = document.createElement(name);
    found.textContent = text;
    if (kind) found.className = kind;
    return found;
  };
  list.replaceChildren(...data.figures.map(({ label, value, note }) => {
    const figure = document.createElement("div");
    figure.append(part("dt", label), part("dd", value, "value"));
    if (note) figure.append(part("dd", note));
    return figure;
  }));
}
"""
