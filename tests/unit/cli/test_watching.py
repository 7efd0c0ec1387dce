"""Watching: prices as they change, and events as they happen; lost connections; Ctrl-C."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from typer.testing import CliRunner, Result

from mockexchange.cli.invocation import Invocation
from mockexchange.cli.main import app

from ..account_answers import event
from ..answers import TICKER
from ..stand_in import API_KEY, LOST, Reply, StandIn, problem

Watch = Callable[..., Result]


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def watch(exchange: StandIn, pauses: list[float]) -> Watch:
    """Runs a command that never ends by itself, until it has paused so often: then comes Ctrl-C."""

    def run(*arguments: str, most: int = 3, decorated: bool = False) -> Result:
        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == most:
                raise KeyboardInterrupt

        given = ["--url", exchange.url, "--api-key", API_KEY, *arguments]
        invocation = Invocation(decorated=decorated, pause=pause)
        return CliRunner().invoke(app, given, obj=invocation, env={"TERM": "xterm"}, catch_exceptions=False)

    return run


def ticker(number: int, last: str = "60000", *, stale: bool = False) -> str:
    changed = TICKER.replace('"tick": 12', f'"tick": {number}').replace('"last": 60000.10', f'"last": {last}')
    return f'{{"BTC/USDT": {changed.replace("false", "true") if stale else changed}}}'


PATH = "/tickers/BTC%2FUSDT"


def test_each_change_is_a_line_of_json(exchange: StandIn, watch: Watch, pauses: list[float]) -> None:
    exchange.on("GET", PATH, ticker(1), ticker(1), ticker(2, "61000.00000001"), ticker(2, stale=True))

    result = watch("ticker", "BTC/USDT", "--watch", "--interval", "0.5", "--json", most=4)

    assert result.exit_code == 0
    lines = [json.loads(line, parse_float=Decimal) for line in result.stdout.splitlines()]
    assert [(line["tick"], line["stale"]) for line in lines] == [(1, False), (2, False), (2, True)]
    assert lines[1]["last"] == Decimal("61000.00000001")
    assert pauses == [0.5] * 4


def test_into_a_pipe_each_change_is_a_line_of_text(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", PATH, ticker(1), ticker(2, "61000", stale=True))

    result = watch("ticker", "BTC/USDT", "--watch")

    assert result.stdout.splitlines() == [
        "2022-01-01T12:00:00.000Z  BTC/USDT  last 60000  bid 59999  ask 60001",
        "2022-01-01T12:00:00.000Z  BTC/USDT  last 61000  bid 59999  ask 60001  stale",
    ]


def test_on_a_terminal_the_table_is_drawn_anew(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", PATH, ticker(1), ticker(2, "61000"))

    result = watch("ticker", "BTC/USDT", "--watch", decorated=True)

    assert result.exit_code == 0
    assert "61000" in result.stdout


def test_an_exchange_that_goes_away_is_waited_for(exchange: StandIn, watch: Watch) -> None:
    away = problem(503, "ExchangeNotAvailable", "Valkey does not answer")
    exchange.on("GET", PATH, ticker(1), away, LOST, LOST, ticker(2))

    result = watch("ticker", "BTC/USDT", "--watch", "--json", most=4)

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr.count("Trying again") == 1
    assert "answers again" in result.stderr


def test_nothing_to_watch_at_the_beginning_is_an_error(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", PATH, problem(404, "BadSymbol", "BTC/USDT is not traded here"))

    assert watch("ticker", "BTC/USDT", "--watch").exit_code == 5


def test_an_interval_goes_with_watching(exchange: StandIn, watch: Watch) -> None:
    assert watch("ticker", "BTC/USDT", "--interval", "2").exit_code == 2
    assert exchange.asked == []


# events

NOW = "/events?after=now"
PAGE = "/events?limit=1000"


def page(*events: str, end: str) -> Reply:
    return Reply(f"[{', '.join(events)}]", 200, {"x-next-cursor": end})


def stream(*events: str) -> Reply:
    said = "".join(
        f"id: {json.loads(each)['id']}\r\nevent: {json.loads(each)['type']}\r\ndata: {each}\r\n\r\n: ping\r\n\r\n"
        for each in events
    )
    return Reply(said, 200, {"content-type": "text/event-stream"})


def test_the_newest_events_come_oldest_first(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", NOW, page(end="4-0"))
    exchange.on("GET", PAGE, page(event(1), event(2, "order"), event(3), event(4), end="4-0"))

    result = watch("events", "--limit", "3", "--json")

    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["2-0", "3-0", "4-0"]
    assert json.loads(result.stdout.splitlines()[1], parse_float=Decimal)["data"]["amount"] == Decimal(
        "100000.00000001"
    )


def test_one_looks_further_back_until_there_are_enough(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", NOW, page(end="100-0"))
    exchange.on("GET", "/events?after=96-0&limit=1000", page(event(99), end="100-0"))
    exchange.on("GET", "/events?after=68-0&limit=1000", page(event(90), end="95-0"))
    exchange.on("GET", "/events?after=95-0&limit=1000", page(event(99), end="100-0"))

    result = watch("events", "--limit", "2")

    assert result.stdout.splitlines() == [
        "2022-01-01 12:00:00  deposit     asset USDT  amount 100000.00000001  (event 90-0)",
        "2022-01-01 12:00:00  deposit     asset USDT  amount 100000.00000001  (event 99-0)",
    ]


def test_following_shows_the_newest_and_then_what_happens_and_goes_on_after_a_loss(
    exchange: StandIn, watch: Watch, pauses: list[float]
) -> None:
    exchange.on("GET", NOW, page(end="2-0"))
    exchange.on("GET", PAGE, page(event(1), event(2), end="2-0"))
    exchange.on("GET", "/events", stream(event(3)), LOST, LOST, stream(event(4)))

    result = watch("events", "--follow", "--json", most=4)

    assert result.exit_code == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1-0", "2-0", "3-0", "4-0"]
    assert [asked.last_event_id for asked in exchange.asked[3:]] == ["2-0", "3-0", "3-0", "3-0"]
    assert result.stderr.count("Trying again") == 1
    assert pauses == [1.0, 1.0, 2.0, 1.0]


def test_kinds_of_events_are_chosen(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", NOW, page(end="0-0"))
    exchange.on("GET", "/events?types=order%2Ctrade&limit=1000", page(end="0-0"))
    exchange.on("GET", "/events?types=order%2Ctrade", stream(event(1, "trade")))

    assert '"trade"' in watch("events", "-f", "--types", "order,trade", "--json", most=1).stdout
    assert watch("events", "--types", "weather").exit_code == 2


def test_a_stream_that_is_none_is_3(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", NOW, page(end="0-0"))
    exchange.on("GET", PAGE, page(end="0-0"))
    exchange.on("GET", "/events", Reply("[]"))

    result = watch("events", "--follow")

    assert result.exit_code == 3
    assert "text/event-stream" in result.stderr


def test_a_server_without_streams_says_so(exchange: StandIn, watch: Watch) -> None:
    exchange.on("GET", NOW, page(end="0-0"))
    exchange.on("GET", PAGE, page(end="0-0"))
    exchange.on("GET", "/events", problem(406, "NotSupported", "there are no streams on AWS Lambda"))

    result = watch("events", "--follow")

    assert result.exit_code == 1
    assert "there are no streams on AWS Lambda" in result.stderr
