"""An event loop for clients that take one where they find it, or make one and leave it open."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def found_loop() -> Generator[None]:
    """This thread has a loop, which is closed afterwards."""
    with asyncio.Runner() as runner:
        asyncio.set_event_loop(runner.get_loop())
        try:
            yield
        finally:
            asyncio.set_event_loop(None)
