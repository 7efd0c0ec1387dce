"""ccxt's exchange `mockexchange`: `import mockexchange.clients.ccxt`, then `ccxt.mockexchange()`.

That one import adds it to ccxt, to ccxt.async_support and to ccxt.pro. Each is ccxt's own `binance` of that kind, with
other addresses, and without what a paper exchange does not have (ccxt_description.py).

An exchange made without a word finds the one that runs here: the address, the key and the secret come from the config
(`url` or `urls.api`, `apiKey`, `secret`), then from API_URL, MOCKX_API_KEY and MOCKX_SECRET, then from
`credentials.json` in the data directory. Without any it asks at the usual address and has no key, which is enough for
prices. Raises NotConfigured when what is there cannot be used.

ccxt's types are partial, and its modules are 15,000 lines each for a type checker: they are imported as Any.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from . import ccxt_description as description
from .endpoint import find_endpoint

EXCHANGE_ID = "mockexchange"


def _made_of(base: Any, module: str) -> Any:
    """The class `mockexchange` for a module of ccxt, made of its `binance`; methods are named as ccxt does."""

    class mockexchange(base):  # noqa: N801  # ccxt's classes are named by their id
        """A paper exchange that speaks Binance's wire."""

        def __init__(self, config: Mapping[str, Any] | None = None) -> None:
            given = dict(config or {})
            endpoint = find_endpoint(
                description.address_in(given), given.get("apiKey") or None, secret=given.get("secret") or None
            )
            self._address = endpoint.url
            known = {"apiKey": endpoint.api_key, "secret": endpoint.secret}
            if isinstance(given.get("urls"), dict) and isinstance(given["urls"].get("api"), str):
                given["urls"] = {**given["urls"], "api": {}}  # the address: it is in every place already
            base.__init__(self, {**given, **{name: value for name, value in known.items() if value}})

        def describe(self) -> dict[str, Any]:
            theirs: dict[str, Any] = base.describe(self)
            trading = theirs["fees"]["trading"]
            return {
                **theirs,
                "id": EXCHANGE_ID,
                "name": "MockExchange",
                "countries": [],
                "certified": False,
                "pro": False,  # no streams yet
                "urls": description.urls(theirs["urls"], self._address),
                "has": description.has(theirs["has"]),
                "features": description.features(theirs["features"]),
                "fees": {"trading": trading},
                "options": self.deep_extend(theirs["options"], description.OPTIONS),
            }

        def get_exceptions_by_url(self, url: str | None, exactOrBroad: str) -> dict[str, Any]:  # noqa: N803  # its name
            """The spot market's error codes, which ccxt tells from others by the host names of Binance."""
            del url
            return cast("dict[str, Any]", self.exceptions["spot"].get(exactOrBroad, {}))

    mockexchange.__module__, mockexchange.__qualname__ = module, EXCHANGE_ID  # where it is found, by people and pickle
    return mockexchange


def _register(name: str) -> Any:
    """Add the class to a module of ccxt."""
    module: Any = import_module(name)
    made = _made_of(module.binance, name)
    setattr(module, EXCHANGE_ID, made)
    if EXCHANGE_ID not in module.exchanges:
        module.exchanges.append(EXCHANGE_ID)
    return made


Sync = _register("ccxt")
Async = _register("ccxt.async_support")
Pro = _register("ccxt.pro")
