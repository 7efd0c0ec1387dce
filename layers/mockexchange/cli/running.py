"""`mockx up` and `mockx serve`: running the exchange, or one part of it. Options count before the environment."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .exit_codes import ExitCode
from .failures import fail
from .invocation import invocation_of

if TYPE_CHECKING:
    from ..settings import Settings

serve = typer.Typer(no_args_is_help=True, help="Run one part of the exchange alone, for systemd and containers.")


# what becomes a setting is text here: the settings read it, as they read the environment, and say what is wrong with it
Host = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Address to listen on (MOCKX_HOST).")]
Port = Annotated[str | None, typer.Option(metavar="PORT", help="Port to listen on, 0 for any free one (MOCKX_PORT).")]
Feed = Annotated[
    str | None,
    typer.Option(
        metavar="SOURCE",
        help="Where prices come from: auto, ccxt:EXCHANGE, synthetic[:seed], replay:FILE, manual, external (FEED).",
    ),
]
Speed = Annotated[
    str | None, typer.Option(metavar="TIMES", help="How much faster than the clock a replay runs (SPEED).")
]
Volume = Annotated[
    str | None, typer.Option(metavar="base|quote", help="What the volume column of a replay counts (REPLAY_VOLUME).")
]
Symbols = Annotated[str | None, typer.Option(metavar="LIST", help="Markets, like BTC/USDT,ETH/USDT, or * (SYMBOLS).")]
Interval = Annotated[
    str | None, typer.Option(metavar="SECONDS", help="Time between two looks at the prices (INTERVAL_SEC).")
]
Workers = Annotated[str | None, typer.Option(metavar="N", help="Processes that answer the API (MOCKX_WORKERS).")]
DeckPort = Annotated[
    str | None, typer.Option(metavar="PORT", help="Port of the deck, 0 for any free one (MOCKX_DECK_PORT).")
]
DataDir = Annotated[Path | None, typer.Option(metavar="DIR", help="Where everything is kept (MOCKX_DATA_DIR).")]


def up(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    feed: Feed = None,
    speed: Speed = None,
    volume: Volume = None,
    symbols: Symbols = None,
    interval: Interval = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    fsync: Annotated[
        str | None,
        typer.Option(
            metavar="everysec|always",
            help="When an order is on the disk: within a second, or before it is answered (MOCKX_FSYNC).",
        ),
    ] = None,
    deck: Annotated[
        bool | None,
        typer.Option("--deck/--no-deck", help="The exchange in a browser. Not given: when it is installed."),
    ] = None,
    deck_port: DeckPort = None,
) -> None:
    """Run the exchange: Valkey, the API, the feeder, the matcher and the deck. Ctrl-C stops it; what it holds is
    kept."""
    given = {
        "mockx_host": host,
        "mockx_port": port,
        "feed": feed,
        "speed": speed,
        "replay_volume": volume,
        "symbols": symbols,
        "interval_sec": interval,
        "mockx_data_dir": _data_dir(context, data_dir),
        "mockx_workers": workers,
        "mockx_fsync": fsync,
        "mockx_deck_port": deck_port,
    }
    with running_here():
        # here and below, not above: the server side takes long to import, and other commands have no use for it
        from ..local.up import up as run_everything

        run_everything(settings_with(given), deck=deck)


@serve.command("api", epilog="Example: mockx serve api --host 127.0.0.1 --port 8000")
def serve_api(
    context: typer.Context,
    host: Host = None,
    port: Port = None,
    symbols: Symbols = None,
    data_dir: DataDir = None,
    workers: Workers = None,
) -> None:
    """Run the HTTP API."""
    given = {
        "mockx_host": host,
        "mockx_port": port,
        "symbols": symbols,
        "mockx_data_dir": _data_dir(context, data_dir),
        "mockx_workers": workers,
    }
    with running_here():
        from ..local.serve import serve_api as run

        run(settings_with(given))


@serve.command("matcher", epilog="Example: mockx serve matcher --interval 1")
def serve_matcher(
    context: typer.Context,
    symbols: Symbols = None,
    interval: Interval = None,
    data_dir: DataDir = None,
) -> None:
    """Run the matcher: it fills resting orders when the price reaches them."""
    given = {"symbols": symbols, "interval_sec": interval, "mockx_data_dir": _data_dir(context, data_dir)}
    with running_here():
        from ..local.serve import serve_matcher as run

        run(settings_with(given))


@serve.command("feeder", epilog="Example: mockx serve feeder --feed synthetic:7 --interval 1")
def serve_feeder(
    context: typer.Context,
    feed: Feed = None,
    speed: Speed = None,
    volume: Volume = None,
    symbols: Symbols = None,
    interval: Interval = None,
    data_dir: DataDir = None,
) -> None:
    """Run the feeder: it brings prices in."""
    given = {
        "feed": feed,
        "speed": speed,
        "replay_volume": volume,
        "symbols": symbols,
        "interval_sec": interval,
        "mockx_data_dir": _data_dir(context, data_dir),
    }
    with running_here():
        from ..local.serve import serve_feeder as run

        run(settings_with(given))


@serve.command("deck", epilog="Example: mockx serve deck --deck-port 8501")
def serve_deck(context: typer.Context, host: Host = None, deck_port: DeckPort = None, data_dir: DataDir = None) -> None:
    """Run the deck: the exchange in a browser. It finds the exchange as every command does."""
    invocation = invocation_of(context)
    given = {
        "mockx_host": host,
        "mockx_deck_port": deck_port,
        "mockx_data_dir": _data_dir(context, data_dir),
        "api_url": invocation.url,
        "mockx_api_key": invocation.api_key,
    }
    with running_here():
        from ..local.deck import serve_deck as run

        run(settings_with(given))


def settings_with(given: Mapping[str, object]) -> Settings:
    """The settings of the environment, with what was said on the command line in place of theirs."""
    from ..settings import Settings

    return Settings(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def running_here() -> Generator[None]:
    """Turn errors of the settings and of the local machinery into a message and an exit code."""
    from ..local.errors import LocalError
    from ..settings import BadSettings

    try:
        yield
    except BadSettings as error:
        fail(
            f"These settings cannot be used; correct them on the command line or in the environment.\n{error}",
            ExitCode.USAGE,
        )
    except LocalError as error:
        if error.exit_code:
            fail(str(error), ExitCode(error.exit_code))


def _data_dir(context: typer.Context, given: Path | None) -> Path | None:
    """The command's own option, else the global one."""
    return given or invocation_of(context).data_dir
