"""The journal as something to follow: what happened, to whom, in pages or as it happens.

One Watch serves every stream of a process. It asks the store for its revision at short intervals while anybody listens,
reads what is new once, and keeps the newest entries for all; who is further behind reads the store himself. A listener
holds a position and nothing else, so a slow one costs no memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress

from .domain.errors import ExchangeNotAvailable
from .domain.events import Happening, account_of, order_ids
from .ports import Store

PAGE = 500
"""Journal entries read at a time."""

KEPT = 2_000
"""Newest entries kept in memory for all listeners: some 2 MB."""

INTERVAL = 0.1
"""Seconds between two looks at the store."""

PATIENCE = 5.0
"""Seconds after which a listener that waits is told that there is nothing."""

RETRY = 1.0
"""Seconds before a store that did not answer is asked again."""

logger = logging.getLogger(__name__)


def happenings(store: Store, after: int, limit: int = PAGE) -> list[Happening]:
    """What the journal has after position `after`, oldest first."""
    entries = store.journal(after, limit).items
    ids = order_ids(entries)
    orders = {order.order_id: order for order in store.orders(ids) if order}
    return [Happening(position, entry, account_of(entry, orders)) for position, entry in enumerate(entries, after + 1)]


class Watch:
    """Follows one store's journal for all listeners of a process. Lives in one event loop."""

    def __init__(self, store: Store, interval: float = INTERVAL) -> None:
        """`interval`: seconds between two looks."""
        self._store = store
        self._interval = interval
        self._newest: deque[Happening] = deque(maxlen=KEPT)
        self._position = 0
        self._news = asyncio.Event()
        self._poller: asyncio.Task[None] | None = None
        self.listeners = 0

    async def follow(self, after: int) -> AsyncGenerator[list[Happening], None]:
        """Everything after position `after`, in pages, for ever. An empty page says that time went by, or
        that everybody was woken."""
        self.listeners += 1
        try:
            if self._poller is None or self._poller.done():
                self._newest.clear()
                self._position = 0
                self._poller = asyncio.create_task(self._poll())
            while True:
                news = self._news
                page = self._page(after)
                if not page:
                    await _within(PATIENCE, news)
                    page = self._page(after)
                if page:
                    after = page[-1].position
                yield page
        finally:
            self.listeners -= 1
            if self.listeners == 0 and self._poller is not None:
                self._poller.cancel()
                self._poller = None

    def _page(self, after: int) -> list[Happening]:
        if after >= self._position:
            return []
        if self._newest and after >= self._newest[0].position - 1:
            start = after - self._newest[0].position + 1
            return [self._newest[index] for index in range(start, min(start + PAGE, len(self._newest)))]
        try:
            return happenings(self._store, after)
        except ExchangeNotAvailable:
            return []  # the poller says so, and wakes everybody when the store is back

    async def _poll(self) -> None:
        works = True
        while True:
            try:
                self._look()
                if not works:
                    logger.info("events: the store answers again")
                works = True
            except ExchangeNotAvailable as error:
                if works:
                    logger.warning("events: %s; streams wait", error.detail)
                works = False
            await asyncio.sleep(self._interval if works else RETRY)

    def _look(self) -> None:
        revision = self._store.revision()
        if not self._position or revision < self._position:
            # the first look, or a store that was emptied: streams behind it read for themselves
            self._newest.clear()
            self._position = revision
            self.wake()
        while self._position < revision:
            found = happenings(self._store, self._position)
            if not found:
                break
            self._newest += found
            self._position = found[-1].position
            self.wake()

    def wake(self) -> None:
        """Let everybody look once more; who comes later waits for the next time."""
        self._news.set()
        self._news = asyncio.Event()


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, or so long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
