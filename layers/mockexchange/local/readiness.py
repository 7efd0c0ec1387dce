"""Whether the exchange answers."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

TIMEOUT = 2.0
"""Seconds for one question; the exchange looks at its store and its newest prices to answer."""

TELL_EVERY = 10.0
"""Seconds between two messages about what is still missing; a start takes two or three."""


class Readiness:
    """Asks a page that answers 200 once all is well, and says now and then what it waits for. `url` is the address of
    the exchange, http://host:port; /health/ready looks at the store and the prices, /health/live at the API alone."""

    def __init__(
        self,
        url: str,
        say: Callable[[str], None],
        *,
        page: str = "/health/ready",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._page = page
        self._say = say
        self._monotonic = monotonic
        self._told_at = monotonic()
        self.feed: str | None = None
        """The price source that is at work, once the exchange is ready and says so."""

    def missing(self) -> str | None:
        """None when the exchange is ready, else what it lacks."""
        reason = self._ask()
        now = self._monotonic()
        if reason is not None and now - self._told_at >= TELL_EVERY:
            self._told_at = now
            self._say(f"Not ready yet: {reason}")
        return reason

    def _ask(self) -> str | None:
        place = urlsplit(self._url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT)
        try:
            connection.request("GET", self._page)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return f"{self._url} does not answer ({error or type(error).__name__})"
        finally:
            connection.close()
        if answer.status != 200:
            return f"{self._url}{self._page} says {answer.status}: {body[:1000]}"
        self.feed = _feed_in(body)
        return None


def _feed_in(body: str) -> str | None:
    try:
        said: object = json.loads(body)
    except ValueError:
        return None
    feed = cast("dict[str, object]", said).get("feed") if isinstance(said, dict) else None
    return feed if isinstance(feed, str) else None
