"""Who is let in on the Binance wire: keys, signatures, clocks."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from mockexchange.store.memory import MemoryStore

from .door import KEY, SECRET, START, Door
from .wire import Wire, refused

ACCOUNT = "/api/v3/account"
ORDER = "/api/v3/order"

# Binance's documentation signs one request in three ways (rest-api.md, "SIGNED Endpoint Examples"); its example key is
# nobody's.
EXAMPLE_KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
EXAMPLE_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
EXAMPLE_TIME = 1499827319559
FIRST_HALF = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
SECOND_HALF = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
WHOLE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
MIXED = "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", f"{FIRST_HALF}&{SECOND_HALF}&signature={WHOLE}"),
        (f"{FIRST_HALF}&{SECOND_HALF}&signature={WHOLE}", ""),
        (f"{FIRST_HALF}", f"{SECOND_HALF}&signature={MIXED}"),
        (f"{FIRST_HALF}&signature={MIXED}", SECOND_HALF),
        (f"signature={MIXED.upper()}&{FIRST_HALF}", SECOND_HALF),
    ],
    ids=["body", "query", "mixed", "signature in the query", "signature first, in capitals"],
)
def test_the_examples_of_the_documentation_are_right(query: str, body: str) -> None:
    door = Door(MemoryStore(), api_key=EXAMPLE_KEY, secret=EXAMPLE_SECRET)
    door.clock.time = EXAMPLE_TIME
    with door.loop:
        reply = door.send("PUT", "/admin/tickers/LTC/BTC/price", '{"price": 0.2}', key=EXAMPLE_KEY)
        assert reply.status == 200, reply.text
        placed = Wire(door, EXAMPLE_KEY).send("POST", ORDER, query, body)
        # no BTC beyond the first deposit's 2: the order needs 0.1
        assert placed.status == 200, placed.text
        assert (placed.json["symbol"], placed.json["price"], placed.json["origQty"]) == (
            "LTCBTC",
            "0.10000000",
            "1.00000000",
        )


def test_the_bytes_are_signed_and_not_what_they_mean(door: Door) -> None:
    wire = Wire(door)
    query = f"timestamp={START}&symbol=%42TCUSDT"

    assert wire.raw("GET", "/api/v3/openOrders", query).json == []
    signature = "00" * 32
    assert refused(wire.send("GET", "/api/v3/openOrders", f"{query}&signature={signature}"))[1] == -1022


@pytest.mark.parametrize("change", ["timestamp={}&recvWindow=6000", "recvWindow=5000&timestamp={}", "timestamp={}"])
def test_a_signature_over_anything_else_is_refused(door: Door, change: str) -> None:
    wire = Wire(door)
    good = f"timestamp={START}&recvWindow=5000"
    signed = wire.raw("GET", ACCOUNT, good)
    assert signed.status == 200

    signature = hmac.new(wire.secret.encode(), good.encode(), hashlib.sha256).hexdigest()
    reply = wire.send("GET", ACCOUNT, f"{change.format(START)}&signature={signature}")

    assert refused(reply) == (400, -1022, "Signature for this request is not valid.")


def test_nothing_happens_without_a_right_signature(door: Door) -> None:
    wire = Wire(door, secret="wrong")

    assert refused(wire.order())[1] == -1022
    assert refused(wire.ask("POST", "/sapi/v1/capital/withdraw/apply", coin="USDT", amount=1, address="x"))[1] == -1022
    assert Wire(door).get("/api/v3/allOrders", symbol="BTCUSDT") == []
    assert door.get("/balance/USDT")["total"] == 100_000


def test_no_signature_no_timestamp_no_key(door: Door) -> None:
    wire = Wire(door)

    assert refused(wire.send("GET", ACCOUNT, f"timestamp={START}")) == (
        400, -1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.",
    )  # fmt: skip
    assert refused(wire.raw("GET", ACCOUNT)) == (
        400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
    )  # fmt: skip
    assert refused(door.send("GET", f"{ACCOUNT}?timestamp={START}", key=None)) == (
        401, -2014, "API-key format invalid.",
    )  # fmt: skip
    assert refused(Wire(door, "x" * 64).ask("GET", ACCOUNT)) == (
        401, -2015, "Invalid API-key, IP, or permissions for action.",
    )  # fmt: skip
    assert refused(Wire(door, "x" * 200).ask("GET", ACCOUNT))[1] == -2014


@pytest.mark.parametrize(
    ("age", "window", "code"),
    [
        (0, None, None), (5000, None, None), (5001, None, -1021), (-999, None, None), (-1000, None, -1021),
        (60_000, 60_000, None), (60_001, 60_000, -1021), (0, 60_001, -1131), (100, 100, None), (101, 100, -1021),
        (100, "100.5", None), (0, "5000.1234", -1100), (0, "x", -1100), (0, "", -1105),
    ],
)  # fmt: skip
def test_a_request_is_good_for_its_window(
    memory_door: Door, age: int, window: int | str | None, code: int | None
) -> None:
    memory_door.price("60000")
    reply = Wire(memory_door).ask("GET", ACCOUNT, recvWindow=window, timestamp=START - age)

    assert (reply.json.get("code") if reply.status != 200 else None) == code


def test_microseconds_are_a_time_too(memory_door: Door) -> None:
    assert Wire(memory_door).ask("GET", ACCOUNT, timestamp=START * 1000).status == 200
    assert refused(Wire(memory_door).ask("GET", ACCOUNT, timestamp=(START - 6000) * 1000))[1] == -1021


def test_a_request_that_is_sent_again_does_nothing_new_while_its_order_is_open_and_is_late_afterwards(
    door: Door,
) -> None:
    wire = Wire(door)
    said = {"newClientOrderId": "once", "timestamp": START}
    first = wire.order(**said)
    assert first.status == 200

    assert refused(wire.order(**said)) == (400, -2010, "Duplicate order sent.")
    door.clock.time += 5001
    assert refused(wire.order(**said)) == (400, -1021, "Timestamp for this request is outside of the recvWindow.")
    assert len(wire.get("/api/v3/openOrders")) == 1


def test_keys_of_other_accounts_see_their_own(door: Door) -> None:
    alice = door.give_key("alice")
    wire = Wire(door, alice["apiKey"], alice["secret"])
    own = Wire(door)
    order = own.placed()

    assert wire.get(ACCOUNT)["balances"] == []
    assert wire.get(ACCOUNT)["uid"] != own.get(ACCOUNT)["uid"]
    assert refused(wire.ask("GET", ORDER, symbol="BTCUSDT", orderId=order["orderId"]))[1] == -2013
    assert refused(wire.ask("DELETE", ORDER, symbol="BTCUSDT", orderId=order["orderId"]))[1] == -2011
    assert own.get(ORDER, symbol="BTCUSDT", orderId=order["orderId"])["status"] == "NEW"
    # one account's key with another's secret
    assert refused(Wire(door, alice["apiKey"]).ask("GET", ACCOUNT))[1] == -1022
    assert refused(Wire(door, KEY, alice["secret"]).ask("GET", ACCOUNT))[1] == -1022


def test_a_key_that_may_read_may_not_trade(door: Door) -> None:
    reader = door.give_key("default", "read")
    wire = Wire(door, reader["apiKey"], reader["secret"])

    assert wire.get(ACCOUNT)["canTrade"]
    for reply in (
        wire.order(),
        wire.ask("DELETE", "/api/v3/openOrders", symbol="BTCUSDT"),
        wire.ask("POST", "/sapi/v1/capital/withdraw/apply", coin="USDT", amount=1, address="x"),
    ):
        assert refused(reply) == (401, -2015, "Invalid API-key, IP, or permissions for action.")


def test_revoked_and_rotated_keys_are_refused(door: Door) -> None:
    made = door.give_key("alice")
    old = Wire(door, made["apiKey"], made["secret"])
    assert old.ask("GET", ACCOUNT).status == 200
    rotated = door.send("POST", f"/admin/keys/{made['id']}/rotate").json
    assert refused(old.ask("GET", ACCOUNT))[1] == -2015
    new = Wire(door, rotated["apiKey"], rotated["secret"])
    assert new.ask("GET", ACCOUNT).status == 200
    door.send("DELETE", f"/admin/keys/{made['id']}")
    assert refused(new.ask("GET", ACCOUNT))[1] == -2015


def test_prices_need_no_key_and_every_account_path_does(memory_door: Door) -> None:
    assert memory_door.app.wire is not None
    for endpoint in memory_door.app.wire.endpoints:
        reply = memory_door.send(endpoint.method, endpoint.path, key=None)
        if endpoint.security.value == "NONE":
            assert reply.status == 200 or reply.json["code"] in (-1102, -1105), (endpoint.path, reply.text)
        else:
            assert refused(reply)[:2] == (401, -2014), endpoint.path


def test_a_master_key_that_is_missing_is_said_in_the_log_and_nobody_is_let_in(
    memory_door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    without = Door(memory_door.store, secret=None, clock=memory_door.clock)
    with without.loop:
        assert refused(Wire(without).ask("GET", ACCOUNT))[1] == -2015
    assert "MOCKX_SECRET" in caplog.text


def test_without_authentication_everybody_is_the_default_account(memory_door: Door) -> None:
    open_door = Door(memory_door.store, auth=False, clock=memory_door.clock)
    with open_door.loop:
        open_door.price("60000")
        query = f"timestamp={START}&omitZeroBalances=true"
        assert open_door.send("GET", f"{ACCOUNT}?{query}", key=None).json["balances"]
        # a page in a browser on this machine must not trade there
        bad = open_door.send("GET", f"{ACCOUNT}?{query}", headers={"origin": "https://evil.example"})
        assert refused(bad)[:2] == (403, -1002)
        good = open_door.send("GET", f"{ACCOUNT}?{query}", headers={"origin": "http://localhost:8501"})
        assert good.status == 200


def test_no_secret_no_key_and_no_signature_reach_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    made = door.give_key("alice")
    wires = [Wire(door), Wire(door, made["apiKey"], made["secret"]), Wire(door, "y" * 64, "wrong")]
    for wire in wires:
        wire.order()
        wire.order(symbol="NOPE")
        wire.ask("GET", "/api/v3/nowhere")
    logged = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("mockexchange"))
    assert "Invalid symbol." in logged  # it does log
    assert "signature" not in logged
    for word in (*(wire.key for wire in wires), made["secret"], SECRET):
        assert word not in logged
