"""The command line `mockx`: every command under its noun."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .accounts import accounts, reset
from .backtest import backtest
from .backups import backups
from .chaos import chaos
from .charts import book, ohlcv
from .config import config
from .doctor import doctor
from .events import events
from .funds import balance, deposit, withdraw
from .history import history
from .honesty import honesty
from .invocation import Invocation
from .keys import keys
from .market import prices, ticker
from .order_lists import lists
from .orders import orders, trades
from .parameters import AmountCommand
from .running import serve, up
from .snapshots import snapshots
from .status import audit, status, version

app = typer.Typer(
    name="mockx",
    no_args_is_help=True,
    # an unexpected error shows its traceback without the values of variables: there are API keys among them
    pretty_exceptions_enable=False,
    help="A paper exchange: real rules, real errors, no money.",
    epilog="Exit codes: 0 done, 1 refused by the exchange, 2 wrong usage, 3 exchange unreachable or not ready, "
    "4 not authorized, 5 not found.",
)


@app.callback()
def root(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="The exchange's address. Not given: API_URL, or the one in the data directory."
        ),
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="API key. Not given: MOCKX_API_KEY (others cannot see it there), or the data directory's.",
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The exchange's data directory. Not given: MOCKX_DATA_DIR, or ./data."),
    ] = None,
) -> None:
    """A paper exchange: real rules, real errors, no money."""
    invocation = context.obj if isinstance(context.obj, Invocation) else Invocation()
    invocation.url, invocation.api_key, invocation.data_dir = url, api_key, data_dir
    context.obj = invocation


app.command(epilog="Example: mockx up --feed replay:prices.csv.gz --speed 600 --symbols BTC/USDT")(up)
app.add_typer(serve, name="serve")
app.command(epilog="Example: mockx status")(status)
app.command(epilog="Examples: mockx ticker BTC/USDT ETH/USDT  |  mockx ticker --watch --interval 0.5")(ticker)
app.add_typer(prices, name="price")
app.command(epilog="Example: mockx ohlcv BTC/USDT --timeframe 1h --limit 50")(ohlcv)
app.command(epilog="Example: mockx book BTC/USDT --limit 10")(book)
app.command(epilog="Example: mockx balance USDT")(balance)
app.command(cls=AmountCommand, epilog="Example: mockx deposit USDT 1000")(deposit)
app.command(cls=AmountCommand, epilog="Example: mockx withdraw USDT 250.50")(withdraw)
app.add_typer(orders, name="order")
app.add_typer(lists, name="order-list")
app.command(epilog="Example: mockx trades --symbol BTC/USDT --side buy --since 1d --limit 20")(trades)
app.add_typer(accounts, name="account")
app.add_typer(snapshots, name="snapshot")
app.command(epilog="Examples: mockx reset --yes  |  mockx reset --balances USDT=1000,BTC=1 --account alice --yes")(
    reset
)
app.add_typer(keys, name="keys")
app.command(epilog="Examples: mockx events --limit 50  |  mockx events --follow --types order,trade --json")(events)
app.add_typer(backups, name="backup")
app.add_typer(config, name="config")
app.add_typer(history, name="history")
app.add_typer(chaos, name="chaos")
app.command(
    epilog="Examples: mockx honesty --bot taker --balance 400000 --worth 50000  |  "
    "mockx honesty --feed replay:prices.csv.gz --minutes 600 --plot honesty.svg"
)(honesty)
app.add_typer(backtest, name="backtest")
app.command(epilog="Example: mockx doctor")(doctor)
app.command(epilog="Example: mockx audit")(audit)
app.command(epilog="Example: mockx version")(version)
