"""The pytest plugin. It is found by itself where the package is installed; `-p no:mockexchange` turns it off.

Every test suite of the environment loads this module, so nothing of the exchange is imported before a test asks for
one.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .terms import MEANINGS, BadTerms, Terms, read

if TYPE_CHECKING:
    from .hand import Hand
    from .in_memory import ExchangeInHand
    from .served import ServedExchange

MARKER = "mockexchange"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a suite's exchanges begin with, unless a marker says otherwise."""
    for name, meaning in MEANINGS.items():
        parser.addini(_option(name), meaning, type="string", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, for suites with strict ones."""
    config.addinivalue_line(
        "markers", f"{MARKER}({', '.join(f'{name}=...' for name in MEANINGS)}): how its exchange begins"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A marker that says what cannot be is an error, whether an exchange is asked for or not."""
    if item.get_closest_marker(MARKER):
        _terms(item)


@pytest.fixture
def exchange(request: pytest.FixtureRequest) -> Iterator[ExchangeInHand]:
    """An exchange in memory with ccxt's methods, and with price, book, clock and faults in the test's hand. Its books
    are audited after the test."""
    with _in_memory(_terms(request.node)) as made:
        yield made


@pytest.fixture
def exchange_server(request: pytest.FixtureRequest) -> Iterator[ServedExchange]:
    """The same over HTTP, on a free port of the loopback interface: `url`, `api_key`, `secret`, and `ccxt`, a client.
    It ends with the test."""
    with _served(_terms(request.node)) as made:
        yield made


class ExchangeFactory:
    """Makes exchanges for as long as a `with` lasts, in tests and in fixtures of any scope. What is not said is as the
    suite's ini file has it; no marker counts."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def __call__(self, **terms: Any) -> AbstractContextManager[ExchangeInHand]:
        """An exchange in memory; its books are audited at the end."""
        return _in_memory(_read(self._config, terms))

    def server(self, **terms: Any) -> AbstractContextManager[ServedExchange]:
        """The same over HTTP."""
        return _served(_read(self._config, terms))


@pytest.fixture(scope="session")
def exchange_factory(pytestconfig: pytest.Config) -> ExchangeFactory:
    """For several exchanges in one test, and for fixtures of modules and sessions: see ExchangeFactory."""
    return ExchangeFactory(pytestconfig)


@contextmanager
def _in_memory(terms: Terms) -> Generator[ExchangeInHand]:
    with _whatever_cannot_be():
        from .in_memory import ExchangeInHand

        made = ExchangeInHand(terms)
    yield made
    _check(made)


@contextmanager
def _served(terms: Terms) -> Generator[ServedExchange]:
    with _whatever_cannot_be():
        try:
            from .served import ServedExchange
        except ImportError as error:
            pytest.fail(f"a server needs mockexchange[local]: {error}", pytrace=False)
        made = ServedExchange(terms)
    try:
        yield made
        _check(made)
    finally:
        made.stop()


def _check(hand: Hand) -> None:
    """Fails unless the books are right."""
    from .hand import BrokenBooks, check_books

    try:
        check_books(hand)
        return
    except BrokenBooks as error:
        broken = str(error)
    pytest.fail(broken, pytrace=False)


@contextmanager
def _whatever_cannot_be() -> Generator[None]:
    """What the exchange refuses of a marker's values, in words."""
    from ..domain.errors import ExchangeError

    try:
        yield
        return
    except ExchangeError as error:
        refused = error.detail
    pytest.fail(f"{MARKER}: {refused}", pytrace=False)


def _terms(item: pytest.Item) -> Terms:
    """What the ini file and the item's markers say, the closest one first of all."""
    markers = list(item.iter_markers(MARKER))[::-1]
    for marker in markers:
        if marker.args:
            pytest.fail(f"{MARKER}: its arguments are named, was given {marker.args[0]!r}", pytrace=False)
    return _read(item.config, *(marker.kwargs for marker in markers))


def _read(config: pytest.Config, *layers: Mapping[str, Any]) -> Terms:
    said = {name: config.getini(_option(name)) for name in MEANINGS}
    try:
        return read({name: value for name, value in said.items() if value is not None}, *layers)
    except BadTerms as error:
        wrong = str(error)
    pytest.fail(f"{MARKER}: {wrong}", pytrace=False)


def _option(name: str) -> str:
    return f"{MARKER}_{name}"
