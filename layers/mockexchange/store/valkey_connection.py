"""Commands, pipelines and scripts over one Valkey client, with failures in the exchange's own words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import hiredis
import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, NoScriptError, OutOfMemoryError
from redis.retry import Retry

from ..domain.errors import ExchangeNotAvailable, OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Generator

Argument = str | int | float | bytes
Command = tuple[Argument, ...]

CONNECT_TIMEOUT = 2.0
"""Seconds to open a socket; a Valkey in the same place answers in under a millisecond."""

SOCKET_TIMEOUT = 5.0
"""Seconds to wait for one answer: above the slowest page read, below every caller's own patience."""


_packed: Callable[[Command], bytes] = cast("Any", hiredis).pack_command
"""A command as it goes over the wire. (hiredis declares tuples of one element only.)"""

_SCHEMES = re.compile("^valkey(s?)://")
"""valkey:// and valkeys:// are redis-py's redis:// and rediss://."""


class Script:
    """A Lua script shipped with the package."""

    def __init__(self, name: str) -> None:
        self.text = resources.files(__name__.rpartition(".")[0]).joinpath("lua", f"{name}.lua").read_text()
        # Valkey names scripts by this digest; nothing is secured by it.
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        _SCRIPTS[self.sha] = self

    def command(self, keys: Sequence[str], *arguments: Argument) -> Command:
        """The script as one command of a pipeline; only for scripts that may be sent twice."""
        return ("EVALSHA", self.sha, len(keys), *keys, *arguments)


_SCRIPTS: dict[str, Script] = {}
"""Every script of this process by its digest, so that a pipeline can bring one that the server does not know."""


class Connection:
    """One Valkey. Reads that lose their socket are tried once more; a script never is, for it may have run.

    redis-py keeps the sockets and reads the protocol. Its client objects are left out: an order is two round trips, and
    taking a socket from a pool and giving it back, packing argument by argument and looking for a callback for every
    reply costs more than everything the exchange itself does with them. There are as many sockets as were ever in use
    at once, and the one that was used last is used next.
    """

    def __init__(self, url: str) -> None:
        # Any: redis-py types what it opens by what was asked of it at run time.
        self._pool: Any = redis.ConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]  # untyped **kwargs
            _SCHEMES.sub(r"redis\1://", url),
            socket_connect_timeout=CONNECT_TIMEOUT,
            socket_timeout=SOCKET_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            protocol=2,
        )
        self._idle: list[Any] = []
        self._described = _without_password(url)

    def close(self) -> None:
        """Close all sockets."""
        self._pool.disconnect()

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
            return self._exchange(commands)
        except NoScriptError:
            for digest in {command[1] for command in commands if command[0] == "EVALSHA"}:
                self._exchange([("SCRIPT", "LOAD", _SCRIPTS[str(digest)].text)])
            return self._exchange(commands)

    def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """Run a script once. When the answer is lost the outcome is unknown, and the error says so."""
        with self._translated("the outcome of this call is unknown; look before you repeat it", OutcomeUnknown):
            try:
                return self._exchange([("EVALSHA", script.sha, len(keys), *keys, *arguments)])[0]
            except NoScriptError:
                return self._exchange([("EVAL", script.text, len(keys), *keys, *arguments)])[0]

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands in one piece and read all of their replies; the first error among them is raised."""
        # list.pop and list.append are atomic: two threads never get one socket.
        try:
            socket = self._idle.pop()
        except IndexError:
            socket = self._pool.get_connection()
        replies: list[Any] = []
        refused: redis.ResponseError | None = None
        try:
            socket.send_packed_command([b"".join([_packed(command) for command in commands])])
            for _ in commands:
                try:
                    replies.append(socket.read_response())
                except redis.ResponseError as error:
                    refused = refused or error
        except BaseException:
            # Replies may be left unread: whoever used this socket next would take them for its own.
            socket.disconnect()
            raise
        finally:
            self._idle.append(socket)
        if refused is not None:
            raise refused
        return replies

    @contextmanager
    def _translated(self, outcome: str, lost: type[ExchangeNotAvailable] = ExchangeNotAvailable) -> Generator[None]:
        try:
            yield
        except BusyLoadingError as error:
            raise ExchangeNotAvailable(f"Valkey at {self._described} is still loading its data; {outcome}") from error
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise lost(f"Valkey at {self._described} does not answer ({error}); {outcome}") from error
        except OutOfMemoryError as error:
            raise ExchangeNotAvailable(
                f"Valkey at {self._described} is out of memory; nothing was changed. Raise its maxmemory or archive"
            ) from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"
