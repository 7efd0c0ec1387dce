"""Every event in events/, through the runtime client, gives what the local server gives to the same request."""

from __future__ import annotations

from pathlib import Path

from mockexchange.local.valkey import EmbeddedValkey

from .conftest import StartSandbox, freeze, variables
from .gateway import LOCAL, from_lambda, local_server, over_http, requests, signed_now

SECRET = LOCAL["OrdersFunction"]["MOCKX_SECRET"]


def test_the_built_function_answers_as_the_local_server_does(
    sandbox: StartSandbox, valkey_url: str, tmp_path: Path
) -> None:
    """Byte for byte, each on a venue of its own whose clock stands still."""
    statuses: dict[str, int] = {}
    with EmbeddedValkey(tmp_path, preferred_port=0) as other:
        freeze(valkey_url, other.url)
        built = sandbox("OrdersFunction")
        with local_server(tmp_path / "local", variables("OrdersFunction", other.url)) as url:
            for name, event in requests().items():
                if name.startswith("binance"):
                    event = signed_now(event, SECRET)  # noqa: PLW2901  # an example's signature is long out of date
                answer = from_lambda(built.invoke(event))
                assert answer == over_http(url, event), name
                statuses[name] = answer.status

    assert {name for name, status in statuses.items() if status >= 300} == set()
    assert {statuses["orders"], statuses["binance-order"]} <= {200, 201}
