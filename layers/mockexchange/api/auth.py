"""Who may come in: the API key in the header `x-api-key`, and how often."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.errors import AuthenticationError, ExchangeError, ExchangeNotAvailable, RateLimitExceeded
from ..domain.limits import Allowance, RateLimit
from ..keyring import Keyring
from .callers import set_caller
from .problems import refusal

HEADER = b"x-api-key"

NO_KEY = "this exchange has no API key, so nobody can trade: set MOCKX_API_KEY, or MOCKX_AUTH=false to let everybody in"

PUBLIC_PATHS = frozenset({"/", "/docs", "/openapi.json", "/health/live", "/health/ready"})
"""Paths that say nothing about an account."""

LONGEST_KEY = 256
"""Characters that are looked at; ours have 64, and one in MOCKX_API_KEY may be longer."""


class KeyCheck:
    """ASGI middleware that lets requests with a right key through, as often as it may, and any to a public path. When
    there can be no right key it says so: nobody is let in by mistake."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self._app = app
        self._keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or scope["path"] in PUBLIC_PATHS:
            await self._app(scope, receive, send)
            return
        try:
            allowance = self._admit(scope)
        except ExchangeError as error:
            await refusal(error, scope["path"])(scope, receive, send)
            return
        limit = self._keyring.limit
        if allowance is None or limit is None:
            await self._app(scope, receive, send)
            return
        headers = _headers(limit, allowance)

        async def send_limited(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        if allowance.allowed:
            await self._app(scope, receive, send_limited)
        else:
            detail = (
                f"this key may make {limit.per_minute} requests a minute, {limit.burst} of them at once "
                "(RATE_LIMIT_PER_MIN, RATE_LIMIT_BURST); the header Retry-After says when the next one is welcome"
            )
            error = RateLimitExceeded(detail, _seconds(allowance.wait))
            await refusal(error, scope["path"])(scope, receive, send_limited)

    def _admit(self, scope: Scope) -> Allowance | None:
        """Let a caller in. Raises AuthenticationError, RateLimitExceeded, ExchangeNotAvailable."""
        given = next((value for name, value in scope["headers"] if name == HEADER), None)
        if given is None:
            if not self._keyring.has_owner:
                raise ExchangeNotAvailable(NO_KEY)
            raise AuthenticationError(
                "no API key: send it in the header x-api-key. `mockx up` writes it to <data-dir>/credentials.json"
            )
        if len(given) <= LONGEST_KEY:
            admission = self._keyring.admit(given)
            if admission.caller is not None:
                set_caller(scope, admission.caller)
                return admission.allowance
        if not self._keyring.has_owner:
            raise ExchangeNotAvailable(NO_KEY)
        # Whoever tries out keys is told to wait; a right key is let in from the same place all the same.
        client = scope.get("client")
        counted = self._keyring.failed(client[0] if client else "unknown")
        if counted and not counted.allowed:
            raise RateLimitExceeded("too many wrong API keys from this address", _seconds(counted.wait))
        raise AuthenticationError(
            "this API key is not known here; it may be revoked, or of another exchange or data directory"
        )


def _headers(limit: RateLimit, allowance: Allowance) -> list[tuple[bytes, bytes]]:
    """The policy and where this key stands in it (IETF draft-ietf-httpapi-ratelimit-headers): q requests in w seconds;
    r are left, and all are there again in t seconds."""
    return [
        (b"ratelimit-policy", f'"key";q={limit.burst};w={limit.window}'.encode()),
        (b"ratelimit", f'"key";r={allowance.remaining};t={_seconds(allowance.full)}'.encode()),
    ]


def _seconds(microseconds: int) -> int:
    """Rounded up: a client that waits so long is not too early."""
    return -(-microseconds // 1_000_000)
