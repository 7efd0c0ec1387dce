"""`Backtest`: a strategy on history, in the same exchange that runs on live prices.

    from mockexchange import Backtest

    bt = Backtest("BTC_USDT-1m.csv.gz", balances={"USDT": 10_000})
    for bar in bt:
        if bar.close > bar.open:
            bt.exchange.create_order(bar.symbol, "market", "buy", 0.001)
    print(bt.report().summary())

or, for a function that would trade on a real exchange just as well, `bt.run(function)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import Error as CopyError
from copy import deepcopy
from dataclasses import fields, replace
from inspect import iscoroutinefunction, signature
from typing import Any, cast

from ..clock import ManualClock
from ..domain.amounts import text
from ..domain.errors import BadRequest, MarketClosed
from ..domain.fees import FeeSchedule
from ..domain.placing import PlaceOrder
from ..exchange import Exchange
from .candle_paths import Path
from .chart import rows
from .flow import Flow
from .history import History
from .history_store import HistoryStore
from .loading import load
from .results import Results
from .run_recorder import record
from .stepping import steps_of
from .terms import Number, Terms
from .unified_exchange import UnifiedExchange

ACCOUNT = "default"
"""The account that trades, as on the paper exchange."""

_LOAD_OPTIONS = frozenset(signature(load).parameters) - {"data", "timeframe", "bars", "path", "seed"}
"""What a back-test hands on as it is."""

_FOR_EVER = 1 << 60
"""ms"""


class EndOfHistory(BaseException):
    """The clock has come to the end of the history: what `sleep` raises then, and `run` catches. No Exception, so that
    a bot that retries after every error does not go on."""


class Backtest:
    """One strategy, one period, one account.

    `data`: what history.load reads: a file, a folder, several of them, a frame, rows as ccxt has them, or any of these
    by symbol; `load_options` go there.
    `balances`: what the account has at first, by asset; 10,000 of the quote asset if nothing is said.
    `timeframe` ("1h"): how long the bars of the loop are; else those of the data, and each quote or trade is a step.
    `every`: a step is each Nth moment at which a price came.
    `commission`, or `maker` and `taker`: fractions (0.001). `fees`: tiers and the like.
    `fill_model`: as FILL_MODEL, presets as well. `latency`: how long an order is on its way (ms; 0: the preset's).
    `path`: how the price goes through a candle: default, optimistic, pessimistic or random (by `seed`).
    `same_bar`: a bar's step comes before the next price, so orders may fill at the close that they were decided by;
    else it comes with the next price, and they fill there.
    `check_path`: when `run` finds that the result depends on the path, run the other ones as well, and say so.
    `stale_after`: for how long (ms) a price can be traded at; None: for ever.
    `progress`: told how many of how many ticks have come by.

    Raises BadRequest.
    """

    def __init__(
        self,
        data: Any,
        *,
        balances: Mapping[str, Number] | None = None,
        timeframe: str | None = None,
        every: int | None = None,
        commission: Number | None = None,
        maker: Number | None = None,
        taker: Number | None = None,
        fees: FeeSchedule | None = None,
        fill_model: str = "touch",
        latency: int = 0,
        path: str = Path.DEFAULT,
        seed: int = 0,
        same_bar: bool = False,
        check_path: bool = True,
        stale_after: int | None = None,
        quote_asset: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        **load_options: Any,
    ) -> None:
        self._terms = Terms(
            balances,
            timeframe,
            every,
            commission,
            maker,
            taker,
            fees or FeeSchedule(),
            fill_model,
            latency,
            path,
            seed,
            same_bar,
            check_path,
            stale_after,
            quote_asset,
        )
        if unknown := load_options.keys() - _LOAD_OPTIONS:
            known = sorted({*_LOAD_OPTIONS, *(each.name for each in fields(Terms)), "progress"})
            raise TypeError(f"Backtest has no option {min(unknown)!r}; it has {', '.join(known)}")
        self._data = _kept(data)
        self._load_options = load_options
        self._progress = progress
        self._histories = self._load(path)
        self._begin()

    def _load(self, path: str) -> list[History]:
        terms = self._terms
        return load(self._data, bars=terms.timeframe, path=path, seed=terms.seed, **self._load_options)

    def _begin(self) -> None:
        terms, histories = self._terms, self._histories
        symbols = tuple(each.symbol for each in histories)
        self.quote_asset = terms.quote_asset_of(symbols)
        self.clock = ManualClock(min(int(each.times[0]) for each in histories))
        self.store = HistoryStore(histories)
        self.venue = Exchange(self.store, self.clock, terms.rules(symbols))
        self.venue.open_account(ACCOUNT, terms.first_balances(self.quote_asset))
        self.venue.obstruct = self._obstruct
        self._flow = Flow(histories, self.store, self.venue, self.clock, Path(terms.path))
        self._steps = steps_of(histories, terms.length, terms.every)
        self._closed_before = 0
        self._reported = -1
        self._notices: list[str] = []
        self._began = self._loops = False
        self.exchange = UnifiedExchange(self.venue, ACCOUNT, self)
        """What trades here: ccxt's methods."""
        self._flow.advance(self.clock.time)

    # as a loop

    def __iter__(self) -> Iterator[Any]:
        """Each step: a Bar or a Moment, of several markets by symbol. What a step tells is over; its orders meet what
        comes after it."""
        self._once()
        self._loops = True
        for until, step in self._steps.walk(self._flow, same_bar=self._terms.same_bar):
            self._closed_before = until
            self._report_progress()
            yield step
        self._finish()

    def run_bars(self, on_bar: Callable[[UnifiedExchange, Any], object]) -> Results:
        """Call a function with the exchange and each step, to the end."""
        _check_called(on_bar)
        for bar in self:
            on_bar(self.exchange, bar)
        return self.report()

    def _once(self) -> None:
        if self._began:
            raise BadRequest("a back-test runs once; make another Backtest")
        self._began = True

    def _finish(self) -> None:
        """Let the rest of the history come by."""
        self._closed_before = 0
        self._flow.advance(self._ends)
        self._report_progress()

    @property
    def _ends(self) -> int:
        return max(int(each.times[-1]) for each in self._histories)

    # as a function

    def run(self, function: Callable[[UnifiedExchange], object]) -> Results:
        """Call a function that trades, and sleeps in between, until it returns or the history is over; what is left of
        that comes by all the same. When the result depends on the path through candles, it is called again for each of
        the other paths; an object that remembers what it did, as it was before."""
        before = self._copy(function)
        self._drive(function)
        results = self.report()
        if self._flow.ambiguous and self._terms.check_path and self._terms.path == Path.DEFAULT:
            others = {path: self._another(path) for path in (Path.OPTIMISTIC, Path.PESSIMISTIC)}
            for each in others.values():
                each._drive(self._copy(before))  # one of its own kind
            results = self._with_paths(
                {Path.DEFAULT: results, **{path: each.report() for path, each in others.items()}}
            )
        return results

    def _copy(self, function: Callable[[UnifiedExchange], object]) -> Callable[[UnifiedExchange], object]:
        """An object or a bound method with a state of its own; a function, and what cannot be copied, as it is."""
        own: dict[int, Any] = {id(each): each for each in (self, self.exchange)}  # a bot may hold them: not copied
        try:
            return deepcopy(function, own)
        except (TypeError, CopyError):  # it holds a lock, a connection, an open file
            return function

    def _drive(self, function: Callable[[UnifiedExchange], object]) -> None:
        _check_called(function)
        self._once()
        with suppress(EndOfHistory):
            function(self.exchange)
        self._finish()

    def _another(self, path: Path) -> Backtest:
        made = object.__new__(Backtest)
        made._terms = replace(self._terms, path=path, check_path=False)
        made._data, made._load_options, made._progress = self._data, self._load_options, None
        made._histories = made._load(path)
        made._begin()
        return made

    def _with_paths(self, results: Mapping[Path, Results]) -> Results:
        self._notices.append(
            f"in {_candles(self._flow.ambiguous)} the result depends on which extreme came first; final equity: "
            + ", ".join(f"{path} {text(each.final_equity)}" for path, each in results.items())
        )
        return self.report()

    def pass_time(self, milliseconds: int) -> None:
        """Let the clock run. Raises EndOfHistory when that leads beyond the last price, but where a loop waits."""
        until = self.clock.time + int(min(max(0, milliseconds), _FOR_EVER))
        if until > self._ends and not self._loops:
            raise EndOfHistory
        until = min(until, max(self._ends, self.clock.time))  # a loop ends by itself
        self._closed_before = 0
        self._flow.advance(until)
        self._report_progress()

    def candles(self, symbol: str, length_ms: int, since: int | None, limit: int | None) -> list[list[float]]:
        """Candles up to the clock, as ccxt has them. See chart.rows. Raises BadRequest for a length that is no multiple
        of the data's."""
        history = self._history(symbol)
        if length_ms % history.base_length:
            raise BadRequest(f"candles of {length_ms} ms cannot be made of the data's, of {history.base_length} ms")
        return rows(history, self.store.shown(symbol), length_ms, since, limit)

    def finest(self, symbol: str) -> int:
        """How long the candles of a market's data are (ms), or those that are made of its ticks."""
        return self._history(symbol).base_length

    def _history(self, symbol: str) -> History:
        return next(each for each in self._histories if each.symbol == symbol)

    def _obstruct(self, command: PlaceOrder) -> None:
        """A market that had no price since the bar that an order is decided by takes none: it would fill at that bar's
        close."""
        tick = self.store.market(command.symbol).tick
        if not self._terms.same_bar and (tick is None or tick.quote.timestamp < self._closed_before):
            raise MarketClosed(f"{command.symbol} had no price since the bar; its data has a gap")

    def _report_progress(self) -> None:
        if self._progress is None:
            return
        total = sum(len(each.times) for each in self._histories)
        done = sum(self.store.shown(each.symbol) for each in self._histories)
        if done * 200 // total != self._reported:
            self._reported = done * 200 // total
            self._progress(done, total)

    # what came of it

    def report(self) -> Results:
        """What has come of it up to now."""
        notices = [*(note for each in self._histories for note in self._notes_of(each)), *self._notices]
        if self._flow.ambiguous and not self._notices and self._terms.path == Path.DEFAULT:
            notices.append(
                f"in {_candles(self._flow.ambiguous)} the result depends on which extreme came first; run it with "
                "path='optimistic' and path='pessimistic' as well"
            )
        return Results.of(record(self.venue, ACCOUNT, self._histories, self._steps, self.settings(), notices))

    @staticmethod
    def _notes_of(history: History) -> list[str]:
        return [f"{history.symbol}: {note}" for note in (*history.notices, *history.rejected)]

    def settings(self) -> dict[str, str]:
        """What is simulated, in words."""
        terms, rules = self._terms, self.venue.rules
        candles = any(each.legs > 1 for each in self._histories)
        return {
            "data": ", ".join(each.source.removeprefix("replay:") for each in self._histories),
            "fill model": rules.engine.model.name,
            "fees": f"maker {rules.maker_rate}, taker {rules.taker_rate}",
            "latency": f"{rules.engine.latency} ms",
            **({"path through candles": str(terms.path), "orders fill": self._when} if candles else {}),
            "seed": str(terms.seed),
        }

    @property
    def _when(self) -> str:
        return "on the bar they were decided by" if self._terms.same_bar else "from the next bar on"


def _check_called(function: Callable[..., object]) -> None:
    """Raises BadRequest for a coroutine: called, it would do nothing."""
    if iscoroutinefunction(function):
        raise BadRequest(
            f"{function.__name__} is async: a back-test calls an ordinary function, and its exchange is not awaited"
        )


def _kept(data: Any) -> Any:
    """What can be read more than once: each of the paths is read anew."""
    if isinstance(data, Iterator):
        return list(cast("Iterator[object]", data))
    if isinstance(data, Mapping):
        return {name: _kept(each) for name, each in cast("Mapping[object, object]", data).items()}
    return data


def _candles(count: int) -> str:
    return "1 candle" if count == 1 else f"{count:,} candles"
