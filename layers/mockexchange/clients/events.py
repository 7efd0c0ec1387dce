"""Calls about what happens: events as a list and as a stream, and what the exchange finds when it looks at itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec

from .calls import Calls
from .errors import BadAnswer
from .event_answers import Diagnosis, Event

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

SILENCE = 60.0
"""Seconds without a word on a stream until it counts as lost; the exchange sends a heart-beat every few seconds."""

DIAGNOSIS_TIMEOUT = 30.0
"""Seconds."""


class EventCalls(Calls):
    """Reading the account's events."""

    def events(self, *, after: str | None = None, limit: int = 100, types: Sequence[str] = ()) -> list[Event]:
        """At most `limit` events, oldest first: those after the one with the id `after`, else the newest."""
        query = {"after": after, "limit": limit, "types": ",".join(types) or None}
        return self._wire.read("/events", list[Event], query=query)

    def event_stream(self, *, after: str | None = None, types: Sequence[str] = ()) -> Generator[Event]:
        """Each event as it happens, from the one after the id `after` on, else from now on. Ends when the connection
        does, without an error, or with Unreachable; the id of the last event tells where to go on."""
        query = {"types": ",".join(types) or None}
        for said in self._wire.stream("/events", query, last_event_id=after, silence=SILENCE):
            try:
                yield _told(said)
            except msgspec.MsgspecError as error:
                raise BadAnswer("the stream of events", 200, f"{error}. It said: {said.data[:200]}") from error

    def diagnosis(self) -> Diagnosis:
        """What the exchange finds when it looks at itself. Needs an admin key."""
        return self._wire.read("/admin/diagnosis", Diagnosis, timeout=DIAGNOSIS_TIMEOUT)


class _Message(msgspec.Struct):
    """What the stream says of one event: its data, alone or with what the list says too."""

    timestamp: int | None = None
    data: msgspec.Raw | None = None


def _told(said: ServerSentEvent) -> Event:
    # the data alone has its own timestamp, as every order, trade and ledger line has
    message = msgspec.json.decode(said.data.encode(), type=_Message)
    data = msgspec.Raw(said.data.encode()) if message.data is None else message.data
    return Event(id=said.id, type=said.event, timestamp=message.timestamp or 0, data=data)
