"""Commands, pipelines and scripts over one Valkey client, with failures in the exchange's own words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any

import redis
from redis.exceptions import NoScriptError

from ..clock import SystemClock
from ..domain.errors import ExchangeNotAvailable, OutcomeUnknown
from ..valkey_address import Address
from .valkey_failures import failure_of
from .valkey_sockets import Argument, Command, Sockets, options_of

if TYPE_CHECKING:
    from collections.abc import Generator


class Script:
    """A Lua script shipped with the package."""

    def __init__(self, name: str) -> None:
        self.text = resources.files(__name__.rpartition(".")[0]).joinpath("lua", f"{name}.lua").read_text()
        # Valkey names scripts by this digest; nothing is secured by it.
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        SCRIPTS[self.sha] = self

    def command(self, keys: Sequence[str], *arguments: Argument) -> Command:
        """The script as one command of a pipeline; only for scripts that may be sent twice."""
        return ("EVALSHA", self.sha, len(keys), *keys, *arguments)


SCRIPTS: dict[str, Script] = {}
"""Every script of this process by its digest, so that a pipeline can bring one that the server does not know."""


_WALL = SystemClock()


class Connection:
    """One Valkey. Reads that lose their socket are tried once more; a script never is, for it may have run."""

    def __init__(self, address: str | Address, now: Callable[[], int] = _WALL.now) -> None:
        """`address` as in VALKEY_URL; `now` gives wall time in ms."""
        self._address = Address.of(address) if isinstance(address, str) else address
        self._now = now
        self._options = options_of(self._address)
        self._sockets = Sockets(self._address.url, self._options, now)

    def close(self) -> None:
        """Close all sockets."""
        self._sockets.close()

    def run(self, *command: Argument) -> Any:
        """One read command."""
        return self.pipe([command])[0]

    def pipe(self, commands: Sequence[Command]) -> list[Any]:
        """Several commands in one round trip; every one of them must be safe to repeat (or to waste an id)."""
        if not commands:
            return []
        with self._translated("nothing was changed"):
            try:
                return self._send(commands)
            except redis.ConnectionError:
                # A socket that idled too long, that a frozen sandbox lost, or whose server was started again: the next
                # one is new. A server that was started again does not know the scripts either.
                return self._send(commands)

    def _send(self, commands: Sequence[Command]) -> list[Any]:
        try:
            return self._sockets.exchange(commands)
        except NoScriptError:
            for digest in {command[1] for command in commands if command[0] == "EVALSHA"}:
                self._sockets.exchange([("SCRIPT", "LOAD", SCRIPTS[str(digest)].text)])
            return self._sockets.exchange(commands)

    def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """Run a script once. When the answer is lost the outcome is unknown, and the error says so."""
        with self._translated("the outcome of this call is unknown; look before you repeat it", OutcomeUnknown):
            try:
                return self._sockets.exchange([("EVALSHA", script.sha, len(keys), *keys, *arguments)])[0]
            except NoScriptError:
                return self._sockets.exchange([("EVAL", script.text, len(keys), *keys, *arguments)])[0]

    @contextmanager
    def _translated(self, outcome: str, lost: type[ExchangeNotAvailable] = ExchangeNotAvailable) -> Generator[None]:
        try:
            yield
        except redis.RedisError as error:
            failure = failure_of(error, self._address.shown, outcome, lost)
            if failure is None:
                raise
            raise failure from error


def connect(url: str, home: str = "") -> Connection:
    """The connection that a VALKEY_URL asks for. In a cluster the keyless commands (PING, INFO, ...) go to the node of
    the key `home`."""
    address = Address.of(url)
    if not address.cluster:
        return Connection(address)
    from .valkey_cluster import ClusterConnection  # here: it is for clusters

    return ClusterConnection(address, home)
