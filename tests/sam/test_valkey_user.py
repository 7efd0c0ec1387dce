"""The user that the template makes in ElastiCache may do all that the functions do, and not what they never do."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from mockexchange.store.valkey_connection import Connection, connect

from .conftest import StartSandbox
from .gateway import LOCAL, examples, from_lambda, requests, signed_now
from .stack import stack


@pytest.fixture(params=["one server", "a cluster"])
def as_user(request: pytest.FixtureRequest) -> str:
    """A Valkey, by the template's user."""
    cluster = request.param == "a cluster"
    valkey_url: str = request.getfixturevalue("cluster_valkey_url" if cluster else "valkey_url")
    allowed = stack().properties("ValkeyUser")["AccessString"].split()
    connection = Connection(valkey_url)
    connection.run("ACL", "SETUSER", "functions", "reset", ">password-of-the-functions", *allowed)
    connection.close()
    parts = urlsplit(valkey_url)
    scheme = "redis+cluster" if cluster else "redis"
    return f"{scheme}://functions:password-of-the-functions@127.0.0.1:{parts.port}/0"


def test_it_may_do_all_that_the_functions_do(sandbox: StartSandbox, as_user: str) -> None:
    feeder = sandbox("FeederFunction", url=as_user, FEED="synthetic:7", INTERVAL_SEC="1")
    assert feeder.invoke(examples()["schedule-feeder"], seconds=1)["appended"] == 3
    orders = sandbox("OrdersFunction", url=as_user)
    asked = {
        **requests(),
        "audit": at("/admin/audit"),
        "diagnosis": at("/admin/diagnosis"),
        "keys": at("/admin/keys"),
        "snapshots": at("/account/snapshots"),
    }
    for name, event in asked.items():
        if name.startswith("binance"):
            event = signed_now(event, LOCAL["OrdersFunction"]["MOCKX_SECRET"])  # noqa: PLW2901
        answer = from_lambda(orders.invoke(event))
        assert answer.status < 300, (name, answer)
    matcher = sandbox("MatcherFunction", url=as_user, INTERVAL_SEC="1")
    assert matcher.invoke(examples()["schedule-matcher"], seconds=1)["runs"] == 1


def at(path: str) -> dict[str, object]:
    """A look at something, with the default account's key."""
    event = requests()["accounts"]
    context = event["requestContext"]
    return {**event, "rawPath": path, "requestContext": {**context, "http": {**context["http"], "path": path}}}


@pytest.mark.parametrize("command", ["FLUSHALL", "KEYS *", "CONFIG GET dir", "SHUTDOWN", "DEBUG SLEEP 0"])
def test_it_may_not_do_what_no_function_does(as_user: str, command: str) -> None:
    connection = connect(as_user, home="{main}")
    with pytest.raises(Exception, match="permission"):
        connection.run(*command.split())
    connection.close()
