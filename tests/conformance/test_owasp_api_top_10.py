"""One test for each of the OWASP API Security Top 10 (2023): an attack on this API, which fails.

https://owasp.org/API-Security/editions/2023/en/0x11-t10/

Operations are taken from the app and its OpenAPI document, so that one which is added is attacked too.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mockexchange.api import auth
from mockexchange.api.bodies import LARGEST_BODY
from mockexchange.api.limiting import FAILURES
from mockexchange.api.operations import Operation
from mockexchange.domain.access import Scope
from mockexchange.domain.rate_limits import RateLimit
from mockexchange.local.errors import UnsafeBind
from mockexchange.local.listening import refuse_unsafe_bind
from mockexchange.settings import BadSettings, Settings
from mockexchange.store.memory import MemoryStore
from mockexchange.store.valkey import ValkeyStore

from ..integration.api.door import KEY, Door, Reply, order

FAR = "203.0.113.7"
EVIL = "https://evil.example"

SAMPLES = {
    "asset": "USDT", "symbol": "BTC/USDT", "symbols": "BTC/USDT", "order_id": "1", "client_order_id": "mine",
    "key_id": "0123456789abcdef", "account_id": "victim", "name": "before",
}  # fmt: skip
"""What stands in a path; a parameter that is not here is filled with `x`."""


def operations(door: Door) -> Iterator[tuple[Operation, str, str, dict[str, Any]]]:
    """(operation, method, path template, description) of everything that the OpenAPI document has."""
    document = json.loads(door.send("GET", "/openapi.json", key=None).text)
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield door.app.endpoints.operations[described["operationId"]], method.upper(), path, described


def filled(template: str) -> str:
    """A path with something in the place of each parameter."""
    return re.sub(r"{(\w+)}", lambda found: SAMPLES.get(found[1], "x"), template)


def victim(door: Door) -> tuple[Any, Any]:
    """(key, open order) of an account that somebody else is after."""
    key = door.give_key("victim")
    assert door.send("POST", "/balance/USDT/deposit", '{"amount": 31337}', key=key["apiKey"]).status == 200
    body = order(amount="0.1", price="50000", clientOrderId="mine")
    placed = door.send("POST", "/orders", body, key=key["apiKey"])
    assert placed.status == 201
    assert door.send("POST", "/orders", order(amount="0.01"), key=key["apiKey"]).status == 201
    return key, placed.json


def test_api1_2023_broken_object_level_authorization(door: Door) -> None:
    """Another account's orders, by id, by client id, in lists; its cancels; everything that names an account."""
    key, open_order = victim(door)
    mallory = door.give_key("mallory")["apiKey"]
    number = open_order["id"]

    for path in (f"/orders/{number}", "/orders/client:mine"):
        assert door.send("GET", path, key=mallory).status == 404
        assert door.send("POST", f"{path}/cancel", key=mallory).status == 404
    assert door.send("DELETE", "/orders", key=mallory).json == []
    # the same words as for an order that nobody has: not even that it exists is told
    nobody = door.send("GET", "/orders/999999", key=mallory).problem["detail"]
    assert door.send("GET", f"/orders/{number}", key=mallory).problem["detail"] == nobody.replace("999999", number)

    # whatever mallory asks, in any way that it may ask, nothing of the victim is in the answer
    for operation, method, template, _ in operations(door):
        if method != "GET" or operation.scope is Scope.ADMIN:
            continue
        for query in ("", "?account=victim", "?account_id=victim", f"?order={number}", f"?cursor={number}"):
            reply = door.send("GET", filled(template) + query, key=mallory, headers={"x-account": "victim"})
            assert reply.status in (200, 400, 404, 422), (template, query, reply.status)
            assert "31337" not in reply.text and "victim" not in reply.text, (template, query)
    # nor can its own objects carry the victim's name: a client id is looked up in its own account alone
    stolen = door.send("POST", "/orders", order(amount="0.1", price="50000", clientOrderId="mine"), key=mallory)
    assert (stolen.status, stolen.problem["code"]) == (422, "InsufficientFunds")

    seen = door.send("GET", f"/orders/{number}", key=key["apiKey"]).json
    assert (seen["status"], seen["clientOrderId"]) == ("open", "mine")


def test_api2_2023_broken_authentication(door: Door) -> None:
    """No key, malformed ones, revoked and rotated ones, those of others, guessing, timing."""
    revoked, rotated = door.give_key("victim"), door.give_key("victim")
    door.send("DELETE", f"/admin/keys/{revoked['id']}")
    door.send("POST", f"/admin/keys/{rotated['id']}/rotate")
    digest = door.exchange.store.api_keys(None, None, 1).items[0].digest
    wrong: list[str | bytes] = [
        "", " ", "*", "null", "undefined", "0", KEY[:-1], KEY + "x", KEY.swapcase(), f" {KEY}x", f"{KEY},{KEY}",
        "default", revoked["id"], digest, revoked["secret"], revoked["apiKey"], rotated["apiKey"], "a" * 20_000,
        b"\xff\xfe\x00", "'; DROP TABLE keys; --", "{main}:keyids", "\u202e".encode(),
    ]  # fmt: skip
    for operation, method, template, _ in operations(door):
        if operation.public:
            continue
        path = filled(template)
        assert door.send(method, path, key=None).status == 401, template
        for other_place in ({"authorization": f"Bearer {KEY}"}, {"cookie": f"x-api-key={KEY}"}, {"x-mbx-apikey": KEY}):
            assert door.send(method, path, key=None, headers=other_place).status == 401, template
        assert door.send(method, f"{path}?x-api-key={KEY}&apiKey={KEY}", key=None).status == 401, template
        for key in wrong:
            assert door.send(method, path, key=None, headers={"x-api-key": key}).status == 401, (template, key)

    # guesses from outside are slowed down to one a second, a right one among them too
    guesses = [door.send("GET", "/balance", key=f"guess {number}", client=FAR).status for number in range(400)]
    assert guesses.count(401) == FAILURES.burst
    assert door.send("GET", "/balance", key=KEY, client=FAR).status == 429

    # the key is compared in constant time; how long it takes must not tell how much of a guess is right
    assert "compare_digest" in auth.KeyCheck._admitted.__code__.co_names  # pyright: ignore[reportPrivateUsage]  # its code


def test_api3_2023_broken_object_property_level_authorization(door: Door) -> None:
    """Fields that a caller must not set are refused by name; fields that a caller must not see are not in answers."""
    trader = door.give_key("trader")["apiKey"]
    door.send("POST", "/balance/USDT/deposit", '{"amount": 1000}', key=trader)
    for extra in ("accountId", "account_id", "account", "status", "filled", "fee", "id", "createdAt", "makerRate"):
        reply = door.send("POST", "/orders", order(amount="0.01", **{extra: "1"}), key=trader)
        assert (reply.status, reply.problem["code"]) == (400, "BadRequest"), extra
        assert f"unknown field `{extra}`" in reply.problem["detail"]

    # each operation with a body, each with a field that it does not have
    for operation, method, template, described in operations(door):
        if "requestBody" in described:
            assert operation.body is not None
            body = json.dumps({"thisIsNoFieldOfAnything": 1})
            reply = door.send(method, filled(template), body)
            assert reply.status == 400, template
            assert operation.body.__struct_config__.forbid_unknown_fields, template

    # what is answered has no field that its schema does not name, and no schema names a secret but the one that hands
    # out a new key
    schemas = json.loads(door.send("GET", "/openapi.json").text)["components"]["schemas"]
    secretive = re.compile("secret|apikey|digest|master|password|token|hash", re.IGNORECASE)
    telling = {
        name for name, schema in schemas.items() for field in schema.get("properties", ()) if secretive.search(field)
    }
    assert telling == {"NewKey"}
    shown = door.send("GET", "/admin/keys").text
    for key in door.exchange.store.api_keys(None, None, 10).items:
        assert key.digest not in shown
    placed = door.send("POST", "/orders", order(amount="0.01"), key=trader)
    assert set(placed.json) == set(schemas["Order"]["properties"])


def test_api4_2023_unrestricted_resource_consumption(door: Door) -> None:
    """Bodies, digits, pages, labels and the number of requests have bounds."""
    for operation, method, template, described in operations(door):
        path = filled(template)
        if "requestBody" in described:
            assert door.send(method, path, b" " * (LARGEST_BODY + 1)).status == 413, template
            assert door.send(method, path, b"[" * LARGEST_BODY).status == 400, template
        if operation.paged:
            fields = {each["name"]: each["schema"] for each in described["parameters"] if each["in"] == "query"}
            assert fields["limit"]["maximum"] <= 1000, template
            for limit in ("0", "-1", "1001", "1e9", "9" * 400):
                assert door.send(method, f"{path}?limit={limit}").status == 400, (template, limit)
            assert door.send(method, f"{path}?cursor={'9' * 400}").status == 400, template
    for digits in ("1" * 41, "0." + "1" * 40, "1e400", "1e999999999", "9" * 30_000):
        for numbers in ({"amount": digits}, {"amount": "1", "price": digits}):
            assert door.post(order(**numbers)).status == 400, digits[:20]
    assert door.send("POST", "/admin/keys", json.dumps({"account": "default", "label": "x" * 101})).status == 400

    limited = Door(door.store, rate_limit=RateLimit(per_minute=60, burst=20), clock=door.clock)
    with limited.loop:
        replies = [limited.send("GET", "/tickers") for _ in range(30)]
    assert [reply.status for reply in replies].count(200) == 20
    assert replies[-1].problem["code"] == "RateLimitExceeded"
    assert replies[-1].headers["retry-after"] == "1"
    assert Settings(_env_file=None).rate_limit_per_min > 0  # on, unless somebody switches it off


def test_api5_2023_broken_function_level_authorization(door: Door) -> None:
    """Everything that administers, with keys that must not: each operation of the document, each lesser scope, and the
    ways around (other methods, other spellings of the path)."""
    keys = {Scope(scope): door.give_key("default", scope)["apiKey"] for scope in ("read", "trade")}
    before = door.get("/admin/keys")
    guarded = 0
    for operation, method, template, described in operations(door):
        if template.startswith("/admin"):
            assert operation.scope is Scope.ADMIN, template
        if method != "GET" and operation.operation_id != "canExecuteOrder":
            assert operation.scope is not Scope.READ, f"{method} {template} changes something"
        if operation.public:
            continue
        assert f"`{operation.scope}`" in described["description"]
        for scope, key in keys.items():
            if scope.includes(operation.scope):
                continue
            guarded += 1
            path = filled(template)
            for body in (None, "{}", '{"account": "default", "scope": "admin"}'):
                reply = door.send(method, path, body, key=key, headers={"x-http-method-override": "GET"})
                assert (reply.status, reply.problem["code"]) == (403, "PermissionDenied"), (template, scope)
            for disguise in (f"/{path}", f"{path}/", path.upper(), f"/x/..{path}", path.replace("/admin", "/%61dmin")):
                assert door.send(method, disguise, key=key).status in (403, 404, 405, 307), disguise
    assert guarded > 10
    assert door.get("/admin/keys") == before
    assert door.get("/orders") == []


def test_api6_2023_unrestricted_access_to_sensitive_business_flows(door: Door) -> None:
    """What a bot could do too often to others' cost: making keys and accounts, paper money, orders. All of it counts
    against the key's limit, an account has so many keys at most, and none of it is to be had without a key."""
    limited = Door(door.store, rate_limit=RateLimit(per_minute=60, burst=30), clock=door.clock)
    with limited.loop:
        made = [limited.send("POST", "/admin/keys", '{"account": "default"}').status for _ in range(50)]
        assert made.count(201) == 30
        trader = door.give_key("default")["apiKey"]
        flows = (
            ("POST", "/balance/ETH/deposit", '{"amount": 1}'),
            ("POST", "/balance/ETH/withdrawal", '{"amount": 1}'),
            ("POST", "/orders", order(amount="0.001", price="50000")),
        )
        done = [limited.send(*flow, key=trader).status for _ in range(20) for flow in flows]
        assert len([status for status in done if status < 300]) == 30
        assert set(done[30:]) == {429}
        # another key of the same caller does not help: whoever may not make keys gets none
        assert limited.send("POST", "/admin/keys", '{"account": "default"}', key=trader).status == 429
    assert door.send("POST", "/admin/keys", '{"account": "default"}', key=trader).status == 403
    # a flow that is repeated because its answer was lost is done once
    for _ in range(3):
        repeated = door.post(order(amount="0.001", price="50001", clientOrderId="once"))
        assert repeated.status in (200, 201)
    orders = [each for each in door.get("/orders") if each["clientOrderId"] == "once"]
    assert len(orders) == 1


def test_api7_2023_server_side_request_forgery(door: Door) -> None:
    """No operation takes an address, and none opens one that it was given."""
    baits = ("http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://localhost:25/_FLUSHALL")
    with opened() as touched:
        for bait in baits:
            for _, method, template, described in operations(door):
                for parameter in described.get("parameters", []):
                    assert not re.search("ur[il]|host|address|callback|webhook", parameter["name"]), template
                path = re.sub(r"{\w+}", bait, template)
                headers = {
                    "referer": bait,
                    "x-forwarded-host": bait,
                    "x-callback-url": bait,
                    "forwarded": f"for={bait}",
                }
                for body in (json.dumps({"url": bait}), json.dumps(bait), bait):
                    reply = door.send(method, path, body, headers=headers)
                    assert reply.status < 500, template
                    assert "root:" not in reply.text
    # the store's own sockets, of threads that need another one, are all that was opened
    own = (
        str(door.store.connection.run("CONFIG", "GET", "port")[1].decode())
        if isinstance(door.store, ValkeyStore)
        else "-"
    )
    assert [each for each in touched if own not in each] == []
    # links to the next page lead to where the caller came from, and carry no address of the caller's choice
    door.place(amount="0.001", price="50000")
    door.place(amount="0.001", price="50000")
    link = door.send("GET", "/orders?limit=1", headers={"x-forwarded-host": "evil.example"}).headers["link"]
    assert "evil.example" not in link


def test_api8_2023_security_misconfiguration(door: Door) -> None:
    """Without keys it listens to this machine alone, pages of others get nothing, errors tell nothing of the inside,
    and every answer says how it may be used."""
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(UnsafeBind):
            refuse_unsafe_bind(host, authentication=False)
    with pytest.raises(BadSettings):
        Settings(_env_file=None, cors_origins="*")
    fresh = Settings(_env_file=None)
    assert (fresh.mockx_auth, fresh.mockx_host, fresh.cors_origins) == (True, "127.0.0.1", ())

    door.add_failing_path("/fails", RuntimeError("/srv/secret/path.py line 7: password=hunter2"))
    answers: list[Reply] = [door.send("GET", "/fails")]
    for _, method, template, _ in operations(door):
        for path in (filled(template), filled(template) + "/%00", filled(template) + "?%ff=%00"):
            bodies = (None, "{", "\x00", '{"amount": {"$ne": 1}}')
            answers += [door.send(method, path, body, headers={"origin": EVIL}) for body in bodies]
        answers += [door.send(other, filled(template), headers={"origin": EVIL}) for other in ("TRACE", "OPTIONS")]
    inside = re.compile(
        r"Traceback|hunter2|/srv/|File \"|\.py\b|site-packages|redis|hiredis|msgspec|starlette", re.IGNORECASE
    )
    for answer in answers:
        # the diagnosis is there to tell an admin which versions run; errors tell nobody
        told = "" if answer.status == 200 and '"versions":' in answer.text else answer.text
        assert not inside.search(told), told
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(answer.headers)
        assert answer.status < 500 or "went wrong here" in answer.text or answer.status == 503


def test_api9_2023_improper_inventory_management(door: Door) -> None:
    """Everything that answers is in the OpenAPI document, and nothing else answers; old and hidden doors are not
    there; what needs no key is a short list that says nothing of accounts."""
    documented = {(method, template) for _, method, template, _ in operations(door)}
    pages = {("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json")}
    served = {
        (method, re.sub(r":\w+}", "}", getattr(route, "path", "")))
        for route in door.app.routes
        for method in getattr(route, "methods", None) or ("?",)
        if method != "HEAD"
    }
    assert served == documented | pages

    public = {template for operation, _, template, _ in operations(door) if operation.public}
    assert public | {path for _, path in pages} == auth.PUBLIC_PATHS
    for path in public:
        assert "default" not in door.send("GET", path, key=None).text
    for path in (
        "/v1", "/v2/orders", "/api", "/internal", "/debug", "/metrics", "/health", "/redoc", "/docs/oauth2-redirect",
        "/.env", "/.git/config", "/swagger.json", "/graphql", "/actuator", "/admin", "/admin/", "/static/../main.py",
    ):  # fmt: skip
        assert door.send("GET", path).status == 404, path
        assert door.send("GET", path, key=None).status == 401, path
    assert all(operation.operation_id in door.app.endpoints.operations for operation, *_ in operations(door))
    assert json.loads(door.send("GET", "/openapi.json").text)["info"]["version"]


def test_api10_2023_unsafe_consumption_of_apis(door: Door) -> None:
    """What others write into the `sym_` hash is no more trusted than what a caller sends: nonsense is dropped and
    counted, the last good price stays, and nothing of it reaches an answer."""
    good = door.get("/tickers/BTC/USDT")["BTC/USDT"]
    now = str(door.clock.time / 1000)
    script = "<script>alert(1)</script>"
    poison: list[dict[str, str]] = [
        {"price": "nan"}, {"price": "inf"}, {"price": "-1"}, {"price": "0"}, {"price": ""}, {"price": script},
        {"price": "1e999999"}, {"price": "9" * 5000}, {"price": "0x10"}, {"price": "１２"}, {"price": "1_000"},
        {"price": "60000", "bid": "60002", "ask": "60001"}, {"price": "60000", "bid": "nan"},
        {"price": "60000", "ask": script}, {"price": "60000", "timestamp": "nan"},
        {"price": "60000", "timestamp": "9" * 400}, {"price": "60000", "bidVolume": "-5"},
        {"price": "60000", "symbol": script, "askVolume": "1e400"},
    ]  # fmt: skip
    for fields in poison:
        write(door, {"timestamp": now, "bid": "", "ask": "", "bidVolume": "", "askVolume": "", **fields})
        reply = door.send("GET", "/tickers/BTC/USDT")
        assert reply.status == 200, fields
        assert "script" not in reply.text
        placed = door.post(order(amount="0.001"))
        assert placed.status == 201, (fields, placed.text)
        assert placed.json["average"] == good["ask"], fields
        assert door.send("GET", "/openapi.json").status == door.send("GET", "/health/ready").status == 200
    assert door.get("/tickers/BTC/USDT")["BTC/USDT"]["last"] == good["last"]
    assert door.exchange.store.rejected_quotes("BTC/USDT") > 0
    # and a good one is taken: the feed is not broken by what came before
    write(door, {"price": "61000", "timestamp": now, "bid": "60999", "ask": "61001", "bidVolume": "", "askVolume": ""})
    assert door.post(order(amount="0.001")).json["average"] == 61001


_OPENING = {"socket.connect", "socket.getaddrinfo", "open", "subprocess.Popen", "os.system"}
_heard: list[str] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _heard is None or event not in _OPENING:
        return
    # files are opened all the time by others here: imports, Valkey's log
    if event != "open" or "passwd" in str(arguments[0]):
        _heard.append(f"{event} {arguments}")


sys.addaudithook(_hear)


@contextmanager
def opened() -> Generator[list[str]]:
    """Every file, address and program that this process opens while the block runs."""
    global _heard  # noqa: PLW0603  # an audit hook cannot be taken away again, only be told to be silent
    heard = _heard = []
    try:
        yield heard
    finally:
        _heard = None


def write(door: Door, fields: dict[str, str]) -> None:
    """What a foreign feeder does."""
    if isinstance(door.store, MemoryStore):
        door.store.write_mailbox("BTC/USDT", fields)
    else:
        assert isinstance(door.store, ValkeyStore)
        words = [word for pair in fields.items() for word in pair]
        door.store.connection.run("HSET", "sym_BTC/USDT", *words)


def test_the_attacks_reach_every_operation(door: Door) -> None:
    """The tests above stand on this list; an empty one would pass them all."""
    assert {operation.operation_id for operation, *_ in operations(door)} == set(door.app.endpoints.operations)
    assert len(door.app.endpoints.operations) > 20
