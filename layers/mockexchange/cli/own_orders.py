"""`mockx honesty --journal`: what an account really ordered, given again under every fill model."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .exit_codes import ExitCode
from .failures import fail
from .honesty import conclude, counted, draw, progress_bar, row, run_table, wanted_models
from .invocation import Invocation, invocation_of, say

if TYPE_CHECKING:
    from ..backtest.again import Again
    from ..backtest.recorded import Prices, Recorded
    from ..settings import Settings
    from ..store.valkey import ValkeyStore


def own_orders(context: typer.Context, account: str, models: str | None, plot: Path | None, *, as_json: bool) -> None:
    """Read the account's journal, run it under each of `models`, and show side by side what it got."""
    # here, not above: other commands start without them
    from ..backtest.again import again, steps_of
    from ..backtest.recorded import recorded

    invocation = invocation_of(context)
    wanted = wanted_models(models)
    with venue_of(invocation) as (chosen, store):
        with progress_bar(invocation, store.revision()) as progress:
            of = recorded(store, account, chosen.quote_asset, lambda read: progress("reading the journal", read))
        with progress_bar(invocation, (1 + len(wanted)) * steps_of(of)) as progress:
            found = again(of, wanted, levels=chosen.book_levels, seed=chosen.seed, progress=progress)
    runs = [found.as_it_was, *found.runs]
    invocation.show(_told(of, found), lambda: [run_table(runs, skips=True)], as_json=as_json)
    for prices in of.prices:
        say(_known(prices, of.since))
    say(agreement(of, found))
    conclude(runs, f"The same {counted(of.commands, 'command')} of {account}, the same prices", told_all=True)
    if not any(tick.book for prices in of.prices for tick in prices.ticks):
        say("No books were kept with these prices: a model that walks them is held to the sizes of the best prices.")
    if plot is not None:
        draw(plot, f"journal of {account}", runs)


@contextmanager
def venue_of(invocation: Invocation) -> Generator[tuple[Settings, ValkeyStore]]:
    """The settings and the store of the exchange whose journal is read, as this machine can reach them. What cannot be
    read, there or of what is read there, ends the command."""
    from ..domain.errors import AccountNotFound, BadRequest, ExchangeNotAvailable
    from ..settings import BadSettings, Settings

    if invocation.url is not None:
        raise typer.BadParameter("a journal is read from Valkey, not from --url: give --data-dir, or set VALKEY_URL")
    try:
        given = {"mockx_data_dir": invocation.data_dir} if invocation.data_dir else {}
        chosen = Settings(**given)
        yield chosen, _store(chosen, names_directory=bool(given))
    except BadSettings as error:
        fail(f"These settings cannot be used.\n{error}", ExitCode.USAGE)
    except AccountNotFound as error:
        fail(error.detail, ExitCode.NOT_FOUND, "`mockx account list` lists the accounts.")
    except BadRequest as error:
        fail(error.detail, ExitCode.USAGE)
    except ExchangeNotAvailable as error:
        fail(error.detail, ExitCode.UNREACHABLE)


def _store(chosen: Settings, *, names_directory: bool) -> ValkeyStore:
    """The venue's. A directory that the command names counts before the settings' Valkey."""
    from ..local.checkup import valkey_address
    from ..store.keys import VenueKeys
    from ..store.valkey import ValkeyStore
    from ..store.valkey_connection import connect

    its_own = valkey_address(chosen.model_copy(update={"valkey_url": None})) if names_directory else None
    address = its_own or valkey_address(chosen)
    if address is None:
        fail(
            "A journal is read from the Valkey of the exchange, and none is known here.",
            ExitCode.USAGE,
            "Name the exchange's data directory (--data-dir, MOCKX_DATA_DIR), or its Valkey (VALKEY_URL).",
        )
    return ValkeyStore(connect(address, home=VenueKeys(chosen.venue).sequence), chosen.venue)


def _told(of: Recorded, found: Again) -> dict[str, object]:
    """All of it, for machines."""
    return {
        "account": of.account_id,
        "since": of.since,
        "until": of.until,
        "commands": of.commands,
        "fills": len(of.fills),
        "sameFillsAsItWas": found.same,
        "prices": [
            {
                "symbol": prices.symbol,
                "ticksOfTheLog": len(prices.from_the_log),
                "everyTickSince": max(of.since, prices.from_the_log[0].logged_at) if prices.from_the_log else None,
                "ticksOfTheJournal": len(prices.from_the_journal),
            }
            for prices in of.prices
        ],
        "models": [row(run) for run in (found.as_it_was, *found.runs)],
    }


def _known(prices: Prices, since: int) -> str:
    """For which time which ticks of a market there are."""
    log, journal = prices.from_the_log, prices.from_the_journal
    every = (
        f"every tick from {_written(max(log[0].logged_at, since))} on ({len(log):,}, the venue's log)" if log else ""
    )
    if not journal:
        return f"{prices.symbol}: {every}."
    some = f"only the {counted(len(journal), 'tick')} that the journal has, on which something happened"
    since_then = f"; before that {some}" if log else some
    return (
        f"{prices.symbol}: {every}{since_then}. There orders meet those alone: a model that fills sooner than the "
        "venue's own did finds nothing in between, and a stop is triggered late."
    )


def agreement(of: Recorded, found: Again) -> str:
    """Whether the account's fills came out again, and if not, what may be why."""
    was, has = found.as_it_was, len(of.fills)
    if found.same:
        return f"{was.model}: {_exactly(has)}."
    why = (
        "Not every tick is known."
        if any(prices.from_the_journal for prices in of.prices)
        else "The journal does not say when a tick was met that did nothing, or this version decides otherwise."
    )
    return f"{was.model}: not the fills that the account has; those are {has:,}, these {was.fills:,}. {why}"


def _exactly(fills: int) -> str:
    """That so many are all the same."""
    match fills:
        case 0:
            return "no fill, and the account has none"
        case 1:
            return "exactly the one fill that the account has"
        case _:
            return f"exactly the {fills:,} fills that the account has"


def _written(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
