"""`mockx chaos`: faults on purpose, for whoever wants to know what a bot makes of them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cells import NOTHING, moment
from .invocation import invocation_of
from .moments import UNITS
from .parameters import Json
from .tables import Table, facts

if TYPE_CHECKING:
    from ..clients.chaos import Chaos

chaos = typer.Typer(no_args_is_help=True, help="Let things go wrong on purpose: docs/chaos.md has every fault.")


class DoorName(StrEnum):
    """Where requests come in."""

    BINANCE = "binance"
    NATIVE = "native"


def share(given: str) -> Decimal:
    """A share from 0 to 1, like 0.05 or 5%."""
    percent = given.endswith("%")
    try:
        found = Decimal(given.removesuffix("%")).scaleb(-2 if percent else 0)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 <= found <= 1):
        raise typer.BadParameter(f"a rate is a share from 0 to 1, like 0.05 or 5%, was {given!r}")
    return found


def how_long(given: str) -> int:
    """Seconds of a stretch of time like 90s, 10m or 2h."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", given.strip().lower())
    if not found or not int(found[1]):
        raise typer.BadParameter(f"a time is written like 90s, 10m or 2h, was {given!r}")
    return int(found[1]) * UNITS[found[2]]


Rate = Decimal | None


def _rate(what: str) -> Any:
    return typer.Option(parser=share, metavar="RATE", help=what)


@chaos.command("set", epilog="Example: mockx chaos set --timeout 5% --rate-limited 2% --latency 100 --for 10m")
def set_chaos(
    context: typer.Context,
    latency: Annotated[int, typer.Option(metavar="MS", min=0, help="Every request waits so long.")] = 0,
    jitter: Annotated[int, typer.Option(metavar="MS", min=0, help="And up to so much longer.")] = 0,
    rate_limited: Annotated[Rate, _rate("Refused with 429.")] = None,
    banned: Annotated[Rate, _rate("Refused as a banned address is: 418 on the Binance wire.")] = None,
    retry_after: Annotated[int, typer.Option(metavar="SECONDS", min=1, help="What a 429 and a ban ask for.")] = 2,
    unavailable: Annotated[Rate, _rate("Refused with 503 by whatever stands before the exchange.")] = None,
    dropped: Annotated[Rate, _rate("The connection ends; nobody looked at the request.")] = None,
    rejected: Annotated[Rate, _rate("New orders are refused by the matching engine.")] = None,
    error: Annotated[Rate, _rate("Carried out, and answered with 500.")] = None,
    timeout: Annotated[Rate, _rate("Carried out, and answered with a time-out.")] = None,
    lost: Annotated[Rate, _rate("Carried out, and the connection ends without an answer.")] = None,
    maintenance: Annotated[bool, typer.Option("--maintenance", help="Everything is refused, for maintenance.")] = False,
    frozen: Annotated[bool, typer.Option("--frozen", help="Quotes come, but their prices stand still.")] = False,
    stale: Annotated[int, typer.Option(metavar="SECONDS", min=0, help="Quotes are so old.")] = 0,
    gap: Annotated[Rate, _rate("Quotes that are missing.")] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The same seed, the same faults.")] = 0,
    lasts: Annotated[
        int | None,
        typer.Option("--for", parser=how_long, metavar="TIME", help="Ends by itself after 90s, 10m or 2h."),
    ] = None,
    door: Annotated[
        list[DoorName] | None,
        typer.Option(metavar="binance|native", case_sensitive=False, help="Only this door. Not given: both."),
    ] = None,
    route: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="Only paths that begin so, like 'POST /api/v3/order'; may be given several times."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Let things go wrong, in the place of what was set before. A RATE is a share of requests, like 0.05 or 5%. The
    books stay right whatever happens; what the exchange carried out it carried out, whatever the client was told."""
    asked: dict[str, Any] = {
        "latencyMs": latency,
        "jitterMs": jitter,
        "retryAfterSec": retry_after,
        "maintenance": maintenance,
        "frozen": frozen,
        "staleSec": stale,
        "seed": seed,
        "forSec": lasts,
        "routes": route or [],
    }
    rates = {
        "rateLimited": rate_limited, "banned": banned, "unavailable": unavailable, "dropped": dropped,
        "rejected": rejected, "error": error, "timeout": timeout, "lost": lost, "gap": gap,
    }  # fmt: skip
    asked |= {name: rate for name, rate in rates.items() if rate is not None}
    if door:
        asked["doors"] = [each.value for each in door]
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.set_chaos(asked)
        invocation.show(found, lambda: [_card(found)], as_json=as_json)


@chaos.command("show", epilog="Example: mockx chaos show")
def show_chaos(context: typer.Context, as_json: Json = False) -> None:
    """Show what goes wrong on purpose."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.chaos()
        invocation.show(found, lambda: [_card(found)], as_json=as_json)


@chaos.command("off", epilog="Example: mockx chaos off")
def end_chaos(context: typer.Context, as_json: Json = False) -> None:
    """Let nothing go wrong on purpose any more."""
    invocation = invocation_of(context)
    with invocation.exchange() as exchange:
        found = exchange.end_chaos()
        invocation.show(found, lambda: [_card(found)], as_json=as_json)


def _card(found: Chaos) -> Table:
    if not found.on:
        return facts([("chaos", "off")])
    waits = any((found.rate_limited, found.banned))
    rows = [
        ("chaos", "on"),
        ("what", found.summary),
        ("until", "it is ended" if found.until is None else moment(found.until)),
        ("seed", str(found.seed)),
        ("retry after", f"{found.retry_after_sec} s" if waits else NOTHING),
    ]
    return facts(rows)
