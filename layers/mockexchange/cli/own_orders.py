"""`mockx honesty --journal`: what an account really ordered, given again under every fill model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .exit_codes import ExitCode
from .failures import fail
from .honesty import conclude, draw, progress_bar, row, run_table
from .invocation import invocation_of, say

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
    from ..domain.errors import AccountNotFound, BadRequest, ExchangeNotAvailable
    from ..domain.fill_models import MODELS
    from ..settings import BadSettings, Settings

    invocation = invocation_of(context)
    if invocation.url is not None:
        raise typer.BadParameter("a --journal is read from Valkey, not from --url: give --data-dir, or set VALKEY_URL")
    wanted = [*MODELS, "realistic", "brutal"] if models is None else [each.strip() for each in models.split(",")]
    try:
        chosen = Settings(**({"mockx_data_dir": invocation.data_dir} if invocation.data_dir else {}))
        store = _store(chosen)
        with progress_bar(invocation, store.revision()) as progress:
            of = recorded(store, account, chosen.quote_asset, lambda read: progress("reading the journal", read))
        with progress_bar(invocation, (1 + len(wanted)) * steps_of(of)) as progress:
            found = again(of, wanted, levels=chosen.book_levels, seed=chosen.seed, progress=progress)
    except BadSettings as error:
        fail(f"These settings cannot be used.\n{error}", ExitCode.USAGE)
    except AccountNotFound as error:
        fail(error.detail, ExitCode.NOT_FOUND, "`mockx account list` lists the accounts.")
    except BadRequest as error:
        fail(error.detail, ExitCode.USAGE)
    except ExchangeNotAvailable as error:
        fail(error.detail, ExitCode.UNREACHABLE)
    runs = [found.as_it_was, *found.runs]
    invocation.show(_told(of, found), lambda: [run_table(runs, skips=True)], as_json=as_json)
    for prices in of.prices:
        say(_known(prices, of.since))
    _say_whether_the_same(of, found)
    conclude(runs, f"The same {of.commands:,} commands of {account}, the same prices", told_all=True)
    if not any(tick.book for prices in of.prices for tick in prices.ticks):
        say("No books were kept with these prices: a model that walks them is held to the sizes of the best prices.")
    if plot is not None:
        draw(plot, f"journal of {account}", runs)


def _store(chosen: Settings) -> ValkeyStore:
    """The venue's, as this machine can reach it."""
    from ..local.checkup import valkey_address
    from ..store.keys import VenueKeys
    from ..store.valkey import ValkeyStore
    from ..store.valkey_connection import connect

    address = valkey_address(chosen)
    if address is None:
        fail(
            "A journal is read from the Valkey of the exchange, and none is known here.",
            ExitCode.USAGE,
            "Name the exchange's data directory (--data-dir, MOCKX_DATA_DIR), or its Valkey (VALKEY_URL).",
        )
    return ValkeyStore(connect(address, home=VenueKeys(chosen.venue).sequence), chosen.venue)


def _told(of: Recorded, found: Again) -> dict[str, object]:
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
    """For which time which ticks there are."""
    log, journal = prices.from_the_log, prices.from_the_journal
    every = (
        f"every tick from {_written(max(log[0].logged_at, since))} on ({len(log):,}, the venue's log)" if log else ""
    )
    if not journal:
        return f"{prices.symbol}: {every}."
    some = f"only the {len(journal):,} ticks that the journal has, on which something happened"
    since_then = f"; before that {some}" if log else some
    return (
        f"{prices.symbol}: {every}{since_then}. There orders meet those alone: a model that fills sooner than the "
        "venue's own did finds nothing in between, and a stop is triggered late."
    )


def _say_whether_the_same(of: Recorded, found: Again) -> None:
    was, has = found.as_it_was, len(of.fills)
    if found.same:
        say(f"{was.model}: exactly the {has:,} fills that the account has.")
        return
    why = (
        "Not every tick is known."
        if any(prices.from_the_journal for prices in of.prices)
        else "The journal does not say when a tick was met that did nothing, or this version decides otherwise."
    )
    say(f"{was.model}: {was.fills:,} fills, and the account has {has:,}; they are not all the same. {why}")


def _written(moment: int) -> str:
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
