"""The Binance Spot wire: /api/v3 and /sapi/v1 as unmodified clients speak them.

It translates and nothing else: every rule of trading is the exchange's own. What stands here is the way of a request:
its endpoint, its parameters, its sender, its answer. No body leaves here that Binance's would not look like.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

import msgspec
from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.errors import ExchangeError
from ..observability import correlation_id
from . import binance_errors as errors
from .binance_endpoints import Asked, Endpoint
from .binance_errors import BinanceError
from .binance_parameters import Parameter, integer, sent, values, words
from .binance_security import WireSecurity
from .callers import Callers
from .origins import may_call
from .request_statistics import WIRE_ROUTE
from .sizes import LARGEST_HEADERS, LONGEST_QUERY

PREFIXES = ("/api/", "/sapi/", "/fapi/", "/dapi/", "/eapi/", "/papi/", "/wapi/", "/futures/")
"""What belongs to this wire. Whatever is asked below these is answered here, or not at all."""

LARGEST_BODY = 64 * 1024
"""Bytes."""

SIGNED_PARAMETERS = (
    Parameter("timestamp", integer),
    Parameter("recvWindow", words),  # read with the timestamp
)

NOT_ADMITTED = "mockexchange.not_admitted"
"""In the ASGI scope of a request of this wire: whoever sent it was not let in, so that nobody acted on it."""

JSON = (b"content-type", b"application/json;charset=UTF-8")

logger = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode

Headers = list[tuple[bytes, bytes]]


class BinanceWire:
    """ASGI app of everything below PREFIXES."""

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        security: WireSecurity,
        callers: Callers,
        *,
        auth: bool,
        origins: Collection[str] = (),
    ) -> None:
        """`origins` are the web pages that may call where no key is asked for."""
        self._endpoints: dict[tuple[str, str], Endpoint] = {}
        self._methods: dict[str, set[str]] = {}
        for endpoint in endpoints:
            self.add(endpoint)
        self._security = security
        self._callers = callers
        self._auth = auth
        self._origins = frozenset(origins)

    def add(self, endpoint: Endpoint) -> None:
        """One more."""
        self._endpoints[endpoint.method, endpoint.path] = endpoint
        self._methods.setdefault(endpoint.path, set()).add(endpoint.method)

    @property
    def endpoints(self) -> list[Endpoint]:
        """All of them, for whoever wants to know."""
        return list(self._endpoints.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers: Headers = []
        endpoint = self._endpoints.get((scope["method"], scope["path"]))
        if endpoint is None:
            await self._unknown(scope, send)
            return
        scope[WIRE_ROUTE] = endpoint.path
        try:
            content = await self._answer(scope, receive, endpoint, headers)
            status = 200
        except BinanceError as error:
            logger.info("%s %s: %d %s", scope["method"], scope["path"], error.code, error.msg)
            content, status = error.body, error.status
            headers += error.headers
        except ClientDisconnect:
            raise
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            failure = errors.internal()
            content, status = failure.body, failure.status
        await _send(send, status, _encode(content), headers)

    async def _answer(self, scope: Scope, receive: Receive, endpoint: Endpoint, headers: Headers) -> object:
        self._check_origin(scope)
        _check_sizes(scope)
        # Binance reads no body of a GET
        body = b"" if endpoint.method == "GET" else await _body(receive)
        received = sent(scope["query_string"], body)
        try:
            try:
                admitted = self._security.admit(scope, endpoint, received, headers)
            except BinanceError:
                scope[NOT_ADMITTED] = True
                raise
            texts = received.texts
            if received.signature is not None:
                texts = {**texts, "signature": received.signature}
            parameters = endpoint.parameters
            if endpoint.security.is_signed:
                parameters = (*parameters, *SIGNED_PARAMETERS)
            if received.signature is not None and (endpoint.security.is_signed or not endpoint.strict):
                parameters = (*parameters, _SIGNATURE)
            read = values(parameters, texts, strict=endpoint.strict)
            account_id = admitted.caller.account_id

            def act(account_id: str) -> object:
                return endpoint.handle(Asked(read, texts, account_id, admitted.usage, headers, admitted.over))

            if endpoint.slow:
                content = await to_thread.run_sync(self._callers.with_default_account, account_id, act)
            else:
                content = self._callers.with_default_account(account_id, act)
        except ExchangeError as error:
            logger.info("%s %s: %s: %s", scope["method"], scope["path"], error.code, error.detail)
            raise errors.from_refusal(error) from None
        if endpoint.orders:
            usage = admitted.usage
            headers += (
                (b"x-mbx-order-count-10s", str(usage.orders_10s).encode()),
                (b"x-mbx-order-count-1d", str(usage.orders_day).encode()),
            )
        return content

    def _check_origin(self, scope: Scope) -> None:
        if self._auth:
            return
        for name, value in scope["headers"]:
            if name == b"origin" and not may_call(value.decode("latin-1"), self._origins):
                raise BinanceError(-1002, "You are not authorized to execute this request.", 403)

    async def _unknown(self, scope: Scope, send: Send) -> None:
        """Binance answers a path that it does not have with an empty 404. The header is ours: for whoever looks."""
        methods = self._methods.get(scope["path"])
        if methods:
            logger.info("%s %s: this path takes %s", scope["method"], scope["path"], ", ".join(sorted(methods)))
            error = BinanceError(-1020, "This operation is not supported.", 405)
            allow = (b"allow", ", ".join(sorted(methods)).encode())
            await _send(send, error.status, _encode(error.body), [allow])
            return
        logger.info("%s %r: there is no such endpoint on this wire", scope["method"], scope["path"][:200])
        hint = (b"x-mockexchange-hint", b"no such endpoint on this wire; docs/binance.md lists what there is")
        await _send(send, 404, b"", [hint])


class WireSwitch:
    """ASGI middleware that hands the Binance wire's paths over, and leaves all others to the native API."""

    def __init__(self, app: ASGIApp, wire: BinanceWire) -> None:
        self._app = app
        self._wire = wire

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIXES):
            await self._wire(scope, receive, send)
        else:
            await self._app(scope, receive, send)


_SIGNATURE = Parameter("signature", words)


def _check_sizes(scope: Scope) -> None:
    if len(scope["query_string"]) > LONGEST_QUERY:
        raise BinanceError(-1101, "Too many parameters sent for this endpoint.", 414)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        raise BinanceError(-1101, "Too many parameters sent for this endpoint.", 431)


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > LARGEST_BODY:
            raise BinanceError(-1101, "Too many parameters sent for this endpoint.", 413)
        parts.append(part)
        more = message.get("more_body", False)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _send(send: Send, status: int, content: bytes, headers: Headers) -> None:
    uuid = (b"x-mbx-uuid", correlation_id.get().encode())
    length = (b"content-length", str(len(content)).encode())
    kind = (JSON,) if content else ()
    start: Message = {"type": "http.response.start", "status": status, "headers": [*kind, length, uuid, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": content})
