"""Faults on purpose that befall requests: a layer before both doors.

It waits, refuses, or lets the exchange do all that it does and keeps the answer to itself. So whatever happens here,
the books are what they would be without. What the operator needs (/admin, /health) is never touched.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.chaos import ChaosPlan, Door, Fault, RequestFaults, faults_of, in_words
from ..domain.errors import BadRequest, ExchangeNotAvailable
from ..domain.placing import PlaceOrder
from ..ports import Clock, Store
from .binance import NOT_ADMITTED, PREFIXES
from .chaos_answers import ChaosAnswers, refused, reject
from .chaos_header import plan_in
from .chaos_switch import ChaosSwitch

HEADER = b"x-mockexchange-chaos"
"""In an answer: which faults befell it. In a request, where MOCKX_CHAOS_HEADER allows it: which shall."""

IN_FORCE = b"x-mockexchange-chaos-plan"
"""In every answer while there is a plan, but of WITHOUT_STORE: the plan in words."""

DROP = "mockexchange.drop"
"""ASGI extension of a server that can end a connection without a word: what does so."""

NEVER = ("/admin/", "/health/", "/docs", "/openapi.json", "/sapi/v1/system/status")
"""Paths that nothing happens to: who looks after the exchange needs them, and maintenance is announced there."""

WITHOUT_STORE = ("/health/live", "/docs", "/openapi.json")
"""Those of them that the store has no part in. The plan is the store's: looking for it, they would wait for a Valkey
that hangs, and whoever asks whether this process lives would restart it in vain."""

NOT_LET_IN = frozenset({401, 403, 418, 429})
"""Answers of those who looked at a request before anybody could act on it: a fault of what is behind cannot hide
them. (Of the Binance wire's, some are a 400 as other refusals are: it says so itself, by NOT_ADMITTED.)"""

COUNTED = (b"x-mbx-used-weight", b"ratelimit")
"""Beginnings of headers that a lost answer leaves behind: what the request used of its limits."""

READ_AHEAD = 64 * 1024
"""Bytes of a body that are kept while a request waits: more than any that means something."""

SEQUENCE = "chaos"
"""Of the store: numbers of requests that something may happen to, of all processes."""

Header = tuple[bytes, bytes]
Pause = Callable[[float], Awaitable[object]]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Hit:
    """A request that something befalls, and what did so far."""

    plan: ChaosPlan
    faults: RequestFaults
    door: Door
    scope: Scope
    receive: Receive
    send: Send
    befell: list[Fault] = field(default_factory=list[Fault])

    @property
    def mark(self) -> tuple[bytes, bytes]:
        """The header that says so."""
        return HEADER, ", ".join(self.befell).encode()

    def note(self) -> None:
        """Write it into the log."""
        logger.info("CHAOS %s %s: %s", self.scope["method"], self.scope["path"], ", ".join(self.befell))


_hit: ContextVar[_Hit | None] = ContextVar("chaos", default=None)


def obstruct(command: PlaceOrder) -> None:
    """Exchange.obstruct: refuses the new orders of a request that this is drawn for. Raises OrderRejected."""
    hit = _hit.get()
    if hit is not None and hit.faults.rejected:
        if Fault.REJECTED not in hit.befell:  # cancel-replace asks twice
            hit.befell.append(Fault.REJECTED)
        reject(command)


class ChaosLayer:
    """ASGI middleware."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        switch: ChaosSwitch,
        store: Store,
        clock: Clock,
        answers: ChaosAnswers,
        by_header: bool,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`by_header`: whether requests may ask for faults. `pause` waits for some seconds."""
        self._app = app
        self._switch = switch
        self._store = store
        self._clock = clock
        self._answers = answers
        self._by_header = by_header
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        # before the plan is looked for
        if scope["type"] != "http" or scope["path"] == "/" or scope["path"].startswith(WITHOUT_STORE):
            await self._app(scope, receive, send)
            return
        plan = self._switch.plan()
        if plan is None and not self._by_header:
            await self._app(scope, receive, send)
            return
        told = self._telling(send) if plan else send
        path: str = scope["path"]
        door = Door.BINANCE if path.startswith(PREFIXES) else Door.NATIVE
        if path.startswith(NEVER):
            await self._app(scope, receive, told)
            return
        try:
            asked = self._asked_for(scope)
        except BadRequest as error:
            await refused(error, door, path)(scope, receive, told)
            return
        found = self._drawn(asked, plan, door, scope)
        if found is None:
            await self._app(scope, receive, told)
        else:
            await self._befall(_Hit(*found, door, scope, receive, told))

    def _telling(self, send: Send) -> Send:
        """What sends an answer that says which plan is in force by then."""

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                plan = self._switch.plan()
                if plan is not None:
                    message["headers"] = [*message.get("headers", ()), (IN_FORCE, in_words(plan).encode())]
            await send(message)

        return send_told

    def _asked_for(self, scope: Scope) -> ChaosPlan | None:
        """What the request itself asks for. Raises BadRequest."""
        if not self._by_header:
            return None
        given = next((value for name, value in scope["headers"] if name == HEADER), None)
        return None if given is None else plan_in(given.decode("latin-1"))

    def _drawn(
        self, asked: ChaosPlan | None, plan: ChaosPlan | None, door: Door, scope: Scope
    ) -> tuple[ChaosPlan, RequestFaults] | None:
        """What happens to a request, and the plan that says so; None: nothing."""
        if asked is not None:
            return asked, faults_of(asked, 0)
        if plan is None or not plan.is_for(door, scope["method"], scope["path"]):
            return None
        try:
            number = self._store.next_id(SEQUENCE) - plan.first
        except ExchangeNotAvailable:
            return None  # nothing can be done here now, and the request says so itself
        return plan, faults_of(plan, number)

    async def _befall(self, hit: _Hit) -> None:
        faults = hit.faults
        if faults.latency:
            hit.befell.append(Fault.LATENCY)
            hit.receive = await _read_ahead(hit.receive)
            await self._pause(faults.latency / 1000)
        if faults.instead is not None:
            await self._answer(faults.instead, hit, ())
            return
        kept = _Kept(hit)
        token = _hit.set(hit)
        try:
            await self._app(hit.scope, hit.receive, kept.send)
        finally:
            _hit.reset(token)
        if kept.headers is not None and faults.afterwards is not None:
            await self._answer(faults.afterwards, hit, kept.headers)
        elif hit.befell:
            hit.note()

    async def _answer(self, fault: Fault, hit: _Hit, headers: Iterable[Header]) -> None:
        """Send what a client sees of a fault; `headers` are those of the answer that it does not get."""
        hit.befell.append(fault)
        hit.note()
        if fault in (Fault.DROPPED, Fault.LOST):
            drop = hit.scope.get("extensions", {}).get(DROP)
            if drop is not None:
                drop()
                while (await hit.receive())["type"] != "http.disconnect":
                    pass
                return
            # where nobody can hang up: what a gateway says of a server that did
            answer = Response(status_code=502)
        else:
            answer = self._answers.of(fault, hit.plan, hit.door, hit.scope["path"], self._clock.now())
        answer.raw_headers += [*(each for each in headers if each[0].startswith(COUNTED)), hit.mark]
        await answer(hit.scope, hit.receive, hit.send)


class _Kept:
    """Sends an answer on, or keeps it where something happens afterwards: `headers` are its own then."""

    def __init__(self, hit: _Hit) -> None:
        self._hit = hit
        self.headers: Sequence[Header] | None = None

    async def send(self, message: Message) -> None:
        """One message of the answer."""
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            let_in = message["status"] not in NOT_LET_IN and NOT_ADMITTED not in self._hit.scope
            if self._hit.faults.afterwards and let_in and not _is_stream(headers):
                self.headers = headers
            elif self._hit.befell:
                message["headers"] = [*headers, self._hit.mark]
        if self.headers is None:
            await self._hit.send(message)


async def _read_ahead(receive: Receive) -> Receive:
    """What gives a request again that was read already: it is carried out, even if its client goes away meanwhile."""
    read: deque[Message] = deque()
    size, more = 0, True
    while more and size <= READ_AHEAD:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        more = message.get("more_body", False)

    async def again() -> Message:
        return read.popleft() if read else await receive()

    return again


def _is_stream(headers: Iterable[Header]) -> bool:
    """Whether an answer goes on for as long as its client wants."""
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)
