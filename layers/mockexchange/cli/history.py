"""`mockx history`: recorded candles of real exchanges, for replays."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from .cells import moment as shown
from .exit_codes import ExitCode
from .failures import fail
from .invocation import Invocation, invocation_of, say
from .moments import moment
from .parameters import Json, SymbolArgument
from .progress import bar

history = typer.Typer(no_args_is_help=True, help="Fetch recorded prices, to replay them.")

GO_ON = "Look at the network and at EXCHANGE_CONFIG (a proxy, say); the same command again goes on where this ended."

Progress = Callable[[int, int], None]
"""Up to when (ms) candles are there, and how many."""


@history.command(
    "fetch",
    epilog="Example: mockx history fetch BTC/USDT --timeframe 1m --since 2026-01-01 --until 2026-02-01 "
    "--exchange binance --out BTC_USDT-1m.parquet",
)
def fetch(
    context: typer.Context,
    of: SymbolArgument,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="The first candle: 30d (ago), 2026-01-31, 2026-01-31T12:00 (UTC).")
    ],
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Up to before then. Not given: the last candle that is over.")
    ] = None,
    timeframe: Annotated[str, typer.Option(metavar="LENGTH", help="How long a candle is, as ccxt writes it.")] = "1m",
    exchange: Annotated[
        str | None, typer.Option(metavar="ID", help="The exchange, by its ccxt id. Not given: EXCHANGE, or binance.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to. Not given: like BTC_USDT-1m.parquet, here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch candles by ccxt into a Parquet file, which `mockx up --feed replay:FILE` replays. A fetch that was ended,
    however, goes on where it was when it is started again; so does one whose --until is later now."""
    # here, not above: other commands start without them
    from ..clock import SystemClock
    from ..domain.errors import BadRequest, BadSymbol, ExchangeNotAvailable
    from ..feed.candle_file import CandleFile
    from ..feed.history import HistorySource, Wanted
    from ..feed.history import fetch as fetch_candles
    from ..settings import BadSettings, Settings

    invocation = invocation_of(context)
    now = SystemClock().now()
    begin, end = moment(since, now), now if until is None else moment(until, now)
    if begin >= end:
        raise typer.BadParameter(f"--since must be before --until, were {since!r} and {until or 'now'!r}")
    path = out or Path(f"{of.replace('/', '_')}-{timeframe}.parquet")
    try:
        chosen = Settings()
        wanted = Wanted(exchange or chosen.exchange, of, timeframe, begin, end)
        file = CandleFile(path, wanted.about())
        source = HistorySource(wanted.exchange, chosen.exchange_config, invocation.pause)
        before = file.count
        try:
            with _progress(invocation, begin, end) as progress:
                fetch_candles(source, wanted, file, now, progress)
        except ExchangeNotAvailable as error:
            fail(f"{error.detail}. {file.count} candles are in {path}.", ExitCode.UNREACHABLE, GO_ON)
        except KeyboardInterrupt:
            fail(f"Ended. {file.count} candles are in {path}.", ExitCode.REFUSED, "The same command again goes on.")
        finally:
            source.close()
    except BadSettings as error:
        fail(f"These settings cannot be used.\n{error}", ExitCode.USAGE)
    except BadSymbol as error:
        fail(error.detail, ExitCode.NOT_FOUND, "Write the market as the exchange's ccxt class does, like BTC/USDT.")
    except BadRequest as error:
        fail(error.detail, ExitCode.USAGE)
    if not file.count:
        fail(f"{wanted.exchange} has no candles of {of} in that time.", ExitCode.NOT_FOUND, "Choose another --since.")
    told = {
        "file": str(path),
        "candles": file.count,
        "added": file.count - before,
        "first": file.first,
        "last": file.last,
        **wanted.about(),
    }
    invocation.show(told, list, as_json=as_json)
    say(f"{file.count} candles ({file.count - before} new), {shown(file.first)} to {shown(file.last)} UTC, in {path}.")
    say(f"Replay them: mockx up --feed replay:{path} --symbols {of} --speed 600 --data-dir replay-data")


@contextmanager
def _progress(invocation: Invocation, begin: int, end: int) -> Generator[Progress]:
    """A bar on stderr where a person looks at it; elsewhere nothing."""
    with bar(invocation) as drawn:
        if drawn is None:
            yield lambda _until, _count: None
            return
        task = drawn.add_task("", total=end - begin)

        def tell(until: int, count: int) -> None:
            drawn.update(task, completed=until - begin, description=f"{count} candles, up to {shown(until)}")

        yield tell
