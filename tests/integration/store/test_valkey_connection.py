"""Sockets: as many as are in use at once, fit for the next command whatever happened to the last."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import redis

from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.local.tcp_ports import free_port
from mockexchange.store.valkey_connection import Connection, Script


@pytest.fixture
def connection(valkey_url: str) -> Iterator[Connection]:
    connection = Connection(valkey_url)
    yield connection
    connection.close()


def sockets(connection: Connection) -> int:
    return len(connection.run("CLIENT", "LIST").splitlines())


def close_others(valkey_url: str) -> None:
    """What a server does that is started again, or that has had enough of idle clients."""
    other = Connection(valkey_url)
    other.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    other.close()


def test_threads_that_come_and_go_leave_no_sockets_behind(connection: Connection) -> None:
    before = sockets(connection)
    for _ in range(20):
        thread = threading.Thread(target=connection.run, args=("PING",))
        thread.start()
        thread.join()
    assert sockets(connection) == before


def test_threads_at_once_have_a_socket_each(connection: Connection) -> None:
    answers: list[bytes] = []
    together = threading.Barrier(8)

    def work(number: int) -> None:
        together.wait()
        for _ in range(200):
            answers.append(connection.run("ECHO", number))
            assert answers.count(str(number).encode()) > 0

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(answers)) == [str(number).encode() for number in range(8)]
    assert len(answers) == 1600


def test_a_refused_command_leaves_no_reply_for_the_next_one(connection: Connection) -> None:
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        connection.pipe([("SET", "text", "1"), ("LPUSH", "text", "2"), ("ECHO", "third")])
    assert connection.run("ECHO", "next") == b"next"


def test_a_socket_that_the_server_closed_is_replaced(connection: Connection, valkey_url: str) -> None:
    connection.run("PING")
    close_others(valkey_url)
    assert connection.run("ECHO", "again") == b"again"


def test_a_commit_whose_socket_is_gone_is_not_sent_twice(connection: Connection, valkey_url: str) -> None:
    script = Script("raise")
    connection.script(script, ["number"], [1])
    close_others(valkey_url)
    with pytest.raises(ExchangeNotAvailable, match="outcome of this call is unknown"):
        connection.script(script, ["number"], [2])
    assert connection.script(script, ["number"], [2]) == 1


def test_scripts_that_the_server_forgot_are_brought_again(connection: Connection) -> None:
    script = Script("raise")
    for number in (1, 2):
        connection.run("SCRIPT", "FLUSH")
        assert connection.pipe([script.command(["number"], number), ("PING",)]) == [1, b"PONG"]
    connection.run("SCRIPT", "FLUSH")
    assert connection.script(script, ["number"], [3]) == 1


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    port = free_port()
    with pytest.raises(ExchangeNotAvailable) as refused:
        Connection(f"valkey://:hunter2@127.0.0.1:{port}/0").run("PING")
    assert f"127.0.0.1:{port}" in refused.value.detail
    assert "hunter2" not in refused.value.detail
