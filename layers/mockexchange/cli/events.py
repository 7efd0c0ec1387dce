"""`mockx events`: what happened to the account, and what happens."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from ..clients.errors import NotAvailable, Unreachable
from ..clients.event_answers import Event
from ..clients.exact_json import encode
from .cells import moment
from .invocation import Invocation, invocation_of, say
from .parameters import Json, count
from .watching import ended_by_ctrl_c

if TYPE_CHECKING:
    from ..clients.http import ExchangeClient

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds between two attempts to get a lost stream back; each is twice the one before."""

SHOWN = ("id symbol side type amount price filled cost status order takerOrMaker asset change").split()
"""Fields that a line for people has; --json has all of them."""

KINDS = ("order", "trade", "deposit", "withdrawal", "account")


def kinds(given: str) -> list[str]:
    """Kinds of events, separated by commas."""
    found = [each.strip() for each in given.lower().split(",") if each.strip()]
    unknown = [each for each in found if each not in KINDS]
    if unknown or not found:
        raise typer.BadParameter(f"events are of the kinds {', '.join(KINDS)}, was {given!r}")
    return found


def events(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with each event as it happens.")] = False,
    types: Annotated[
        str | None, typer.Option(metavar="LIST", help=f"Only these kinds, separated by commas: {', '.join(KINDS)}.")
    ] = None,
    limit: Annotated[int, typer.Option(parser=count, metavar="N", help="So many of the newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """Show what happened to the account, oldest first, and with --follow what happens. With --json every event is one
    line. A connection that is lost is made anew, and no event is left out or shown twice."""
    wanted = () if types is None else kinds(types)
    invocation = invocation_of(context)
    show = _as_json if as_json else _as_text
    with invocation.exchange() as exchange:
        if not follow:
            found = exchange.events(limit, wanted)
            for event in found:
                show(event)
            if not found:
                say("Nothing has happened yet. `mockx events --follow` waits for what does.")
            return
        with ended_by_ctrl_c():
            _follow(invocation, exchange, limit, wanted, show)


def _follow(
    invocation: Invocation, exchange: ExchangeClient, limit: int, types: Sequence[str], show: Callable[[Event], None]
) -> None:
    # where the journal stood before the newest events were looked for: what comes meanwhile is in both, and shown once
    seen = exchange.newest_event_id()
    for event in exchange.events(limit, types):
        show(event)
        seen = event.id
    for event in _endless(invocation, exchange, seen, types):
        show(event)


def _endless(invocation: Invocation, exchange: ExchangeClient, seen: str, types: Sequence[str]) -> Generator[Event]:
    wait = FIRST_WAIT
    told = False
    while True:
        try:
            for event in exchange.event_stream(after=seen, types=types):
                seen = event.id
                wait, told = FIRST_WAIT, False
                yield event
        except (Unreachable, NotAvailable) as error:
            if not told:
                say(f"{error} Trying again until it answers; Ctrl-C ends this.")
            told = True
            invocation.pause(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        else:
            invocation.pause(FIRST_WAIT)  # it ended by itself, as it does every few minutes


def _as_json(event: Event) -> None:
    # read and written again: numbers exact, and a line is one line
    data: Any = msgspec.json.Decoder(float_hook=Decimal).decode(event.data)
    typer.echo(encode({"id": event.id, "type": event.type, "timestamp": event.timestamp, "data": data}))


def _as_text(event: Event) -> None:
    fields = msgspec.json.Decoder(dict[str, Any], float_hook=str).decode(event.data)
    shown = [f"{name} {value}" for name, value in fields.items() if name in SHOWN and value is not None]
    if fields.get("late"):
        shown.append("late")
    typer.echo(f"{moment(event.timestamp)}  {event.type:<10}  {'  '.join(shown)}  (event {event.id})")
