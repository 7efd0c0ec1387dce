"""The inputs that a decision reads, for the journal to hold before the decision's own entry."""

from __future__ import annotations

from decimal import Decimal

from .amounts import text
from .instruments import Instrument
from .journal import EngineSeen, InstrumentSeen, TickSeen
from .models import Engine
from .quotes import Tick
from .transactions import Announcement


def announcements(instrument: Instrument, tick: Tick | None, engine: Engine) -> tuple[Announcement, ...]:
    """What a decision on `tick` stands on: the configuration, the market, the tick."""
    seen = EngineSeen(engine.model.name, engine.stale_after)
    first = (
        Announcement("", "engine", f"{seen.model},{seen.stale_after}", seen),
        Announcement(instrument.symbol, "instrument", _fingerprint(instrument), InstrumentSeen(instrument)),
    )
    if tick is None:
        return first
    return (*first, Announcement(instrument.symbol, str(tick.number), "1", TickSeen(tick)))


def _fingerprint(instrument: Instrument) -> str:
    values = (getattr(instrument, name) for name in Instrument.__slots__)
    return ",".join(text(value) if isinstance(value, Decimal) else str(value) for value in values)
