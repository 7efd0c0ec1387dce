"""ccxt's exchange `mockexchange`, without a server: where it goes, what it says it can, whose key it uses."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mockexchange.clients import ccxt_description as description
from mockexchange.clients.errors import NotConfigured

import_module("mockexchange.clients.ccxt")  # all that a user does
ccxt: Any = import_module("ccxt")
FORMS = ("ccxt", "ccxt.async_support", "ccxt.pro")

HERE = "http://127.0.0.1:8123"
ELSEWHERE = "https://paper.example:8443"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of a running exchange, found without a word; nothing is said in the environment."""
    for name in ("API_URL", "MOCKX_API_KEY", "MOCKX_SECRET", "MOCKX_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    directory = tmp_path / "data"
    directory.mkdir()
    record = {"url": HERE, "apiKey": "kept", "secret": "kept secret", "valkeyUrl": "redis://127.0.0.1"}
    (directory / "credentials.json").write_text(json.dumps(record))
    return directory


def made(form: str = "ccxt", config: Mapping[str, Any] | None = None) -> Any:
    """An exchange of this form; given no config at all when there is none."""
    kind = import_module(form).mockexchange
    exchange = kind() if config is None else kind(config)
    if form != "ccxt":
        asyncio.run(exchange.close())
    return exchange


def leaves(value: Any) -> Iterator[Any]:
    """What stands at the ends of a structure."""
    if isinstance(value, Mapping | list):
        each: Any
        for each in value.values() if isinstance(value, Mapping) else value:  # pyright: ignore[reportUnknownVariableType]  # any structure
            yield from leaves(each)
    else:
        yield value


@pytest.mark.parametrize("form", FORMS)
def test_one_import_adds_it_to_ccxt(form: str) -> None:
    module = import_module(form)

    assert module.exchanges.count("mockexchange") == 1
    assert issubclass(module.mockexchange, module.binance)
    assert pickle.loads(pickle.dumps(module.mockexchange)) is module.mockexchange
    assert (made(form).id, made(form).name) == ("mockexchange", "MockExchange")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_of_it_can_reach_the_real_exchange(form: str) -> None:
    exchange, theirs = made(form), import_module(form).binance()

    assert set(exchange.urls["api"]) == set(theirs.urls["api"])  # a forgotten one would be the real one
    every = [each for each in leaves(exchange.urls) if each is not None]
    assert {each.partition("://")[2].partition("/")[0] for each in every} == {"127.0.0.1:8123"}
    assert not [each for each in every if "binance" in each]
    for name in ("sapi", "sapiV4", "fapiPublic", "dapiPrivate", "eapiPublic", "papi", "public", "private", "v1"):
        assert exchange.urls["api"][name].startswith(f"{HERE}/")
    assert exchange.urls["api"]["private"] == f"{HERE}/api/v3"
    assert exchange.urls["api"]["sapiV3"] == f"{HERE}/sapi/v3"
    if form == "ccxt.pro":
        assert exchange.urls["api"]["ws"]["spot"] == "ws://127.0.0.1:8123/stream/ws"
        assert exchange.urls["api"]["ws"]["ws-api"]["spot"] == "ws://127.0.0.1:8123/ws-api/v3"
    if form != "ccxt":
        asyncio.run(theirs.close())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("switch", ["set_sandbox_mode", "enable_demo_trading"])
def test_sandbox_and_demo_mode_stay_here(form: str, switch: str) -> None:
    exchange = made(form)
    before = json.dumps(exchange.urls["api"])

    getattr(exchange, switch)(True)
    assert json.dumps(exchange.urls["api"]) == before
    getattr(exchange, switch)(False)
    assert json.dumps(exchange.urls["api"]) == before


@pytest.mark.parametrize("form", FORMS)
def test_it_says_what_it_can(form: str) -> None:
    has = made(form).has

    assert {name for name, value in has.items() if value} == description.OFFERED
    assert not [name for name in has if name.startswith(("watch", "unWatch")) and has[name] is not False]
    for name in ("margin", "swap", "future", "option", "borrowCrossMargin", "setLeverage", "fetchPositions"):
        assert has[name] is False
    for name in ("createTrailingAmountOrder", "createOrders", "createOrderWithTakeProfitAndStopLoss", "fetchLedger"):
        assert has[name] is False
    assert has["fetchClosedOrders"] == "emulated"


def test_it_says_what_its_orders_can() -> None:
    exchange = made()
    orders = exchange.features["spot"]["createOrder"]

    offered = {name for name, value in orders.items() if value}
    assert offered == {
        "timeInForce", "marketBuyByCost", "symbolRequired", "triggerPrice", "stopLossPrice", "takeProfitPrice",
        "trailing", "icebergAmount",
    }  # fmt: skip
    assert {name for name, value in orders["timeInForce"].items() if value} == {"GTC", "IOC", "FOK", "PO"}
    for kind in ("swap", "future", "option"):
        assert not exchange.features.get(kind)
    assert (exchange.fees["trading"]["maker"], exchange.fees["trading"]["taker"]) == (0.001, 0.001)
    assert "linear" not in exchange.fees


def test_it_asks_nothing_that_is_not_here() -> None:
    assert made().options["fetchMarkets"]["types"] == ["spot"]
    assert made().options["fetchMargins"] is False
    # a config's options count, and the others stay
    chosen = made(config={"options": {"recvWindow": 1000, "fetchMargins": True}}).options
    assert (chosen["recvWindow"], chosen["fetchMargins"], chosen["fetchMarkets"]["types"]) == (1000, True, ["spot"])


def where(exchange: Any) -> tuple[str, str | None, str | None]:
    return exchange.urls["api"]["public"].removesuffix("/api/v3"), exchange.apiKey, exchange.secret


@pytest.mark.parametrize("form", FORMS)
def test_without_a_word_it_is_the_exchange_that_runs_here(form: str) -> None:
    assert where(made(form)) == (HERE, "kept", "kept secret")
    assert where(made(form, {})) == (HERE, "kept", "kept secret")


def test_a_config_counts_before_the_environment_and_that_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", HERE)
    monkeypatch.setenv("MOCKX_API_KEY", "environment")
    monkeypatch.setenv("MOCKX_SECRET", "its secret")

    assert where(made()) == (HERE, "environment", "its secret")
    assert where(made(config={"url": ELSEWHERE})) == (ELSEWHERE, "environment", "its secret")
    own = {"apiKey": "config", "secret": "config's"}
    assert where(made(config=own)) == (HERE, "config", "config's")
    assert where(made(config={"url": ELSEWHERE, **own})) == (ELSEWHERE, "config", "config's")


def test_a_config_may_name_the_address_as_ccxt_does() -> None:
    every = made("ccxt.pro", {"urls": {"api": ELSEWHERE + "/"}, "apiKey": "a", "secret": "b"})
    assert where(every) == (ELSEWHERE, "a", "b")
    assert every.urls["api"]["ws"]["spot"] == "wss://paper.example:8443/stream/ws"

    # one of them is enough for all of them to go there
    one = made(config={"urls": {"api": {"public": f"{ELSEWHERE}/api/v3"}}})
    assert where(one) == (ELSEWHERE, None, None)
    assert one.urls["api"]["sapi"] == f"{ELSEWHERE}/sapi/v1"


def test_what_mockx_up_writes_is_a_config(data_dir: Path) -> None:
    record = json.loads((data_dir / "credentials.json").read_text())
    (data_dir / "credentials.json").unlink()

    assert where(made(config=record)) == (HERE, "kept", "kept secret")


def test_the_key_of_the_data_directory_goes_to_its_own_exchange_only() -> None:
    assert where(made(config={"url": HERE + "/"})) == (HERE, "kept", "kept secret")
    assert where(made(config={"url": ELSEWHERE})) == (ELSEWHERE, None, None)


def test_a_secret_is_never_used_with_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert where(made(config={"apiKey": "another"})) == (HERE, "another", None)
    monkeypatch.setenv("MOCKX_API_KEY", "another")
    assert where(made()) == (HERE, "another", None)


def test_without_a_key_prices_can_be_asked_and_orders_say_what_is_missing(data_dir: Path) -> None:
    (data_dir / "credentials.json").unlink()
    exchange = made()

    assert where(exchange) == ("http://127.0.0.1:8000", None, None)
    with pytest.raises(ccxt.AuthenticationError, match='mockexchange requires "apiKey" credential'):
        exchange.private_get_account()


def test_what_cannot_be_used_is_named(data_dir: Path) -> None:
    with pytest.raises(NotConfigured, match=r"must look like http://127\.0\.0\.1:8000, was '127\.0\.0\.1:8123'"):
        made(config={"url": "127.0.0.1:8123"})
    (data_dir / "credentials.json").write_text("{")
    with pytest.raises(NotConfigured, match=r"credentials\.json is not a JSON object"):
        made()


def test_no_secret_is_printed() -> None:
    exchange = made(config={"apiKey": "shown-nowhere", "secret": "hidden-secret"})

    assert "shown-nowhere" not in f"{exchange!r} {exchange}"
    assert "hidden-secret" not in f"{exchange!r} {exchange}"


def test_codes_mean_what_they_mean_on_the_spot_market() -> None:
    exchange = made()

    # -4024 is about futures' leverage elsewhere; -2026 and -1131 are known to the spot market alone
    exact = exchange.get_exceptions_by_url(f"{HERE}/api/v3/order", "exact")
    assert (exact["-4024"], exact["-2026"], exact["-1131"]) == (
        ccxt.InsufficientFunds,
        ccxt.InvalidOrder,
        ccxt.BadRequest,
    )
