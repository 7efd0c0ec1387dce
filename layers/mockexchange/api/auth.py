"""Who may come in: whoever sends a known API key in the header `x-api-key`, as often as the key's limit says."""

from __future__ import annotations

import hmac

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.access import Caller
from ..domain.api_keys import digest_of
from ..domain.errors import AuthenticationError, ExchangeError, ExchangeNotAvailable, RateLimitExceeded
from ..domain.rate_limits import RateLimit, Spending
from ..keyring import Keyring
from ..ports import Admission
from .callers import set_caller
from .limiting import FAILURES, Header, policy, seconds, standing
from .problems import refusal
from .shut_out import ShutOut, address_of

HEADER = b"x-api-key"

NO_KEY = "this exchange has no API key, so nobody can trade: set MOCKX_API_KEY, or MOCKX_AUTH=false to let everybody in"

PUBLIC_PATHS = frozenset({"/", "/docs", "/openapi.json", "/health/live", "/health/ready"})
"""Paths that say nothing about an account."""


class KeyCheck:
    """ASGI middleware that lets requests with a right key through, and any to a public path. When the default account
    has no key it says so: nobody is let in by mistake.

    The default account's key is compared here; every other is looked up, in the same round trip that counts the
    request. Without a limit the default key costs no round trip at all. An address that sent too many wrong keys is not
    listened to for a moment (shut_out.py).
    """

    def __init__(
        self,
        app: ASGIApp,
        api_key: str | None,
        owner: Caller,
        keyring: Keyring,
        limit: RateLimit | None,
        shut_out: ShutOut,
    ) -> None:
        """`owner`: whose key `api_key` is. `limit`: of each key; None: as often as it likes. `shut_out` may be shared
        with other doors."""
        self._app = app
        self._owner = owner
        self._key = (api_key or "").encode()
        self._keyring = keyring
        self._limit = limit
        self._policy = policy(limit) if limit else None
        self._shut_out = shut_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] != "http" or scope["path"] in PUBLIC_PATHS:
            await self._app(scope, receive, send)
            return
        headers: list[Header] = []
        try:
            set_caller(scope, self._admitted(scope, headers))
        except ExchangeError as error:
            answer = refusal(error, scope["path"])
            answer.raw_headers += headers
            await answer(scope, receive, send)
            return
        if not headers:
            await self._app(scope, receive, send)
            return

        async def send_standing(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        await self._app(scope, receive, send_standing)

    def _admitted(self, scope: Scope, headers: list[Header]) -> Caller:
        """Who it is; `headers` get what is to be said of the limit. Raises what is wrong."""
        if not self._key:
            raise ExchangeNotAvailable(NO_KEY)
        given = next((value for name, value in scope["headers"] if name == HEADER), None)
        if given is None:
            raise AuthenticationError(
                "no API key: send it in the header x-api-key. `mockx up` writes it to <data-dir>/credentials.json"
            )
        now = 1000 * self._keyring.clock.now()
        address = address_of(scope)
        if wait := self._shut_out.wait(address, now):
            raise _too_many_failures(wait)
        # in constant time: how long a wrong key takes must not tell how much of it is right
        if hmac.compare_digest(given, self._key):
            if self._limit:
                self._count(self._admit(None, self._owner.key_id, address, now).spending, headers)
            return self._owner
        digest = digest_of(given)
        admission = self._admit(digest, digest, address, now)
        key = admission.key
        if key is None or key.revoked_at is not None:
            raise self._wrong_key(admission, address, now)
        self._count(admission.spending, headers)
        return key.caller

    def _admit(self, digest: str | None, name: str, address: str | None, now: int) -> Admission:
        return self._keyring.store.admit(digest, name, address or "-", self._limit, FAILURES, now)

    def _count(self, spending: Spending, headers: list[Header]) -> None:
        """Raises RateLimitExceeded when the key has nothing left."""
        if self._limit is None or self._policy is None:
            return
        headers += (self._policy, standing(self._limit, spending))
        if spending.wait:
            raise RateLimitExceeded(
                f"this key may make {self._limit.burst} requests at once and {self._limit.per_minute} a minute in the "
                f"long run; wait {seconds(spending.wait)} s",
                retry_after=seconds(spending.wait),
            )

    def _wrong_key(self, admission: Admission, address: str | None, now: int) -> ExchangeError:
        wait = admission.spending.wait
        if wait and address is not None:
            self._shut_out.add(address, now, wait)
            return _too_many_failures(wait)
        if admission.key is None:
            return AuthenticationError(
                "this API key is not known here; it may be of another exchange or data directory"
            )
        return AuthenticationError("this API key is revoked; ask who gave it to you for another one")


def _too_many_failures(wait: int) -> RateLimitExceeded:
    return RateLimitExceeded(
        f"too many wrong API keys came from this address; wait {seconds(wait)} s", retry_after=seconds(wait)
    )
