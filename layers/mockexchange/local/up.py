"""`mockx up`: everything that makes an exchange, on this machine, until Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack

from ..domain.errors import ExchangeError
from ..feed.sources import check_source
from ..settings import Settings
from .announcement import announcement
from .api_workers import STOP_GRACE, worker_programs
from .credentials import Credentials, write_credentials
from .data_format import claim_data
from .deck import HEALTH_PAGE, HOW_TO_GET_IT, free_port, is_installed, refuse_without_streamlit
from .directory_lock import DirectoryLock
from .errors import NotConfigured, ServerUnreachable
from .function_environment import child_environment
from .leftovers import Leftovers
from .listening import listen, local_url, refuse_guessable_key, refuse_unsafe_bind
from .private_file import private_directory
from .program import Program
from .readiness import Readiness
from .serve import with_default_keys
from .stopping import StopRequest
from .supervisor import Supervisor
from .terminal import Terminal
from .valkey import EmbeddedValkey
from .valkey_probe import ValkeyProbe

PATIENCE = 5.0
"""Seconds that a Valkey named by VALKEY_URL has to answer; it is meant to run already."""


def up(settings: Settings, *, deck: bool | None = None) -> None:
    """Run Valkey (unless VALKEY_URL names one), the API, the matcher, the feeder and the deck until Ctrl-C or SIGTERM,
    with their lines on stderr, and say on stdout when the exchange is ready. `deck` None: when it is installed.

    Raises LocalError: for a setting that cannot work, a directory or port that is taken, a part that does not come up.
    """
    refuse_unsafe_bind(settings.mockx_host, authentication=settings.mockx_auth)
    refuse_guessable_key(settings.mockx_host, settings.mockx_api_key)
    _refuse_unknown_feed(settings)
    if deck:
        refuse_without_streamlit()
    with StopRequest() as stop, ExitStack() as stack:
        _Run(settings, stop, stack, deck=deck).go()


class _Run:
    """One run. `stack` undoes what was done, in reverse: parts, Valkey, port, lock."""

    def __init__(self, settings: Settings, stop: StopRequest, stack: ExitStack, *, deck: bool | None) -> None:
        self._settings = settings
        self._with_deck = is_installed() if deck is None else deck
        # only who did not say what is wanted is told what there is
        self._deck_said = f"not installed; {HOW_TO_GET_IT}" if deck is None and not self._with_deck else None
        self._deck_url: str | None = None
        self._data_dir = settings.mockx_data_dir.absolute()
        self._stop = stop
        self._stack = stack
        self._terminal = Terminal(sys.stderr)
        self._running = False
        self._leftovers = Leftovers(self._data_dir / "processes.json")
        self._supervisor = Supervisor(self._say, self._leftovers.record)

    def go(self) -> None:
        """Start everything in order, and watch it."""
        self._take_data_dir()
        # the port before anything is started: it is the likeliest thing to be wrong
        listener = self._stack.enter_context(listen(self._settings.mockx_host, self._settings.mockx_port))
        port: int = listener.getsockname()[1]
        deck_port = free_port(self._settings) if self._with_deck else 0
        valkey_url = self._named_valkey() or self._embedded_valkey()
        settings = with_default_keys(self._settings).model_copy(
            update={"valkey_url": valkey_url, "mockx_port": port, "mockx_data_dir": self._data_dir}
        )
        environment = child_environment(settings)
        self._supervisor.add(
            *(self._function(name, environment) for name in ("feeder", "matcher")),
            *worker_programs(settings.mockx_workers, listener, environment, self._show),
        )
        url = local_url(settings.mockx_host, port)
        readiness = Readiness(url, self._say)
        deck_missing = self._start_deck(settings, url, deck_port) if self._with_deck else _nothing
        self._supervisor.watch(
            self._stop.pause,
            lambda: readiness.missing() or deck_missing(),
            lambda: self._announce(settings, url, valkey_url, readiness.feed),
        )

    def _start_deck(self, settings: Settings, url: str, port: int) -> Callable[[], str | None]:
        """Start it, as a stage of its own: it needs the others, and is stopped first. Gives what tells what it
        lacks."""
        self._deck_url = self._deck_said = local_url(settings.mockx_host, port)
        where = settings.model_copy(update={"mockx_deck_port": port, "api_url": url})
        self._supervisor.add(self._function("deck", child_environment(where)))
        return Readiness(self._deck_url, self._say, page=HEALTH_PAGE).missing

    def _take_data_dir(self) -> None:
        lock = DirectoryLock(private_directory(self._data_dir) / "mockx.lock")
        lock.acquire()
        self._stack.callback(lock.release)
        claim_data(self._data_dir)
        for process in self._leftovers.end(STOP_GRACE):
            self._say(f"Stopped process {process.pid}, which an earlier run left behind.")

    def _named_valkey(self) -> str | None:
        """The address in VALKEY_URL, once it answers; None when it is not set."""
        named = self._settings.named_valkey_url
        if named is not None:
            with ValkeyProbe(named) as probe:
                try:
                    probe.wait(self._stop.pause, self._say, patience=PATIENCE)
                except ServerUnreachable as error:
                    raise ServerUnreachable(
                        f"{error} Start it, or unset VALKEY_URL to have one started here."
                    ) from error
            self._stack.callback(self._stop_parts)
        return named

    def _embedded_valkey(self) -> str:
        """The address of a Valkey of our own, once it answers."""
        server = EmbeddedValkey(
            self._data_dir, fsync=self._settings.mockx_fsync, on_line=self._valkey_line, on_progress=self._say
        )
        self._stack.callback(server.stop)
        self._stack.callback(self._stop_parts)
        server.start(self._stop.pause)
        self._supervisor.add(server, running=True)
        return server.url

    def _function(self, name: str, environment: dict[str, str]) -> Program:
        command = [sys.executable, "-m", "mockexchange", "serve", name]
        return Program(name, command, environment=environment, on_line=lambda line: self._show(name, line))

    def _announce(self, settings: Settings, url: str, valkey_url: str, feed: str | None) -> None:
        assert (
            settings.mockx_api_key is not None and settings.mockx_secret is not None
        )  # with_default_keys put them there
        key, secret = settings.mockx_api_key.get_secret_value(), settings.mockx_secret.get_secret_value()
        path = write_credentials(self._data_dir, Credentials(url, key, secret, valkey_url, self._deck_url))
        Terminal(sys.stdout).write(announcement(settings, url, path, feed, self._deck_said))
        self._running = True

    def _stop_parts(self) -> None:
        self._running = False
        self._say("Stopping.")
        self._supervisor.stop(STOP_GRACE, hurry=lambda: self._stop.count > 1)

    def _say(self, text: str) -> None:
        self._terminal.line("mockx", text)

    def _show(self, name: str, line: str) -> None:
        self._terminal.line(name, line)

    def _valkey_line(self, line: str) -> None:
        # it tells much about itself when it starts and stops; its warnings (`#`) matter in between
        if self._settings.log_level == "DEBUG" or (self._running and " # " in line):
            self._terminal.line("valkey", line)


def _nothing() -> str | None:
    """What is missing where nothing is."""
    return None


def _refuse_unknown_feed(settings: Settings) -> None:
    """Raises NotConfigured when there is no such price source, or no such recording."""
    try:
        check_source(settings.feed, settings)
    except (ExchangeError, OSError) as error:
        raise NotConfigured(f"FEED was {settings.feed!r}: {error}") from error
