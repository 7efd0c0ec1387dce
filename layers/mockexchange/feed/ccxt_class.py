"""ccxt's classes as the feed uses them: every digit kept, and every answer looked at before it is believed.

Prices stay text from the wire to Decimal: ccxt's numbers are made by `str`, and JSON numbers are read as text. An
answer that is cut off or no JSON at all is an error here, where ccxt would hand the text on as if it were data. One
ticker that cannot be read does not take the others with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ..domain.errors import BadRequest

TIMEOUT = 5_000
"""ms that an exchange has to answer, unless EXCHANGE_CONFIG says otherwise."""

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What ccxt's parsers raise on data that they did not expect."""


def check_exchange(exchange_id: str) -> None:
    """Raises BadRequest unless ccxt is installed and knows the exchange. Does not import it: that takes half a second
    and 80 MB, which only the process that feeds should spend."""
    found = find_spec("ccxt")
    if found is None or not found.submodule_search_locations:
        raise BadRequest("prices of real exchanges need ccxt: install mockexchange[live], or set FEED=synthetic")
    folder = Path(found.submodule_search_locations[0])
    if not exchange_id.isidentifier() or not (folder / f"{exchange_id}.py").is_file():
        raise BadRequest(f"ccxt knows no exchange {exchange_id!r}; write its id as ccxt does, like binance or kraken")


def make_exchange(exchange_id: str, config: Mapping[str, Any]) -> Any:
    """An exchange made with `config`, which ccxt merges over its own. Raises BadRequest when it cannot be."""
    base: Any = getattr(import_module("ccxt"), exchange_id)
    given = {"timeout": TIMEOUT, **config}
    try:
        exchange = _exact(base)(given)
    except UNREADABLE as error:
        raise BadRequest(f"EXCHANGE_CONFIG does not suit ccxt's {exchange_id}: {error}") from error
    exchange.number = str
    _spot_only(exchange, config)
    return exchange


def _exact(base: Any) -> Any:
    """A subclass of an exchange's class. Methods have ccxt's names and signatures."""
    bad_response: type[Exception] = import_module("ccxt").BadResponse

    class Exact(base):
        last_host = ""
        last_status = 0

        @staticmethod
        def on_json_response(text: str) -> Any:
            return json.loads(text, parse_float=str, parse_constant=str)

        def fetch(self, url: str, *args: Any, **named: Any) -> Any:
            self.last_host, self.last_status, self.last_response_headers = urlsplit(url).netloc, 0, None
            return base.fetch(self, url, *args, **named)

        def on_rest_response(self, code: int, *args: Any) -> Any:
            self.last_status = code
            return base.on_rest_response(self, code, *args)

        def parse_json(self, http_response: str) -> Any:
            found: Any = base.parse_json(self, http_response)
            if found is None and self.last_status < 400:
                raise bad_response(f"{len(http_response)} bytes that are not whole JSON: {http_response[:60]!r}")
            return found

        def parse_ticker(self, ticker: Any, market: Any = None) -> Any:
            try:
                return base.parse_ticker(self, ticker, market)
            except UNREADABLE as error:
                known = self.safe_market(self.safe_string_2(ticker, "symbol", "id"), market)
                return {"symbol": known["symbol"], "info": ticker, "unreadable": f"{type(error).__name__}: {error}"}

    return Exact


def _spot_only(exchange: Any, config: Mapping[str, Any]) -> None:
    """Markets that are no spot markets stand on other hosts and cost a request each: leave them out where the exchange
    lists the kinds it reads, unless EXCHANGE_CONFIG has a list of its own."""
    if "fetchMarkets" in config.get("options", {}):
        return
    given: Any = exchange.options.get("fetchMarkets")
    kinds = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    types: Any = kinds.get("types", ())
    if "spot" in types:
        kinds["types"] = ["spot"] if isinstance(types, list) else {"spot": types["spot"]}
