"""Keeps programs running: starts them again when they die, and stops them in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import LocalError, NotConfigured, StartupFailed
from .stopping import Pause

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds before a dead part is started again: doubled with each death in a row, up to this."""

HEALTHY_AFTER = 60.0
"""Seconds a part must have run for its next death to count as the first."""

CRASHES_AT_START = 3
"""Deaths in a row after which a start that was never complete is given up: it is the settings then, not bad luck."""

LOOK_EVERY = 0.2
"""Seconds between two looks at the parts. A look is one system call each."""


class Part(Protocol):
    """Something that can be started, watched, stopped, and started again."""

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def pid(self) -> int:
        """The process id of the latest start."""
        ...

    def launch(self) -> None:
        """Start it, without waiting for it."""
        ...

    def exit_code(self) -> int | None:
        """None while it runs."""
        ...

    def tail(self) -> str:
        """The newest lines it wrote."""
        ...

    def ask_to_stop(self) -> None:
        """Ask it to end, without waiting for it."""
        ...

    def wait(self, timeout: float) -> int | None:
        """Its exit code, waiting at most `timeout` seconds for it."""
        ...

    def kill(self) -> None:
        """End it by force."""
        ...


@dataclass(slots=True)
class _Watched:
    part: Part
    running: bool = False
    launched_at: float = 0.0
    restart_at: float = 0.0
    deaths: int = 0


class Supervisor:
    """Watches parts in stages: the parts of an earlier stage are needed by the later ones, and so are stopped last."""

    def __init__(
        self,
        say: Callable[[str], None],
        on_change: Callable[[Sequence[Part]], None] = lambda _parts: None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`say` gets messages for people; `on_change` gets the running parts whenever one was started."""
        self._say = say
        self._on_change = on_change
        self._monotonic = monotonic
        self._stages: list[list[_Watched]] = []

    def add(self, *parts: Part, running: bool = False) -> None:
        """Add the next stage and launch it, unless it is `running` already."""
        stage = [_Watched(part) for part in parts]
        self._stages.append(stage)
        for watched in stage:
            if running:
                watched.running, watched.launched_at = True, self._monotonic()
            else:
                self._launch(watched)
        self._changed()

    def watch(self, pause: Pause, not_ready: Callable[[], str | None], on_ready: Callable[[], None]) -> None:
        """Keep everything running until `pause` says stop.

        `not_ready` is asked until it answers None for the first time; `on_ready` is called then. Before that, a part
        that dies again and again raises StartupFailed, and one that refuses its settings (exit code 2) NotConfigured;
        afterwards it is started again for ever.
        """
        ready = False
        while not pause(LOOK_EVERY):
            for watched in self._all():
                self._look(watched, ready=ready)
            if not ready and all(watched.running for watched in self._all()) and not_ready() is None:
                ready = True
                on_ready()

    def stop(self, grace: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Stop everything, the last stage first. A part that has not ended `grace` seconds after it was asked to, or
        when `hurry` says so, is killed."""
        for stage in reversed(self._stages):
            running = [watched.part for watched in stage if watched.running and watched.part.exit_code() is None]
            for part in running:
                part.ask_to_stop()
            deadline = self._monotonic() + grace
            for part in running:
                while part.wait(LOOK_EVERY) is None:
                    if hurry() or self._monotonic() >= deadline:
                        self._say(f"{part.name} did not stop when asked to, so it is killed.")
                        part.kill()
            for watched in stage:
                watched.running = False
        self._stages.clear()

    def _all(self) -> list[_Watched]:
        return [watched for stage in self._stages for watched in stage]

    def _look(self, watched: _Watched, *, ready: bool) -> None:
        now = self._monotonic()
        if watched.running:
            code = watched.part.exit_code()
            if code is not None:
                if now - watched.launched_at >= HEALTHY_AFTER:
                    watched.deaths = 0
                how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
                self._bury(watched, how, f" Its last lines:\n{watched.part.tail()}", hopeless=not ready and code == 2)
        elif now >= watched.restart_at:
            try:
                self._launch(watched)
            except (OSError, LocalError) as error:
                self._bury(watched, "cannot be started", f" {error}", hopeless=False)
            else:
                self._changed()
        if not ready and watched.deaths >= CRASHES_AT_START:
            raise StartupFailed(f"{watched.part.name} never was ready. Its last lines:\n{watched.part.tail()}")

    def _bury(self, watched: _Watched, how: str, why: str, *, hopeless: bool) -> None:
        """Note a death, and when the part is to be started again. The reason is told once it looks as if it stayed."""
        watched.running = False
        watched.deaths += 1
        if hopeless:
            raise NotConfigured(f"{watched.part.name} {how}.{why}")
        # the exponent is bounded too: a part may die for weeks
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(watched.deaths - 1, 10))
        watched.restart_at = self._monotonic() + wait
        again = f"It is started again in {wait:g} s."
        if watched.deaths < CRASHES_AT_START:
            self._say(f"{watched.part.name} {how}. {again}")
        else:
            self._say(f"{watched.part.name} {how}, {watched.deaths} times in a row. {again}{why}")

    def _launch(self, watched: _Watched) -> None:
        watched.part.launch()
        watched.running = True
        watched.launched_at = self._monotonic()

    def _changed(self) -> None:
        self._on_change([watched.part for watched in self._all() if watched.running])
