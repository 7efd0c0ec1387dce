"""uvicorn's HTTP protocol with a bound that it does not have, how long the head of a request may be, and a way to
hang up without a word."""

from __future__ import annotations

from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..api.chaos import DROP

LONGEST_HEAD = 64 * 1024
"""Bytes of a request's line and headers, about: as much as is read at once may come on top. Ours are below one
kilobyte, and other servers stop at 8 to 64."""

_TOO_LONG = "request header fields too large"
_ANSWER = (
    "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    f"content-length: {len(_TOO_LONG)}\r\nconnection: close\r\n\r\n{_TOO_LONG}"
).encode("ascii")


class BoundedHttp(HttpToolsProtocol):
    """One connection. Whoever sends headers without end is answered 431 and cut off, before anything is kept of it that
    could fill the memory; this comes before any key is looked at."""

    _in_head = False
    _head = 0

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > LONGEST_HEAD and not self.transport.is_closing():
                self.transport.write(_ANSWER)
                self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._in_head, self._head = True, 0
        super().on_message_begin()
        # untyped: uvicorn says which extensions it has itself
        cast("dict[str, Any]", self.scope)["extensions"] = {DROP: self.transport.abort}

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._in_head = False
        super().on_headers_complete()
