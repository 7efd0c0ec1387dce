"""The HTTP API: `lambda_handler` behind API Gateway, and the same `http_api` under uvicorn."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from mangum import Mangum
from mangum.types import ASGI

from mockexchange import wiring
from mockexchange.activity import Activity
from mockexchange.api.app import HttpApi, create_app
from mockexchange.api.boundary import Boundary
from mockexchange.api.problems import CONTENT_TYPE as PROBLEM
from mockexchange.api.unavailable import Unavailable
from mockexchange.domain.errors import ExchangeNotAvailable
from mockexchange.settings import Settings

observability = wiring.observability("orders")


def build(chosen: Settings) -> HttpApi:
    """The HTTP API with these settings."""
    return create_app(
        exchange(),
        api_key=chosen.mockx_api_key.get_secret_value() if chosen.mockx_api_key else None,
        auth=chosen.mockx_auth,
        first_balances=chosen.mockx_balances,
        feed=chosen.feed,
        account_id=wiring.DEFAULT_ACCOUNT,
        keyring=wiring.keyring(chosen),
        rate_limit=wiring.rate_limit(chosen),
        cors_origins=chosen.cors_origins,
        secret=chosen.mockx_secret.get_secret_value() if chosen.mockx_secret else None,
        wire_limits=wiring.wire_limits(chosen),
        feed_by_api=chosen.feed_sink == "api",
        chaos_header=chosen.mockx_chaos_header,
    )


def behind_gateway(app: ASGI) -> Mangum:
    """An app as API Gateway calls it."""
    # What is not text goes through API Gateway in base64.
    return Mangum(app, lifespan="off", text_mime_types=["text/", "application/json", PROBLEM])


exchange = wiring.Built(wiring.exchange)
http_api = wiring.Built(build)
gateway = wiring.Built(lambda _: behind_gateway(http_api()))


@observability.observed
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request."""
    try:
        answering, activity = gateway(), exchange().activity
    except ExchangeNotAvailable as error:
        answering, activity = behind_gateway(Boundary(Unavailable(error))), Activity()
    answer = answering(event, context)
    status = answer["statusCode"]
    observability.record(Requests=1, Refused=400 <= status < 500, Failed=status >= 500)
    did = activity.take()
    observability.record(
        OrdersPlaced=did["placed"], OrdersRefused=did["refused"], Fills=did["fills"], Conflicts=did["conflicts"]
    )
    return answer


with suppress(ExchangeNotAvailable):
    gateway()  # here already: Lambda gives an import more of the processor than an invocation
