"""The HTTP API: `lambda_handler` behind API Gateway, and the same `app` under uvicorn."""

from __future__ import annotations

from typing import Any

from mangum import Mangum

from mockexchange import wiring
from mockexchange.api.app import create_app
from mockexchange.api.problems import CONTENT_TYPE as PROBLEM
from mockexchange.observability import Observability

chosen = wiring.settings()
observability = Observability("orders", as_json=chosen.log_format == "json", level=chosen.log_level)
app = create_app(
    wiring.exchange(),
    api_key=chosen.mockx_api_key.get_secret_value() if chosen.mockx_api_key else None,
    auth=chosen.mockx_auth,
    first_balances=chosen.mockx_balances,
    feed=chosen.feed,
    account_id=wiring.DEFAULT_ACCOUNT,
    keyring=wiring.keyring(),
    rate_limit=wiring.rate_limit(chosen),
    cors_origins=chosen.cors_origins,
    secret=chosen.mockx_secret.get_secret_value() if chosen.mockx_secret else None,
    wire_limits=wiring.wire_limits(chosen),
)
# What is not text goes through API Gateway in base64.
gateway = Mangum(app, lifespan="off", text_mime_types=["text/", "application/json", PROBLEM])


@observability.observed
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request."""
    answer = gateway(event, context)
    status = answer["statusCode"]
    observability.count(Requests=1, Refused=400 <= status < 500, Failed=status >= 500)
    return answer
