"""How many requests the API had, and how they ended, over HTTP."""

from __future__ import annotations

import threading
import time
from typing import Any

from mockexchange.store.memory import MemoryStore

from .door import Door, order


def by_route(door: Door) -> dict[str, Any]:
    return {each["route"]: each for each in door.get("/admin/requests")["routes"]}


def counts(figures: Any) -> tuple[int, int, int]:
    return figures["count"], figures["clientErrors"], figures["serverErrors"]


def test_both_doors_are_counted_by_route(memory_door: Door) -> None:
    door = memory_door
    door.price("60000")
    placed = door.place(amount="0.01", price="50000")
    for order_id in (placed["id"], "999", "client:my-own-name"):
        door.send("GET", f"/orders/{order_id}")
    door.post(order(amount="1000"))
    door.send("GET", "/balance", key="a-wrong-key")
    door.send("GET", "/api/v3/ticker/price?symbol=BTCUSDT")
    door.send("GET", "/api/v3/ticker/price?symbol=NOSUCH")

    report = door.get("/admin/requests")

    found = by_route(door)
    assert counts(found["GET /orders/{order_id}"]["sinceStart"]) == (2, 1, 0)
    assert counts(found["GET /orders/client:{client_order_id:path}"]["recent"]) == (1, 1, 0)
    assert counts(found["POST /orders"]["sinceStart"]) == (2, 1, 0)
    assert counts(found["GET /api/v3/ticker/price"]["sinceStart"]) == (2, 1, 0)
    assert counts(found["other"]["sinceStart"]) == (1, 1, 0)
    assert counts(report["sinceStart"]) == (9, 5, 0)
    assert report["recent"]["p50"] > 0
    assert "wrong-key" not in str(report)
    assert "my-own-name" not in str(report)


def test_what_failed_is_told_by_the_diagnosis(memory_door: Door) -> None:
    door = memory_door
    door.send("GET", "/tickers")
    door.add_failing_path("/fails", RuntimeError("nobody foresaw it"))
    door.send("GET", "/fails")

    (check,) = [each for each in door.get("/admin/diagnosis")["checks"] if each["name"] == "requests"]

    assert (check["status"], check["value"]) == ("warning", 1)
    assert check["detail"].startswith("2 in the last 5 minutes, half answered within ")
    assert check["detail"].endswith("0 refused (4xx), 1 failed (5xx)")


def test_whoever_asked_too_early_whether_it_is_ready_is_no_failure() -> None:
    """`mockx up` does, several times in every start."""
    door = Door(MemoryStore(), feed="auto")
    with door.loop:
        assert door.send("GET", "/health/ready", key=None).status == 503

        (check,) = [each for each in door.get("/admin/diagnosis")["checks"] if each["name"] == "requests"]

    assert (check["status"], check["detail"]) == ("ok", "none in the last minutes")


def test_the_thread_that_counts_is_the_one_that_adds_up() -> None:
    """What another thread adds up may change under its hands."""
    threads = set[int]()

    def timer() -> int:
        threads.add(threading.get_ident())
        return time.perf_counter_ns()

    door = Door(MemoryStore(), timer=timer)
    with door.loop:
        door.get("/tickers")
        door.get("/admin/diagnosis")
        door.get("/admin/requests")

    assert threads == {threading.get_ident()}


def test_it_is_for_admins(memory_door: Door) -> None:
    key = memory_door.give_key("default", "trade")["apiKey"]

    assert memory_door.send("GET", "/admin/requests", key=key).status == 403
