"""`mockx honesty`: how much of a result is what the simulator assumes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .exit_codes import ExitCode
from .failures import fail
from .invocation import Invocation, invocation_of, say
from .parameters import Json, amount, name, symbol
from .progress import bar
from .tables import Table

if TYPE_CHECKING:
    from ..backtest.honesty import Run

_CENT, _BASIS = Decimal("0.01"), Decimal("0.01")
_PERCENT = Decimal("0.001")
_LONGEST = 7 * 24 * 60


def honesty(
    context: typer.Context,
    bot: Annotated[str, typer.Option(metavar="NAME", help="maker, taker or bracket.")] = "maker",
    models: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="Fill models and presets, as in FILL_MODEL, also with options: touch+latency=250. Not given: all.",
        ),
    ] = None,
    feed: Annotated[
        str, typer.Option(metavar="SOURCE", help="Where prices come from: synthetic[:seed] or replay:FILE.")
    ] = "synthetic:7",
    of: Annotated[str, typer.Option("--symbol", parser=symbol, metavar="SYMBOL", help="The market.")] = "BTC/USDT",
    minutes: Annotated[int, typer.Option(min=1, max=_LONGEST, metavar="N", help="How long the bot trades.")] = 60,
    interval: Annotated[float, typer.Option(min=0.1, max=3600, metavar="SECONDS", help="Between two looks.")] = 2.0,
    balance: Annotated[
        Decimal, typer.Option(parser=amount, metavar="QUOTE", help="What it begins with, half of it in coins.")
    ] = Decimal(100_000),
    worth: Annotated[
        Decimal, typer.Option(parser=amount, metavar="QUOTE", help="What each of its orders is worth.")
    ] = Decimal(10_000),
    journal: Annotated[
        bool,
        typer.Option(
            "--journal", help="Instead of a bot: what an account of the running exchange really ordered, once more."
        ),
    ] = False,
    account: Annotated[
        str | None,
        typer.Option(parser=name, metavar="ACCOUNT", help="Whose journal it is; with --journal. Not given: default."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the equity under each model, as SVG.")] = None,
    as_json: Json = False,
) -> None:
    """Run one bot through one period under every fill model, and show side by side what it got. It needs no running
    exchange: everything happens in memory. Fees are those of the settings.

    With --journal it is an account's own orders, read from the Valkey of the exchange (--data-dir, VALKEY_URL), at the
    prices that it kept."""
    if journal:
        _only_with_a_bot(context)
        from .own_orders import own_orders  # here: it needs more than a bot does

        own_orders(context, account or "default", models, plot, as_json=as_json)
        return
    if account is not None:
        raise typer.BadParameter("--account says whose --journal it is: give both")
    # here, not above: other commands start without them
    from ..backtest.honesty import Period, compare
    from ..domain.errors import BadRequest, BadSymbol
    from ..feed.sources import price_source
    from ..settings import BadSettings, Settings
    from ..wiring import rules

    invocation = invocation_of(context)
    if feed.partition(":")[0] not in ("synthetic", "replay"):
        raise typer.BadParameter(f"--feed is synthetic[:seed] or replay:FILE, was {feed!r}")
    try:
        chosen = Settings(symbols=(of,), interval_sec=interval, speed=1, fill_model="depth")  # so that ticks keep books
        period = Period(
            symbol=of,
            source=lambda: price_source(feed, chosen),
            steps=max(1, round(minutes * 60 / interval)),
            interval=round(interval * 1000),
            equity=balance,
            worth=worth,
            rules=rules(chosen),
            levels=chosen.book_levels,
            seed=chosen.seed,
        )
        wanted = wanted_models(models)
        with progress_bar(invocation, len(wanted) * period.steps) as progress:
            runs = compare(bot, period, wanted, progress)
    except BadSettings as error:
        fail(f"These settings cannot be used.\n{error}", ExitCode.USAGE)
    except BadSymbol as error:
        fail(error.detail, ExitCode.NOT_FOUND)
    except BadRequest as error:
        fail(error.detail, ExitCode.USAGE)
    told = {"bot": bot, "symbol": of, "feed": feed, "steps": runs[0].steps, "models": [row(run) for run in runs]}
    invocation.show(told, lambda: [run_table(runs)], as_json=as_json)
    conclude(runs, f"The same bot, the same {counted(runs[0].steps, 'look')} at the same prices")
    if plot is not None:
        draw(plot, f"{bot}, {of}, {feed}", runs)


def _only_with_a_bot(context: typer.Context) -> None:
    """Raises BadParameter for what only a bot needs to be told."""
    for option in ("bot", "feed", "of", "minutes", "interval", "balance", "worth"):
        source = context.get_parameter_source(option)
        if source is not None and source.name == "COMMANDLINE":
            written = "--symbol" if option == "of" else f"--{option}"
            raise typer.BadParameter(f"{written} is for a bot; a --journal has its own orders, prices and times")


def wanted_models(written: str | None) -> list[str]:
    """The names that `--models` lists. Not given: every model, and the presets that are more than one of them."""
    from ..domain.fill_models import MODELS, PRESETS, Preset  # here, not above: other commands start without them

    if written is None:
        return [*MODELS, *(name for name, preset in PRESETS.items() if preset != Preset(preset.word))]
    return [name.strip() for name in written.split(",")]


def draw(plot: Path, title: str, runs: Sequence[Run]) -> None:
    """The picture, as a file."""
    from ..backtest.picture import picture

    try:
        plot.write_text(picture(title, runs))
    except OSError as error:
        fail(f"The picture cannot be written: {error}", ExitCode.USAGE)
    say(f"The equity under each model is drawn in {plot}.")


def row(run: Run) -> dict[str, object]:
    """What became of one run, for machines."""
    return {
        "model": run.model,
        "orders": run.orders,
        "refused": run.refused,
        "skipped": run.skipped,
        "fills": run.fills,
        "makerFills": run.makers,
        "traded": _rounded(run.traded, _CENT),
        "costBps": _rounded(run.cost, _BASIS),
        "fees": _rounded(run.fees, _CENT),
        "equity": _rounded(run.last, _CENT),
        "profitPercent": None if run.profit is None else _percent(run.profit),
    }


def run_table(runs: Sequence[Run], *, skips: bool = False) -> Table:
    """One row for each model; with what was skipped if anything can have been."""
    skipped = ("skipped",) if skips else ()
    least = min(runs, key=lambda run: run.gain)
    return Table(
        headers=(
            "model", ">orders", ">refused", *(f">{name}" for name in skipped), ">fills", ">makers", ">traded",
            ">cost, bps", ">fees", ">equity", ">profit, %", ">over the lowest",
        ),
        rows=[
            (
                run.model,
                str(run.orders),
                str(run.refused),
                *([str(run.skipped)] if skips else []),
                str(run.fills),
                str(run.makers),
                f"{_rounded(run.traded, _CENT):,}",
                f"{_rounded(run.cost, _BASIS):+}",
                f"{_rounded(run.fees, _CENT):,}",
                f"{_rounded(run.last, _CENT):,}",
                "-" if run.profit is None else f"{_percent(run.profit):+}",
                f"{_rounded(run.gain - least.gain, _CENT):,}",
            )
            for run in runs
        ],
        optional=("refused", *skipped, "traded", "makers"),
    )  # fmt: skip


def conclude(runs: Sequence[Run], same: str, *, told_all: bool = False) -> None:
    """What the numbers say together, on stderr. `same`: what was the same in all of them. A refusal is told where more
    was refused than taken; with `told_all` always."""
    most, least = (choose(runs, key=lambda run: run.gain) for choose in (max, min))
    if most.gain != least.gain:
        say(
            f"{same}: {most.model} and {least.model} differ by {_distance(most, least)}. That much of the result is "
            "what the simulator assumes."
        )
    elif len(runs) > 1:
        say(f"{same}: all models win or lose the same.")
    for run in runs:
        if run.refused > run.orders or (told_all and run.refused):
            say(f"{run.model}: {run.refused:,} refused, {run.orders:,} taken. The last refusal: {run.refusal}")
    lacks = [what for what, there in (("spread", runs[0].spread), ("sizes", runs[0].sizes)) if not there]
    if lacks:
        say(f"These prices show no {' and no '.join(lacks)}: models that differ in that alone cannot differ here.")
    say("Costs are against the middle of bid and ask at each fill: positive is paid, negative earned.")


def _distance(most: Run, least: Run) -> str:
    if most.profit is None or least.profit is None:
        return f"{_rounded(most.gain - least.gain, _CENT):,} of the quote asset"
    apart = _percent(most.profit - least.profit)
    return f"{apart or f'less than {_PERCENT}'} percentage points"


def counted(count: int, what: str) -> str:
    """`1 look`, `1,800 looks`."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _percent(fraction: Decimal) -> Decimal:
    return _rounded(fraction * 100, _PERCENT)


def _rounded(amount: Decimal, to: Decimal) -> Decimal:
    return amount.quantize(to, ROUND_HALF_EVEN) + 0  # no -0


@contextmanager
def progress_bar(invocation: Invocation, total: int) -> Generator[Callable[[str, int], None]]:
    """A bar on stderr where a person looks at it; elsewhere nothing."""
    with bar(invocation) as drawn:
        if drawn is None:
            yield lambda _model, _steps: None
            return
        task = drawn.add_task("", total=total)
        done: dict[str, int] = {}

        def tell(model: str, steps: int) -> None:
            done[model] = steps
            drawn.update(task, completed=sum(done.values()), description=model)

        yield tell
