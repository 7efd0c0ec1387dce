"""The sockets to one Valkey server, and what goes over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import hiredis
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..valkey_address import Address

Argument = str | int | float | bytes
Command = tuple[Argument, ...]

CONNECT_TIMEOUT = 2.0
"""Seconds to open a socket; a Valkey in the same place answers in under a millisecond."""

SOCKET_TIMEOUT = 5.0
"""Seconds to wait for one answer: above the slowest page read, below every caller's own patience."""

IDLE = 60_000
"""ms after which a socket that was not used is not trusted any more. A sandbox that slept may have lost it without
knowing; whoever used it then would wait for the whole time-out, and a commit's outcome would be unknown."""

_packed: Callable[[Command], bytes] = cast("Any", hiredis).pack_command
"""A command as it goes over the wire. (hiredis declares tuples of one element only.)"""


class UnsentError(redis.RedisError):
    """No socket could be opened, so nothing was sent; its cause says why."""


class NoLoginError(redis.AuthenticationError):
    """There is nothing to log in with; the text says why."""


def options_of(address: Address) -> dict[str, Any]:
    """What redis-py opens sockets with, besides the URL: short waits, nothing tried again by itself, and tokens of IAM
    where the address asks for them."""
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_timeout": SOCKET_TIMEOUT,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "protocol": 2,
    }
    if address.iam is not None:
        from .valkey_iam import IamLogin  # here: it brings AWS's SDK

        options["credential_provider"] = IamLogin(address.iam, address.user, address.region)
    return options


class Sockets:
    """As many sockets as were ever in use at once; the one that was used last is used next.

    redis-py opens them and reads the protocol. Its client objects are left out: an order is two round trips, and taking
    a socket from a pool and giving it back, packing argument by argument and looking for a callback for every reply
    costs more than everything the exchange itself does with them.
    """

    def __init__(self, url: str, options: Mapping[str, Any], now: Callable[[], int]) -> None:
        """`now` gives wall time in ms."""
        # Any: redis-py types what it opens by what was asked of it at run time.
        self._pool: Any = redis.ConnectionPool.from_url(url, **options)  # pyright: ignore[reportUnknownMemberType]
        self._now = now
        self._idle: list[tuple[Any, int]] = []

    def close(self) -> None:
        """Close all sockets."""
        self._pool.disconnect()

    def take(self) -> Any:
        """An open socket. Raises UnsentError."""
        try:
            # list.pop and list.append are atomic: two threads never get one socket.
            try:
                socket, used = self._idle.pop()
            except IndexError:
                return self._pool.get_connection()
            try:
                if self._now() - used > IDLE:
                    socket.disconnect()
                socket.connect()  # which does nothing when it is
            except BaseException:
                self._idle.append((socket, used))
                raise
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise UnsentError(str(error)) from error
        return socket

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands in one piece and read all of their replies; the first error among them is raised.
        Raises UnsentError, and redis' errors."""
        socket = self.take()
        self.send(socket, commands)
        replies = self.receive(socket, len(commands))
        for reply in replies:
            if isinstance(reply, redis.ResponseError):
                raise reply
        return replies

    def send(self, socket: Any, commands: Sequence[Command]) -> None:
        """The first half of an exchange, over a socket that was taken; a failure gives it back."""
        try:
            socket.send_packed_command([b"".join([_packed(command) for command in commands])])
        except BaseException:
            self.give_up(socket)
            raise

    def receive(self, socket: Any, count: int) -> list[Any]:
        """The second half: the replies, errors of the server in their places. The socket is given back."""
        replies: list[Any] = []
        try:
            for _ in range(count):
                try:
                    replies.append(socket.read_response())
                except redis.ResponseError as error:
                    replies.append(error)
        except BaseException:
            # Replies may be left unread: whoever used this socket next would take them for its own.
            self.give_up(socket)
            raise
        self._idle.append((socket, self._now()))
        return replies

    def give_up(self, socket: Any) -> None:
        """Give a socket back whose replies nobody is going to read."""
        socket.disconnect()
        self._idle.append((socket, self._now()))
