"""docs/compatibility.md says what the tests do, no more and no less."""

from __future__ import annotations

from .compatibility import PAGE, exercises, page


def test_the_page_says_what_the_tests_exercise() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.conformance.compatibility"


def test_every_client_of_the_promise_is_there() -> None:
    clients = {each.client.package for each in exercises()}

    assert clients >= {"ccxt", "python-binance", "binance-connector", "binance-sdk-spot"}
    # every call of the tests' own tables, by name
    calls = {call for each in exercises() for call in each.calls}
    assert len(calls) > 100
