"""Commands, pipelines and scripts over one Valkey client, with failures in the exchange's own words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, NoScriptError, OutOfMemoryError
from redis.retry import Retry

from ..domain.errors import ExchangeNotAvailable

if TYPE_CHECKING:
    from collections.abc import Generator

Argument = str | int | float | bytes
Command = tuple[Argument, ...]

CONNECT_TIMEOUT = 2.0
"""Seconds to open a socket; a Valkey in the same place answers in under a millisecond."""

SOCKET_TIMEOUT = 5.0
"""Seconds to wait for one answer: above the slowest page read, below every caller's own patience."""


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
    """One Valkey. Reads that lose their socket are tried once more; a script never is, for it may have run."""

    def __init__(self, url: str) -> None:
        # Any: redis-py types its commands for plain and asyncio clients at once, which says nothing here.
        client: Any = redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  # its **kwargs are untyped
            _SCHEMES.sub(r"redis\1://", url),
            socket_connect_timeout=CONNECT_TIMEOUT,
            socket_timeout=SOCKET_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            protocol=2,
        )
        # Replies as Valkey sends them: one shape for every command, and no second pass over each.
        client.response_callbacks.clear()
        self._client = client
        self._described = _without_password(url)

    def close(self) -> None:
        """Give the sockets back."""
        self._client.close()

    def run(self, *command: Argument) -> Any:
        """One read command."""
        with self._translated("nothing was changed"):
            try:
                return self._client.execute_command(*command)
            except redis.ConnectionError:
                # A socket that idled too long, or that a frozen sandbox lost: the pool opens a new one.
                return self._client.execute_command(*command)

    def pipe(self, commands: Sequence[Command]) -> list[Any]:
        """Several commands in one round trip; every one of them must be safe to repeat (or to waste an id)."""
        if not commands:
            return []
        with self._translated("nothing was changed"):
            try:
                return self._send(commands)
            except redis.ConnectionError:
                # A server that was restarted closes the old socket first, and then does not know the scripts.
                return self._send(commands)

    def _send(self, commands: Sequence[Command]) -> list[Any]:
        try:
            return self._send_once(commands)
        except NoScriptError:
            for digest in {command[1] for command in commands if command[0] == "EVALSHA"}:
                self._client.execute_command("SCRIPT", "LOAD", _SCRIPTS[str(digest)].text)
            return self._send_once(commands)

    def _send_once(self, commands: Sequence[Command]) -> list[Any]:
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return pipeline.execute()

    def together(self, commands: Sequence[Command]) -> list[Any]:
        """Several reads of one slot that see one state."""
        with self._translated("nothing was changed"):
            pipeline = self._client.pipeline(transaction=True)
            for command in commands:
                pipeline.execute_command(*command)
            return pipeline.execute()

    def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """Run a script once. When the answer is lost the outcome is unknown, and the error says so."""
        with self._translated("the outcome of this call is unknown; look before you repeat it"):
            try:
                return self._client.execute_command("EVALSHA", script.sha, len(keys), *keys, *arguments)
            except NoScriptError:
                return self._client.execute_command("EVAL", script.text, len(keys), *keys, *arguments)

    @contextmanager
    def _translated(self, outcome: str) -> Generator[None]:
        try:
            yield
        except BusyLoadingError as error:
            raise ExchangeNotAvailable(f"Valkey at {self._described} is still loading its data; {outcome}") from error
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise ExchangeNotAvailable(f"Valkey at {self._described} does not answer ({error}); {outcome}") from error
        except OutOfMemoryError as error:
            raise ExchangeNotAvailable(
                f"Valkey at {self._described} is out of memory; nothing was changed. Raise its maxmemory or archive"
            ) from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"
