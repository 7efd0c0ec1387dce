"""`mockx ticker --watch`: prices as they change. On a terminal a table that is drawn anew; elsewhere a line for each
price that changed, so that it can be piped."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import typer

from ..clients.answers import Ticker
from ..clients.errors import NotAvailable, Unreachable
from ..clients.exact_json import encode
from ..domain.amounts import text
from .invocation import Invocation, say
from .tables import Table, rich_table

Tickers = dict[str, Ticker]


def watch(
    invocation: Invocation,
    look: Callable[[], Tickers],
    drawn: Callable[[Tickers], Table],
    interval: float,
    *,
    as_json: bool,
) -> None:
    """Look every `interval` seconds and show what is new, until Ctrl-C. An exchange that does not answer is waited for.

    The first look must succeed: nothing to watch is an error.
    """
    with ended_by_ctrl_c():
        looks = _looks(invocation, look, interval)
        if invocation.at_a_terminal and not as_json:
            _draw(looks, drawn)
        else:
            _write(looks, as_json=as_json)


@contextmanager
def ended_by_ctrl_c() -> Generator[None]:
    """Ctrl-C is how watching ends: no error."""
    try:
        yield
    except KeyboardInterrupt:
        return


def _looks(invocation: Invocation, look: Callable[[], Tickers], interval: float) -> Iterator[Tickers]:
    yield look()
    lost = False
    while True:
        invocation.pause(interval)
        try:
            found = look()
        except (Unreachable, NotAvailable) as error:
            if not lost:
                say(f"{error} Trying again until it answers; Ctrl-C ends this.")
            lost = True
            continue
        if lost:
            say("The exchange answers again.")
        lost = False
        yield found


def _draw(looks: Iterator[Tickers], drawn: Callable[[Tickers], Table]) -> None:
    # here, not above: only a terminal wants it
    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False)
    with Live(console=console, auto_refresh=False) as live:
        for found in looks:
            table, _ = rich_table(drawn(found), console.width)
            live.update(table, refresh=True)


def _write(looks: Iterator[Tickers], *, as_json: bool) -> None:
    shown: dict[str, tuple[object, ...]] = {}
    for found in looks:
        for symbol, ticker in found.items():
            # every tick has a number of its own; growing old is a change too
            state = (ticker.tick, ticker.source, ticker.stale)
            if shown.get(symbol) != state:
                shown[symbol] = state
                typer.echo(encode(ticker) if as_json else _line(ticker))


def _line(ticker: Ticker) -> str:
    prices = f"last {text(ticker.last)}  bid {text(ticker.bid)}  ask {text(ticker.ask)}"
    return f"{ticker.datetime}  {ticker.symbol}  {prices}{'  stale' if ticker.stale else ''}"
