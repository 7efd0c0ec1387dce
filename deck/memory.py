"""A client that remembers what the exchange last said. While nobody answers, a page that was seen before is drawn from
it: charts keep their zoom and fields what is typed, for nothing is taken off the page."""

from __future__ import annotations

import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from mockexchange.clients.endpoint import Endpoint
from mockexchange.clients.errors import BadAnswer, NotAvailable, Unreachable
from mockexchange.clients.http import ExchangeClient
from mockexchange.clients.wire import Wire

T = TypeVar("T")

REMEMBERED = 100
"""Answers, the newest ones. A screen asks for a dozen."""

LONGEST = 500
"""Items of a list that is remembered; longer ones are for files, not for the eye."""

ASK_AGAIN = 2.0
"""Seconds after a failure for which what is remembered is given without asking: a host that swallows what is sent to it
takes seconds to fail, and a screen asks a dozen times."""

ABOUT_ITSELF = "/health/ready"
"""Is answered while a fault shuts the other doors on purpose: it does not mean that the exchange is back. That it is
not ready is what it says, and no failure."""


@dataclass(frozen=True, slots=True)
class Away:
    """Nobody answers since `since` (ms), the last time for this reason."""

    since: int
    error: Unreachable | NotAvailable | BadAnswer


class RememberingClient(ExchangeClient):
    """Answers questions from memory while the exchange is away; raises as any client does where it remembers none.
    Commands are always sent. Closes itself when it is forgotten: nobody is told of the end of a browser session."""

    def __init__(self, endpoint: Endpoint, *, timeout: float) -> None:
        """`timeout` as of any client."""
        super().__init__(endpoint, timeout=timeout)
        self._wire.close()
        self._wire = self._memory = _Memory(endpoint, timeout)
        # before anything of it is gone, which `__del__` is not where there are cycles of references
        weakref.finalize(self, self._memory.close)

    @property
    def away(self) -> Away | None:
        """Whether the last question was not answered by the exchange."""
        return self._memory.away


class _Memory(Wire):
    """A connection that remembers answers."""

    def __init__(self, endpoint: Endpoint, timeout: float) -> None:
        super().__init__(endpoint, timeout)
        self.away: Away | None = None
        self._asks_again = 0.0
        self._answers: OrderedDict[str, object] = OrderedDict()

    def read(
        self,
        path: str,
        answer: type[T],
        *,
        method: str = "GET",
        body: object = None,
        query: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> T:
        ask = super().read
        return self._said(
            path,
            f"{method} {path} {body} {query}",
            lambda: ask(path, answer, method=method, body=body, query=query, timeout=timeout),
        )

    def page(self, path: str, answer: type[T], query: Mapping[str, Any]) -> tuple[T, str | None]:
        ask = super().page
        return self._said(path, f"page {path} {query}", lambda: ask(path, answer, query))

    def _said(self, path: str, question: str, ask: Callable[[], T]) -> T:
        known = question in self._answers
        if known and self.away is not None and time.monotonic() < self._asks_again:
            return cast("T", self._answers[question])
        try:
            answer = ask()
        except (Unreachable, NotAvailable, BadAnswer) as error:
            if path == ABOUT_ITSELF and isinstance(error, NotAvailable):
                raise
            self.away = Away(_now() if self.away is None else self.away.since, error)
            self._asks_again = time.monotonic() + ASK_AGAIN
            if known:
                return cast("T", self._answers[question])
            raise
        if path != ABOUT_ITSELF:
            self.away = None
        self._remember(question, answer)
        return answer

    def _remember(self, question: str, answer: object) -> None:
        items = cast("tuple[object, ...]", answer)[0] if isinstance(answer, tuple) else answer
        if isinstance(items, list) and len(cast("list[object]", items)) > LONGEST:
            self._answers.pop(question, None)
            return
        self._answers[question] = answer
        self._answers.move_to_end(question)
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)


def _now() -> int:
    return int(time.time() * 1000)  # noqa: TID251  # for people to read; nothing is decided by it
