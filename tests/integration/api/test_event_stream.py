"""The stream of events over a real uvicorn: nothing is lost or told twice, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from httpx_sse import ServerSentEvent, connect_sse

from mockexchange.api import native_events
from mockexchange.api.app import HttpApi, create_app
from mockexchange.api.callers import Callers
from mockexchange.clock import ManualClock
from mockexchange.domain.access import Caller, Scope
from mockexchange.domain.rules import Rules
from mockexchange.exchange import Exchange
from mockexchange.happenings import KEPT, Watch
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore
from mockexchange.store.valkey_connection import Connection

from .door import START

D = Decimal
KEY = "a-key"

Events = Iterator[ServerSentEvent]


@dataclass
class Served:
    """An exchange behind a real server."""

    exchange: Exchange
    url: str
    server: uvicorn.Server
    thread: threading.Thread

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive(), "the server hangs on its streams"

    def listening(self, after: str | None = None, query: str = "") -> contextlib.AbstractContextManager[Events]:
        return listening(self.url, after, query)


@contextlib.contextmanager
def listening(url: str, after: str | None = None, query: str = "") -> Generator[Events]:
    headers = {"x-api-key": KEY, **({"last-event-id": after} if after else {})}
    with (
        httpx.Client(timeout=20) as client,
        connect_sse(client, "GET", f"{url}/events{query}", headers=headers) as source,
    ):
        source.response.raise_for_status()
        yield source.iter_sse()


def serve(exchange: Exchange) -> Served:
    """A server in a thread of its own."""
    return run(exchange, create_app(exchange, api_key=KEY, first_balances={"USDT": D(100)}, feed="manual"))


def run(exchange: Exchange, app: HttpApi) -> Served:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    return Served(exchange, f"http://127.0.0.1:{listener.getsockname()[1]}", server, thread)


def venue(store: MemoryStore | ValkeyStore) -> Exchange:
    exchange = Exchange(store, ManualClock(START), Rules())
    exchange.open_account("default", {"USDT": D(100)})
    exchange.open_account("other", {"USDT": D(100)})
    return exchange


@pytest.fixture
def served() -> Iterator[Served]:
    found = serve(venue(MemoryStore()))
    yield found
    found.stop()


def deposits(exchange: Exchange, first: int, last: int) -> None:
    """Deposits of these amounts to the default account, each followed by one to another."""
    for amount in range(first, last + 1):
        exchange.deposit("default", "USDT", D(amount))
        exchange.deposit("other", "USDT", D(1000 + amount))


def take(events: Iterator[ServerSentEvent], count: int) -> list[ServerSentEvent]:
    return [next(events) for _ in range(count)]


def amounts(events: list[ServerSentEvent]) -> list[int]:
    assert {event.event for event in events} == {"deposit"}
    return [json.loads(event.data)["data"]["amount"] for event in events]


def test_it_starts_now_and_tells_only_its_own_account(served: Served) -> None:
    with served.listening() as events:
        deposits(served.exchange, 1, 5)
        found = take(events, 5)

    assert amounts(found) == [1, 2, 3, 4, 5]
    assert json.loads(found[0].data)["id"] == found[0].id
    assert json.loads(found[0].data)["timestamp"] == START


def test_a_stream_goes_on_where_it_broke_off(served: Served) -> None:
    with served.listening() as events:
        deposits(served.exchange, 1, 3)
        first = take(events, 2)
    deposits(served.exchange, 4, 5)
    with served.listening(first[-1].id) as events:
        deposits(served.exchange, 6, 6)
        rest = take(events, 4)

    assert amounts(first + rest) == [1, 2, 3, 4, 5, 6]


def test_it_goes_on_after_a_restart_of_the_server(tmp_path: Path, valkey_url: str) -> None:
    """The server that `mockx serve api` runs, stopped by SIGTERM with the stream open."""
    connection = Connection(valkey_url)
    exchange = venue(ValkeyStore(connection))
    with process(tmp_path, valkey_url) as (before, url), listening(url) as events:
        deposits(exchange, 1, 2)
        first = take(events, 2)
        before.terminate()
        assert list(events) == []  # an end, not a connection that breaks
        assert before.wait(20) == 0
    deposits(exchange, 3, 4)
    with process(tmp_path, valkey_url) as (after, url), listening(url, first[-1].id) as events:
        rest = take(events, 2)
        assert after.poll() is None
    connection.close()

    assert amounts(first + rest) == [1, 2, 3, 4]
    assert "Traceback" not in (tmp_path / "output").read_text()


@contextlib.contextmanager
def process(home: Path, valkey_url: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """`mockx serve api` and its address."""
    settings = {"VALKEY_URL": valkey_url, "MOCKX_API_KEY": KEY, "MOCKX_SECRET": KEY, "MOCKX_DATA_DIR": str(home)}
    command = [sys.executable, "-m", "mockexchange", "serve", "api", "--port", "0"]
    with (home / "output").open("a+") as output:
        start = output.tell()
        api = subprocess.Popen(command, cwd=home, env=os.environ | settings, stderr=output, text=True)
        try:
            url = ""
            while not url:
                assert api.poll() is None, (home / "output").read_text()
                time.sleep(0.02)
                url = next(iter(re.findall(r"http://\S+", (home / "output").read_text()[start:])), "")
            yield api, url
        finally:
            api.kill()
            api.wait()


def test_one_that_is_far_behind_reads_the_journal(served: Served) -> None:
    deposits(served.exchange, 1, KEPT)
    with served.listening() as busy:
        deposits(served.exchange, KEPT + 1, KEPT + 1)
        take(busy, 1)
        with served.listening(query="?after=0&types=deposit") as events:
            found = take(events, KEPT + 2)

    assert amounts(found)[1:] == list(range(1, KEPT + 2))


def test_a_client_that_leaves_is_noticed_and_streams_are_counted(served: Served) -> None:
    with contextlib.ExitStack() as open_streams:
        streams = [
            open_streams.enter_context(served.listening(query="?after=0"))
            for _ in range(native_events.STREAMS_PER_ACCOUNT)
        ]
        for events in streams:
            next(events)
        assert status(served) == 503
    for _ in range(200):
        if status(served) == 200:
            break
    assert status(served) == 200


def status(served: Served) -> int:
    headers = {"x-api-key": KEY, "accept": "text/event-stream"}
    with httpx.stream("GET", f"{served.url}/events", headers=headers, timeout=20) as answer:
        return answer.status_code


def test_heart_beats_are_comments() -> None:
    exchange = venue(MemoryStore())
    app = HttpApi(exchange.store.version, auth=False)
    callers = Callers(exchange, Caller("default", Scope.ADMIN, "default"), {})
    native_events.EventEndpoints(exchange, callers, heart_beat=0.05).add_to(app.endpoints)
    found = run(exchange, app)
    with httpx.stream("GET", f"{found.url}/events", headers={"accept": "text/event-stream"}, timeout=20) as answer:
        assert next(answer.iter_lines()).startswith(": ping")
    found.stop()


class Counted(MemoryStore):
    """A store that counts how often its journal is read."""

    reads = 0

    def journal(self, cursor: int, limit: int) -> Any:
        self.reads += 1
        return super().journal(cursor, limit)


def test_many_listeners_share_one_reading() -> None:
    store = Counted()
    exchange = venue(store)

    async def listen(watch: Watch, after: int) -> list[int]:
        found: list[int] = []
        pages = watch.follow(after)
        async for page in pages:
            found += [each.position for each in page]
            if len(found) >= 3:
                break
        await pages.aclose()
        return found

    async def scenario() -> list[list[int]]:
        watch = Watch(store, interval=0.001)
        after = store.revision()
        tasks = [asyncio.create_task(listen(watch, after)) for _ in range(50)]
        await asyncio.sleep(0.01)  # everybody listens, and the poller has looked once
        for amount in (1, 2, 3):
            exchange.deposit("default", "USDT", D(amount))
        found = await asyncio.gather(*tasks)
        assert watch.listeners == 0
        return found

    found = asyncio.run(scenario())

    assert found == [found[0]] * 50
    assert store.reads <= 3
