"""A strategy from a file: a function that trades, or one that is called with every bar."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, NoReturn

from .exit_codes import ExitCode
from .failures import fail
from .invocation import say

_NAME = "mockx_strategy"
_BOTH = "A strategy's file has a function run(exchange), which trades and sleeps, or on_bar(exchange, bar)."


@dataclass(frozen=True, slots=True)
class Strategy:
    """What a file says about trading: one of both."""

    file: Path
    run: Callable[[Any], object] | None
    on_bar: Callable[[Any, Any], object] | None


def strategy_of(file: Path) -> Strategy:
    """Read it, anew every time: a second run begins with nothing of the first. Ends the command when that fails."""
    spec = spec_from_loader(_NAME, SourceFileLoader(_NAME, str(file)))
    assert spec is not None and spec.loader is not None, "a loader was given"
    module = module_from_spec(spec)
    if not file.is_file():
        fail(f"There is no strategy {file}.", ExitCode.USAGE, _BOTH)
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # so that it finds the modules beside it, as when it is started by itself
    sys.modules[_NAME] = module  # dataclasses look there
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # noqa: BLE001  # whatever it does wrong is told to its author
        show_where(error, file)
        fail(f"{file} cannot be read: {_said(error)}", ExitCode.USAGE)
    run, on_bar = getattr(module, "run", None), getattr(module, "on_bar", None)
    if callable(run) == callable(on_bar):
        has = "both" if run else "neither"
        fail(f"{file} has {has} of run(exchange) and on_bar(exchange, bar): one is needed.", ExitCode.USAGE, _BOTH)
    return Strategy(file, run if callable(run) else None, on_bar if callable(on_bar) else None)


def stopped(error: Exception, strategy: Strategy) -> NoReturn:
    """End the command because the strategy raised an error: where, and which."""
    show_where(error, strategy.file)
    fail(f"{strategy.file.name} ended with {_said(error)}", ExitCode.REFUSED)


def show_where(error: Exception, file: Path) -> None:
    """The lines of the strategy that led to an error, on stderr; not those of the exchange."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if Path(each.filename).resolve() == file.resolve()]
    for line in traceback.format_list(own):
        say(line.rstrip())


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
