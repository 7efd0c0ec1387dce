"""Calls about what happens: events as a list and as a stream, and what the exchange finds when it looks at itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import msgspec

from .calls import LARGEST_PAGE, Calls
from .errors import BadAnswer
from .event_answers import Diagnosis, Event, RequestReport

SILENCE = 60.0
"""Seconds without a word on a stream until it counts as lost; the exchange sends a heart-beat every few seconds."""

DIAGNOSIS_TIMEOUT = 30.0
"""Seconds."""


class EventCalls(Calls):
    """Reading the account's events."""

    def newest_event_id(self) -> str:
        """Where the venue's journal stands: what happens from now on comes after it."""
        _, end = self._wire.page("/events", list[Event], {"after": "now"})
        return end or "0"

    def events(self, limit: int, types: Sequence[str] = ()) -> list[Event]:
        """The newest `limit` events, oldest first."""
        newest = _position(self.newest_event_id())
        # Events are numbered by the venue's journal, where other accounts' stand too: look further back until there
        # are enough.
        look_back = 2 * limit
        while True:
            begin = max(0, newest - look_back)
            found = self._events_between(begin, newest, types)
            if len(found) >= limit or begin == 0:
                return found[-limit:]
            look_back *= 8

    def _events_between(self, after: int, newest: int, types: Sequence[str]) -> list[Event]:
        found: list[Event] = []
        cursor: str | None = f"{after}-0" if after else None
        while True:
            query = {"after": cursor, "types": ",".join(types) or None, "limit": LARGEST_PAGE}
            page, following = self._wire.page("/events", list[Event], query)
            found += page
            if following is None or following == cursor or _position(following) >= newest:
                return found
            cursor = following

    def event_stream(self, *, after: str | None = None, types: Sequence[str] = ()) -> Generator[Event]:
        """Each event as it happens, from the one after the id `after` on, else from now on. Ends when the connection
        does, without an error, or with Unreachable; the id of the last event tells where to go on."""
        query = {"types": ",".join(types) or None}
        for said in self._wire.stream("/events", query, last_event_id=after, silence=SILENCE):
            if not said.data:
                continue  # a heart-beat: the reader of the stream takes its empty line for the end of an event
            try:
                yield msgspec.json.decode(said.data, type=Event)
            except msgspec.MsgspecError as error:
                raise BadAnswer("the stream of events", 200, f"{error}. It said: {said.data[:200]}") from error

    def diagnosis(self) -> Diagnosis:
        """What the exchange finds when it looks at itself. Needs an admin key."""
        return self._wire.read("/admin/diagnosis", Diagnosis, timeout=DIAGNOSIS_TIMEOUT)

    def request_report(self) -> RequestReport:
        """How many requests the API had, how they ended and how long they took. Needs an admin key."""
        return self._wire.read("/admin/requests", RequestReport)


def _position(cursor: str | None) -> int:
    """Where in the journal an event's id points to."""
    try:
        return int((cursor or "0").partition("-")[0])
    except ValueError:
        raise BadAnswer("the list of events", 200, f"{cursor!r} is no event's id") from None
