"""`mockx backup`: a copy of everything in a data directory, to start again from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cells import moment as shown
from .exit_codes import ExitCode
from .failures import fail
from .invocation import invocation_of, say
from .parameters import Json
from .running import running_here, settings_with

backups = typer.Typer(no_args_is_help=True, help="Copy everything the exchange keeps, also while it runs.")


@backups.command(
    "save", epilog="Examples: mockx backup save before-the-upgrade.tar.gz  |  mockx backup save /backups --keep 14"
)
def save(
    context: typer.Context,
    to: Annotated[
        Path,
        typer.Argument(
            metavar="FILE|DIR", help="The file to write, or the directory of one that is named by the time."
        ),
    ],
    keep: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Of the directory's backups keep the newest N, and remove the others."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy the data directory of an exchange that runs or not: accounts, orders, trades, prices and keys, as of one
    moment. The file holds secrets; only its owner can read it."""
    # here, not above: other commands start without it
    from ..clock import SystemClock
    from ..local.backup import dated_name, prune
    from ..local.backup import save as save_backup

    invocation = invocation_of(context)
    if keep is not None and not to.is_dir():
        raise typer.BadParameter("--keep wants a directory, whose older backups it removes")
    with running_here():
        now = SystemClock().now()
        path = to / dated_name(shown(now)) if to.is_dir() else to
        given = {"mockx_data_dir": invocation.data_dir}
        saved = save_backup(settings_with(given).mockx_data_dir.absolute(), path, now)
        removed = prune(to, keep) if keep is not None else []
        told = {"file": str(path), "bytes": path.stat().st_size, "removed": [str(each) for each in removed]}
        invocation.show(told, list, as_json=as_json)
        say(f"{sum(saved.files.values()):,} bytes are in {path}, compressed to {path.stat().st_size:,}.")
        for each in removed:
            say(f"Removed {each}.")


@backups.command("restore", epilog="Example: mockx backup restore before-the-upgrade.tar.gz restored")
def restore(
    context: typer.Context,
    of: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    into: Annotated[Path, typer.Argument(metavar="DIR", help="The data directory to make; not there yet, or empty.")],
    as_json: Json = False,
) -> None:
    """Make a data directory of a backup. It may run beside the one that the backup was made of."""
    from ..local.backup import restore as restore_backup

    invocation = invocation_of(context)
    if not of.is_file():
        fail(f"There is no file {of}.", ExitCode.NOT_FOUND)
    with running_here():
        restored = restore_backup(of, into.absolute())
        told = {"directory": str(into), "created": restored.created, "version": restored.version}
        invocation.show(told, list, as_json=as_json)
        say(f"{into} is as of {shown(restored.created)} UTC (mockx {restored.version}).")
        say(f"Start it: mockx up --data-dir {into}, with the same --feed. Look: mockx --data-dir {into} audit")
