"""`mockx up` as a newcomer starts it: nothing is configured, and the exchange may or may not be there."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stand_in_exchange.server import Failure, closed_port_url, running_exchange

from .test_up import exchange


def test_prices_are_live_when_the_exchange_answers_and_stay_so(tmp_path: Path) -> None:
    """An outage shows at the door."""
    with running_exchange() as binance:
        binance.add("BTC/USDT")
        settings = {"EXCHANGE_CONFIG": json.dumps(binance.config()), "INTERVAL_SEC": "0.1"}
        with exchange(tmp_path, "--feed", "auto", **settings) as running:
            assert "ccxt:binance (live), BTC/USDT" in running.said()
            binance.fail(Failure(status=503))
            running.until(lambda: "no prices: binance (127.0.0.1:" in running.said())
            running.until(lambda: running.body("/health/ready")["outage"] is not None)
            assert "out of order (HTTP 503)" in running.body("/health/ready")["outage"]["reason"]
            assert running.body("/health/ready")["feed"] == "ccxt:binance"


def test_prices_are_synthetic_otherwise_and_called_so(tmp_path: Path) -> None:
    """On every surface, also at the next start."""
    config = json.dumps({"urls": {"api": {"public": f"{closed_port_url()}/api/v3"}}})
    with exchange(tmp_path, "--feed", "auto", EXCHANGE_CONFIG=config) as running:
        assert "synthetic:0 (made up, not real), BTC/USDT" in running.said()
        # what the feeder logs is passed on when it comes
        running.until(lambda: "auto: SYNTHETIC prices, made up" in running.said())
        ready = running.body("/health/ready")
        assert (ready["feed"], ready["synthetic"], ready["outage"]) == ("synthetic:0", True, None)
    with running_exchange() as binance:
        config = json.dumps(binance.config())
        with exchange(tmp_path, "--feed", "auto", EXCHANGE_CONFIG=config) as running:
            assert "synthetic:0 (made up, not real)" in running.said()
            assert binance.asked == []
