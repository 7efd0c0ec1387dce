"""A cluster of several Valkey nodes on this machine, and what may happen to it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import redis
from redis.crc import key_slot

from mockexchange.local.tcp_ports import free_port
from mockexchange.local.valkey import EmbeddedValkey

SLOTS = 16_384
PASSWORD = "one-for-all-nodes"

DIRECTIVES = {
    "cluster-enabled": "yes",
    "cluster-announce-ip": "127.0.0.1",
    "cluster-node-timeout": "1500",
    "repl-diskless-sync-delay": "0",  # seconds in which more replicas might come
    "cluster-replica-validity-factor": "0",  # a replica that was slow for a moment may take over all the same
    "requirepass": PASSWORD,
    "masterauth": PASSWORD,
    "enable-debug-command": "local",
    "loglevel": "warning",
}


class Node:
    """One server, and a client that follows no redirection."""

    def __init__(self, directory: Path) -> None:
        self.server = EmbeddedValkey(directory, preferred_port=free_port(cluster=True), directives=DIRECTIVES)
        self.name = ""

    def start(self) -> None:
        self.server.launch()
        while True:  # its password is not the one that the server would have made up
            try:
                self.ask("PING")
                break
            except redis.RedisError:
                assert self.server.exit_code() is None, self.server.tail()
                time.sleep(0.02)
        self.name = self.ask("CLUSTER", "MYID").decode()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def ask(self, *command: Any) -> Any:
        client: Any = redis.Redis(port=self.server.port, password=PASSWORD, protocol=2)
        client.response_callbacks.clear()
        with client:
            return client.execute_command(*command)

    def facts(self) -> dict[str, str]:
        lines = self.ask("CLUSTER", "INFO").decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)


class Cluster:
    """Primaries that share the slots evenly, and replicas: number N follows primary N. Use it as a context manager."""

    def __init__(self, directory: Path, *, primaries: int = 3, replicas: int = 0) -> None:
        self.nodes = [Node(directory / f"node-{number}") for number in range(primaries + replicas)]
        self._primaries = primaries
        self._stack = ExitStack()

    def __enter__(self) -> Cluster:
        for node in self.nodes:
            self._stack.callback(node.server.stop)
            node.start()
        share = SLOTS // self._primaries + 1
        for number, node in enumerate(self.nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            if number < self._primaries:
                last = min((number + 1) * share, SLOTS) - 1
                node.ask("CLUSTER", "ADDSLOTSRANGE", number * share, last)
            if number:
                node.ask("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].server.port)
        self.until_well()
        for number, replica in enumerate(self.nodes[self._primaries :]):
            replica.ask("CLUSTER", "REPLICATE", self.nodes[number].name)
            while b"master_link_status:up" not in replica.ask("INFO", "replication"):
                time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def until_well(self) -> None:
        """Wait until every node knows every other, and that every slot has a node."""
        for node in self.nodes:
            while (facts := node.facts())["cluster_state"] != "ok" or int(facts["cluster_known_nodes"]) < len(
                self.nodes
            ):
                time.sleep(0.05)

    @property
    def url(self) -> str:
        """As VALKEY_URL."""
        return f"valkey+cluster://:{PASSWORD}@{self.nodes[0].place}"

    def owner(self, key: str) -> Node:
        """The primary that has a key's slot, as it says itself."""
        slot = key_slot(key.encode())
        for node in self.nodes:
            for begin, end, (_, port, *_), *_ in node.ask("CLUSTER", "SLOTS"):
                if begin <= slot <= end and port == node.server.port:
                    return node
        raise AssertionError(f"nobody has {key}")

    def another(self, node: Node) -> Node:
        """Some other primary."""
        return next(each for each in self.nodes[: self._primaries] if each is not node)

    def replica_of(self, primary: Node) -> Node:
        """The one that follows it."""
        [line] = primary.ask("CLUSTER", "REPLICAS", primary.name)
        name = line.split()[0].decode()
        return next(node for node in self.nodes if node.name == name)

    def flush(self) -> None:
        """Forget everything, scripts too."""
        for node in self.nodes[: self._primaries]:
            node.ask("FLUSHALL")
            node.ask("SCRIPT", "FLUSH")

    # a slot that moves, in its steps

    def begin_move(self, key: str) -> tuple[Node, Node, int]:
        """From now on its slot is on its way; the old node, the new one, the slot."""
        old = self.owner(key)
        new, slot = self.another(old), key_slot(key.encode())
        new.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", old.name)
        old.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", new.name)
        return old, new, slot

    def move_keys(self, old: Node, new: Node, slot: int, limit: int = 100_000) -> int:
        """Take so many keys over; how many that were."""
        keys = old.ask("CLUSTER", "GETKEYSINSLOT", slot, limit)
        if keys:
            port = new.server.port
            old.ask("MIGRATE", "127.0.0.1", port, "", 0, 5000, "AUTH", PASSWORD, "KEYS", *keys)
        return len(keys)

    def end_move(self, new: Node, slot: int) -> None:
        """The new node has it."""
        for node in (new, *(each for each in self.nodes[: self._primaries] if each is not new)):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", new.name)

    def move(self, key: str) -> Node:
        """The slot of a key, keys and all, to another node; which."""
        old, new, slot = self.begin_move(key)
        while self.move_keys(old, new, slot):
            pass
        self.end_move(new, slot)
        return new
