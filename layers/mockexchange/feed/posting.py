"""A feeder that cannot reach Valkey sends its prices to the HTTP API: one request for each quote that is news.

On AWS it stands outside the VPC, where the way to an exchange costs nothing. What it knows, where the source stands
and whether it backs off, is in its memory alone: a process that starts anew sends each quote once more. Increments and
bounds of markets, books, trades and past candles do not go this way: markets have the usual increments, and the matcher
makes candles of the prices that came.
"""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ..domain.amounts import text
from ..domain.errors import BadRequest
from ..domain.quotes import Quote
from ..ports import FEED_HEADER, Clock, FeedState, PriceSource

TIMEOUT = 10.0
"""Seconds for one answer; a function behind the API may have to start first."""

_SIZES = (("bidVolume", "bid_size"), ("askVolume", "ask_size"))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PostReport:
    """What one step did. `rejected` names quotes that the source or the exchange found unusable, with the reason;
    `failure` is why nothing more could be sent, or why there was nothing to send."""

    sent: int
    rejected: Sequence[str] = ()
    failure: str | None = None


class _NotSent(Exception):
    """The API cannot take prices now. The text says why, and holds no key."""


class PricePoster:
    """Sends a source's quotes to the API at `url`. `api_key` is an admin's."""

    def __init__(self, source: PriceSource, clock: Clock, url: str, api_key: str) -> None:
        """Raises BadRequest for an address that is none."""
        self._source = source
        self._clock = clock
        self._url = url
        self._api_key = api_key
        self._state: FeedState | None = None
        self._complaint: str | None = None
        parts = urlsplit(url)
        if not parts.hostname:
            raise BadRequest(f"API_URL was {url!r}: it should be an address like https://exchange.example")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
        self._path = parts.path.rstrip("/")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def tick(self) -> PostReport:
        """One step. Raises BadRequest for a source that drives the venue's clock, which nobody can from outside."""
        now = self._clock.now()
        before = self._state or self._source.start(now)
        batch = self._source.poll(before, now)
        if batch.market_time is not None:
            raise BadRequest(f"{self._source.name} cannot be sent to the HTTP API: a replay drives the venue's clock")
        newest = {tick.quote.symbol: tick.quote for tick in batch.ticks}
        rejected = list(batch.rejected)
        sent = 0
        failure = batch.outage
        try:
            for each in newest.values():
                refused = self._send(each)
                if refused is None:
                    sent += 1
                else:
                    rejected.append(f"{each.symbol}: {refused}")
        except _NotSent as error:
            failure = str(error)
            self._state = before  # so that the source gives all of it again
        else:
            self._state = batch.state
        self._tell(failure)
        return PostReport(sent, rejected, failure)

    def _send(self, given: Quote) -> str | None:
        """Send one quote; why the exchange does not want it, or None when it took it. Raises _NotSent."""
        amounts = {"price": given.last, "bid": given.bid, "ask": given.ask}
        amounts |= {name: size for name, field in _SIZES if (size := getattr(given, field)) is not None}
        body = "{{{}}}".format(", ".join(f'"{name}": {text(amount)}' for name, amount in amounts.items()))
        path = f"{self._path}/admin/tickers/{quote(given.symbol, safe='/')}/price"
        status, answer = self._put(path, body)
        if status < 300:
            return None
        said = f"{status} {_detail(answer)}"
        if status in (400, 404, 422):
            return said
        raise _NotSent(f"the API at {self._url} takes no prices: {said}")

    def _put(self, path: str, body: str) -> tuple[int, bytes]:
        # by the last of them the API knows a price of a feed from one that somebody sets by hand
        headers = {"content-type": "application/json", "x-api-key": self._api_key, FEED_HEADER: self._source.name}
        for again in (False, True):
            try:
                self._connection.request("PUT", path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                # A connection that lay idle may be dead: once more on a new one. A price that comes twice is one price.
                if again:
                    raise _NotSent(f"the API at {self._url} does not answer: {error or type(error).__name__}") from None
        raise AssertionError("the loop ends with an answer or an error")

    def _tell(self, failure: str | None) -> None:
        """One line when prices stop, and one when they go on."""
        if failure is not None and self._complaint is None:
            _log.warning("%s: no prices: %s", self._source.name, failure)
        elif failure is None and self._complaint is not None:
            _log.warning("%s: prices again", self._source.name)
        self._complaint = failure


def _detail(answer: bytes) -> str:
    """What a problem document says, or the beginning of whatever it is."""
    try:
        document: Any = json.loads(answer)
        return str(document["detail"])
    except (ValueError, LookupError, TypeError):
        return repr(answer[:100].decode(errors="replace"))
