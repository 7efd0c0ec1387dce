"""The inputs that a decision reads, for the journal to hold before the decision's own entry."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from .amounts import text
from .fees import FeeSchedule
from .instruments import Instrument
from .journal import EngineSeen, InstrumentSeen, TickSeen
from .models import Engine
from .quotes import Tick
from .transactions import Announcement


def announcements(instrument: Instrument, tick: Tick | None, engine: Engine) -> tuple[Announcement, ...]:
    """What a decision on `tick` stands on: the configuration, the market, the tick."""
    first = (_engine(engine), _market(instrument))
    if tick is None:
        return first
    # One of a candle may be made again: should the candle be another by then, so is the input.
    value = text(tick.quote.last) if tick.is_of_candle else "1"
    return (*first, Announcement(instrument.symbol, str(tick.number), value, TickSeen(tick)))


# Both are the same for order after order, so what is written of them is worked out once.


@lru_cache(maxsize=16)
def _engine(engine: Engine) -> Announcement:
    seen = EngineSeen(engine.model.name, engine.stale_after, engine.fees, engine.latency)
    charged = "" if engine.fees == FeeSchedule() else f",{_fees(engine.fees)}"
    delayed = f",latency={engine.latency}" if engine.latency else ""
    return Announcement("", "engine", f"{seen.model},{seen.stale_after}{charged}{delayed}", seen)


def _fees(schedule: FeeSchedule) -> str:
    """A schedule as a text that another one does not have."""
    tiers = (f"{text(tier.volume)}={text(tier.maker)}/{text(tier.taker)}" for tier in schedule.tiers)
    overrides = (f"{each.symbol}={each.maker}/{each.taker}" for each in schedule.overrides)
    return ",".join((*tiers, *overrides, f"{schedule.asset}-{text(schedule.discount)}", schedule.quote_asset))


@lru_cache(maxsize=2048)
def _market(instrument: Instrument) -> Announcement:
    values = (getattr(instrument, name) for name in Instrument.__slots__)
    written = ",".join(text(value) if isinstance(value, Decimal) else str(value) for value in values)
    return Announcement(instrument.symbol, "instrument", written, InstrumentSeen(instrument))
