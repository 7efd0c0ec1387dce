"""HTTP as the client uses it: one request, one typed answer, and every failure as one of errors.py."""

from __future__ import annotations

import ipaddress
import re
from collections import OrderedDict
from collections.abc import Generator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from .answers import Problem
from .endpoint import Endpoint
from .errors import BadAnswer, NotAuthorized, NotAvailable, NotFound, OutcomeUnknown, Refused, Unreachable
from .exact_json import encode

if TYPE_CHECKING:
    from httpx_sse import ServerSentEvent

T = TypeVar("T")

ANSWERS_KEPT = 50
"""Answers that carry a tag and are kept, to be asked for again at the price of a look: the newest ones."""

LARGEST_KEPT = 500_000
"""Bytes of an answer that is kept, at most."""

CONNECT_TIMEOUT = 3.0
"""Seconds. An exchange that is there accepts a connection at once."""

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before the request left: the exchange cannot have seen it."""

SHOWN_BODY = 200
"""Characters of an unreadable answer that are shown."""


class Wire:
    """A connection to an endpoint, kept open between requests."""

    def __init__(self, endpoint: Endpoint, timeout: float, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"accept": "application/json, application/problem+json"}
        if endpoint.api_key is not None:
            headers["x-api-key"] = endpoint.api_key
        self._http = httpx.Client(
            base_url=endpoint.url,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT)),
            transport=transport,
            # certificates take longer to load than a request takes; plain HTTP has none
            verify=endpoint.url.startswith("https:"),
            # a proxy is for the world outside; one that is set in the environment would get a local exchange's key
            trust_env=not _is_loopback(endpoint.url),
        )

        self._kept: OrderedDict[tuple[object, ...], tuple[str, Any, str | None]] = OrderedDict()
        """By what was asked: the tag, the answer, and the cursor of the next page."""

        self.on_purpose: str | None = None
        """What the newest answer said goes wrong on purpose."""

    def close(self) -> None:
        """Close it."""
        self._http.close()

    def read(
        self,
        path: str,
        answer: type[T],
        *,
        method: str = "GET",
        body: object = None,
        query: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> T:
        """Ask for something. Changes nothing, so it is sent again once when the connection is lost."""
        if method == "GET":
            return self._got(path, answer, query or {}, timeout)[0]
        response = self._send(method, path, body=body, query=query, timeout=timeout, send_again=True)
        return self._decoded(response, answer)

    def page(self, path: str, answer: type[T], query: Mapping[str, Any]) -> tuple[T, str | None]:
        """Ask for one page of a list; gives it with the cursor of the next one, None when there is none."""
        return self._got(path, answer, query, None)

    def _got(self, path: str, answer: type[T], query: Mapping[str, Any], timeout: float | None) -> tuple[T, str | None]:
        """What a GET gives, and the next page's cursor. What carries a tag is kept, and asked for again by that."""
        asked = (path, answer, *sorted(query.items()))
        kept = self._kept.pop(asked, None)
        headers = {} if kept is None else {"if-none-match": kept[0]}
        response = self._send("GET", path, query=query, headers=headers, timeout=timeout, send_again=True)
        if kept is None or response.status_code != 304:
            found, cursor = self._decoded(response, answer), response.headers.get("x-next-cursor")
            tag = response.headers.get("etag")
            if tag is None or len(response.content) > LARGEST_KEPT:
                return found, cursor
            kept = tag, found, cursor
        self._kept[asked] = kept
        if len(self._kept) > ANSWERS_KEPT:
            self._kept.popitem(last=False)
        _, found, cursor = kept
        return copy(found), cursor  # what is in it cannot be changed, but a list or a dict of it can

    def command(
        self,
        method: str,
        path: str,
        answer: type[T],
        *,
        look: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        send_again: bool = False,
    ) -> T:
        """Change something. `look` says where one sees whether it was done, for when the answer is lost.

        `send_again` only for a command that is done once however often it arrives.
        """
        response = self._send(method, path, body=body, query=query, look=look, send_again=send_again)
        return self._decoded(response, answer)

    def stream(
        self, path: str, query: Mapping[str, Any], *, last_event_id: str | None, silence: float
    ) -> Generator[ServerSentEvent]:
        """What a stream of server-sent events says, until it ends. `silence`: seconds without a word, heart-beats
        included, until it counts as lost. Raises Unreachable."""
        # here, not above: one command uses it
        from httpx_sse import EventSource, SSEError

        headers = {"accept": "text/event-stream", "cache-control": "no-store"}
        if last_event_id is not None:
            headers["last-event-id"] = last_event_id
        given = {name: value for name, value in query.items() if value is not None}
        timeout = httpx.Timeout(silence, connect=CONNECT_TIMEOUT)
        url = f"{self._http.base_url}{path}"
        try:
            with self._http.stream("GET", path, params=given, headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    response.read()
                    raise self._refusal(response)
                yield from EventSource(response).iter_sse()
        except SSEError as error:
            raise BadAnswer(url, 200, str(error)) from error
        except httpx.TransportError as error:
            raise Unreachable(url, _reason(error)) from error

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        look: str | None = None,
        send_again: bool,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            path,
            params={name: value for name, value in (query or {}).items() if value is not None},
            content=None if body is None else encode(body),
            headers={**(headers or {}), **({} if body is None else {"content-type": "application/json"})},
            timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
        )
        sent = False
        while True:
            try:
                response = self._http.send(request)
                self.on_purpose = response.headers.get("x-mockexchange-chaos-plan")
                return response
            except httpx.TransportError as error:
                url, reason = str(request.url), _reason(error)
                lost = not isinstance(error, NEVER_SENT)
                if lost and send_again and not sent:
                    sent = True
                elif look is not None and (lost or sent):
                    raise OutcomeUnknown(url, reason, look) from error
                else:
                    raise Unreachable(url, reason) from error

    def _decoded(self, response: httpx.Response, answer: type[T]) -> T:
        if not response.is_success:
            raise self._refusal(response)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except msgspec.MsgspecError as error:
            raise self._unreadable(response, str(error)) from error

    def _refusal(self, response: httpx.Response) -> Exception:
        try:
            problem = msgspec.json.decode(response.content, type=Problem)
        except msgspec.MsgspecError as error:
            return self._unreadable(response, f"an error that is not a problem document ({error})")
        return _kind(response.status_code)(response.status_code, problem.code, problem.detail, problem.filter)

    def _unreadable(self, response: httpx.Response, reason: str) -> BadAnswer:
        shown = response.text[:SHOWN_BODY] or "nothing"
        return BadAnswer(str(response.request.url), response.status_code, f"{reason}. It began with: {shown}")


def _reason(error: httpx.TransportError) -> str:
    """`Connection refused`, not `[Errno 111] Connection refused`; a few errors have no words but their name."""
    return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__


def _kind(status: int) -> type[Refused]:
    if status >= 500:
        return NotAvailable
    return {401: NotAuthorized, 403: NotAuthorized, 404: NotFound}.get(status, Refused)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
