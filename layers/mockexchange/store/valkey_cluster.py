"""A Valkey whose keys are spread over several nodes, or may be: a cluster, ElastiCache Serverless.

A venue's keys are in one slot, and so on one node; market data is in others, a slot for each symbol. A pipeline is
taken apart by node and put together again: each node gets its part in the order it was given, all nodes work at once.
Nothing that decides may depend on the order between nodes, and nothing does. What a placement reads of the venue may be
newer than the tick beside it: then its commit conflicts, and `continue_log` finds a newer tick and does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import redis
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, NoScriptError, TryAgainError

from ..clock import SystemClock
from ..domain.errors import OutcomeUnknown
from ..valkey_address import Address
from .valkey_connection import SCRIPTS, Connection, Script
from .valkey_sockets import Argument, Command, Sockets, UnsentError

SLOTS = 16_384

KEYLESS = frozenset(
    "CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG ECHO FLUSHALL INFO PING SCAN SCRIPT TIME".split(),
)
"""Commands that name no key. They go to the home node, and tell of that one only."""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.005, 0.2
"""Seconds between two rounds when a slot is on its way, or a node is being replaced."""

PATIENCE = 2_000
"""ms in which it should have got there; then whoever asked is told to come again."""

DETOURS = 4
"""Rounds without a pause. One finds a slot that moved; more means that nodes send us to each other."""

_UNANSWERED = object()
_WALL = SystemClock()


class ClusterConnection(Connection):
    """One cluster. It goes where a slot is now (MOVED, ASK), waits a moment for one that is on its way, and brings a
    script to each node that does not know it. Reads are repeated when a node is lost; a script is not, once it was
    sent."""

    def __init__(
        self,
        address: Address,
        home: str,
        now: Callable[[], int] = _WALL.now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`home`: a key whose node gets the keyless commands. `now` gives wall time in ms."""
        super().__init__(address, now)
        self._home = key_slot(home.encode())
        self._sleep = sleep
        self._nodes: dict[str, Sockets] = {}
        self._owners: list[str] = []
        """By slot, the node (host:port) that has it; empty while that is not known."""

    def close(self) -> None:
        """Close all sockets."""
        super().close()
        for sockets in self._nodes.values():
            sockets.close()

    def pipe(self, commands: Sequence[Command]) -> list[Any]:
        """See Connection.pipe."""
        if not commands:
            return []
        with self._translated("nothing was changed"):
            return self._carry_out(list(commands), chances=2)

    def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        """See Connection.script."""
        with self._translated("the outcome of this call is unknown; look before you repeat it", OutcomeUnknown):
            return self._carry_out([script.command(keys, *arguments)], chances=1)[0]

    def _carry_out(self, commands: list[Command], chances: int) -> list[Any]:
        """Send commands, again as far as that is needed, until each has its reply; the first error of the server is
        raised. `chances`: how often one may be sent whose reply may get lost."""
        call = _Call(commands, chances)
        until = self._now() + PATIENCE
        pause = SHORTEST_PAUSE
        for rounds in count(1):
            self._round(call)
            if not call.waiting:
                break
            if rounds > DETOURS and call.delayed is None:
                call.delayed = ClusterDownError("CLUSTERDOWN its nodes do not agree on who has a slot")
            if call.delayed is not None:
                if self._now() >= until:
                    raise call.delayed
                self._sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        refused = next((reply for reply in call.replies if isinstance(reply, redis.ResponseError)), None)
        if refused is not None:
            raise refused
        return call.replies

    def _round(self, call: _Call) -> None:
        """Send what waits, all nodes at once, and read what they say."""
        call.delayed = None
        parts: dict[str, list[int]] = {}
        for index in call.waiting:
            parts.setdefault(call.directed.get(index) or self._node_of(call.commands[index]), []).append(index)
        sent: list[tuple[str, Any, list[int]]] = []
        again: list[int] = []
        try:
            for node, indexes in parts.items():
                try:
                    sockets = self._sockets_of(node)
                    socket = sockets.take()
                    sockets.send(socket, call.words(indexes))
                    sent.append((node, socket, indexes))
                except redis.RedisError as error:
                    again += self._lost(call, indexes, error)
            while sent:
                node, socket, indexes = sent.pop(0)
                try:
                    replies = self._sockets_of(node).receive(socket, len(call.words(indexes)))
                except redis.RedisError as error:
                    again += self._lost(call, indexes, error)
                else:
                    again += self._read(call, node, indexes, iter(replies))
        finally:
            for node, socket, _ in sent:  # something was raised: nobody reads these any more
                self._sockets_of(node).give_up(socket)
        call.waiting = sorted(again)
        if call.moved:
            self._moved(call)

    def _lost(self, call: _Call, indexes: list[int], error: redis.RedisError) -> list[int]:
        """A node did not take these, or did not answer: who has their slots now is to be found out. Those that may be
        sent again; raises the error when they may not."""
        if not isinstance(error, UnsentError | redis.ConnectionError | redis.TimeoutError):
            raise error
        self._owners = []
        for index in indexes:
            call.directed.pop(index, None)
        if isinstance(error, UnsentError):
            call.delayed = error
            return indexes
        call.chances -= 1
        if call.chances <= 0:
            raise error
        return indexes

    def _read(self, call: _Call, node: str, indexes: list[int], replies: Iterator[Any]) -> list[int]:
        """Put replies into their places; those that are to be sent again."""
        again: list[int] = []
        for index in indexes:
            if call.directed.pop(index, None) is not None:
                next(replies)  # of ASKING
            reply = next(replies)
            match reply:
                case MovedError():
                    call.moved[reply.slot_id] = _directed(reply, node)
                case AskError():
                    call.directed[index] = _directed(reply, node)
                case TryAgainError() | ClusterDownError():
                    call.delayed = reply
                    self._owners = []
                case NoScriptError():
                    digest, *rest = call.commands[index][1:]
                    call.commands[index] = ("EVAL", SCRIPTS[str(digest)].text, *rest)
                case _:
                    call.replies[index] = reply
                    continue
            again.append(index)
        return again

    # who has what

    def _node_of(self, command: Command) -> str:
        owners = self._owners or self._learn()
        return owners[slot_of(command, self._home)]

    def _sockets_of(self, node: str) -> Sockets:
        sockets = self._nodes.get(node)
        if sockets is None:
            sockets = self._nodes[node] = Sockets(self._address.at(node).url, self._options, self._now)
        return sockets

    def _moved(self, call: _Call) -> None:
        """Slots have other nodes than we thought. One that moved is seldom alone: ask who has which now, and of these
        believe their old nodes, for the others may hear of it later."""
        owners = list(self._learn(list(call.moved.values())))
        for slot, node in call.moved.items():
            owners[slot] = node
        self._owners = owners
        call.moved.clear()

    def _learn(self, first: Sequence[str] = ()) -> list[str]:
        """Ask who has which slots: `first`, then the nodes that are known, then the address that we were given.
        Raises UnsentError when none of them says so."""
        failure: redis.RedisError | None = None
        for node in (*dict.fromkeys((*first, *self._nodes)), None):
            sockets = self._sockets if node is None else self._sockets_of(node)
            try:
                ranges = sockets.exchange([("CLUSTER", "SLOTS")])[0]
            except redis.RedisError as error:
                failure = error
                continue
            owners = [""] * SLOTS
            for begin, end, (host, port, *_), *_replicas in ranges:
                place = _place((host or b"").decode(), port, node or self._address.shown)
                owners[begin : end + 1] = [place] * (end + 1 - begin)
            if ranges:
                asked = node or self._address.shown
                # a slot that nobody has: its node says so, whichever it is
                self._owners = [owner or asked for owner in owners]
                return self._owners
            failure = ClusterDownError("CLUSTERDOWN no node has any slot")
        if isinstance(failure, UnsentError):
            raise failure
        raise UnsentError(str(failure)) from failure


class _Call:
    """Commands on their way."""

    def __init__(self, commands: list[Command], chances: int) -> None:
        self.commands = commands
        self.chances = chances
        self.waiting: Sequence[int] = range(len(commands))
        self.replies: list[Any] = [_UNANSWERED] * len(commands)
        self.directed: dict[int, str] = {}
        """Commands whose slot is on its way, and the node that takes them already, if they say ASKING."""
        self.moved: dict[int, str] = {}
        """Slots that have another node, by what their old ones said."""
        self.delayed: redis.RedisError | None = None
        """Why the next round should wait a moment."""

    def words(self, indexes: Sequence[int]) -> list[Command]:
        """What goes over the wire for some of them."""
        if not self.directed:
            return [self.commands[index] for index in indexes]
        words: list[Command] = []
        for index in indexes:
            if index in self.directed:
                words.append(("ASKING",))
            words.append(self.commands[index])
        return words


def slot_of(command: Command, home: int) -> int:
    """The slot that a command's first key is in, all of whose keys are in one; `home` for one that names none."""
    name = command[0]
    if name in KEYLESS or len(command) == 1:
        return home
    key = command[3] if name in ("EVALSHA", "EVAL") else command[1]
    return key_slot(key if isinstance(key, bytes) else str(key).encode())


def _directed(reply: Any, said_by: str) -> str:
    """Where MOVED or ASK sends us."""
    # Any: redis-py does not type what they hold
    return _place(reply.host, reply.port, said_by)


def _place(host: str, port: int, said_by: str) -> str:
    """A node as host:port. One that does not name its host is where we asked."""
    if not host or host == "?":
        return f"{said_by.rpartition(':')[0]}:{port}"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
