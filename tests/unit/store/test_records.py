"""Records: what is written is read back, also what an earlier version wrote."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from mockexchange.domain.instruments import Instrument, default_instrument
from mockexchange.domain.journal import InstrumentSeen
from mockexchange.store.journal_records import read_entry, write_entry
from mockexchange.store.records import read_instrument, write_instrument

D = Decimal

EVERY_FIELD = Instrument(
    symbol="ETH/BTC",
    base_asset="ETH",
    quote_asset="BTC",
    tick_size=D("0.00001"),
    step_size=D("0.0001"),
    min_notional=D(1),
    min_price=D(2),
    max_price=D(3),
    min_quantity=D(4),
    max_quantity=D(5),
    market_step_size=D(6),
    market_min_quantity=D(7),
    market_max_quantity=D(8),
    max_notional=D(9),
    bid_multiplier_up=D("1.2"),
    bid_multiplier_down=D("0.2"),
    ask_multiplier_up=D(5),
    ask_multiplier_down=D("0.8"),
    status="HALT",
    max_num_orders=25,
)


@pytest.mark.parametrize("instrument", [EVERY_FIELD, default_instrument("NEW/EUR", D("0.0123"))])
def test_a_market_is_read_as_it_was_written(instrument: Instrument) -> None:
    """In its own record and in the journal's."""
    assert read_instrument(write_instrument(instrument)) == instrument
    assert read_entry(write_entry(InstrumentSeen(instrument))) == InstrumentSeen(instrument)


def test_a_market_of_before_a_filter_was_known_has_it_off() -> None:
    """Records live as long as their data directory, and journals are replayed."""
    no_bounds = replace(
        EVERY_FIELD,
        bid_multiplier_up=D(0),
        bid_multiplier_down=D(0),
        ask_multiplier_up=D(0),
        ask_multiplier_down=D(0),
        max_num_orders=0,
    )
    written = '["ETH/BTC","ETH","BTC","0.00001","0.0001","1","2","3","4","5","6","7","8","9","HALT"]'
    assert read_instrument(written) == no_bounds
    assert read_instrument(write_instrument(no_bounds)) == no_bounds
