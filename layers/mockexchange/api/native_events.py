"""What happens to an account: in pages, and as a stream (server-sent events)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ..domain.access import Scope
from ..domain.errors import AccountNotFound, ExchangeError, ExchangeNotAvailable
from ..domain.events import EventId
from ..exchange import Exchange
from ..happenings import PAGE, Watch, happenings
from .answering import answer
from .callers import Callers
from .operations import Endpoints, HeaderParameter, Operation
from .problems import NotStreamable
from .queries import given, read_query
from .requests_events import EVENT_ID, EventQuery
from .schemas_events import Event
from .telling import events

SCAN = 5_000
"""Journal entries, of all accounts, that one page looks at, at most."""

HEART_BEAT = 15
"""Seconds between two comments on a silent stream, so that nobody between takes it for dead."""

LONGEST_STREAM = 600
"""Seconds until a stream ends. Its client comes back with the id of the last event, and is let in, or not, anew."""

SEND_TIMEOUT = 30
"""Seconds that a client may take to accept what it is sent before it is given up."""

FAREWELL = 2
"""Seconds that streams have to end by themselves when the server stops: less than the server gives them."""

STREAMS = 500
"""Streams of one process, at most."""

STREAMS_PER_ACCOUNT = 20
"""Streams of one account in one process, at most."""

STREAM = "text/event-stream"

LAST_EVENT_ID = HeaderParameter(
    "Last-Event-ID",
    "The id of the last event that was seen; browsers send it when they come back. `after` counts before it.",
    EVENT_ID,
    "17-0",
)

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class _Asked:
    account_id: str
    after: EventId | None
    types: frozenset[str]
    limit: int

    def wants(self, event: Event) -> bool:
        return not self.types or _type_of(event) in self.types


class EventEndpoints:
    """For who follows an account."""

    def __init__(self, exchange: Exchange, callers: Callers, *, heart_beat: float = HEART_BEAT) -> None:
        """`heart_beat`: seconds between two comments on a silent stream."""
        self._exchange = exchange
        self._callers = callers
        self._heart_beat = heart_beat
        self._watch: Watch | None = None
        self._streams: Counter[str] = Counter()

    def add_to(self, endpoints: Endpoints) -> None:
        """Register every path."""
        operation = Operation(
            "listEvents",
            "events",
            list[Event],
            query=EventQuery,
            headers=(LAST_EVENT_ID,),
            refusals=(404, 406),
            paged=True,
            streamed=True,
        )
        endpoints.add("GET", "/events", self.events, operation)

    async def events(self, request: Request) -> Response:
        """List what happened to the account, oldest first, or follow it.
        With `Accept: text/event-stream` (on a server of one's own; not on AWS Lambda) it is a stream: each event with
        `id`, `event` (its type) and `data` (the JSON that a page has), a comment every 15 seconds, and an end after 10
        minutes at most; go on with `Last-Event-ID`. Every event comes once and in order. A page looks at so many
        entries at most: it may be short, or empty, and still have a `Link`. `X-Next-Cursor` is always there: the
        `after` to go on with.
        """
        asked = self._asked(request)
        if _wants_stream(request):
            return self._stream(request, asked)
        return self._page(request, asked)

    def _asked(self, request: Request) -> _Asked:
        query = read_query(request, EventQuery)
        caller = self._callers.of(request)
        wanted = given(query.account) or caller.account_id
        if wanted != caller.account_id and not caller.scope.includes(Scope.ADMIN):
            # to whom it is not, it is not there, whether there is one of that name or not
            raise AccountNotFound("no such account is this key's to see")
        # the caller's own account is opened first, so that a new venue has one
        self._callers.act(request, self._exchange.account)
        self._exchange.account(wanted)
        seen, written = request.headers.get(LAST_EVENT_ID.name), given(query.after)
        after = None if seen is None else EventId.read(seen, LAST_EVENT_ID.name)
        if written == "now" or (written is None and after is None and _wants_stream(request)):
            after = EventId(self._exchange.store.revision())
        elif written is not None:
            after = EventId.read(written, "after")
        types = given(query.types)
        return _Asked(wanted, after, frozenset(types.split(",") if types else ()), query.limit)

    def _page(self, request: Request, asked: _Asked) -> Response:
        after = asked.after or EventId(0)
        found: list[Event] = []
        looked_at, end, more = 0, after, True
        # an entry whose first events were seen already is looked at again
        position = after.position - 1 if after.position and not after.is_whole else after.position
        while more and looked_at < SCAN:
            entries = happenings(self._exchange.store, position)
            told = [each for each in events(self._exchange, asked.account_id, entries, after) if asked.wants(each)]
            room = asked.limit - len(found)
            found += told[:room]
            if len(told) > room:
                end = EventId.read(found[-1].id, "id") if found else end
                break
            looked_at += len(entries)
            if entries:
                position = entries[-1].position
                end = EventId(position)
            more = len(entries) == PAGE
        else:
            return self._answer(request, found, end, more=more)
        return self._answer(request, found, end, more=True)

    @staticmethod
    def _answer(request: Request, found: list[Event], end: EventId, *, more: bool) -> Response:
        headers = {"X-Next-Cursor": str(end)}
        if more:
            headers["Link"] = f'<{request.url.include_query_params(after=str(end))}>; rel="next"'
        return answer(found, headers=headers)

    # the stream

    def _stream(self, request: Request, asked: _Asked) -> Response:
        if "aws.event" in request.scope:
            raise NotStreamable(
                "there are no streams on AWS Lambda; ask for application/json, and again for what is new"
            )
        try:
            from sse_starlette.sse import EventSourceResponse
        except ImportError:
            raise NotStreamable("this server has no streams (sse-starlette is missing); ask for JSON pages") from None
        if self._streams.total() >= STREAMS or self._streams[asked.account_id] >= STREAMS_PER_ACCOUNT:
            raise ExchangeNotAvailable(
                f"there are too many streams; {STREAMS_PER_ACCOUNT} of one account and {STREAMS} in all may be open"
            )
        shutdown = anyio.Event()
        return EventSourceResponse(
            self._told(asked, shutdown),
            ping=self._heart_beat,
            send_timeout=SEND_TIMEOUT,
            shutdown_event=shutdown,
            shutdown_grace_period=FAREWELL,
        )

    async def _told(self, asked: _Asked, shutdown: anyio.Event) -> AsyncIterator[dict[str, str]]:
        watch = self._watch = self._watch or Watch(self._exchange.store)
        stopper = asyncio.create_task(_wake_at(shutdown, watch))
        self._streams[asked.account_id] += 1
        after = asked.after or EventId(0)
        ends = time.monotonic() + LONGEST_STREAM
        position = after.position - 1 if after.position and not after.is_whole else after.position
        pages = watch.follow(position)
        try:
            async for found in pages:
                for event in events(self._exchange, asked.account_id, found, after):
                    if asked.wants(event):
                        yield {"id": event.id, "event": _type_of(event), "data": _encode(event).decode()}
                if shutdown.is_set() or time.monotonic() > ends:
                    return
        except ExchangeError as error:
            # the client comes back with the last id it saw, and is told then what is wrong
            logger.warning("a stream of %s ends: %s", asked.account_id, error.detail)
        finally:
            self._streams[asked.account_id] -= 1
            stopper.cancel()
            await pages.aclose()


async def _wake_at(shutdown: anyio.Event, watch: Watch) -> None:
    """When the server stops, let every stream look whether it should end."""
    await shutdown.wait()
    watch.wake()


def _wants_stream(request: Request) -> bool:
    return STREAM in request.headers.get("accept", "")


def _type_of(event: Event) -> str:
    return str(event.__struct_config__.tag)
