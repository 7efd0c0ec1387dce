"""`mockx backtest`: a strategy on recorded prices."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..domain.amounts import subtract
from .exit_codes import ExitCode
from .failures import fail
from .invocation import Invocation, invocation_of, say
from .moments import span
from .own_orders import venue_of
from .parameters import SYMBOL, Json, Since, SymbolOption, Until, asset, balances, basis_points, name, rate, symbol
from .progress import bar
from .strategies import Strategy, stopped, strategy_of

if TYPE_CHECKING:
    from ..backtest.results import Results

backtest = typer.Typer(no_args_is_help=True, help="Try a strategy on recorded prices.")


class PathChoice(StrEnum):
    """How the price goes through a candle; both: the best and the worst for the strategy, side by side."""

    DEFAULT = "default"
    OPTIMISTIC = "optimistic"
    PESSIMISTIC = "pessimistic"
    RANDOM = "random"
    BOTH = "both"


@backtest.command(
    "run",
    epilog="Examples: mockx backtest run means.py --data BTC_USDT-1h.csv.gz --report report.html  |  "
    "mockx backtest run bot.py --data BTC/USDT=btc.parquet --data ETH/USDT=eth.parquet --balance USDT=500 --path both",
)
def run(
    context: typer.Context,
    strategy: Annotated[
        Path, typer.Argument(metavar="STRATEGY", help="A Python file with run(exchange) or on_bar(exchange, bar).")
    ],
    data: Annotated[
        list[str],
        typer.Option(
            metavar="FILE",
            help="Recorded prices: a file or a folder, or SYMBOL=FILE. May be given several times.",
        ),
    ],
    of: SymbolOption = None,
    timeframe: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="How long the bars are, like 1h. Not given: as in the data.")
    ] = None,
    every: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="With quotes or trades: a step is each Nth of them.")
    ] = None,
    balance: Annotated[
        list[str] | None,
        typer.Option(metavar="LIST", help="What it begins with, like USDT=10000,BTC=1. Not given: 10000 quote assets."),
    ] = None,
    quote_asset: Annotated[
        str | None,
        typer.Option(parser=asset, metavar="ASSET", help="What results are counted in. Not given: the first market's."),
    ] = None,
    fill_model: Annotated[
        str, typer.Option(metavar="MODEL", help="A fill model or preset, as in FILL_MODEL: touch, realistic, ...")
    ] = "touch",
    latency_ms: Annotated[
        int, typer.Option(min=0, metavar="MS", help="How long orders are on their way. 0: what the preset has.")
    ] = 0,
    commission: Annotated[
        Decimal | None, typer.Option(parser=rate, metavar="RATE", help="Of every fill: 0.001 is 0.1 %, the default.")
    ] = None,
    maker_commission: Annotated[
        Decimal | None, typer.Option(parser=rate, metavar="RATE", help="Of fills of orders that rested.")
    ] = None,
    taker_commission: Annotated[
        Decimal | None, typer.Option(parser=rate, metavar="RATE", help="Of all other fills.")
    ] = None,
    path: Annotated[
        PathChoice,
        typer.Option(
            metavar="PATH",
            help="How the price goes through a candle: default, optimistic, pessimistic, random (by --seed), or both: "
            "optimistic and pessimistic, and the difference.",
        ),
    ] = PathChoice.DEFAULT,
    seed: Annotated[int, typer.Option(metavar="N", help="Of all that is left to chance.")] = 0,
    spread_bps: Annotated[
        Decimal | None,
        typer.Option(
            parser=basis_points,
            metavar="BPS",
            help="Between bid and ask, where the data has one price only; basis points.",
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    same_bar: Annotated[
        bool, typer.Option("--same-bar", help="Let orders fill at the close of the bar that they were decided by.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a report with pictures, as one HTML file.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, and no word but the results.")] = False,
    as_json: Json = False,
) -> None:
    """Run a strategy through recorded prices, and say what came of it. It needs no running exchange: everything happens
    in memory. What the strategy prints goes where it sends it; with --json, to stderr."""
    invocation = invocation_of(context)
    begin, end = span(since, until)
    options: dict[str, Any] = {
        "balances": _balances(balance),
        "timeframe": timeframe,
        "every": every,
        "commission": commission,
        "maker": maker_commission,
        "taker": taker_commission,
        "fill_model": fill_model,
        "latency": latency_ms,
        "seed": seed,
        "same_bar": same_bar,
        "since": begin,
        "until": end,
        "quote_asset": quote_asset,
        **({"symbol": of} if of else {}),
        **({"spread_bps": spread_bps} if spread_bps is not None else {}),
    }
    paths = ["optimistic", "pessimistic"] if path is PathChoice.BOTH else [path.value]
    with _output_aside(aside=as_json), _progress_bar(invocation, quiet=quiet) as progress:
        found = [_one(strategy_of(strategy), _data(data), options | {"path": each}, progress(each)) for each in paths]
    results = found[-1]
    if path is PathChoice.BOTH:
        results.record.notices.append(_difference(*found))
    _show(invocation, found, paths, as_json=as_json)
    if report is not None:
        _save(results, report)
        if not quiet:
            say(f"The report is in {report}.")


def _one(
    strategy: Strategy, data: object, options: dict[str, Any], progress: Callable[[int, int], None] | None
) -> Results:
    """One run. Ends the command when it cannot be."""
    # here, not above: other commands start without it, and it is an extra
    from ..domain.errors import BadRequest, BadSymbol

    try:
        from ..backtest.backtest import Backtest
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("mockexchange"):
            raise
        fail(f"A back-test needs {error.name}.", ExitCode.USAGE, "pip install 'mockexchange[backtest]'")
    try:
        made = Backtest(data, progress=progress, **options)
    except BadSymbol as error:
        fail(error.detail, ExitCode.NOT_FOUND)
    except BadRequest as error:
        fail(error.detail, ExitCode.USAGE)
    try:
        if strategy.on_bar:
            return made.run_bars(strategy.on_bar)
        assert strategy.run is not None, "a strategy has one of both"
        return made.run(strategy.run)
    except Exception as error:  # noqa: BLE001  # whatever the strategy does wrong is told to its author
        stopped(error, strategy)


def _balances(given: list[str] | None) -> dict[str, Decimal] | None:
    if given is None:
        return None
    try:
        return balances(",".join(given))
    except typer.BadParameter as error:
        raise typer.BadParameter(f"--balance: {error.message}") from None


def _data(given: list[str]) -> object:
    """One file, a list of them, or files by symbol."""
    named = [each.partition("=") for each in given]
    if not any(equals and SYMBOL.fullmatch(before.upper()) for before, equals, _ in named):
        return given[0] if len(given) == 1 else given
    by_symbol: dict[str, list[str]] = {}
    for before, equals, file in named:
        if not equals:
            raise typer.BadParameter(f"--data: with several markets each is written SYMBOL=FILE, was {before!r}")
        by_symbol.setdefault(symbol(before), []).append(file)
    return {market: files[0] if len(files) == 1 else files for market, files in by_symbol.items()}


def _difference(best: Results, worst: Results) -> str:
    apart = subtract(best.final_equity, worst.final_equity)
    if not apart:
        return "The optimistic and the pessimistic path through the candles end with the same equity."
    from ..backtest.report_words import money, percent

    first = worst.first_equity
    share = percent(float(apart) / float(first) if first else None)
    return (
        f"The result depends on the path through the candles: {money(best.final_equity)} on the optimistic one, "
        f"{money(worst.final_equity)} on the pessimistic one, {share} of the first equity apart. These are the "
        "results of the pessimistic one."
    )


def _save(results: Results, report: Path) -> None:
    try:
        results.save(report)
    except OSError as error:
        fail(f"The report cannot be written: {error}", ExitCode.USAGE)


def _show(invocation: Invocation, found: list[Results], paths: list[str], *, as_json: bool) -> None:
    results = found[-1]
    if as_json:
        told = results.to_dict(amount=lambda exact: exact)
        if len(found) > 1:
            told["paths"] = {path: each.final_equity for path, each in zip(paths, found, strict=True)}
        invocation.show(told, list, as_json=True)
    elif invocation.at_a_terminal:
        # here, not above: a command that writes into a pipe has no use for it
        from rich.console import Console

        console = Console(highlight=False)
        if console.no_color:
            typer.echo(results.summary())
        else:
            console.print(results)
    else:
        typer.echo(results.summary())


@contextmanager
def _output_aside(*, aside: bool) -> Generator[None]:
    """Send what a strategy prints to stderr, out of the way of the data."""
    if not aside:
        yield
        return
    from contextlib import redirect_stdout

    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def _progress_bar(
    invocation: Invocation, *, quiet: bool
) -> Generator[Callable[[str], Callable[[int, int], None] | None]]:
    """A bar on stderr where a person looks at it, for each path; elsewhere nothing."""
    if quiet:
        yield lambda _path: None
        return
    with bar(invocation, stays=False) as drawn:
        if drawn is None:
            yield lambda _path: None
            return

        def of(path: str) -> Callable[[int, int], None]:
            task = drawn.add_task("" if path == "default" else path, total=None)
            return lambda done, total: drawn.update(task, completed=done, total=total)

        yield of


@backtest.command("same", epilog="Example: mockx backtest same --account default")
def same(
    context: typer.Context,
    account: Annotated[
        str, typer.Option(parser=name, metavar="ACCOUNT", help="Whose commands are given again.")
    ] = "default",
    as_json: Json = False,
) -> None:
    """Give an account's own commands once more, in the exchange of back-tests, and compare the books: orders, fills,
    ledger and balances, to the byte. The journal of the running exchange has the commands, the times and the ids; what
    came of them is decided again. Exits with 1 where anything differs."""
    # here, not above: other commands start without them
    from ..backtest.recorded import recorded
    from ..backtest.sameness import same_again

    invocation = invocation_of(context)
    with venue_of(invocation) as (chosen, store):
        of = recorded(store, account, chosen.quote_asset)
        found = same_again(of, store)
    invocation.show(
        {
            "account": account,
            "commands": of.commands,
            "orders": found.orders,
            "fills": found.fills,
            "ledgerEntries": found.ledger_entries,
            "same": not found.differences,
            "differences": list(found.differences),
        },
        list,
        as_json=as_json,
    )
    if not as_json:
        compared = f"{found.orders:,} orders, {found.fills:,} fills and {found.ledger_entries:,} ledger lines"
        typer.echo(f"{compared}: {'not the same' if found.differences else 'the same to the byte'}.")
    for difference in found.differences:
        say(difference)
    if found.differences:
        raise typer.Exit(ExitCode.REFUSED)
